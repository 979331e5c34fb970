use bytes::Bytes;
use media::{CodecParameters, Utc};
use mp4_atom::{Codec, Decode, Ftyp, Moov};
use proptest::prelude::*;

use super::*;
use crate::{aac, h264};

fn video() -> CodecParameters {
    // x264, High 3.0, 640x480.
    let avcc = [
        1, 0x64, 0, 0x1e, 0xff, 0xe1, 0, 0x1a, 0x67, 0x64, 0, 0x1e, 0xac, 0xd9, 0x40, 0xa0, 0x3d, 0xb0, 0x16,
        0xc8, 0, 0, 3, 0, 8, 0, 0, 3, 1, 0x90, 0x78, 0xb1, 0x6c, 0xb0, 1, 0, 6, 0x68, 0xeb, 0xe3, 0xcb, 0x22,
        0xc0, 0xfd, 0xf8, 0xf8, 0,
    ];
    CodecParameters::Video(h264::parameters(&Bytes::copy_from_slice(&avcc)).unwrap())
}

fn audio() -> CodecParameters {
    CodecParameters::Audio(aac::parameters(&Bytes::from_static(&[0x11, 0x90])).unwrap())
}

fn moov(init: &[u8]) -> Moov {
    let buf = &mut &init[..];
    let ftyp = Ftyp::decode(buf).unwrap();
    assert_eq!(ftyp.major_brand, b"cmfc".into());
    let moov = Moov::decode(buf).unwrap();
    assert!(buf.is_empty(), "ftyp and moov are all");
    moov
}

fn sample(duration: u32, composition: i32, key: bool, fill: u8, len: usize) -> Sample {
    Sample {
        duration,
        composition,
        key,
        data: vec![fill; len].into(),
    }
}

#[test]
fn codecs_are_written_as_in_rfc_6381() {
    assert_eq!(codecs(&video()), "avc1.64001e");
    assert_eq!(codecs(&audio()), "mp4a.40.2");
}

#[test]
fn a_video_init_segment_carries_its_record_byte_by_byte() {
    let CodecParameters::Video(p) = video() else {
        unreachable!()
    };
    let init = init_segment(&video(), 90_000, 1).unwrap();
    assert!(init.windows(p.config.len()).any(|w| w == p.config));
    let moov = moov(&init);
    let trak = &moov.trak[0];
    assert_eq!(
        (trak.mdia.mdhd.timescale, trak.tkhd.width.integer()),
        (90_000, 640)
    );
    assert_eq!(trak.edts, None);
    assert!(matches!(&trak.mdia.minf.stbl.stsd.codecs[..], [Codec::Avc1(a)] if a.visual.height == 480));
}

#[test]
fn an_audio_init_segment_has_its_configuration_and_no_edit_list() {
    let moov = moov(&init_segment(&audio(), 48_000, 2).unwrap());
    let trak = &moov.trak[0];
    assert_eq!((trak.tkhd.track_id, moov.mvex.unwrap().trex[0].track_id), (2, 2));
    assert_eq!(trak.edts, None);
    let [Codec::Mp4a(mp4a)] = &trak.mdia.minf.stbl.stsd.codecs[..] else {
        panic!("not mp4a")
    };
    let specific = mp4a.esds.es_desc.dec_config.dec_specific.as_ref().unwrap();
    assert_eq!(specific.raw, [0x11, 0x90]);
    assert_eq!(
        (mp4a.audio.channel_count, mp4a.audio.sample_rate.integer()),
        (2, 48_000)
    );
}

#[test]
fn a_record_that_cannot_be_read_is_an_error() {
    let CodecParameters::Video(mut p) = video() else {
        unreachable!()
    };
    p.config = p.config.slice(..9);
    let cut = init_segment(&CodecParameters::Video(p), 90_000, 1);
    assert_eq!(cut, Err(Error::Config(ConfigError::Truncated)));
}

#[test]
fn iso_23000_19_7_3_a_chunk_is_one_moof_with_one_traf_and_one_mdat() {
    let samples = [sample(3000, 6000, true, 1, 700), sample(3000, 0, false, 2, 50)];
    let bytes = chunk(7, 1, 1 << 33, &samples, None).unwrap();
    let moof_size = u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize;
    assert_eq!(
        (&bytes[4..8], &bytes[moof_size + 4..moof_size + 8]),
        (&b"moof"[..], &b"mdat"[..])
    );
    assert_eq!(bytes.len(), moof_size + 8 + 750);
    // tfhd: version 0, flags default-base-is-moof and default duration. tfdt and trun: version 1.
    let at = |kind: &[u8; 4]| bytes.windows(4).position(|w| w == kind).unwrap() + 4;
    assert_eq!(bytes[at(b"tfhd")..][..4], [0, 2, 0, 8]);
    assert_eq!(bytes[at(b"tfdt")..][..4], [1, 0, 0, 0]);
    assert_eq!(bytes[at(b"trun")], 1);
}

#[test]
fn iso_14496_12_8_16_5_prft_comes_before_moof_and_says_utc_and_media_time() {
    let utc = Utc(1_795_247_999_123_456);
    let mut bytes = chunk(1, 2, 960, &[sample(1024, 0, true, 3, 9)], Some((utc, 960))).unwrap();
    assert_eq!(&bytes[4..8], b"prft");
    assert_eq!(bytes[11], 24, "flags: the experience's own time");
    let read = read_chunk(&mut bytes).unwrap().unwrap();
    assert_eq!(read.reference, Some((utc, 960)));
}

#[test]
fn several_chunks_are_read_one_after_another() {
    let one = chunk(1, 2, 0, &[sample(1024, 0, true, 1, 5)], None).unwrap();
    let two = chunk(2, 2, 1024, &[sample(1024, 0, true, 2, 6)], None).unwrap();
    let mut segment = Bytes::from([one, two].concat());
    let bases = [0, 1024].map(|_| read_chunk(&mut segment).unwrap().unwrap().base_decode_time);
    assert_eq!(bases, [0, 1024]);
    assert_eq!(read_chunk(&mut segment), Ok(None));
}

#[test]
fn broken_chunks_are_refused() {
    let whole = chunk(
        1,
        1,
        0,
        &[sample(1, 0, true, 1, 5), sample(2, 0, false, 1, 5)],
        None,
    )
    .unwrap();
    for cut in 1..whole.len() {
        assert!(read_chunk(&mut whole.slice(..cut)).is_err(), "cut at {cut}");
    }
}

fn any_sample() -> impl Strategy<Value = Sample> {
    let data = proptest::collection::vec(any::<u8>(), 0..40);
    (1u32.., any::<i32>(), any::<bool>(), data).prop_map(|(duration, composition, key, data)| Sample {
        duration,
        composition,
        key,
        data: data.into(),
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        base: u64,
        sequence: u32,
        samples in proptest::collection::vec(any_sample(), 1..20),
        utc in proptest::option::of(0i64..2_000_000_000_000_000),
    ) {
        let reference = utc.map(|utc| (Utc(utc), base));
        let mut bytes = chunk(sequence, 9, base, &samples, reference).unwrap();
        let read = read_chunk(&mut bytes).unwrap().unwrap();
        let wrote = Chunk { sequence, track_id: 9, base_decode_time: base, samples, reference };
        prop_assert_eq!(read, wrote);
    }

    #[test]
    fn no_damage_makes_the_reader_panic(at in 0usize..150, value: u8) {
        let samples = [sample(1, 0, true, 1, 5), sample(2, 3, false, 1, 5)];
        let mut bytes = chunk(1, 1, 0, &samples, Some((Utc(0), 0))).unwrap().to_vec();
        let at = at % bytes.len();
        bytes[at] = value;
        let _ = read_chunk(&mut bytes.into());
    }
}
