use proptest::prelude::*;

use super::*;

/// `nals` as an access unit.
fn unit(nals: &[Vec<u8>]) -> Vec<u8> {
    let framed = |nal: &Vec<u8>| [&(nal.len() as u32).to_be_bytes()[..], nal].concat();
    nals.iter().flat_map(framed).collect()
}

/// The NAL units within payloads, put together as RFC 6184 says.
fn depacketize(payloads: &[Arc<[u8]>]) -> Vec<Vec<u8>> {
    let mut nals: Vec<Vec<u8>> = Vec::new();
    for payload in payloads {
        match payload[0] & 0x1f {
            STAP_A => {
                let mut rest = &payload[1..];
                while let [a, b, tail @ ..] = rest {
                    let (nal, tail) = tail.split_at(usize::from(u16::from_be_bytes([*a, *b])));
                    nals.push(nal.to_vec());
                    rest = tail;
                }
            }
            FU_A if payload[1] & 0x80 != 0 => {
                let header = payload[0] & IMPORTANCE | payload[1] & 0x1f;
                nals.push([&[header], &payload[2..]].concat());
            }
            FU_A => nals.last_mut().unwrap().extend_from_slice(&payload[2..]),
            _ => nals.push(payload.to_vec()),
        }
    }
    nals
}

#[test]
fn parameter_sets_go_before_a_key_frame_once() {
    let sps = Bytes::from_static(&[0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x00, 0xa0, 0x47, 0xfe, 0xc8]);
    let pps = Bytes::from_static(&[0x68, 0xce, 0x3c, 0x80]);
    let config = AvcConfig::from_parameter_sets(std::slice::from_ref(&sps), std::slice::from_ref(&pps))
        .unwrap()
        .to_bytes();
    let idr = vec![0x65, 1, 2, 3];
    let within = unit(&[vec![9, 0xf0], sps.to_vec(), pps.to_vec(), idr.clone()]);
    let payloads = packetize(&within, Some(&config));
    assert_eq!(payloads.len(), 2);
    assert_eq!(payloads[0][0], 0x60 | STAP_A);
    assert_eq!(depacketize(&payloads), [sps.to_vec(), pps.to_vec(), idr.clone()]);
    assert_eq!(
        depacketize(&packetize(&unit(std::slice::from_ref(&idr)), None)),
        [idr]
    );
}

proptest! {
    #[test]
    fn what_is_cut_is_put_together_again(lengths in prop::collection::vec(1_usize..6_000, 1..6), seed: u8) {
        let nals: Vec<Vec<u8>> = lengths
            .iter()
            .map(|length| (0..*length).map(|i| if i == 0 { 0x41 } else { (i as u8).wrapping_add(seed) }).collect())
            .collect();
        let payloads = packetize(&unit(&nals), None);
        prop_assert!(payloads.iter().all(|payload| !payload.is_empty() && payload.len() <= MAX_PAYLOAD));
        prop_assert_eq!(depacketize(&payloads), nals);
    }

    #[test]
    fn no_bytes_make_it_panic(data: Vec<u8>, config: Vec<u8>) {
        let payloads = packetize(&data, Some(&Bytes::from(config)));
        prop_assert!(payloads.iter().all(|payload| payload.len() <= MAX_PAYLOAD));
    }
}
