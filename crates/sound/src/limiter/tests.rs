use std::f64::consts::TAU;

use proptest::prelude::*;

use super::*;
use crate::level::{from_db, to_db};

/// What comes out for `input` in blocks of 480 samples, and the least gain of each.
fn limited(input: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let (mut limiter, mut out) = (Limiter::new(), input.to_vec());
    let gains = out.chunks_mut(480).map(|block| limiter.run(block)).collect();
    (out, gains)
}

/// A sine of `hz` on both sides whose peak stands at `db`.
fn sine(hz: f64, db: f32, instants: usize) -> Vec<f32> {
    let one = |n: usize| (n as f64 * hz / 48_000.0 * TAU).sin() as f32 * from_db(db);
    (0..instants).flat_map(|n| [one(n); 2]).collect()
}

fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |p, s| s.abs().max(p))
}

#[test]
fn a_loud_tone_is_turned_down_to_the_ceiling_and_stays_a_tone() {
    for (hz, period) in [(50.0, 960), (1_000.0, 48)] {
        let (out, gains) = limited(&sine(hz, 6.0, 96_000));
        let steady = &out[96_000..];
        assert!(
            (to_db(peak(steady)) + 1.0).abs() < 0.01,
            "{}",
            to_db(peak(steady))
        );
        assert!((to_db(*gains.last().unwrap()) + 7.0).abs() < 0.01);
        // Each period like the one before, and like a sine of that height.
        let ideal = sine(hz, -1.0, 48_000 + period);
        let aligned = &ideal[2 * (48_000 - LOOKAHEAD) % (2 * period)..];
        let pairs = steady.iter().zip(aligned);
        let (noise, power) = pairs.fold((0.0f64, 0.0f64), |(n, p), (s, i)| {
            (n + f64::from(s - i).powi(2), p + f64::from(*i).powi(2))
        });
        let db = 10.0 * (noise / power).log10();
        assert!(db < -50.0, "{hz} Hz: {db} dB of distortion");
    }
}

#[test]
fn the_gain_moves_before_the_peak_in_small_steps_and_comes_back_exactly() {
    let mut input = vec![0.5f32; 2 * 168_000];
    input[2 * 24_000] = 2.0;
    let (out, _) = limited(&input);
    let left: Vec<f32> = out.iter().step_by(2).copied().collect();
    let peak_at = 24_000 + LOOKAHEAD;
    assert!((left[peak_at] - CEILING).abs() < 1e-4, "{}", left[peak_at]);
    // Nothing before the look-ahead, the least gain at the peak, 150 ms later most of it has come back, and
    // two seconds later every bit.
    assert_eq!(left[peak_at - LOOKAHEAD - 1], 0.5);
    let gain = |n: usize| left[n] / 0.5;
    assert!((gain(peak_at - 1) - CEILING / 2.0).abs() < 0.01);
    assert!((0.6..0.9).contains(&gain(peak_at + LOOKAHEAD + 7_200)));
    assert_eq!(left[24_000 + 96_000], 0.5);
    let steps = left[LOOKAHEAD + 1..].windows(2).enumerate();
    let worst = steps.filter(|(n, _)| (*n + LOOKAHEAD + 1).abs_diff(peak_at) > 1);
    let worst = worst.map(|(_, w)| (w[1] - w[0]).abs()).fold(0.0, f32::max);
    assert!(worst < 0.005, "{worst}");
}

#[test]
fn what_is_no_number_is_silent_and_the_endless_is_bounded() {
    let mut input = vec![0.25f32; 2 * 4_800];
    input[1_000..1_006].copy_from_slice(&[
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::MAX,
        -0.0,
        f32::MIN,
    ]);
    let (out, _) = limited(&input);
    assert!(out.iter().all(|s| s.abs() <= CEILING));
    assert_eq!(out[1_000 + 2 * LOOKAHEAD], 0.0);
}

proptest! {
    #[test]
    fn no_sample_passes_the_ceiling(
        values in prop::collection::vec(any::<f32>(), 2..600),
        loud in prop::collection::vec(-4f32..4.0, 2..1_200),
    ) {
        let mut input: Vec<f32> = loud.iter().chain(&values).chain(&loud).copied().collect();
        input.resize(input.len() / 2 * 2 + 2 * LOOKAHEAD, 0.0);
        let (out, gains) = limited(&input);
        prop_assert!(out.iter().all(|s| s.abs() <= CEILING));
        prop_assert!(gains.iter().all(|g| (0.0..=1.0).contains(g)));
    }

    #[test]
    fn below_the_ceiling_every_bit_stays(
        values in prop::collection::vec(-CEILING..CEILING, 2..2_000),
    ) {
        let mut input = values;
        input.resize(input.len() / 2 * 2, 0.0);
        let sound = input.clone();
        input.resize(input.len() + 2 * LOOKAHEAD, 0.0);
        let (out, gains) = limited(&input);
        prop_assert_eq!(&out[2 * LOOKAHEAD..], &sound[..]);
        prop_assert!(gains.iter().all(|g| *g == 1.0));
    }
}
