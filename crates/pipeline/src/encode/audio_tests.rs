//! Clicks through the encoders and back.

use media::{Timestamp, TrackKind};

use super::super::sound::{PLACES, after};
use super::*;
use crate::decode::SampleDecoder;

const PATIENCE: Duration = Duration::from_secs(20);
const RATE: u32 = 48_000;

fn config(encoder: AacEncoder) -> AudioConfig {
    AudioConfig {
        rate: RATE,
        channels: 2,
        bitrate_kbps: 128,
        encoder: Some(encoder),
    }
}

/// Stereo blocks of 10 ms from `start` on, with a click at each of `clicks` (samples from the start).
fn blocks(start: Timestamp, count: i64, clicks: &[i64]) -> Vec<AudioBlock> {
    (0..count)
        .map(|n| {
            let mut block = AudioBlock::silence(after(start, n * 480, RATE), RATE, 2, 480);
            for click in clicks.iter().filter(|c| (n * 480..(n + 1) * 480).contains(*c)) {
                let at = (click - n * 480) as usize * 2;
                block.samples[at..at + 2].fill(0.9);
            }
            block
        })
        .collect()
}

fn drain(encoder: &AudioEncoder) -> Vec<Packet> {
    let mut packets = Vec::new();
    let end = loop {
        match encoder.next_packet(PATIENCE) {
            Ok(Some(packet)) => packets.push(packet),
            other => break other,
        }
    };
    assert_eq!(end, Err(Error::Finished));
    packets
}

/// All packets of `blocks`, taken while they are handed over.
fn encode(encoder: &AudioEncoder, blocks: &[AudioBlock]) -> Vec<Packet> {
    std::thread::scope(|scope| {
        let taken = scope.spawn(|| drain(encoder));
        for some in blocks.chunks(PLACES / 2) {
            for block in some {
                while encoder.submit(block) == Err(Error::Busy) {
                    std::thread::yield_now();
                }
            }
        }
        encoder.finish();
        taken.join().unwrap()
    })
}

/// Times, in samples after `start`, at which a decoder renders something loud.
fn clicks(encoder: &AudioEncoder, packets: &[Packet], start: Timestamp) -> Vec<i64> {
    let CodecParameters::Audio(track) = encoder.parameters() else {
        panic!("not AAC");
    };
    let mut decoder = SampleDecoder::new(&track).unwrap();
    let mut heard: Vec<AudioBlock> = packets.iter().flat_map(|p| decoder.decode(p).unwrap()).collect();
    heard.extend(decoder.finish().unwrap());
    let mut found: Vec<(i64, f32)> = Vec::new();
    for block in &heard {
        let first = Timestamp::from_nanos(block.pts.nanos_since(start)).as_ticks(RATE);
        for (n, sample) in (0..).zip(block.samples.iter().step_by(2)) {
            let (at, loud) = (first + n, sample.abs());
            // The loudest sample of a click counts.
            match found.last_mut().filter(|last| at - last.0 < 2_000) {
                Some(last) if loud > last.1 => *last = (at, loud),
                None if loud > 0.2 => found.push((at, loud)),
                _ => {}
            }
        }
    }
    found.into_iter().map(|(at, _)| at).collect()
}

fn within_a_millisecond(found: &[i64], expected: &[i64]) {
    assert_eq!(found.len(), expected.len(), "{found:?} for {expected:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 48, "{found} for {expected}");
    }
}

#[test]
fn a_click_comes_back_at_its_time_with_either_encoder() {
    for kind in [AacEncoder::Libav, AacEncoder::VisualOn] {
        let encoder = AudioEncoder::new(config(kind)).unwrap();
        let start = Timestamp::from_nanos(-20_000_000);
        let at = [5_000, 10_003, 20_480, 47_111];
        let packets = encode(&encoder, &blocks(start, 110, &at));
        within_a_millisecond(&clicks(&encoder, &packets, start), &at);
        assert!((1..=4_096).contains(&encoder.priming()), "{}", encoder.priming());
    }
}

#[test]
fn packets_are_1024_samples_apart_and_none_begins_before_the_first_block() {
    let encoder = AudioEncoder::new(AudioConfig::new(128)).unwrap();
    let start = Timestamp::from_millis(1_234);
    let packets = encode(&encoder, &blocks(start, 100, &[]));
    let first = Timestamp::from_nanos(packets[0].pts.nanos_since(start)).as_ticks(RATE);
    assert!((0..1_024).contains(&first), "{first}");
    for (n, packet) in (0..).zip(&packets) {
        assert_eq!(packet.pts, after(start, first + n * 1_024, RATE));
        assert!(packet.key && packet.dts == packet.pts && packet.kind == TrackKind::Audio);
    }
    let CodecParameters::Audio(track) = encoder.parameters() else {
        panic!("not AAC");
    };
    // AudioSpecificConfig: object type 2, frequency index 3, two channels, 1024 samples.
    assert_eq!(track.config[..2], [0x11, 0x90]);
}

#[test]
fn a_lost_block_leaves_silence_and_what_follows_keeps_its_time() {
    let encoder = AudioEncoder::new(AudioConfig::new(128)).unwrap();
    let at = [5_000, 40_000];
    let mut all = blocks(Timestamp::ZERO, 100, &at);
    all.drain(30..55);
    let packets = encode(&encoder, &all);
    within_a_millisecond(&clicks(&encoder, &packets, Timestamp::ZERO), &at);
}

#[test]
fn blocks_that_dont_fit_are_refused_and_the_encoder_goes_on() {
    let encoder = AudioEncoder::new(AudioConfig::new(128)).unwrap();
    let at = |ms| AudioBlock::silence(Timestamp::from_millis(ms), RATE, 2, 480);
    let mono = AudioBlock::silence(Timestamp::ZERO, RATE, 1, 480);
    assert!(matches!(encoder.submit(&mono), Err(Error::WrongFormat(_))));
    let slow = AudioBlock::silence(Timestamp::ZERO, 44_100, 2, 441);
    assert!(matches!(encoder.submit(&slow), Err(Error::WrongFormat(_))));
    encoder.submit(&at(0)).unwrap();
    assert!(matches!(encoder.submit(&at(5)), Err(Error::WrongTime(_))));
    assert!(matches!(encoder.submit(&at(100_000)), Err(Error::WrongTime(_))));
    let mut wild = at(10);
    wild.samples.fill(f32::NAN);
    wild.samples[7] = f32::INFINITY;
    encoder.submit(&wild).unwrap();
    encoder.finish();
    assert!(!drain(&encoder).is_empty());
}

#[test]
fn settings_no_aac_stream_can_have_are_refused() {
    let good = config(AacEncoder::Libav);
    for bad in [
        AudioConfig {
            rate: 47_999,
            ..good.clone()
        },
        AudioConfig {
            channels: 3,
            ..good.clone()
        },
        AudioConfig {
            bitrate_kbps: 1_000_000,
            ..good
        },
    ] {
        assert!(matches!(AudioEncoder::new(bad), Err(Error::Unsupported(_))));
    }
}
