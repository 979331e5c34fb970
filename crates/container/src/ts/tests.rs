//! What is written is read again; and what the tests of both halves share.

use bytes::{BufMut, Bytes, BytesMut};
use media::{CodecParameters, Packet, Timestamp, Track, TrackKind};
use proptest::prelude::*;

use super::*;
use crate::{aac, h264, hevc};

/// Records of x264 and x265: 160x90.
const AVCC: &str = "0142c00bffe100196742c00bda0a37e4c05a808080a000007d20001d4c01e2855401000468ce0fc8";
const HVCC: &str = "0101600000009000000000001ef000fcfdf8f800000f03a00001001840010c01ffff0160000003009000000300000300\
     1e959009a10001002a42010101600000030090000003000003001ea0142061f26595924932bc05a02000000300200000\
     0303c1a2000100074401c172b46240";

fn hex(text: &str) -> Bytes {
    let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}

fn track(parameters: CodecParameters) -> Track {
    Track { id: 0, parameters }
}

pub(super) fn h264_track() -> Track {
    track(CodecParameters::Video(h264::parameters(&hex(AVCC)).unwrap()))
}

pub(super) fn hevc_track() -> Track {
    track(CodecParameters::Video(hevc::parameters(&hex(HVCC)).unwrap()))
}

pub(super) fn aac_track() -> Track {
    track(CodecParameters::Audio(aac::parameters(&hex("1190")).unwrap()))
}

pub(super) fn opus_track() -> Track {
    track(CodecParameters::Audio(
        crate::opus::parameters(&crate::opus::head(2)).unwrap(),
    ))
}

/// A packet at `dts` and `pts` ticks of 90 kHz.
pub(super) fn packet(kind: TrackKind, pts: i64, dts: i64, key: bool, data: Bytes) -> Packet {
    let [pts, dts] = [pts, dts].map(|ticks| Timestamp::from_ticks(ticks, 90_000));
    Packet {
        kind,
        track: 0,
        pts,
        dts,
        key,
        data,
    }
}

/// An access unit of one slice of H.264 of `len` bytes.
pub(super) fn picture(pts: i64, dts: i64, key: bool, len: usize) -> Packet {
    slice(pts, dts, key, &[if key { 0x65 } else { 0x41 }], len)
}

/// The same of H.265.
pub(super) fn hevc_picture(pts: i64, dts: i64, key: bool, len: usize) -> Packet {
    slice(pts, dts, key, if key { &[0x26, 1] } else { &[0x02, 1] }, len)
}

fn slice(pts: i64, dts: i64, key: bool, header: &[u8], len: usize) -> Packet {
    let mut data = BytesMut::new();
    data.put_u32((header.len() + len) as u32);
    data.put_slice(header);
    data.extend((0..len).map(|at| 1 + (at % 251) as u8));
    packet(TrackKind::Video, pts, dts, key, data.freeze())
}

pub(super) fn sound(pts: i64, len: usize) -> Packet {
    let data = (0..len).map(|at| (at % 253) as u8).collect();
    packet(TrackKind::Audio, pts, pts, true, data)
}

pub(super) fn write(tracks: &[Track], packets: &[Packet]) -> Vec<u8> {
    let (mut muxer, mut out) = (Muxer::new(tracks).unwrap(), BytesMut::new());
    packets
        .iter()
        .for_each(|packet| muxer.write(packet, &mut out).unwrap());
    out.to_vec()
}

/// All events, with what a flush brings.
pub(super) fn read(stream: &[u8]) -> (Vec<Event>, Counters) {
    let mut demuxer = Demuxer::new();
    demuxer.push(stream);
    demuxer.flush();
    (
        std::iter::from_fn(|| demuxer.poll_event()).collect(),
        demuxer.counters(),
    )
}

pub(super) fn frames(events: &[Event]) -> Vec<Packet> {
    let frames = events.iter().filter_map(|event| match event {
        Event::Frame(packet) => Some(packet.clone()),
        _ => None,
    });
    frames.collect()
}

/// Pictures of `frame` ticks each from `start` on, a key frame every `gop`, every other shown two frames late; with
/// sound.
pub(super) fn show(start: i64, frame: i64, gop: i64, sizes: &[usize], hevc: bool) -> Vec<Packet> {
    let make = if hevc { hevc_picture } else { picture };
    let pictures = sizes.iter().zip(0..).map(|(len, n)| {
        let dts = start + n * frame;
        make(dts + n % 2 * 2 * frame, dts, n % gop == 0, *len)
    });
    let sounds =
        (0..sizes.len() as i64 * frame / 1920).map(|n| sound(start + n * 1920, 50 + n as usize % 300));
    let mut all: Vec<_> = pictures.chain(sounds).collect();
    all.sort_by_key(|packet| packet.dts);
    all
}

pub(super) fn by_kind(mut packets: Vec<Packet>) -> Vec<Packet> {
    packets.sort_by_key(|packet| (packet.kind == TrackKind::Audio, packet.dts));
    packets
}

#[test]
fn parameters_survive_both_ways() {
    for video in [h264_track(), hevc_track()] {
        let hevc = video == hevc_track();
        let tracks = [video, aac_track()];
        let (events, _) = read(&write(&tracks, &show(0, 3000, 30, &[100; 5], hevc)));
        let read = events.iter().filter_map(|event| match event {
            Event::Track(track) => Some(track.clone()),
            _ => None,
        });
        let read: Vec<_> = read.collect();
        assert!(read.len() == 2 && tracks.iter().all(|track| read.contains(track)));
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        sizes in proptest::collection::vec(prop_oneof![4..2000usize, 60_000..70_000usize], 1..40),
        frame in prop_oneof![Just(1500i64), Just(3003), Just(9000)],
        // Before and behind the end of 33 bits.
        start in prop_oneof![Just(0i64), (1i64 << 33) - 30_000..1 << 33],
        piece in 1usize..3000,
        hevc: bool,
    ) {
        let packets = show(start, frame, 10, &sizes, hevc);
        let tracks = [if hevc { hevc_track() } else { h264_track() }, aac_track()];
        let stream = write(&tracks, &packets);
        prop_assert_eq!(stream.len() % PACKET, 0);
        let (mut demuxer, mut events) = (Demuxer::new(), vec![]);
        for piece in stream.chunks(piece) {
            demuxer.push(piece);
            events.extend(std::iter::from_fn(|| demuxer.poll_event()));
        }
        demuxer.flush();
        events.extend(std::iter::from_fn(|| demuxer.poll_event()));
        let read = by_kind(frames(&events));
        prop_assert!(read == by_kind(packets), "{} read", read.len());
        let expected = Counters { packets: (stream.len() / PACKET) as u64, ..Counters::default() };
        prop_assert_eq!(demuxer.counters(), expected);
        prop_assert!(!events.contains(&Event::Discontinuity));
    }

    #[test]
    fn opus_survives(count in 1i64..40, len in 1usize..2000) {
        // Mode and size of 20 ms, one frame.
        let data = |n: i64| Bytes::from([&[31 << 3][..], &vec![n as u8; len]].concat());
        let packets: Vec<_> = (0..count).map(|n| packet(TrackKind::Audio, n * 1800, n * 1800, true, data(n))).collect();
        let (events, counters) = read(&write(&[opus_track()], &packets));
        prop_assert!(events.contains(&Event::Track(opus_track())));
        prop_assert!(frames(&events) == packets);
        prop_assert_eq!((counters.damaged, counters.untimed), (0, 0));
    }

    #[test]
    fn sound_alone_survives(count in 1i64..40, len in 1usize..8184) {
        let packets: Vec<_> = (0..count).map(|n| sound(n * 1920, len)).collect();
        let (events, _) = read(&write(&[aac_track()], &packets));
        prop_assert!(frames(&events) == packets);
    }
}
