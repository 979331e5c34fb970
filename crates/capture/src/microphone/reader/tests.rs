use std::time::Instant;

use media::Timestamp;

use super::*;
use crate::microphone::feed::{Sink, feed};
use sound::{BLOCK, block_time};

struct Bench {
    clock: ShowClock,
    sink: Sink,
    reader: Reader,
    value: f32,
}

impl Bench {
    fn new(delay_ms: u64) -> Self {
        let clock = ShowClock::from_origin(Instant::now());
        let (sink, feed) = feed(1);
        let mut reader = Reader::new(clock, Duration::from_millis(delay_ms));
        reader.follow(feed);
        Self {
            clock,
            sink,
            reader,
            value: 0.0,
        }
    }

    /// The device delivers `instants` of a ramp that arrive at `at`.
    fn deliver(&mut self, instants: usize, at: Timestamp) {
        let first = self.value;
        self.sink
            .push((0..instants).map(|n| first + n as f32), self.clock.instant(at));
        self.value += instants as f32;
    }

    fn read(&mut self, n: u64) -> Vec<f32> {
        let mut block = AudioBlock::silence(block_time(n), RATE, 1, BLOCK);
        self.reader.fill(&mut block);
        block.samples
    }
}

#[test]
fn sound_comes_out_at_its_time_and_the_delay() {
    let mut bench = Bench::new(60);
    for n in 0..100u64 {
        bench.deliver(BLOCK, block_time(n + 1));
        let heard = bench.read(n);
        if n >= 10 {
            assert_eq!(heard[0], (n as f32 - 6.0) * 480.0);
        }
    }
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
        silent += usize::from(n > 200 && heard.windows(2).any(|w| w[1] != w[0] + 1.0));
    }
    assert_eq!(silent, 0);
    let delay = bench.reader.delay();
    assert!((100..=130).contains(&delay.as_millis()), "{delay:?}");
    assert!((1..=5).contains(&bench.reader.counters().reanchored));
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
    assert_eq!(missing, 400 * 480 - 6 * 480);
}

#[test]
fn a_device_opened_anew_goes_on_at_the_clock() {
    let mut bench = Bench::new(60);
    for n in 0..100u64 {
        bench.deliver(BLOCK, block_time(n + 1));
        bench.read(n);
    }
    let (sink, feed) = feed(1);
    bench.sink = sink;
    bench.reader.follow(feed);
    for n in 300..400u64 {
        bench.deliver(BLOCK, block_time(n + 1));
        let heard = bench.read(n);
        if n > 310 {
            // The ramp went on at 100 blocks when the clock was at 300.
            assert_eq!(heard[0], (n as f32 - 206.0) * 480.0);
        }
    }
}
