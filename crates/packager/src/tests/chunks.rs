//! Samples in chunks: every duration ends where the next sample begins (ISO/IEC 23000-19, 6.6).

use bytes::Bytes;
use media::{FrameRate, Packet, Timestamp, TrackKind};
use proptest::prelude::*;

use super::Publisher;
use crate::Config;
use crate::Rendition::{Audio, Video};

#[test]
fn iso_23000_19_6_6_samples_tile_exactly_over_parts_and_segments() {
    let rates = [
        (30, 1, 48_000),
        (30_000, 1001, 44_100),
        (60_000, 1001, 22_050),
        (25, 1, 32_000),
    ];
    for (num, den, audio) in rates {
        let mut publisher = Publisher::with(Config::default(), FrameRate::new(num, den), Some(audio));
        publisher.send_until(20_000);
        publisher.packager.end_session();
        for (r, frame) in [(Video, u64::from(den) * 90_000 / u64::from(num)), (Audio, 1024)] {
            let frame = if (num, r) == (60_000, Video) { 1001 } else { frame };
            let samples = publisher.samples(r);
            let last = samples.len() - 1;
            for (n, &(dts, duration, pts, _)) in samples.iter().enumerate() {
                assert_eq!((dts, pts), (n as u64 * frame, n as u64 * frame));
                // The last one lasts until the other track's end.
                let lasts = if n == last {
                    frame..2 * frame
                } else {
                    frame..frame + 1
                };
                assert!(lasts.contains(&duration), "{duration} at {n}");
            }
        }
    }
}

#[test]
fn b_frames_keep_their_order_of_decoding_and_their_times_of_presentation() {
    let mut publisher = Publisher::with(Config::default(), FrameRate::new(30_000, 1001), Some(48_000));
    let tick = |n: u64| publisher.rate.tick(n).as_millis();
    // Groups of I/P B B, presented two frames after decoding began; a key frame every 60.
    let shown = |n: u64| match (n % 60, n % 3) {
        (0, _) => n + 2,
        (_, 1) if n % 60 <= 57 => n + 4,
        (58, _) => n + 3,
        (59, _) => n + 1,
        (_, 2) => n + 1,
        _ => n + 1,
    };
    let mut expected = Vec::new();
    for n in 0..300 {
        let (dts, pts) = (tick(n), tick(shown(n)));
        let placed = publisher.timeline.video(
            dts as u32,
            (pts - dts) as i32,
            n % 60 == 0,
            Bytes::from_static(b"x"),
        );
        publisher.packager.push(placed.packet, None);
        expected.push((n * 3003, 3003, shown(n) * 3003, n % 60 == 0));
    }
    publisher.packager.end_session();
    assert_eq!(publisher.samples(Video), expected);
}

#[test]
fn every_chunk_says_the_time_of_day_of_its_first_sample() {
    let mut publisher = Publisher::new();
    publisher.send_until(5_000);
    for (r, scale) in [(Video, 90_000), (Audio, 48_000)] {
        let track = publisher.packager.track(r).unwrap();
        for part in track.segments.iter().flat_map(|s| &s.parts) {
            let chunk = container::cmaf::read_chunk(&mut part.data.clone())
                .unwrap()
                .unwrap();
            let (utc, media_time) = chunk.reference.unwrap();
            assert_eq!(media_time, chunk.base_decode_time);
            let since = Timestamp::from_ticks(media_time as i64, scale).as_micros();
            assert!((utc.as_micros() - publisher.begin.as_micros() - since).abs() <= 1);
        }
    }
}

#[test]
fn chunks_are_numbered_one_by_one() {
    let mut publisher = Publisher::new();
    publisher.send_until(9_000);
    let track = publisher.packager.track(Video).unwrap();
    let chunk = |data: &Bytes| {
        container::cmaf::read_chunk(&mut data.clone())
            .unwrap()
            .unwrap()
            .sequence
    };
    let numbers: Vec<_> = track
        .segments
        .iter()
        .flat_map(|s| &s.parts)
        .map(|p| chunk(&p.data))
        .collect();
    assert!(numbers.windows(2).all(|w| w[1] == w[0] + 1), "{numbers:?}");
}

#[test]
fn a_flood_without_time_passing_is_dropped_at_the_limit_of_bytes() {
    let config = Config {
        promised_gop: Some(2),
        max_segment_bytes: 100_000,
        ..Config::default()
    };
    let mut publisher = Publisher::with(config, Some(FrameRate::whole(30)), Some(48_000));
    for n in 0..10_000u32 {
        let video = publisher.timeline.video(0, 0, n == 0, Bytes::from(vec![0; 100]));
        publisher.packager.push(video.packet, None);
        let audio = publisher.timeline.audio(0, Bytes::from(vec![0; 100]));
        publisher.packager.push(audio.packet, None);
    }
    let held = |r| -> usize {
        let track = publisher.packager.track(r).unwrap();
        track.open_bytes() + track.segments.iter().map(|s| s.bytes).sum::<usize>()
    };
    assert!(publisher.packager.dropped() > 5_000);
    assert!(held(Video) < 200_000, "{}", held(Video));
}

proptest! {
    #[test]
    fn whatever_comes_samples_rise_and_numbers_agree_and_memory_is_bounded(
        steps in proptest::collection::vec((any::<bool>(), 0i64..120, 0u8..30, 0i64..100), 1..600),
    ) {
        let config = Config { promised_gop: Some(2), window: 3, ..Config::default() };
        let mut publisher = Publisher::with(config, Some(FrameRate::whole(30)), Some(48_000));
        let (mut video, mut audio) = (0, 0);
        for (is_video, step, choice, composition) in steps {
            let at = if is_video { &mut video } else { &mut audio };
            // Now and then a stall of seconds, or the end of a session.
            *at += 1 + step + if choice == 1 { 5_000 } else { 0 };
            if choice == 2 {
                publisher.packager.end_session();
            }
            let kind = if is_video { TrackKind::Video } else { TrackKind::Audio };
            let dts = Timestamp::from_millis(*at);
            let pts = Timestamp::from_millis(*at + if is_video { composition } else { 0 });
            let key = !is_video || choice % 4 == 0;
            let packet = Packet { kind, track: 0, pts, dts, key, data: Bytes::from_static(b"sample") };
            publisher.packager.push(packet, None);
        }
        publisher.packager.end_session();
        for r in [Video, Audio] {
            let track = publisher.packager.track(r).unwrap();
            let numbers: Vec<_> = track.segments.iter().map(|s| s.head.msn).collect();
            prop_assert!(numbers.windows(2).all(|w| w[1] == w[0] + 1), "{:?}", numbers);
            let lengths: Vec<_> = track.segments.iter().map(|s| (s.duration, s.is_gap())).collect();
            prop_assert!(lengths.iter().all(|l| l.0 < 250_000), "{:?} {:?}", r, lengths);
            if !numbers.is_empty() {
                let samples = publisher.samples(r);
                prop_assert!(samples.windows(2).all(|w| w[0].0 + w[0].1 <= w[1].0), "{:?} {:?}", r, samples);
            }
        }
        let last = |r| publisher.packager.track(r).unwrap().segments.back().map(|s| s.head.msn);
        prop_assert_eq!(last(Video), last(Audio));
    }
}
