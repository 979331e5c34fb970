//! Transport streams that ffmpeg 5.1.9 wrote, against what its ffprobe says of them. One second of
//! `testsrc=size=160x90:rate=30` and of `sine=frequency=440:sample_rate=48000`, muxed by `-f mpegts`:
//!
//! - `h264_aac.ts`: `-c:v libx264 -preset fast -pix_fmt yuv420p -g 15 -bf 2 -x264-params info=0 -c:a aac -b:a 32k -ac 2`
//! - `hevc_aac.ts`: `-c:v libx265 -preset fast -pix_fmt yuv420p -x265-params keyint=15:bframes=2:info=0 -c:a aac
//!   -b:a 32k`
//! - `opus.ts`: `-c:a libopus -b:a 24k -ac 2`, of sound alone
//! - `mpeg2_mp2.ts`: `-c:v mpeg2video -b:v 100k -c:a mp2 -b:a 32k -t 0.4`

use bytes::BytesMut;
use container::ts::{Counters, Demuxer, Event, Muxer, PACKET, StreamKind};
use media::{CodecParameters, Packet, Track, TrackKind};
use proptest::prelude::*;

const H264_AAC: &[u8] = include_bytes!("clips/h264_aac.ts");
const HEVC_AAC: &[u8] = include_bytes!("clips/hevc_aac.ts");
const OPUS: &[u8] = include_bytes!("clips/opus.ts");
const MPEG2_MP2: &[u8] = include_bytes!("clips/mpeg2_mp2.ts");

/// `ffprobe -select_streams v -show_entries packet=pts`: presentation times of the pictures in the order of decoding,
/// in frames of 3000 ticks from 132 000 on; decoding times count up from 126 000.
const H264_ORDER: [i64; 30] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 20, 22, 23, 25, 24, 26, 27, 28,
    29,
];
const HEVC_ORDER: [i64; 30] = [
    0, 3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10, 15, 14, 13, 18, 17, 16, 21, 20, 19, 24, 23, 22, 27, 26, 25, 29,
    28,
];

/// `ffmpeg -i clip.ts -c copy clip.mp4`, then `ffprobe -show_streams -show_data clip.mp4`: the configuration record.
const AVCC: &str =
    "0164000bffe100196764000bacd9428df930110000030001000003003c0f14299601000668eae3cb22c0fdf8f800";
const HVCC: &str = "0101600000009000000000001ef000fcfdf8f800000f03a00001001840010c01ffff0160000003009000000300000300\
     1e959009a10001002a42010101600000030090000003000003001ea0142061f26595924932bc05a02000000300200000\
     0303c1a2000100074401c172b46240";

#[derive(Default)]
struct Read {
    events: Vec<Event>,
    counters: Counters,
}

impl Read {
    fn of(bytes: &[u8], piece: usize) -> Self {
        let (mut demuxer, mut events) = (Demuxer::new(), vec![]);
        for piece in bytes.chunks(piece) {
            demuxer.push(piece);
            events.extend(std::iter::from_fn(|| demuxer.poll_event()));
        }
        demuxer.flush();
        events.extend(std::iter::from_fn(|| demuxer.poll_event()));
        Self {
            events,
            counters: demuxer.counters(),
        }
    }

    fn packets(&self, kind: TrackKind) -> Vec<&Packet> {
        let packets = self.events.iter().filter_map(|event| match event {
            Event::Frame(packet) => Some(packet),
            _ => None,
        });
        packets.filter(|packet| packet.kind == kind).collect()
    }

    fn tracks(&self) -> Vec<Track> {
        let tracks = self.events.iter().filter_map(|event| match event {
            Event::Track(track) => Some(track.clone()),
            _ => None,
        });
        tracks.collect()
    }

    /// The configuration of the first track of a kind, in hexadecimal digits; empty where there is none.
    fn config(&self, kind: TrackKind) -> String {
        let track = self
            .tracks()
            .into_iter()
            .find(|track| track.parameters.kind() == kind);
        let config = match track.map(|track| track.parameters) {
            Some(CodecParameters::Video(parameters)) => parameters.config,
            Some(CodecParameters::Audio(parameters)) => parameters.config,
            None => return String::new(),
        };
        config.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Times in ticks of 90 kHz: presentation, decoding.
fn times(packet: &Packet) -> (i64, i64) {
    (packet.pts.as_ticks(90_000), packet.dts.as_ticks(90_000))
}

fn check(clip: &[u8], order: &[i64; 30], key: usize, record: &str) {
    let read = Read::of(clip, 1316);
    let pictures = read.packets(TrackKind::Video);
    let expected = order.iter().zip(0..);
    let expected: Vec<_> = expected
        .map(|(pts, dts)| (132_000 + 3000 * pts, 126_000 + 3000 * dts))
        .collect();
    assert_eq!(pictures.iter().map(|p| times(p)).collect::<Vec<_>>(), expected);
    let keys = pictures.iter().enumerate().filter(|(_, packet)| packet.key);
    assert_eq!(keys.map(|(at, _)| at).collect::<Vec<_>>(), [0, key]);

    // 48 packets, each 1920 ticks behind the one before, some of them several to a PES packet.
    let sound = read.packets(TrackKind::Audio);
    let expected: Vec<_> = (0..48)
        .map(|n| 130_080 + 1920 * n)
        .map(|pts| (pts, pts))
        .collect();
    assert_eq!(sound.iter().map(|p| times(p)).collect::<Vec<_>>(), expected);

    assert_eq!(read.config(TrackKind::Video), record);
    let packets = clip.len() / PACKET;
    let expected = Counters {
        packets: packets as u64,
        ..Counters::default()
    };
    assert_eq!((read.tracks().len(), read.counters), (2, expected));
}

#[test]
fn h264_is_read_as_ffprobe_reads_it() {
    check(H264_AAC, &H264_ORDER, 15, AVCC);
    let read = Read::of(H264_AAC, 1316);
    // Raw frames: those of the mp4 file, of which `ffprobe -show_entries packet=size` says 86, 124, 72.
    let sizes: Vec<_> = read
        .packets(TrackKind::Audio)
        .iter()
        .map(|packet| packet.data.len())
        .collect();
    assert_eq!(sizes[..3], [86, 124, 72]);
    assert_eq!(read.config(TrackKind::Audio), "1190");
    let Event::Program(program) = &read.events[0] else {
        panic!("{:?}", read.events[0]);
    };
    let streams: Vec<_> = program.streams.iter().map(|s| (s.pid, s.kind, s.read)).collect();
    let expected = [(0x100, StreamKind::H264, true), (0x101, StreamKind::Aac, true)];
    assert_eq!((program.number, &streams[..]), (1, &expected[..]));
}

#[test]
fn hevc_is_read_as_ffprobe_reads_it() {
    check(HEVC_AAC, &HEVC_ORDER, 13, HVCC);
    assert_eq!(Read::of(HEVC_AAC, 1316).config(TrackKind::Audio), "1188");
}

#[test]
fn opus_is_read_as_ffprobe_reads_it() {
    let read = Read::of(OPUS, 1316);
    let sound = read.packets(TrackKind::Audio);
    let expected: Vec<_> = (0..51)
        .map(|n| 126_000 + 1800 * n)
        .map(|pts| (pts, pts))
        .collect();
    assert_eq!(sound.iter().map(|p| times(p)).collect::<Vec<_>>(), expected);
    let sizes: Vec<_> = sound.iter().map(|packet| packet.data.len()).collect();
    assert_eq!(sizes[..4], [91, 61, 66, 67]);
    // `ffprobe -show_streams -show_data`.
    assert_eq!(
        read.config(TrackKind::Audio),
        "4f707573486561640102000080bb0000000000"
    );
}

#[test]
fn what_cannot_be_read_is_named() {
    let read = Read::of(MPEG2_MP2, 1316);
    let [Event::Unreadable(unreadable)] = &read.events[..] else {
        panic!("{:?}", read.events);
    };
    assert_eq!(
        unreadable.to_string(),
        "the stream has no H.264, H.265, AAC or Opus, only MPEG-2 video, MPEG audio (MP2 or MP3)"
    );
}

#[test]
fn pieces_make_no_difference() {
    for clip in [H264_AAC, HEVC_AAC] {
        let whole = Read::of(clip, clip.len()).events;
        for piece in [1, 7, 187, 188, 189, 1000] {
            assert_eq!(Read::of(clip, piece).events, whole, "{piece}");
        }
    }
}

#[test]
fn what_is_written_again_is_read_again() {
    for clip in [H264_AAC, HEVC_AAC] {
        let first = Read::of(clip, 1316);
        let mut packets = first.packets(TrackKind::Video);
        packets.extend(first.packets(TrackKind::Audio));
        packets.sort_by_key(|packet| packet.dts);
        let (mut muxer, mut out) = (Muxer::new(&first.tracks()).unwrap(), BytesMut::new());
        packets
            .iter()
            .for_each(|packet| muxer.write(packet, &mut out).unwrap());
        let second = Read::of(&out, 1316);
        for kind in [TrackKind::Video, TrackKind::Audio] {
            let all = |read: &Read| -> Vec<_> {
                let packets = read.packets(kind);
                packets
                    .iter()
                    .map(|p| (times(p), p.key, p.data.clone()))
                    .collect()
            };
            assert!(all(&first) == all(&second), "{kind:?}");
        }
        assert_eq!(first.tracks(), second.tracks());
    }
}

proptest! {
    /// Bits turned over, stretches taken out and pieces of any size.
    #[test]
    fn no_damage_to_a_real_stream_panics(
        bits in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..200),
        gaps in proptest::collection::vec((any::<usize>(), 1usize..600), 0..4),
        piece in 1usize..1500,
    ) {
        for clip in [H264_AAC, HEVC_AAC, OPUS, MPEG2_MP2] {
            let mut bytes = clip.to_vec();
            for (at, bits) in &bits {
                bytes[at % clip.len()] ^= bits;
            }
            for (at, len) in &gaps {
                let at = at % bytes.len();
                bytes.drain(at..(at + len).min(bytes.len()));
            }
            let read = Read::of(&bytes, piece);
            prop_assert!(read.counters.packets <= (clip.len() / PACKET) as u64);
            prop_assert!(read.packets(TrackKind::Video).len() <= 31);
        }
    }
}
