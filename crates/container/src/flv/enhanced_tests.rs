use bytes::Bytes;
use proptest::prelude::*;

use super::audio::{self, AudioTag};
use super::video::{self, AV1, HEVC, VP9, VideoPart, VideoTag};
use super::*;

fn video_parts(body: &'static [u8]) -> Vec<VideoPart> {
    let parts = video::parts(&Bytes::from_static(body)).unwrap();
    parts.map(Result::unwrap).collect()
}

fn frame(key: bool, composition_ms: i32, data: &'static [u8]) -> VideoTag {
    VideoTag::Frame {
        key,
        composition_ms,
        data: Bytes::from_static(data),
    }
}

#[test]
fn every_codec_survives_both_ways() {
    for (codec, composition_ms) in [(video::H264, -40), (HEVC, 80), (HEVC, 0), (AV1, 0), (VP9, 0)] {
        let body = video::frame_of(codec, true, composition_ms, b"picture");
        let part = video::parts(&body).unwrap().next().unwrap().unwrap();
        assert_eq!((part.track, part.codec, part.nanos), (0, codec, 0));
        assert_eq!(part.tag, frame(true, composition_ms, b"picture"));
        assert!(video::is_key_frame(&body) && !video::is_sequence_header(&body));
        let header = video::sequence_header_of(codec, b"record");
        let part = video::parts(&header).unwrap().next().unwrap().unwrap();
        assert_eq!(part.tag, VideoTag::SequenceHeader(Bytes::from_static(b"record")));
        assert!(video::is_sequence_header(&header) && !video::is_key_frame(&header));
    }
    for codec in [audio::AAC, audio::OPUS] {
        let part = audio::parts(&audio::frame_of(codec, b"packet")).unwrap().next();
        let part = part.unwrap().unwrap();
        assert_eq!(
            (part.codec, part.tag),
            (codec, AudioTag::Frame(Bytes::from_static(b"packet")))
        );
        assert!(audio::is_sequence_header(&audio::sequence_header_of(
            codec, b"config"
        )));
    }
}

#[test]
fn hevc_has_its_composition_time_only_where_it_says_so() {
    assert_eq!(
        video_parts(b"\x91hvc1\xff\xff\xd8x")[0].tag,
        frame(true, -40, b"x")
    );
    assert_eq!(video_parts(b"\xa3hvc1x")[0].tag, frame(false, 0, b"x"));
    assert_eq!(
        video_parts(b"\x91av01xyz")[0].tag,
        frame(true, 0, b"xyz"),
        "AV1 has none"
    );
    // The CodecID that some encoders and platforms use for it.
    let old = &video_parts(b"\x1c\x01\0\0\x28x")[0];
    assert_eq!((old.codec, &old.tag), (HEVC, &frame(true, 40, b"x")));
}

#[test]
fn a_further_tracks_part_makes_a_message_of_its_own() {
    for (codec, composition_ms) in [(video::H264, -40), (HEVC, 80), (HEVC, 0), (AV1, 0), (VP9, 0)] {
        for tag in [
            VideoTag::SequenceHeader(Bytes::from_static(b"record")),
            frame(true, composition_ms, b"picture"),
            frame(false, composition_ms, b"picture"),
            VideoTag::EndOfSequence,
        ] {
            let part = VideoPart {
                track: 3,
                codec,
                nanos: 0,
                tag,
            };
            let body = video::track_body(&part).unwrap();
            assert_eq!(
                video::parts(&body)
                    .unwrap()
                    .map(Result::unwrap)
                    .collect::<Vec<_>>(),
                [part]
            );
        }
    }
    for tag in [
        AudioTag::SequenceHeader(Bytes::from_static(b"config")),
        AudioTag::Frame(Bytes::from_static(b"packet")),
        AudioTag::EndOfSequence,
    ] {
        let (track, codec, nanos) = (2, audio::OPUS, 0);
        let part = audio::AudioPart {
            track,
            codec,
            nanos,
            tag,
        };
        let body = audio::track_body(&part).unwrap();
        assert_eq!(
            audio::parts(&body)
                .unwrap()
                .map(Result::unwrap)
                .collect::<Vec<_>>(),
            [part]
        );
    }
}

#[test]
fn tracks_of_one_message_are_all_read() {
    let one = video_parts(b"\x96\x03hvc1\x05rest");
    assert_eq!(
        (one.len(), one[0].track, &one[0].tag),
        (1, 5, &frame(true, 0, b"rest"))
    );

    let several = video_parts(b"\x96\x13hvc1\x00\0\0\x02ab\x01\0\0\x01c");
    let seen: Vec<_> = several
        .iter()
        .map(|p| (p.track, p.codec, p.tag.clone()))
        .collect();
    assert_eq!(
        seen,
        [(0, HEVC, frame(true, 0, b"ab")), (1, HEVC, frame(true, 0, b"c"))]
    );

    let codecs = video_parts(b"\xa6\x21av01\x00\0\0\x01avp09\x07\0\0\0");
    let seen: Vec<_> = codecs.iter().map(|p| (p.track, p.codec, p.tag.clone())).collect();
    assert_eq!(
        seen,
        [(0, AV1, frame(false, 0, b"a")), (7, VP9, frame(false, 0, b""))]
    );

    let body = Bytes::from_static(b"\x95\x11Opus\x00\0\0\x01a\x03\0\0\x01b");
    let sound: Vec<_> = audio::parts(&body).unwrap().map(Result::unwrap).collect();
    assert_eq!((sound[1].track, sound[1].codec), (3, audio::OPUS));
    assert_eq!(sound[1].tag, AudioTag::Frame(Bytes::from_static(b"b")));
}

#[test]
fn modifiers_are_taken_off_and_unknown_ones_passed_over() {
    // Three bytes of nanoseconds, then coded frames.
    let part = &video_parts(b"\x97\x02\x0c\x35\x00\x03hvc1x")[0];
    assert_eq!((part.nanos, &part.tag), (800_000, &frame(true, 0, b"x")));
    // An unknown modifier, then nanoseconds.
    let part = &video_parts(b"\x97\x00z\xf7\x02\0\0\x05\x03av01x")[0];
    assert_eq!((part.nanos, part.codec), (5, AV1));
    // One whose size takes two bytes more.
    let mut long = b"\x97\xff\x01\x00".to_vec();
    long.extend([0; 257]);
    long.extend(b"\xf3hvc1x");
    let body = Bytes::from(long);
    let part = video::parts(&body).unwrap().next().unwrap().unwrap();
    assert_eq!((part.nanos, part.tag), (0, frame(true, 0, b"x")));
    assert!(video::is_key_frame(&body));
}

#[test]
fn what_is_unknown_is_left_and_what_is_cut_short_is_an_error() {
    assert_eq!(video_parts(b"\x94hvc1data")[0].tag, VideoTag::Other, "metadata");
    assert_eq!(
        video_parts(b"\x9fhvc1data")[0].tag,
        VideoTag::Other,
        "a packet type of tomorrow"
    );
    assert_eq!(video_parts(b"\xd0\x01"), [], "a message to players");
    let vvc = &video_parts(b"\x91vvc1data")[0];
    assert_eq!((vvc.codec, &vvc.tag), (*b"vvc1", &frame(true, 0, b"data")));
    let other = &video_parts(b"\x12x")[0];
    assert_eq!((other.codec, &other.tag), ([0, 0, 0, 2], &VideoTag::Other));
    let wrong = |body: &'static [u8]| {
        let parts = video::parts(&Bytes::from_static(body));
        parts.and_then(|parts| parts.collect::<Result<Vec<_>, _>>())
    };
    for cut in [
        &b"\x96"[..],
        b"\x96\x13hvc",
        b"\x96\x13hvc1\x00\0\0\x09a",
        b"\x97\xff",
        b"\x97\x02\0",
        b"\x91hvc1\0",
    ] {
        assert_eq!(wrong(cut), Err(Error::Truncated), "{cut:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic_and_tracks_end(
        first in prop_oneof![Just(0x96u8), Just(0x97), Just(0x95), any::<u8>()],
        rest in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let body = Bytes::from([vec![first], rest].concat());
        for parts in video::parts(&body).into_iter() {
            prop_assert!(parts.count() <= body.len());
        }
        for parts in audio::parts(&body).into_iter() {
            prop_assert!(parts.count() <= body.len());
        }
        let _ = (video::is_key_frame(&body), video::is_sequence_header(&body));
    }
}

#[test]
fn a_picture_that_does_not_say_its_type_is_looked_at() {
    // As MediaMTX 1.20.1 writes them: frame type 0. An H.265 slice of type IDR_W_RADL, and one that refers to others.
    let key = |slice: &[u8]| {
        let length = (slice.len() as u32).to_be_bytes();
        let body = [&[0x83], &video::HEVC[..], &length, slice].concat();
        match video::parts(&body.into()).unwrap().next().unwrap().unwrap().tag {
            VideoTag::Frame { key, .. } => key,
            other => panic!("{other:?}"),
        }
    };
    assert!(key(&[0x26, 0x01, 0xac]) && !key(&[0x02, 0x01, 0xd3]));
    let header = [&[0x80], &video::HEVC[..], &[1, 0x60]].concat();
    let header = video::parts(&header.into()).unwrap().next().unwrap().unwrap();
    assert_eq!(
        header.tag,
        VideoTag::SequenceHeader(Bytes::from_static(&[1, 0x60]))
    );
}
