//! Slates, decoded again.

use container::aac;

use super::*;
use crate::clicks;
use crate::decode::{FrameDecoder, SampleDecoder};

const PICTURE: &[u8] = include_bytes!("../../../assets/cover/cover.png");

fn lc(rate: u32, channels: u8) -> AudioParameters {
    aac::parameters(&AudioSpecificConfig::lc(rate, channels).unwrap()).unwrap()
}

/// Mean brightness of the middle rows' middle and of the upper left corner.
fn brightness(frame: &VideoFrame) -> (f64, f64) {
    let Size { width, height } = frame.size;
    let (width, height) = (width as usize, height as usize);
    let mean = |from: usize, to: usize, x: usize, w: usize| {
        let rows = (from..to).flat_map(|y| {
            let start = frame.planes[0].offset + y * frame.planes[0].stride + x;
            frame.data[start..start + w].iter()
        });
        let count = (to - from) * w;
        rows.map(|&y| f64::from(y)).sum::<f64>() / count as f64
    };
    (
        mean(
            height * 48 / 100,
            height * 56 / 100,
            width * 3 / 10,
            width * 4 / 10,
        ),
        mean(0, height / 20, 0, width / 20),
    )
}

#[test]
fn a_round_has_one_key_frame_and_follows_on_itself() {
    for (size, rate, frames) in [
        (Size::new(640, 360), FrameRate::whole(30), 60),
        (Size::new(360, 640), FrameRate::new(30_000, 1_001).unwrap(), 60),
        (Size::new(320, 240), FrameRate::whole(15), 30),
    ] {
        let (track, packets) = pictures(PICTURE, size, rate, frames as u32).unwrap();
        assert_eq!((track.size, packets.len()), (size, frames));
        let keys: Vec<bool> = packets.iter().map(|packet| packet.key).collect();
        assert!(keys[0] && keys[1..].iter().all(|key| !key), "{keys:?}");
        let bytes: usize = packets[1..].iter().map(|packet| packet.data.len()).sum();
        assert!(bytes < 20_000, "{bytes} bytes for a picture that doesn't change");

        let mut decoder = FrameDecoder::new(&track).unwrap();
        let mut shown = Vec::new();
        for n in 0..2 * frames {
            let packet = Packet {
                pts: rate.tick(n as u64),
                dts: rate.tick(n as u64),
                ..packets[n % frames].clone()
            };
            shown.extend(decoder.decode(&packet).unwrap());
        }
        shown.extend(decoder.finish().unwrap());
        assert_eq!(shown.len(), 2 * frames);
        for frame in &shown {
            let (words, corner) = brightness(frame);
            assert!(
                words > corner + 10.0,
                "the words are seen: {words:.1} on {corner:.1}"
            );
        }
    }
}

fn aac_samples(track: &AudioParameters, packets: &[Packet]) -> Vec<f32> {
    let mut decoder = SampleDecoder::new(track).unwrap();
    let blocks = packets.iter().flat_map(|packet| decoder.decode(packet).unwrap());
    blocks.flat_map(|block| block.samples).collect()
}

#[test]
fn silence_is_silent_however_often_it_is_played() {
    let opus = OpusConfig::new(64).parameters();
    for track in [lc(48_000, 2), lc(44_100, 1), opus] {
        let (parameters, packet) = silence(&track).unwrap();
        assert_eq!(parameters, track, "the decoder goes on as it is");
        let packets: Vec<Packet> = (0..20)
            .map(|n| {
                let ticks = n * i64::from(parameters.frame_samples);
                let at = Timestamp::from_ticks(ticks, parameters.rate);
                Packet::at(media::TrackKind::Audio, at, true, packet.data.clone())
            })
            .collect();
        let samples = match track.codec {
            AudioCodec::Opus => clicks::decode(track.channels, &packets),
            AudioCodec::Aac => aac_samples(&parameters, &packets),
        };
        let loudest = samples.iter().fold(0.0_f32, |loudest, s| loudest.max(s.abs()));
        assert!(samples.len() > 8_000, "{}", samples.len());
        assert!(loudest < 1e-4, "{loudest}");
    }
}

#[test]
fn what_another_decoder_is_needed_for_says_so() {
    let six = lc(48_000, 6);
    let (parameters, _) = silence(&six).unwrap();
    assert_eq!((parameters.channels, parameters.rate), (2, 48_000));
}

#[test]
fn what_cannot_be_made_is_refused() {
    assert!(pictures(PICTURE, Size::new(641, 360), FrameRate::whole(30), 60).is_err());
    assert!(pictures(PICTURE, Size::new(640, 360), FrameRate::whole(500), 60).is_err());
    assert!(pictures(b"no picture", Size::new(640, 360), FrameRate::whole(30), 60).is_err());
    assert!(silence(&lc(7_350, 1)).is_err());
}
