//! AAC, whole and damaged, to Opus.

use std::time::Duration;

use bytes::Bytes;
use container::opus;
use media::Timestamp;

use super::super::fixture::{Stream, aac, packets};
use super::*;
use crate::clicks::{blocks, clicks};
use crate::encode::{AudioConfig, AudioEncoder};

fn transcode(sound: &mut Sound, packets: &[Packet]) -> Vec<Made> {
    packets.iter().flat_map(|p| sound.push(p).unwrap()).collect()
}

/// All that comes of a stream.
fn whole(stream: &Stream<AudioParameters>) -> (Vec<Made>, u64) {
    let mut sound = Sound::new(stream.parameters.clone(), OpusConfig::new(96)).unwrap();
    let mut made = transcode(&mut sound, &stream.packets);
    made.extend(sound.finish().unwrap());
    (made, sound.skipped())
}

/// AAC with clicks, in packets.
fn clicking(at: &[i64]) -> Stream<AudioParameters> {
    let encoder = AudioEncoder::new(AudioConfig::new(128)).unwrap();
    let mut packets = Vec::new();
    for block in blocks(2, Timestamp::from_millis(500), 110, at) {
        while encoder.submit(&block) == Err(Error::Busy) {
            packets.extend(encoder.next_packet(Duration::from_secs(20)).unwrap());
        }
    }
    encoder.finish();
    while let Ok(packet) = encoder.next_packet(Duration::from_secs(20)) {
        packets.extend(packet);
    }
    let CodecParameters::Audio(parameters) = encoder.parameters() else {
        panic!("not sound");
    };
    Stream { parameters, packets }
}

#[test]
fn any_aac_becomes_packets_of_20_ms_without_a_gap() {
    for (rate, channels) in [(48_000, 2), (44_100, 1), (22_050, 2), (48_000, 6)] {
        let stream = aac(rate, channels, 3);
        let (made, skipped) = whole(&stream);
        assert_eq!(skipped, 0);
        let Made::Configured(CodecParameters::Audio(track)) = &made[0] else {
            panic!("{:?}", made[0]);
        };
        assert_eq!(
            (track.rate, track.channels, track.frame_samples),
            (48_000, 2, 960)
        );
        let packets = packets(&made);
        assert_eq!(packets.len(), made.len() - 1, "configured once");
        let first = packets[0].pts;
        assert_eq!(first, stream.packets[0].pts);
        for (n, packet) in (0..).zip(&packets) {
            assert_eq!(packet.pts.nanos_since(first), n * 20_000_000);
            assert_eq!(opus::samples(&packet.data), Some(960));
        }
        let sound = stream.packets.len() as i64 * 1_024 * 1_000 / i64::from(rate);
        let made = packets.len() as i64 * 20;
        assert!((made - sound).abs() <= 40, "{made} ms of {sound} ms");
    }
}

#[test]
fn a_click_keeps_its_time() {
    let at = [5_000, 20_480, 47_111];
    let stream = clicking(&at);
    let (made, _) = whole(&stream);
    let made: Vec<_> = packets(&made).into_iter().cloned().collect();
    let found = clicks(2, &made, Timestamp::from_millis(500));
    assert_eq!(found.len(), at.len(), "{found:?}");
    for (found, expected) in found.iter().zip(at) {
        assert!((found - expected).abs() <= 48, "{found} for {expected}");
    }
}

#[test]
fn times_in_milliseconds_are_counted_exactly() {
    let mut stream = aac(44_100, 2, 2);
    // ffmpeg wrote whole milliseconds; a publisher's clock may jitter besides.
    for (n, packet) in (0i64..).zip(&mut stream.packets) {
        packet.pts = Timestamp::from_millis(packet.pts.as_millis() + n % 7);
    }
    let (made, _) = whole(&stream);
    let packets = packets(&made);
    for pair in packets.windows(2) {
        assert_eq!(pair[1].pts.nanos_since(pair[0].pts), 20_000_000);
    }
}

#[test]
fn a_gap_becomes_silence_and_a_jump_a_new_line() {
    let mut stream = aac(48_000, 2, 4);
    for packet in &mut stream.packets[60..] {
        packet.pts += Duration::from_millis(500);
    }
    for packet in &mut stream.packets[120..] {
        packet.pts += Duration::from_secs(3_600);
    }
    let jump = stream.packets[120].pts;
    let (made, _) = whole(&stream);
    let packets = packets(&made);
    let steps = packets
        .windows(2)
        .map(|p| (p[1].pts, p[1].pts.nanos_since(p[0].pts)));
    let odd: Vec<_> = steps.filter(|(_, step)| *step != 20_000_000).collect();
    assert_eq!(odd.len(), 1, "{odd:?}");
    assert_eq!(odd[0].0, jump);
}

#[test]
fn garbage_is_counted_and_what_follows_is_heard() {
    let mut stream = aac(48_000, 2, 3);
    for (n, packet) in stream.packets[20..24].iter_mut().enumerate() {
        packet.data = match n {
            0 => Bytes::from_static(&[0xff; 300]),
            1 => Bytes::from_static(&[0]),
            2 => Bytes::new(),
            _ => packet.data.slice(..packet.data.len() / 2),
        };
    }
    stream.packets[40].pts = Timestamp::MAX;
    let (made, skipped) = whole(&stream);
    assert!(skipped >= 1, "{skipped}");
    let packets = packets(&made);
    let end = packets.last().unwrap().pts;
    assert!(end.as_millis() > 2_900, "{end}");
    for pair in packets.windows(2) {
        assert_eq!(pair[1].pts.nanos_since(pair[0].pts), 20_000_000);
    }
}

#[test]
fn opus_is_not_made_of_opus() {
    let track = OpusConfig::new(96).parameters();
    let refused = Sound::new(track, OpusConfig::new(96)).err().unwrap();
    assert_eq!(
        refused.to_string(),
        "this can't be encoded: the sound is Opus already"
    );
}
