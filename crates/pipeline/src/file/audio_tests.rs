//! Sound to the sample.

use media::FrameRate;

use super::super::fixture::{flac, mp4, place, wav};
use super::*;

/// Pairs that tell their place: left counts up, right down.
fn counting(pairs: i16) -> Vec<i16> {
    (0..pairs).flat_map(|n| [n, -n]).collect()
}

fn filled(clip: &mut AudioLoop, pts: Timestamp, frames: usize) -> Vec<f32> {
    let mut block = AudioBlock::silence(pts, RATE, 2, frames);
    clip.fill(&mut block);
    block.samples
}

fn left(samples: &[f32]) -> Vec<i32> {
    samples
        .iter()
        .step_by(2)
        .map(|s| (s * 32_768.0).round() as i32)
        .collect()
}

#[test]
fn a_round_follows_the_last_from_one_sample_to_the_next() {
    let (folder, path) = place("sound.wav");
    wav(&path, RATE, 2, &counting(1_000));
    flac(&path, &folder.path().join("sound.flac"));
    for name in ["sound.wav", "sound.flac"] {
        let start = Timestamp::from_millis(20);
        let config = AudioLoopConfig { start, period: None };
        let mut clip = AudioLoop::open(&folder.path().join(name), config).unwrap();
        assert_eq!(clip.len(), 1_000);
        for block in 0..10 {
            let samples = filled(&mut clip, Timestamp::from_millis(20 + 10 * block), 480);
            let expected: Vec<i32> = (0..480).map(|n| (block as i32 * 480 + n) % 1_000).collect();
            assert_eq!(left(&samples), expected, "{name}");
            assert!(samples.chunks(2).all(|pair| pair[0] == -pair[1]));
        }
        assert_eq!(clip.counters().missing, 0);
    }
}

#[test]
fn before_its_start_a_clip_is_silent_and_counted() {
    let (_folder, path) = place("sound.wav");
    wav(&path, RATE, 2, &[16_384; 2_000]);
    let start = Timestamp::from_millis(5);
    let mut clip = AudioLoop::open(&path, AudioLoopConfig { start, period: None }).unwrap();
    let samples = filled(&mut clip, Timestamp::ZERO, 480);
    assert!(samples[..480].iter().all(|s| *s == 0.0) && samples[480..].iter().all(|s| *s == 0.5));
    let counters = clip.counters();
    assert_eq!((counters.received, counters.missing), (1, 240));
}

#[test]
fn a_round_as_long_as_the_pictures_never_drifts_from_them() {
    let (_folder, path) = place("sound.wav");
    wav(&path, RATE, 2, &counting(3_000));
    let rate: FrameRate = "29.97".parse().unwrap();
    let period = Some(Period { frames: 3, rate });
    let start = Timestamp::ZERO;
    let mut clip = AudioLoop::open(&path, AudioLoopConfig { start, period }).unwrap();
    // Three frames are 4804.8 samples: the sound's 3000, then silence.
    for round in [0, 1, 2, 5, 1_000_000] {
        let begin = rate.tick(round * 3);
        let first = Timestamp::from_ticks((i128::from(begin.as_nanos()) * 48 / 1_000_000) as i64, RATE);
        let samples = left(&filled(&mut clip, first, 4_000));
        let zero = samples.iter().position(|s| *s == 1).unwrap();
        assert!((1..=2).contains(&zero), "round {round} begins {zero} late");
        assert_eq!(samples[zero + 2_000], 2_001);
        assert_eq!(samples[zero + 2_999], 0);
    }
}

#[test]
fn another_rate_and_one_channel_become_the_shows() {
    let (_folder, path) = place("sound.wav");
    let tone = |n: i32| ((n as f32 * 0.05).sin() * 16_000.0) as i16;
    wav(&path, 44_100, 1, &(0..44_100).map(tone).collect::<Vec<_>>());
    let mut clip = AudioLoop::open(&path, AudioLoopConfig::default()).unwrap();
    assert!(clip.len().abs_diff(48_000) <= 2, "{}", clip.len());
    for (n, pair) in filled(&mut clip, Timestamp::from_millis(100), 4_800)
        .chunks(2)
        .enumerate()
    {
        let expected = ((4_800 + n) as f32 * 0.05 * 44_100.0 / 48_000.0).sin() * 16_000.0 / 32_768.0;
        assert!(
            (pair[0] - expected).abs() < 0.01,
            "{} for {expected} at {n}",
            pair[0]
        );
        assert_eq!(pair[0], pair[1]);
    }
}

#[test]
fn a_block_of_another_kind_is_left_silent_and_one_channel_gets_the_mean() {
    let (_folder, path) = place("sound.wav");
    wav(&path, RATE, 2, &[16_384, 0].repeat(1_000));
    let mut clip = AudioLoop::open(&path, AudioLoopConfig::default()).unwrap();
    let mut slow = AudioBlock::silence(Timestamp::ZERO, 44_100, 2, 441);
    slow.samples.fill(0.7);
    clip.fill(&mut slow);
    assert!(slow.samples.iter().all(|s| *s == 0.0));
    assert_eq!(clip.counters().missing, 441);
    let mut mono = AudioBlock::silence(Timestamp::ZERO, RATE, 1, 480);
    clip.fill(&mut mono);
    assert!(mono.samples.iter().all(|s| *s == 0.25));
}

#[test]
fn files_that_can_t_be_played_are_refused_with_path_and_reason() {
    let (folder, path) = place("sound.wav");
    let refused = |path: &Path| match AudioLoop::open(path, AudioLoopConfig::default()) {
        Err(Error::File { problem, .. }) => problem,
        other => panic!("{:?}", other.err()),
    };
    assert_eq!(refused(&path), FileProblem::Missing);
    assert_eq!(refused(folder.path()), FileProblem::NotAFile);
    std::fs::write(&path, b"these are words and no sound at all").unwrap();
    assert!(matches!(refused(&path), FileProblem::Damaged(_)));
    mp4(&path, 6, FrameRate::whole(30));
    assert_eq!(refused(&path), FileProblem::NoSound);
    wav(&path, 8_000, 1, &vec![0; 8_000 * 601]);
    assert_eq!(refused(&path), FileProblem::TooLong(10));
}
