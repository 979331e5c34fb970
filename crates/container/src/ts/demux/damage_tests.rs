//! Streams that lost, doubled or spoilt something on the way.

use media::{Packet, TrackKind};
use proptest::prelude::*;

use super::super::PACKET;
use super::super::tests::{aac_track, by_kind, frames, h264_track, hevc_track, picture, read, show, write};
use super::*;

const VIDEO: u16 = 0x100;

fn stream() -> (Vec<Packet>, Vec<[u8; PACKET]>) {
    let sizes: Vec<usize> = (0..20).map(|n| 100 + n % 5 * 300).collect();
    let packets = show(90_000, 3000, 5, &sizes, false);
    let stream = write(&[h264_track(), aac_track()], &packets);
    let cut = stream.chunks(PACKET).map(|packet| packet.try_into().unwrap());
    (by_kind(packets), cut.collect())
}

fn pid(packet: &[u8; PACKET]) -> u16 {
    u16::from_be_bytes([packet[1] & 0x1f, packet[2]])
}

fn set(packet: &mut [u8; PACKET], at: usize, bits: u8) {
    packet[at] |= bits;
}

#[test]
fn a_packet_lost_costs_no_more_than_its_own_frame() {
    let (whole, packets) = stream();
    for lost in 0..packets.len() {
        let mut packets = packets.clone();
        let gone = pid(&packets.remove(lost));
        let (events, counters) = read(packets.as_flattened());
        let read = by_kind(frames(&events));
        // The first and the last of a stream can't be missed.
        let (before, behind) = packets.split_at(lost);
        let amid = [before, behind]
            .iter()
            .all(|part| part.iter().any(|packet| pid(packet) == gone));
        let counted = amid && (VIDEO..=VIDEO + 1).contains(&gone);
        assert_eq!(counters.lost, u64::from(counted), "{lost}");
        assert!(read.iter().all(|packet| whole.contains(packet)), "{lost}");
        // Before the first map and parameter sets everything waits for the next.
        let least = if lost < 10 {
            whole.len() / 2
        } else {
            whole.len() - 1
        };
        assert!(read.len() >= least, "{lost}: {} of {}", read.len(), whole.len());
    }
}

#[test]
fn packets_sent_twice_count_once() {
    let (whole, packets) = stream();
    let doubled: Vec<_> = packets.iter().flat_map(|packet| [*packet, *packet]).collect();
    let (events, counters) = read(doubled.as_flattened());
    assert_eq!(by_kind(frames(&events)), whole);
    let media = packets
        .iter()
        .filter(|packet| (VIDEO..=VIDEO + 1).contains(&pid(packet)));
    assert_eq!((counters.duplicates, counters.lost), (media.count() as u64, 0));
}

#[test]
fn marked_and_scrambled_packets_are_left_out() {
    let (whole, packets) = stream();
    let at = packets.iter().rposition(|packet| pid(packet) == VIDEO).unwrap();
    let with = |byte, bits| {
        let mut packets = packets.clone();
        set(&mut packets[at], byte, bits);
        read(packets.as_flattened())
    };
    let (events, counters) = with(1, 0x80);
    assert_eq!((frames(&events).len(), counters.errors), (whole.len() - 1, 1));
    let (events, counters) = with(3, 0x80);
    assert_eq!((frames(&events).len(), counters.scrambled), (whole.len() - 1, 1));
    assert_eq!(counters.lost, 0);
}

#[test]
fn a_damaged_table_is_not_believed() {
    let (whole, mut packets) = stream();
    // Both of the first tables; the next come 100 ms later at the latest.
    packets[0][10] ^= 0x10;
    packets[1][20] ^= 0x10;
    let (events, counters) = read(packets.as_flattened());
    assert_eq!(
        counters.bad_sections, 1,
        "without the first, the second isn't looked for"
    );
    assert!(frames(&events).len() > whole.len() / 2);
}

#[test]
fn a_packet_without_end_is_given_up() {
    let first = write(&[h264_track()], &[picture(0, 0, true, MAX_PES)]);
    let next = write(&[h264_track()], &[picture(3000, 3000, true, 9)]);
    let (events, counters) = read(&[&first[..], &next].concat());
    assert_eq!((frames(&events).len(), counters.oversized), (1, 1));
}

#[test]
fn no_more_parameter_sets_are_kept_than_a_record_holds() {
    let sets: Vec<u8> = (0..5000u16)
        .flat_map(|n| [0, 0, 1, 0x68, (n >> 7) as u8 | 0x80, n as u8 | 0x80])
        .collect();
    let unit = crate::h264::annexb_to_avcc(&sets);
    assert_eq!((unit.pps.len(), unit.data.len()), (256, 0));
    assert_eq!(
        crate::hevc::annexb_to_hvcc(&[0, 0, 1, 0x44, 1].repeat(300))
            .pps
            .len(),
        256
    );
}

#[test]
fn bytes_between_packets_are_passed_over() {
    let (whole, packets) = stream();
    let (before, behind) = packets.as_flattened().split_at(20 * PACKET);
    let (events, counters) = read(&[b"lost", before, b"in between", behind].concat());
    assert_eq!((by_kind(frames(&events)), counters.resyncs), (whole, 2));
}

/// What a stranger may do to a stream.
#[derive(Clone, Debug)]
enum Harm {
    Flip(usize, u8),
    Remove(usize, usize),
    Repeat(usize, usize),
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![
        4 => (any::<usize>(), any::<u8>()).prop_map(|(at, bits)| Harm::Flip(at, bits)),
        1 => (any::<usize>(), 1usize..400).prop_map(|(at, len)| Harm::Remove(at, len)),
        1 => (any::<usize>(), 1usize..400).prop_map(|(at, len)| Harm::Repeat(at, len)),
    ]
}

fn harmed(mut bytes: Vec<u8>, harms: &[Harm]) -> Vec<u8> {
    for harm in harms {
        let len = bytes.len().max(1);
        match *harm {
            Harm::Flip(at, bits) => bytes
                .iter_mut()
                .skip(at % len)
                .take(1)
                .for_each(|byte| *byte ^= bits),
            Harm::Remove(at, n) => drop(bytes.drain(at % len..(at % len + n).min(bytes.len()))),
            Harm::Repeat(at, n) => {
                let again = bytes[at % len..(at % len + n).min(bytes.len())].to_vec();
                bytes.splice(at % len..at % len, again);
            }
        }
    }
    bytes
}

proptest! {
    #[test]
    fn no_harm_makes_it_panic(harms in proptest::collection::vec(harm(), 1..80), hevc: bool, piece in 1usize..2000) {
        let tracks = [if hevc { hevc_track() } else { h264_track() }, aac_track()];
        let stream = write(&tracks, &show(0, 3000, 3, &[500; 12], hevc));
        let mut demuxer = Demuxer::new();
        for piece in harmed(stream, &harms).chunks(piece) {
            demuxer.push(piece);
        }
        demuxer.flush();
        while let Some(event) = demuxer.poll_event() {
            if let Event::Frame(packet) = event {
                prop_assert!(packet.dts <= packet.pts && !packet.data.is_empty());
                prop_assert!(packet.kind == TrackKind::Audio || crate::h264::nal_units(&packet.data).count() > 0);
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(prop_oneof![Just(0x47u8), Just(0), any::<u8>()], 0..2000)) {
        let packets = bytes.chunks(PACKET - 4).flat_map(|body| {
            let mut packet = [0xff; PACKET];
            packet[..4].copy_from_slice(&[0x47, 0x40, 0, 0x10]);
            packet[4..4 + body.len()].copy_from_slice(body);
            packet
        });
        let _ = (read(&packets.collect::<Vec<_>>()), read(&bytes));
    }
}
