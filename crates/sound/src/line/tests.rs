use super::*;
use proptest::prelude::*;

const RATE: f64 = 48_000.0;

/// Pseudo-random numbers from 0 to 1 (Marsaglia's xorshift), the same at each run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// True time of `count` for a quartz that runs `ppm` fast.
fn truth(count: i64, ppm: f64) -> f64 {
    count as f64 / (RATE * (1.0 + ppm / 1e6)) * 1e9
}

/// Feeds `seconds` of 10 ms blocks of which each arrives late by `delay()` ms; calls `check` after each.
fn run(
    line: &mut LineFit,
    seconds: i64,
    ppm: f64,
    mut delay: impl FnMut() -> f64,
    mut check: impl FnMut(&LineFit, i64),
) {
    let mut last = 0f64;
    for block in 1..=seconds * 100 {
        let count = block * 480;
        // What waits holds up what comes behind it.
        last = (truth(count, ppm) + delay() * 1e6).max(last);
        line.observe(count, Timestamp::from_nanos(last as i64));
        check(line, count);
    }
}

#[test]
fn a_drift_of_100_ppm_is_found_through_jitter() {
    for ppm in [-100.0, 0.0, 100.0] {
        let (mut line, mut noise) = (LineFit::new(RATE), Noise(42));
        let mut worst = 0f64;
        run(
            &mut line,
            120,
            ppm,
            // Exponential delays with a mean of 4 ms, and one block in 50 late by up to 80 ms more.
            || {
                let rare = if noise.next() < 0.02 {
                    80.0 * noise.next()
                } else {
                    0.0
                };
                -4.0 * (1.0 - noise.next()).ln() + rare
            },
            |line, count| {
                if count > 10 * 48_000 {
                    let error = line.at(count).unwrap().as_nanos() as f64 - truth(count, ppm);
                    worst = worst.max(error.abs() / 1e6);
                }
            },
        );
        let found = line.drift_ppm();
        assert!((found - ppm).abs() < 20.0, "{found} ppm of {ppm}");
        assert!(worst < 0.5, "{worst} ms off");
        assert_eq!(line.restarts(), 0);
    }
}

#[test]
fn the_first_seconds_hold_to_the_nominal_rate() {
    let (mut line, mut noise) = (LineFit::new(RATE), Noise(7));
    let mut worst = 0f64;
    run(
        &mut line,
        5,
        0.0,
        || 10.0 * noise.next(),
        |line, count| {
            if count > 48_000 / 2 {
                let error = line.at(count).unwrap().as_nanos() as f64 - truth(count, 0.0);
                if error.abs() > 8e5 {
                    eprintln!("DBG {} {} {}", count, error / 1e6, line.drift_ppm());
                }
                worst = worst.max(error.abs() / 1e6);
            }
        },
    );
    assert!(worst < 2.0, "{worst} ms off");
}

#[test]
fn a_start_that_comes_late_in_a_burst_is_forgotten_at_once() {
    let mut line = LineFit::new(RATE);
    // Five blocks arrive together at 150 ms, then each in time.
    for block in 1..=100i64 {
        line.observe(block * 480, Timestamp::from_millis((block * 10).max(150)));
    }
    assert_eq!(line.at(0), Some(Timestamp::ZERO));
    assert_eq!(line.count_at(Timestamp::from_millis(500)), Some(24_000.0));
}

#[test]
fn lost_samples_move_the_line_after_a_second_and_are_counted() {
    let mut line = LineFit::new(RATE);
    run(&mut line, 20, 0.0, || 1.0, |_, _| ());
    // 100 ms of samples are lost without being counted: all later ones arrive that much later.
    for block in 2_001..2_200i64 {
        line.observe(block * 480, Timestamp::from_millis(block * 10 + 101));
    }
    assert_eq!(line.restarts(), 1);
    let error = line
        .at(2_200 * 480)
        .unwrap()
        .nanos_since(Timestamp::from_millis(22_101));
    assert!(error.abs() < 1_000_000, "{error} ns");
}

#[test]
fn a_count_that_starts_again_is_followed() {
    let mut line = LineFit::new(RATE);
    run(&mut line, 5, 0.0, || 0.0, |_, _| ());
    line.observe(480, Timestamp::from_millis(9_010));
    assert_eq!(line.at(480), Some(Timestamp::from_millis(9_010)));
    assert_eq!(line.restarts(), 1);
}

#[test]
fn nothing_is_said_before_the_first_arrival() {
    let mut line = LineFit::new(RATE);
    assert_eq!(
        (line.at(0), line.stamp(0), line.count_at(Timestamp::ZERO)),
        (None, None, None)
    );
}

proptest! {
    #[test]
    fn stamps_rise_with_the_count_whatever_arrives(delays in prop::collection::vec(0i64..300, 1..400)) {
        let mut line = LineFit::new(RATE);
        let mut last = None;
        for (block, delay) in (1i64..).zip(delays) {
            line.observe(block * 480, Timestamp::from_millis(block * 10 + delay));
            let stamp = line.stamp(block * 480);
            prop_assert!(stamp > last);
            last = stamp;
        }
    }

    #[test]
    fn time_and_count_are_inverse(ppm in -500f64..500.0, seconds in 1i64..15) {
        let mut line = LineFit::new(RATE);
        run(&mut line, seconds, ppm, || 0.0, |_, _| ());
        let count = seconds * 24_000;
        let back = line.count_at(line.at(count).unwrap()).unwrap();
        prop_assert!((back - count as f64).abs() < 0.01, "{back} of {count}");
    }
}
