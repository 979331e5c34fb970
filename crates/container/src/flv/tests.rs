use bytes::{BufMut, Bytes, BytesMut};
use media::{
    AudioParameters, CodecParameters, FrameRate, MediaClock, ShowId, Size, Track, Utc, VideoParameters,
};
use proptest::prelude::*;

use super::*;
use crate::flv::audio::AudioTag;
use crate::flv::video::VideoTag;

fn tag(kind: TagKind, timestamp: u32, data: &[u8]) -> Tag {
    Tag {
        kind,
        timestamp,
        data: Bytes::copy_from_slice(data),
    }
}

#[test]
fn a_tag_is_written_as_annex_e_says() {
    let bytes = write_tag(&tag(TagKind::Video, 0x1234_5678, &[0x17, 0]));
    let expected = [9, 0, 0, 2, 0x34, 0x56, 0x78, 0x12, 0, 0, 0, 0x17, 0, 0, 0, 0, 13];
    assert_eq!(&bytes[..], expected);
    assert_eq!(&header(true, true)[..], b"FLV\x01\x05\0\0\0\x09\0\0\0\0");
}

#[test]
fn a_tag_too_large_or_of_no_known_kind_is_refused() {
    let first = |bytes: &[u8]| {
        let mut reader = Reader::new();
        reader.push(&header(true, true));
        reader.push(bytes);
        reader.next_tag()
    };
    assert_eq!(
        first(&[9, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        Ok(None),
        "4 MiB is allowed"
    );
    let large = [9, 0x40, 0, 1, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(first(&large), Err(Error::TooLarge(MAX_BODY + 1)));
    assert_eq!(
        first(&[0x29, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
        Err(Error::Kind(0x29))
    );
    let mut reader = Reader::new();
    reader.push(b"<!DOCTYPE html>");
    assert_eq!(reader.next_tag(), Err(Error::Header));
}

#[test]
fn h264_bodies_survive_both_ways() {
    let frame = video::frame(true, -40, b"nal");
    assert_eq!(&frame[..], b"\x17\x01\xff\xff\xd8nal");
    let expected = VideoTag::Frame {
        key: true,
        composition_ms: -40,
        data: Bytes::from_static(b"nal"),
    };
    assert_eq!(video::parse(&frame), Ok(expected));
    assert!(video::is_key_frame(&frame) && !video::is_key_frame(&video::frame(false, 0, b"nal")));
    let header = video::sequence_header(b"avcc");
    assert_eq!(
        video::parse(&header),
        Ok(VideoTag::SequenceHeader(Bytes::from_static(b"avcc")))
    );
    assert!(video::is_sequence_header(&header) && !video::is_key_frame(&header));
    assert_eq!(
        video::parse(&video::end_of_sequence()),
        Ok(VideoTag::EndOfSequence)
    );
}

#[test]
fn h264_of_enhanced_rtmp_is_read_and_other_codecs_are_left() {
    let read = |bytes: &'static [u8]| video::parse(&Bytes::from_static(bytes));
    let frame = |composition_ms| VideoTag::Frame {
        key: true,
        composition_ms,
        data: Bytes::from_static(b"x"),
    };
    assert_eq!(read(b"\x91avc1\0\0\x28x"), Ok(frame(40)));
    assert_eq!(read(b"\x93avc1x"), Ok(frame(0)));
    assert_eq!(read(b"\x91hvc1\0\0\x28x"), Ok(VideoTag::Other));
    assert_eq!(read(b"\x12x"), Ok(VideoTag::Other));
    assert_eq!(
        read(b"\x57\0"),
        Ok(VideoTag::Other),
        "frame type 5 is a message to players"
    );
    for cut in [&b""[..], b"\x17", b"\x17\x01\0\0", b"\x91avc", b"\x91avc1\0"] {
        assert_eq!(read(cut), Err(Error::Truncated));
    }
}

#[test]
fn aac_bodies_survive_both_ways() {
    let header = audio::sequence_header(&[0x11, 0x90]);
    assert_eq!(&header[..], [0xaf, 0, 0x11, 0x90]);
    assert!(audio::is_sequence_header(&header));
    let frame = Bytes::from_static(b"aac");
    assert_eq!(
        audio::parse(&audio::frame(&frame)),
        Ok(AudioTag::Frame(frame.clone()))
    );
    assert_eq!(
        audio::parse(&Bytes::from_static(b"\x91mp4aaac")),
        Ok(AudioTag::Frame(frame))
    );
    assert_eq!(audio::parse(&Bytes::from_static(b"\x2fmp3")), Ok(AudioTag::Other));
}

#[test]
fn metadata_describes_the_first_track_of_each_kind() {
    let rate: FrameRate = "29.97".parse().unwrap();
    let video = CodecParameters::Video(VideoParameters {
        codec: media::VideoCodec::H264,
        config: Bytes::new(),
        size: Size::new(1280, 720),
        rate: Some(rate),
    });
    let audio = CodecParameters::Audio(AudioParameters {
        codec: media::AudioCodec::Aac,
        config: Bytes::new(),
        rate: 48_000,
        channels: 2,
        frame_samples: 1024,
    });
    let tracks = [video, audio].map(|parameters| Track { id: 0, parameters });
    let read = script::parse_metadata(&script::on_metadata(&tracks)).unwrap();
    assert_eq!((read.width, read.height), (Some(1280), Some(720)));
    assert_eq!((read.frame_rate, read.audio_rate), (Some(rate), Some(48_000)));
}

#[test]
fn the_media_clock_survives_both_ways() {
    let clock = MediaClock {
        utc: Utc(1_795_247_999_123_456),
        show: ShowId([0xa5; 16]),
        gop: 7200,
        synchronised: true,
    };
    assert_eq!(script::parse_clock(&script::clock_message(&clock)), Some(clock));
    let join = script::Join {
        utc: clock.utc,
        timestamp: u32::MAX,
        estimated: true,
        synchronised: false,
        known: true,
    };
    assert_eq!(script::parse_join(&script::join_message(&join)), Some(join));
    assert_eq!(script::parse_clock(&script::join_message(&join)), None);
}

#[test]
fn a_media_clock_with_impossible_numbers_is_none() {
    let mut bytes = BytesMut::from(
        &script::clock_message(&MediaClock {
            utc: Utc(0),
            show: ShowId::default(),
            gop: 0,
            synchronised: false,
        })[..],
    );
    let utc = bytes.windows(3).position(|w| w == b"utc").unwrap() + 4;
    (&mut bytes[utc..]).put_f64(f64::NAN);
    assert_eq!(script::parse_clock(&bytes), None);
    (&mut bytes[utc..]).put_f64(1e300);
    assert_eq!(script::parse_clock(&bytes), None);
}

proptest! {
    #[test]
    fn tags_are_read_again_whatever_the_pieces(
        tags in prop::collection::vec((prop_oneof![Just(TagKind::Audio), Just(TagKind::Video), Just(TagKind::Script)],
            any::<u32>(), prop::collection::vec(any::<u8>(), 0..200)), 0..12),
        piece in 1usize..64,
    ) {
        let tags: Vec<Tag> = tags.iter().map(|(k, t, d)| tag(*k, *t, d)).collect();
        let mut file = BytesMut::from(&header(true, true)[..]);
        tags.iter().for_each(|t| file.extend_from_slice(&write_tag(t)));
        let (mut reader, mut read) = (Reader::new(), vec![]);
        for bytes in file.chunks(piece) {
            reader.push(bytes);
            while let Some(tag) = reader.next_tag().unwrap() {
                read.push(tag);
            }
        }
        prop_assert_eq!(read, tags);
    }

    #[test]
    fn no_body_panics(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let body = Bytes::from(bytes);
        let _ = (video::parse(&body), audio::parse(&body), script::parse_metadata(&body));
        prop_assert!(!(video::is_key_frame(&body) && video::is_sequence_header(&body)));
        prop_assert_eq!(script::parse_clock(&body), None);
    }
}

#[test]
fn timestamps_lie_nearest_to_the_last_one_whichever_way() {
    let wrapped = 1_i64 << 32;
    for (timestamp, near, at) in [
        (5, wrapped - 11, wrapped + 5),
        (u32::MAX, wrapped + 5, wrapped - 1),
        (1_000, 3 * wrapped, 3 * wrapped + 1_000),
        (7, -3, 7),
    ] {
        assert_eq!(super::nearest(timestamp, near), at);
    }
}
