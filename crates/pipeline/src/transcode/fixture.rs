//! Streams made by ffmpeg for the tests.

use std::process::Command;

use container::flv::audio::{self, AudioTag};
use container::flv::video::{self, VideoTag};
use container::flv::{Reader, Tag, TagKind};
use container::{aac, h264};
use media::{AudioParameters, Packet, Timestamp, TrackKind, VideoParameters};

use super::Made;

/// One track, as it was published.
pub(super) struct Stream<P> {
    pub(super) parameters: P,
    pub(super) packets: Vec<Packet>,
}

/// What ffmpeg makes of `args`, as FLV's tags.
fn tags(args: &str) -> Vec<Tag> {
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-f", "lavfi"])
        .args(args.split_whitespace())
        .args(["-f", "flv", "-flvflags", "no_duration_filesize", "-"])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut reader = Reader::new();
    reader.push(&made.stdout);
    std::iter::from_fn(|| reader.next_tag().unwrap()).collect()
}

fn packet(kind: TrackKind, tag: &Tag, key: bool, composition_ms: i32, data: bytes::Bytes) -> Packet {
    let dts = i64::from(tag.timestamp);
    Packet {
        kind,
        track: 0,
        pts: Timestamp::from_millis(dts + i64::from(composition_ms)),
        dts: Timestamp::from_millis(dts),
        key,
        data,
    }
}

/// H.264 of `size`, `seconds` long, 30 pictures a second, a key frame each second, three B-frames in a row.
pub(super) fn h264(size: &str, seconds: u32) -> Stream<VideoParameters> {
    let encode = "-pix_fmt yuv420p -c:v libx264 -preset veryfast -bf 3 -b_strategy 0 -g 30 -sc_threshold 0";
    let all = tags(&format!("-i testsrc=size={size}:rate=30 -t {seconds} {encode}"));
    let (mut parameters, mut packets) = (None, Vec::new());
    for tag in all.iter().filter(|tag| tag.kind == TagKind::Video) {
        match video::parse(&tag.data).unwrap() {
            VideoTag::SequenceHeader(record) => parameters = Some(h264::parameters(&record).unwrap()),
            VideoTag::Frame {
                key,
                composition_ms,
                data,
            } => packets.push(packet(TrackKind::Video, tag, key, composition_ms, data)),
            VideoTag::EndOfSequence | VideoTag::Other => {}
        }
    }
    Stream {
        parameters: parameters.unwrap(),
        packets,
    }
}

/// A tone as AAC of `rate` and `channels`.
pub(super) fn aac(rate: u32, channels: u8, seconds: u32) -> Stream<AudioParameters> {
    let all = tags(&format!(
        "-i sine=r={rate} -t {seconds} -ac {channels} -c:a aac -b:a 96k"
    ));
    let (mut parameters, mut packets) = (None, Vec::new());
    for tag in all.iter().filter(|tag| tag.kind == TagKind::Audio) {
        match audio::parse(&tag.data).unwrap() {
            AudioTag::SequenceHeader(config) => parameters = Some(aac::parameters(&config).unwrap()),
            AudioTag::Frame(data) => packets.push(packet(TrackKind::Audio, tag, true, 0, data)),
            AudioTag::EndOfSequence | AudioTag::Other => {}
        }
    }
    Stream {
        parameters: parameters.unwrap(),
        packets,
    }
}

/// The packets of what was made.
pub(super) fn packets(made: &[Made]) -> Vec<&Packet> {
    let packets = made.iter().filter_map(|made| match made {
        Made::Packet(packet) => Some(packet),
        Made::Configured(_) => None,
    });
    packets.collect()
}
