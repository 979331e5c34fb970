use super::*;
use crate::{BLOCK, RATE, block_time};

/// Seconds of sound a test's ring holds.
const HOLDS: usize = RATE as usize;

struct Bench {
    ring: AudioRing,
    line: LineFit,
}

impl Bench {
    fn new() -> Self {
        Self {
            ring: AudioRing::new(HOLDS),
            line: LineFit::new(f64::from(RATE)),
        }
    }

    /// The device delivers a block of a ramp (sample n has the value n) that arrives at `at`.
    fn deliver(&mut self, at: Timestamp) {
        let first = self.ring.head();
        let samples: Vec<f32> = (first..first + BLOCK as i64).map(|n| n as f32).collect();
        self.ring.push(&samples, 1);
        self.line.observe(self.ring.head(), at);
    }

    fn read(&mut self, n: u64, delay_ms: i64) -> Vec<f32> {
        let mut block = AudioBlock::silence(block_time(n), RATE, 1, BLOCK);
        self.ring.fill(&mut block, &self.line, delay_ms * 1_000_000);
        block.samples
    }
}

#[test]
fn a_block_holds_the_sound_of_its_time_less_the_delay() {
    let mut bench = Bench::new();
    for n in 0..10 {
        bench.deliver(block_time(n + 1));
    }
    let heard = bench.read(8, 30);
    assert_eq!((heard[0], heard[479]), (2_400.0, 2_879.0));
    assert_eq!(bench.read(9, 30)[0], 2_880.0);
    assert_eq!(bench.ring.counters().missing, 0);
}

#[test]
fn what_has_not_arrived_is_silent_and_counted_and_the_next_block_stays_in_time() {
    let mut bench = Bench::new();
    for n in 0..10 {
        bench.deliver(block_time(n + 1));
    }
    // Blocks 10 and 11 are asked for before anything of them came; then all three arrive.
    assert!(
        bench
            .read(10, 0)
            .iter()
            .chain(&bench.read(11, 0))
            .all(|s| *s == 0.0)
    );
    for n in 10..13 {
        bench.deliver(block_time(13.max(n + 1)));
    }
    assert_eq!(bench.read(12, 0)[0], 12.0 * 480.0);
    let expected = RingCounters {
        received: 13 * 480,
        missing: 960,
        reanchored: 0,
    };
    assert_eq!(bench.ring.counters(), expected);
}

#[test]
fn before_anything_came_and_before_the_device_began_it_is_silent() {
    let mut bench = Bench::new();
    assert!(bench.read(0, 0).iter().all(|s| *s == 0.0));
    bench.deliver(block_time(1));
    assert!(bench.read(0, 20).iter().all(|s| *s == 0.0));
    assert_eq!(bench.ring.counters().missing, 960);
}

#[test]
fn a_drift_of_100_ppm_is_read_on_until_20_ms_and_then_anchored_anew() {
    let mut bench = Bench::new();
    let (mut jumps, mut last) = (Vec::new(), None);
    for n in 0..30_000u64 {
        // A quartz 100 ppm slow: each block arrives 1 µs later than the last.
        bench.deliver(block_time(n + 1) + std::time::Duration::from_nanos(1_000 * n));
        let heard = bench.read(n, 60);
        if last.is_some_and(|l: f32| heard[0] != l + 480.0) && n > 10 {
            jumps.push(n);
        }
        last = Some(heard[0]);
    }
    // 20 ms at 1 µs a block are 20 000 blocks (f32 counts samples exactly up to 16.7 million).
    assert_eq!((jumps.len(), bench.ring.counters().reanchored), (1, 1));
    assert!((19_900..20_200).contains(&jumps[0]), "{jumps:?}");
}

#[test]
fn lost_samples_keep_the_count_and_are_heard_as_silence() {
    let mut bench = Bench::new();
    bench.deliver(block_time(1));
    bench.ring.lose(480);
    bench.deliver(block_time(3));
    assert_eq!(bench.read(1, 0), vec![0.0; BLOCK]);
    assert_eq!(bench.read(2, 0)[0], 960.0);
    bench.ring.lose(10 * HOLDS as u64);
    assert_eq!(bench.ring.head(), 3 * 480 + 10 * HOLDS as i64);
}

#[test]
fn sides_are_kept_and_more_channels_are_cut_to_two() {
    let mut ring = AudioRing::new(4);
    let mut line = LineFit::new(f64::from(RATE));
    ring.push(&[0.25, 0.75], 2);
    ring.push(&[0.5, -0.5, 9.0, 9.0], 4);
    line.observe(0, Timestamp::ZERO);
    let mut stereo = AudioBlock::silence(Timestamp::ZERO, RATE, 2, 2);
    ring.fill(&mut stereo, &line, 0);
    assert_eq!(stereo.samples, [0.25, 0.75, 0.5, -0.5]);
    let mut mono = AudioBlock::silence(Timestamp::ZERO, RATE, 1, 2);
    ring.clone().fill(&mut mono, &line, 0);
    let mut fresh = ring;
    fresh.next = None;
    fresh.fill(&mut mono, &line, 0);
    assert_eq!(mono.samples, [0.5, 0.0]);
}
