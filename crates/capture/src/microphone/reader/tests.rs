use std::time::Instant;

use media::Timestamp;

use super::*;
use crate::microphone::feed::{Sink, feed};
use sound::{BLOCK, RATE, block_time};

/// The ramp's steps to one.
const STEPS: f32 = 1_048_576.0;

/// Whether a step of the ramp was heard, as exactly as the resampler's filter lets it through.
fn about(heard: f32, expected: f32) -> bool {
    (heard - expected).abs() < 0.1 + expected.abs() * 2e-5
}

struct Bench {
    clock: ShowClock,
    sink: Sink,
    reader: Reader,
    value: f32,
}

impl Bench {
    fn new(delay_ms: u64) -> Self {
        let clock = ShowClock::from_origin(Instant::now());
        let (sink, feed) = feed(1, RATE);
        let mut reader = Reader::new(clock, Duration::from_millis(delay_ms));
        assert!(reader.follow(Box::new(Opened::new(feed, RATE, 1))).is_none());
        Self {
            clock,
            sink,
            reader,
            value: 0.0,
        }
    }

    /// The device delivers `instants` of a ramp in steps of 2^-20 that arrive at `at`.
    fn deliver(&mut self, instants: usize, at: Timestamp) {
        let first = self.value;
        let values = (0..instants).map(|n| (first + n as f32) / STEPS);
        self.sink.push(values, self.clock.instant(at));
        self.value += instants as f32;
    }

    fn read(&mut self, n: u64) -> Vec<f32> {
        let mut block = AudioBlock::silence(block_time(n), RATE, 1, BLOCK);
        self.reader.fill(&mut block);
        block.samples.iter().map(|s| s * STEPS).collect()
    }
}

#[test]
fn sound_comes_out_at_its_time_and_the_delay() {
    let mut bench = Bench::new(60);
    for n in 0..100u64 {
        bench.deliver(BLOCK, block_time(n + 1));
        let heard = bench.read(n);
        if n >= 31 {
            assert!(
                about(heard[0], (n as f32 - 6.0) * 480.0),
                "{} in block {n}",
                heard[0]
            );
        }
    }
    assert_eq!(bench.reader.counters().missing, 0);
    assert_eq!(bench.reader.delay(), Duration::from_millis(60));
}

#[test]
fn a_device_with_long_periods_gets_the_delay_it_needs_and_is_heard_without_gaps() {
    // Periods of 100 ms: just before the next one arrives, 110 ms of what is asked for aren't there.
    let mut bench = Bench::new(20);
    let mut silent = 0;
    for n in 0..1_000u64 {
        if n > 0 && n % 10 == 0 {
            bench.deliver(10 * BLOCK, block_time(n));
        }
        let heard = bench.read(n);
        silent += usize::from(n > 200 && heard.windows(2).any(|w| !about(w[1], w[0] + 1.0)));
    }
    assert_eq!(silent, 0);
    let delay = bench.reader.delay();
    assert!((100..=130).contains(&delay.as_millis()), "{delay:?}");
    assert!(bench.reader.counters().reanchored <= 3);
}

#[test]
fn a_lost_device_is_silent_and_does_not_move_the_delay() {
    let mut bench = Bench::new(60);
    for n in 0..100u64 {
        bench.deliver(BLOCK, block_time(n + 1));
        bench.read(n);
    }
    let before = bench.reader.counters();
    for n in 100..500 {
        bench.read(n);
    }
    assert_eq!(bench.reader.delay(), Duration::from_millis(60));
    let missing = bench.reader.counters().missing - before.missing;
    // All but the 60 ms that were still there, less what the filter looks ahead.
    assert!((394 * 480..395 * 480).contains(&missing), "{missing}");
}

#[test]
fn a_device_opened_anew_goes_on_at_the_clock() {
    let mut bench = Bench::new(60);
    for n in 0..100u64 {
        bench.deliver(BLOCK, block_time(n + 1));
        bench.read(n);
    }
    let before = bench.reader.counters();
    let (sink, feed) = feed(1, 44_100);
    bench.sink = sink;
    assert!(
        bench
            .reader
            .follow(Box::new(Opened::new(feed, 44_100, 1)))
            .is_some()
    );
    let value = bench.value;
    for n in 300..400u64 {
        bench.deliver(441, block_time(n + 1));
        let heard = bench.read(n);
        if n > 340 {
            // It counts at its own rate from where the ramp was when the clock was at 300 blocks.
            let expected = value + (n as f32 - 306.0) * 441.0;
            assert!(about(heard[0], expected), "{} in block {n}", heard[0]);
        }
    }
    let counters = bench.reader.counters();
    assert_eq!(
        (bench.reader.rate(), counters.received),
        (44_100, before.received + 44_100)
    );
    // It is listened to for 300 ms before it is heard again.
    let missing = counters.missing - before.missing;
    assert!((29 * 480..33 * 480).contains(&missing), "{missing}");
}
