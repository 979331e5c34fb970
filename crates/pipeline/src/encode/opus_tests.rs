//! Clicks through Opus and back.

use media::TrackKind;

use super::*;
use crate::clicks::{blocks, clicks};

const PATIENCE: Duration = Duration::from_secs(20);

fn encode(config: OpusConfig, blocks: &[AudioBlock]) -> Vec<Packet> {
    let mut coder = OpusCoder::new(&config).unwrap();
    let mut packets: Vec<_> = blocks.iter().flat_map(|b| coder.encode(b).unwrap()).collect();
    packets.extend(coder.finish().unwrap());
    packets
}

#[test]
fn a_click_comes_back_at_its_time_in_mono_and_stereo() {
    for channels in [1, 2] {
        let config = OpusConfig {
            channels,
            bitrate_kbps: 128,
        };
        let start = Timestamp::from_nanos(-20_000_000);
        let at = [5_000, 10_003, 20_480, 47_111];
        let packets = encode(config, &blocks(config.channels, start, 110, &at));
        let found = clicks(config.channels, &packets, start);
        assert_eq!(found.len(), at.len(), "{found:?}");
        for (found, expected) in found.iter().zip(at) {
            assert!((found - expected).abs() <= 4, "{found} for {expected}");
        }
    }
}

#[test]
fn packets_are_20_ms_apart_and_the_first_begins_with_the_first_block() {
    let encoder = OpusEncoder::new(OpusConfig::new(96)).unwrap();
    let start = Timestamp::from_millis(1_234);
    let mut packets = Vec::new();
    for block in blocks(2, start, 100, &[]) {
        while encoder.submit(&block) == Err(Error::Busy) {
            packets.extend(encoder.next_packet(PATIENCE).unwrap());
        }
    }
    encoder.finish();
    let end = loop {
        match encoder.next_packet(PATIENCE) {
            Ok(packet) => packets.extend(packet),
            Err(end) => break end,
        }
    };
    assert_eq!(end, Error::Finished);
    assert!((50..=51).contains(&packets.len()), "{}", packets.len());
    for (n, packet) in (0..).zip(&packets) {
        assert_eq!(packet.pts, Timestamp::from_millis(1_234 + n * 20));
        assert!(packet.key && packet.dts == packet.pts && packet.kind == TrackKind::Audio);
        assert_eq!(opus::samples(&packet.data), Some(960));
    }
    let CodecParameters::Audio(track) = encoder.parameters() else {
        panic!("not sound");
    };
    assert_eq!(opus::parameters(&track.config), Ok(track));
}

#[test]
fn a_lost_block_leaves_silence_and_what_follows_keeps_its_time() {
    let config = OpusConfig::new(128);
    let at = [5_000, 40_000];
    let mut all = blocks(config.channels, Timestamp::ZERO, 100, &at);
    all.drain(30..55);
    let found = clicks(config.channels, &encode(config, &all), Timestamp::ZERO);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!((found[1] - at[1]).abs() <= 4, "{found:?}");
}

#[test]
fn settings_outside_their_ranges_are_refused() {
    for (channels, bitrate_kbps) in [(0, 64), (3, 64), (2, 15), (2, 321)] {
        let config = OpusConfig {
            channels,
            bitrate_kbps,
        };
        assert!(matches!(OpusEncoder::new(config), Err(Error::Unsupported(_))));
    }
}
