use media::Size;

use super::*;

/// An SPS of `width` by `height` at Main, level 3.1, 4:2:0, with `bottom` rows of chroma cropped.
fn sps(width: u32, height: u32, bottom: u32) -> Vec<u8> {
    let mut bits = String::from("0000" /* vps */);
    bits += "000"; // one sub-layer
    bits += "1";
    bits += &format!("{:08b}{:032b}", 0x01, 0x6000_0000u32);
    bits += &format!("{:048b}{:08b}", 0x9000_0000_0000u64, 93);
    let ue = |value: u32| {
        let binary = format!("{:b}", value + 1);
        "0".repeat(binary.len() - 1) + &binary
    };
    for value in [0, 1, width, height] {
        bits += &ue(value);
    }
    bits += "1";
    for value in [0, 0, 0, bottom, 0, 0] {
        bits += &ue(value);
    }
    bits += "1"; // the rest isn't read
    let bytes = bits.as_bytes().chunks(8).map(|byte| {
        let byte = format!("{:0<8}", std::str::from_utf8(byte).unwrap());
        u8::from_str_radix(&byte, 2).unwrap()
    });
    let rbsp: Vec<u8> = bytes.collect();
    [vec![SPS << 1, 1], crate::h264::escape(&rbsp)].concat()
}

fn record(sps: &[u8]) -> Bytes {
    let mut record = vec![
        1, 0x01, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93, 0xf0, 0, 0xfc, 0xfd, 0xf8, 0xf8, 0, 0, 0x0f,
    ];
    record.push(2);
    record.extend([0x20, 0, 1, 0, 2, 0x40, 1]);
    record.extend([0x21, 0, 1]);
    record.extend((sps.len() as u16).to_be_bytes());
    record.extend(sps);
    record.into()
}

#[test]
fn a_record_says_how_large_pictures_are() {
    let read = parameters(&record(&sps(1920, 1088, 4))).unwrap();
    assert_eq!((read.codec, read.size), (VideoCodec::Hevc, Size::new(1920, 1080)));
    assert_eq!(codecs(&read.config), "hvc1.1.6.L93.90");
}

#[test]
fn records_that_cannot_be_are_refused() {
    let whole = record(&sps(640, 360, 0));
    for cut in 0..whole.len() - 2 {
        assert!(parameters(&whole.slice(..cut)).is_err(), "{cut}");
    }
    assert!(parameters(&record(&sps(640, 16, 8))).is_err(), "nothing is left");
    let mut short = whole.to_vec();
    short[21] = 0x0d;
    assert!(parameters(&short.into()).is_err(), "lengths of two bytes");
}

#[test]
fn packets_are_nal_units_behind_their_lengths() {
    let slice = [0, 0, 0, 3, 0x26, 1, 0xaf];
    let parameter_set = [0, 0, 0, 2, 0x42, 1];
    assert!(is_well_formed(&[&parameter_set[..], &slice].concat()));
    assert!(!is_well_formed(&parameter_set), "no picture");
    assert!(!is_well_formed(&[&slice[..], &[0]].concat()) && !is_well_formed(&[]));
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..96)) {
        let bytes = Bytes::from([&[1][..], &bytes].concat());
        let _ = (parameters(&bytes), codecs(&bytes), is_well_formed(&bytes));
        let _ = parameters(&record(&[&[0x42, 1], &bytes[..]].concat()));
    }
}
