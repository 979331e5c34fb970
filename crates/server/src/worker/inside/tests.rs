//! A job in memory. The clip was made by ffmpeg 8.1.2: H.265 with B-frames and AAC, two seconds, a key frame each second.

use container::flv::video::VideoTag;
use container::flv::{Tag, TagKind, audio, tags, video, write_tag};
use container::opus;

use super::*;
use crate::worker::job::{AudioJob, VideoJob};

const CLIP: &[u8] = include_bytes!("../../../tests/it/clips/hevc_aac.flv");
const BOTH: Job = Job {
    video: Some(VideoJob { bitrate_kbps: 300 }),
    audio: Some(AudioJob {
        bitrate_kbps: 96,
        channels: 2,
    }),
};

fn clip() -> Vec<Tag> {
    let mut reader = Reader::new();
    reader.push(CLIP);
    std::iter::from_fn(|| reader.next_tag().unwrap()).collect()
}

/// What becomes of `input`, and the last counters.
fn worked(job: Job, input: &[Tag]) -> Result<(Vec<Tag>, super::super::Counters), Fault> {
    let mut file = flv::header(true, true).to_vec();
    input
        .iter()
        .for_each(|tag| file.extend_from_slice(&write_tag(tag)));
    let (mut out, mut last) = (Vec::new(), None);
    transcode(job, &file[..], &mut out, &Arc::default(), |said| match said {
        Said::Counters(counters) => last = Some(counters),
        other => panic!("{other:?}"),
    })?;
    let out = bytes::Bytes::from(out);
    let flags = u8::from(job.audio.is_some()) << 2 | u8::from(job.video.is_some());
    assert_eq!(out[..5], [b'F', b'L', b'V', 1, flags]);
    Ok((tags(&out.slice(13..)).collect(), last.unwrap()))
}

/// Times of the pictures, in the order of the tags.
fn shown(tags: &[Tag]) -> Vec<u32> {
    let shown = tags
        .iter()
        .filter(|tag| tag.kind == TagKind::Video)
        .filter_map(|tag| {
            let part = video::parts(&tag.data).unwrap().next()?.unwrap();
            match part.tag {
                VideoTag::Frame { composition_ms, .. } => {
                    Some(tag.timestamp.wrapping_add_signed(composition_ms))
                }
                _ => None,
            }
        });
    shown.collect()
}

fn sounds(tags: &[Tag]) -> Vec<u32> {
    let sounds = tags.iter().filter(|tag| tag.kind == TagKind::Audio);
    let packets = sounds.filter(|tag| !audio::is_sequence_header(&tag.data));
    packets.map(|tag| tag.timestamp).collect()
}

#[test]
fn both_tracks_are_made_and_times_go_on_where_32_bits_end() {
    let from = u32::MAX - 700;
    let mut input = clip();
    for tag in &mut input {
        tag.timestamp = tag.timestamp.wrapping_add(from);
    }
    let (made, counters) = worked(BOTH, &input).unwrap();
    let order = |times: &[u32]| -> Vec<u32> {
        let mut since: Vec<u32> = times.iter().map(|t| t.wrapping_sub(from)).collect();
        since.sort_unstable();
        since
    };
    assert_eq!(order(&shown(&made)), order(&shown(&input)));
    let times = sounds(&made);
    assert!(
        times.windows(2).all(|t| t[1].wrapping_sub(t[0]) == 20),
        "{times:?}"
    );
    assert_eq!(counters.pictures_in, counters.pictures_out);
    assert_eq!(counters.sounds_out, times.len() as u64);
    assert_eq!((counters.skipped, counters.refused), (0, 0));
}

#[test]
fn configurations_stand_before_their_tracks_once() {
    let (made, _) = worked(BOTH, &clip()).unwrap();
    for kind in [TagKind::Video, TagKind::Audio] {
        let of_kind: Vec<_> = made.iter().filter(|tag| tag.kind == kind).collect();
        let is_header = |tag: &&Tag| match kind {
            TagKind::Video => video::is_sequence_header(&tag.data),
            _ => audio::is_sequence_header(&tag.data),
        };
        assert!(is_header(&of_kind[0]) && !of_kind[1..].iter().any(is_header));
        assert_eq!(of_kind[0].timestamp, of_kind[1].timestamp);
    }
    let sound = made
        .iter()
        .filter(|tag| tag.kind == TagKind::Audio)
        .nth(1)
        .unwrap();
    let part = audio::parts(&sound.data).unwrap().next().unwrap().unwrap();
    let audio::AudioTag::Frame(data) = part.tag else {
        panic!("{part:?}");
    };
    assert_eq!((part.codec, opus::samples(&data)), (audio::OPUS, Some(960)));
}

#[test]
fn a_track_that_is_not_wanted_is_not_made() {
    let (made, counters) = worked(Job { video: None, ..BOTH }, &clip()).unwrap();
    assert!(!made.is_empty() && made.iter().all(|tag| tag.kind == TagKind::Audio));
    assert_eq!((counters.pictures_in, counters.pictures_out), (0, 0));
    assert_eq!(worked(Job::default(), &clip()).unwrap().0, []);
}

#[test]
fn tags_that_cant_be_read_are_counted_and_what_is_no_flv_ends_it() {
    let mut input = clip();
    let at = input.iter().rposition(|tag| tag.kind == TagKind::Video).unwrap();
    for body in [&b""[..], b"\x90", b"\x27\x01\0\0\0", b"\xaf", b"\x91Opu"] {
        let kind = if body.first().is_some_and(|b| b >> 4 == 2 || *b == 0x90) {
            TagKind::Video
        } else {
            TagKind::Audio
        };
        let (timestamp, data) = (input[at].timestamp, bytes::Bytes::from_static(body));
        input.insert(
            at,
            Tag {
                kind,
                timestamp,
                data,
            },
        );
    }
    let (made, counters) = worked(BOTH, &input).unwrap();
    assert!(counters.refused >= 3, "{counters:?}");
    assert_eq!(shown(&made).len(), shown(&clip()).len());
    let broken = transcode(BOTH, &b"no FLV at all"[..], Vec::new(), &Arc::default(), |_| {});
    assert_eq!(broken.unwrap_err().code, Code::WorkerLost);
}

#[test]
fn opus_is_not_made_of_opus() {
    let opus = include_bytes!("../../../tests/it/clips/vp9_opus.flv");
    let refused = transcode(BOTH, &opus[..], Vec::new(), &Arc::default(), |_| {}).unwrap_err();
    assert_eq!(refused.code, Code::MediaUnsupported);
}
