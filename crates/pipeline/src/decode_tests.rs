//! Decoders and what no encoder of ours would give them.

use bytes::Bytes;
use media::{FrameRate, Size, Timestamp, TrackKind};

use super::*;
use crate::encode::{AudioConfig, AudioEncoder};

fn packet(data: &'static [u8], ms: i64) -> Packet {
    let pts = Timestamp::from_millis(ms);
    Packet::at(TrackKind::Video, pts, true, Bytes::from_static(data))
}

#[test]
fn broken_pictures_end_in_no_picture_or_a_typed_error() {
    let avcc: [&[u8]; 3] = [
        b"",
        b"\x01",
        b"\x01\x64\0\x1f\xff\xe1\0\x03\x67\x64\0\x01\0\x02\x68\xee",
    ];
    for record in avcc {
        let track = VideoParameters {
            codec: media::VideoCodec::H264,
            config: Bytes::copy_from_slice(record),
            size: Size::new(64, 48),
            rate: Some(FrameRate::whole(30)),
        };
        let Ok(mut decoder) = FrameDecoder::new(&track) else {
            continue;
        };
        for (n, data) in [&b"\0\0\0\x02\x65\xff"[..], b"\xff\xff\xff\xff\x65", b"\0"]
            .iter()
            .enumerate()
        {
            if let Ok(frames) = decoder.decode(&packet(data, n as i64 * 40)) {
                assert!(frames.is_empty());
            }
        }
        assert!(decoder.finish().map_or(true, |frames| frames.is_empty()));
    }
}

#[test]
fn a_time_out_of_reach_is_refused_and_the_next_packet_is_taken() {
    let encoder = AudioEncoder::new(AudioConfig::new(64)).unwrap();
    encoder
        .submit(&AudioBlock::silence(Timestamp::ZERO, 48_000, 2, 4_096))
        .unwrap();
    encoder.finish();
    let good = encoder
        .next_packet(std::time::Duration::from_secs(20))
        .unwrap()
        .unwrap();
    let media::CodecParameters::Audio(track) = encoder.parameters() else {
        panic!("not AAC")
    };
    let mut decoder = SampleDecoder::new(&track).unwrap();
    let far = Packet {
        pts: Timestamp::MAX,
        ..good.clone()
    };
    assert_eq!(
        decoder.decode(&far).unwrap_err(),
        Error::WrongTime(Timestamp::MAX)
    );
    let blocks = decoder.decode(&good).unwrap();
    assert_eq!(blocks.iter().map(AudioBlock::frames).sum::<usize>(), 1_024);
    assert_eq!(
        (blocks[0].pts, blocks[0].rate, blocks[0].channels),
        (good.pts, 48_000, 2)
    );
}
