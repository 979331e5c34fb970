use container::flv;

use super::*;

/// The configuration record of the parameter set below.
fn avcc() -> Bytes {
    let sps = h264_sps();
    let mut record = vec![1, sps[1], sps[2], sps[3], 0xff, 0xe1, 0, sps.len() as u8];
    record.extend_from_slice(&sps);
    record.extend_from_slice(&[1, 0, 4, 0x68, 0xce, 0x3c, 0x80]);
    record.into()
}

/// Baseline, level 1.0, 160x96, written bit by bit as the clause 7.3.2.1.1 has it.
fn h264_sps() -> Vec<u8> {
    // profile 66, constraints 0xc0, level 10; then ue(v): id 0, log2_max_frame_num 0, poc type 2, one reference
    // frame; no gaps; width 10 macroblocks, height 6; frames only; direct 8x8; no cropping, no VUI; stop bit.
    let bits = concat!(
        "1", "1", "011", "010", "0", "0001010", "00110", "1", "1", "0", "0", "1"
    );
    let mut sps = vec![0x67, 66, 0xc0, 10];
    for byte in bits.as_bytes().chunks(8) {
        let value = byte.iter().fold(0, |v, b| v << 1 | (b - b'0'));
        sps.push(value << (8 - byte.len()));
    }
    sps
}

fn tag(kind: TagKind, data: Bytes) -> Tag {
    Tag {
        kind,
        timestamp: 0,
        data,
    }
}

const PICTURE: &[u8] = &[0, 0, 0, 2, 0x65, 0x88];

fn configured() -> Tracks {
    let mut tracks = Tracks::default();
    let header = video::sequence_header(&avcc());
    assert_eq!(
        tracks.read(&tag(TagKind::Video, header)).unwrap(),
        Media::Configured
    );
    tracks
}

/// The access unit in a tag.
fn frame(tracks: &mut Tracks, tag: &Tag) -> Frame {
    match tracks.read(tag).unwrap() {
        Media::Frame(frame) => frame,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_configuration_said_twice_is_no_change() {
    let mut tracks = configured();
    let before = tracks.version();
    assert_eq!(
        tracks.video().map(|v| (v.size.width, v.size.height)),
        Some((160, 96))
    );
    let again = tracks.read(&tag(TagKind::Video, video::sequence_header(&avcc())));
    assert_eq!((again.unwrap(), tracks.version()), (Media::Nothing, before));
    tracks.begin_session();
    assert!(tracks.version() > before && tracks.video().is_none());
}

#[test]
fn what_cannot_be_passed_on_is_refused_with_a_reason() {
    let code = |tracks: &mut Tracks, kind, data: &'static [u8]| {
        tracks
            .read(&tag(kind, Bytes::from_static(data)))
            .unwrap_err()
            .code
    };
    let mut fresh = Tracks::default();
    assert_eq!(
        code(&mut fresh, TagKind::Video, &[0x17, 1, 0, 0, 0, 0, 0, 0, 1, 0x65]),
        Code::MediaMalformed
    );
    assert_eq!(
        code(&mut fresh, TagKind::Audio, &[0xaf, 1, 1]),
        Code::MediaMalformed
    );
    let mut tracks = configured();
    assert_eq!(
        code(&mut tracks, TagKind::Video, &[0x12, 0, 0]),
        Code::MediaUnsupported,
        "H.263"
    );
    assert_eq!(
        code(&mut tracks, TagKind::Video, b"\x90vvc1"),
        Code::MediaUnsupported,
        "VVC"
    );
    assert_eq!(
        code(&mut tracks, TagKind::Audio, &[0x2f, 0]),
        Code::MediaUnsupported,
        "MP3"
    );
    assert_eq!(code(&mut tracks, TagKind::Video, &[0x17]), Code::MediaMalformed);
    let overlong = &[0x17, 1, 0, 0, 0, 0, 0, 9, 9, 0x65];
    assert_eq!(code(&mut tracks, TagKind::Video, overlong), Code::MediaMalformed);
    assert_eq!(
        code(&mut tracks, TagKind::Video, &[0x17, 0, 0, 0, 0, 1, 2]),
        Code::MediaMalformed
    );
}

#[test]
fn enhanced_tags_leave_in_the_form_every_player_knows() {
    let mut tracks = configured();
    // Key frame, coded frames, avc1, composition time 40 ms.
    let mut body = b"\x91avc1\x00\x00\x28".to_vec();
    body.extend_from_slice(PICTURE);
    let enhanced = tag(TagKind::Video, body.into());
    let got = frame(&mut tracks, &enhanced);
    assert_eq!(
        tracks.plain_body(&enhanced, &got),
        video::frame(true, 40, PICTURE)
    );
    let plain = tag(TagKind::Video, video::frame(true, 40, PICTURE));
    let got = frame(&mut tracks, &plain);
    assert_eq!(tracks.plain_body(&plain, &got), plain.data);
}

#[test]
fn the_opening_says_what_is_there_and_nothing_of_the_publishers_words() {
    let mut tracks = configured();
    let secret = b"\x02\x00\x0aonMetaData\x08\x00\x00\x00\x01\x00\x07encoder\x02\x00\x06secret\x00\x00\x09";
    tracks
        .read(&tag(TagKind::Script, Bytes::from_static(secret)))
        .unwrap();
    let opening = tracks.opening(7);
    let mut reader = container::flv::Reader::new();
    reader.push(&container::flv::header(true, false));
    reader.push(&opening);
    let tags: Vec<Tag> = std::iter::from_fn(|| reader.next_tag().unwrap()).collect();
    let kinds: Vec<_> = tags.iter().map(|t| (t.kind, t.timestamp)).collect();
    assert_eq!(kinds, [(TagKind::Script, 7), (TagKind::Video, 7)]);
    assert!(!opening.windows(6).any(|w| w == b"secret"));
}

#[test]
fn other_codecs_keep_their_form_and_only_the_main_track_is_carried() {
    let mut tracks = Tracks::default();
    let head = audio::sequence_header_of(audio::OPUS, b"OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0");
    assert_eq!(
        tracks.read(&tag(TagKind::Audio, head)).unwrap(),
        Media::Configured
    );
    // Two packets of 10 ms in one, behind a modifier that no player has to know.
    let packet = tag(
        TagKind::Audio,
        Bytes::from_static(b"\x97\x02\0\0\x05\x01Opus\xf1ab"),
    );
    let got = frame(&mut tracks, &packet);
    assert_eq!(
        tracks.audio().map(|a| (a.codec, a.frame_samples)),
        Some((AudioCodec::Opus, 960))
    );
    assert_eq!(
        tracks.plain_body(&packet, &got),
        audio::frame_of(audio::OPUS, b"\xf1ab")
    );
    // Tracks 1 and 0 of one message.
    let both = tag(
        TagKind::Audio,
        Bytes::from_static(b"\x95\x11Opus\x01\0\0\x01z\x00\0\0\x02\xf0a"),
    );
    let got = frame(&mut tracks, &both);
    assert_eq!(
        tracks.plain_body(&both, &got),
        audio::frame_of(audio::OPUS, b"\xf0a")
    );
    assert_eq!(tracks.audio().map(|a| a.frame_samples), Some(480));
    let other = tag(TagKind::Audio, Bytes::from_static(b"\x95\x01Opus\x01z"));
    assert_eq!(
        tracks.read(&other).unwrap(),
        Media::Nothing,
        "a track of its own message"
    );
    let metadata = tag(TagKind::Video, Bytes::from_static(b"\x94hvc1data"));
    assert_eq!(tracks.read(&metadata).unwrap(), Media::Nothing);
}

#[test]
fn further_tracks_are_told_apart_and_the_main_one_goes_on() {
    let mut tracks = configured();
    // PacketType Multitrack; OneTrack with CodedFramesX; the codec; the number of the track.
    let further = [&[0x96, 0x03], &video::H264[..], &[2], &[0, 0, 0, 1, 0x65]].concat();
    for _ in 0..2 {
        let left = tracks.read(&tag(TagKind::Video, further.clone().into())).unwrap();
        assert_eq!((left, tracks.further().len()), (Media::Nothing, 1));
        assert!(tracks.further().parts().is_empty(), "nobody could decode it yet");
        assert_eq!(tracks.further().left_out(), 1);
    }
    // ManyTracks: each with its number and size.
    let part = |number: u8| [&[number, 0, 0, 5][..], &[0, 0, 0, 1, 0x65]].concat();
    let both = [&[0x96, 0x13], &video::H264[..], &part(0), &part(1)].concat();
    assert!(frame(&mut tracks, &tag(TagKind::Video, both.into())).key);
    assert_eq!(tracks.further().len(), 2);
    // What it begins with, and what follows, go on as they are, in messages of their own.
    let header = [&[0x96, 0x00], &video::H264[..], &[2], &avcc()].concat();
    tracks.read(&tag(TagKind::Video, header.clone().into())).unwrap();
    assert_eq!(tracks.further().parts(), [Bytes::from(header)]);
    tracks.read(&tag(TagKind::Video, further.clone().into())).unwrap();
    assert_eq!(tracks.further().parts(), [Bytes::from(further)]);
    assert_eq!(flv::tags(&tracks.further().opening(40)).count(), 1);
    let sound = tag(TagKind::Audio, audio::frame(&[1]));
    assert!(tracks.read(&sound).is_err() && tracks.further().parts().is_empty());
    tracks.begin_session();
    assert_eq!((tracks.further().len(), tracks.further().parts().len()), (0, 0));
}

#[test]
fn more_tracks_than_any_encoder_makes_are_left_out() {
    let mut tracks = configured();
    for number in 1..=200 {
        let header = [&[0x96, 0x00], &video::H264[..], &[number], &avcc()].concat();
        tracks.read(&tag(TagKind::Video, header.into())).unwrap();
    }
    assert_eq!((tracks.further().len(), tracks.further().left_out()), (16, 1));
}
