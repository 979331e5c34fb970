use proptest::prelude::*;

use super::*;
use crate::block_time;

/// A device at 48 kHz that records a ramp: sample n has the value n / 65536.
struct Bench {
    playout: Playout,
    count: i64,
}

impl Bench {
    fn new() -> Self {
        Self {
            playout: Playout::new(RATE, 1),
            count: 0,
        }
    }

    /// The device delivers `instants` that arrive at `at`.
    fn deliver(&mut self, instants: i64, at: Timestamp) {
        let values = self.count..self.count + instants;
        let samples: Vec<f32> = values.map(|n| n as f32 / 65_536.0).collect();
        self.playout.push(&samples, 1);
        self.playout.arrived(at);
        self.count += instants;
    }

    /// Block `n`, in samples of the device.
    fn read(&mut self, n: u64, delay_ms: i64) -> Vec<f32> {
        let mut block = AudioBlock::silence(block_time(n), RATE, 1, BLOCK);
        self.playout.fill(&mut block, delay_ms * 1_000_000);
        block.samples.iter().map(|s| s * 65_536.0).collect()
    }

    /// Delivers and reads blocks `from` to `to`, each as soon as it is there.
    fn run(&mut self, from: u64, to: u64) -> Vec<f32> {
        (from..to)
            .flat_map(|n| {
                self.deliver(480, block_time(n + 1));
                self.read(n, 30)
            })
            .collect()
    }
}

#[test]
fn a_block_holds_the_sound_of_its_time_less_the_delay() {
    let mut bench = Bench::new();
    let heard = bench.run(0, 100);
    // Silent until 300 ms were heard: the first arrival stands at 10 ms, so block 30 is the first to sound.
    let first = heard.iter().position(|s| *s != 0.0);
    assert_eq!(first, Some(30 * BLOCK));
    for (n, s) in heard.iter().enumerate().skip(30 * BLOCK) {
        // As exact as the filter's gain is.
        assert!((*s - (n as f32 - 1_440.0)).abs() < 0.5, "{s} at {n}");
    }
    let expected = PlayoutCounters {
        received: 48_000,
        ..PlayoutCounters::default()
    };
    assert_eq!(bench.playout.counters(), expected);
}

#[test]
fn what_has_not_arrived_is_silent_and_counted_and_what_follows_stays_in_time() {
    let mut bench = Bench::new();
    bench.run(0, 100);
    // Five blocks are late: 30 ms of them were still there, less what the filter looks ahead.
    let late: Vec<f32> = (100..105).flat_map(|n| bench.read(n, 30)).collect();
    let missing = bench.playout.counters().missing;
    assert!((960..1_000).contains(&missing), "{missing}");
    assert!(late[3 * BLOCK + 40..].iter().all(|s| s.abs() < 1.0));
    for n in 100..105 {
        bench.deliver(480, block_time(105.max(n + 1)));
    }
    let heard = bench.run(105, 107);
    assert!(
        (heard[100] - (105.0 * 480.0 + 100.0 - 1_440.0)).abs() < 0.5,
        "{}",
        heard[100]
    );
    assert_eq!(bench.playout.counters().missing, missing);
    assert_eq!(bench.playout.counters().reanchored, 0);
}

#[test]
fn a_gap_of_more_than_50_ms_is_jumped_over_and_a_smaller_one_worked_off() {
    let mut bench = Bench::new();
    bench.run(0, 100);
    // 40 ms are asked for again: nothing jumps.
    let pace = |b: &Bench| b.playout.pace_ppm();
    let again = bench.read(96, 30);
    assert!((again[0] - (100.0 * 480.0 - 1_440.0)).abs() < 1.0);
    assert!(pace(&bench) < -1.0);
    assert_eq!(bench.playout.counters().reanchored, 0);
    // 100 ms are left out.
    let heard = bench.read(110, 180);
    assert!((heard[0] - (110.0 - 18.0) * 480.0).abs() < 0.2, "{}", heard[0]);
    assert_eq!(bench.playout.counters().reanchored, 1);
}

#[test]
fn a_changed_delay_begins_exactly_where_it_says() {
    let mut bench = Bench::new();
    bench.run(0, 100);
    bench.playout.reanchor();
    let heard = bench.read(99, 45);
    assert!((heard[0] - (99.0 * 480.0 - 2_160.0)).abs() < 0.2);
    assert_eq!(bench.playout.counters().reanchored, 1);
}

#[test]
fn sound_is_there_until_just_before_the_newest_sample() {
    let mut bench = Bench::new();
    assert_eq!(bench.playout.heard_until(), None);
    bench.run(0, 100);
    let until = bench.playout.heard_until().unwrap();
    let reach = Timestamp::from_millis(1_000).nanos_since(until);
    assert!((600_000..800_000).contains(&reach), "{reach} ns");
}

#[test]
fn sides_are_kept_and_mono_is_heard_on_both() {
    let heard = |device: &[f32], channels: u16, wanted: u16| {
        let mut playout = Playout::new(RATE, channels);
        let mut block = AudioBlock::default();
        for n in 0..60 {
            playout.push(&device.repeat(BLOCK), channels);
            playout.arrived(block_time(n + 1));
            block = AudioBlock::silence(block_time(n), RATE, wanted, BLOCK);
            playout.fill(&mut block, 20_000_000);
        }
        let instant = &block.samples[..usize::from(wanted)];
        instant
            .iter()
            .map(|s| (s * 1e3).round() / 1e3)
            .collect::<Vec<f32>>()
    };
    assert_eq!(heard(&[0.25, 0.75], 2, 2), [0.25, 0.75]);
    assert_eq!(heard(&[0.5, -0.25, 0.9, 0.9], 4, 2), [0.5, -0.25]);
    assert_eq!(heard(&[0.25, 0.75], 2, 1), [0.5]);
    assert_eq!(heard(&[0.25], 1, 2), [0.25, 0.25]);
    assert_eq!(heard(&[0.25], 1, 3), [0.25, 0.25, 0.0]);
}

#[test]
fn a_block_of_another_rate_is_silent_and_counted_and_of_another_length_in_time() {
    let mut bench = Bench::new();
    bench.run(0, 100);
    let mut foreign = AudioBlock::silence(block_time(99), 44_100, 1, 441);
    bench.playout.fill(&mut foreign, 30_000_000);
    assert_eq!(bench.playout.counters().missing, 441);
    let mut long = AudioBlock::silence(block_time(100), RATE, 1, 1_000);
    bench.playout.fill(&mut long, 40_000_000);
    for (n, s) in long.samples.iter().enumerate() {
        // It was 10 ms further behind than before: that is worked off later, not here.
        assert!((s * 65_536.0 - (100.0 * 480.0 - 1_440.0 + n as f32)).abs() < 1.0);
    }
    let mut none = AudioBlock::silence(block_time(102), RATE, 1, 0);
    assert!(bench.playout.fill(&mut none, 0));
}

/// Something that happens to a device and its reader.
#[derive(Clone, Debug)]
enum Event {
    Push(Vec<f32>),
    Lose(u64),
    Arrived(i64),
    Fill(i64, i64, usize),
    Reanchor,
}

fn event() -> impl Strategy<Value = Event> {
    let wide = || prop_oneof![-10_000_000_000i64..10_000_000_000, -(1i64 << 60)..1i64 << 60];
    prop_oneof![
        prop::collection::vec(-1f32..1.0, 0..2_000).prop_map(Event::Push),
        prop_oneof![0u64..1_000, any::<u64>()].prop_map(Event::Lose),
        wide().prop_map(Event::Arrived),
        (wide(), wide(), 0usize..1_200).prop_map(|(at, delay, n)| Event::Fill(at, delay, n)),
        Just(Event::Reanchor),
    ]
}

proptest! {
    // Each makes a resampler: filters of some thousand points.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_arrives_and_whenever_it_is_asked_for_the_answer_is_sound(
        rate in prop_oneof![Just(44_100u32), any::<u32>().prop_map(|r| r % 200_000)],
        channels in 0u16..4,
        events in prop::collection::vec(event(), 1..60),
    ) {
        let mut playout = Playout::new(rate, channels);
        for event in events {
            match event {
                Event::Push(samples) => playout.push(&samples, channels),
                Event::Lose(instants) => playout.lose(instants),
                Event::Arrived(nanos) => playout.arrived(Timestamp::from_nanos(nanos)),
                Event::Reanchor => playout.reanchor(),
                Event::Fill(at, delay, instants) => {
                    let mut block = AudioBlock::silence(Timestamp::from_nanos(at), RATE, 2, instants);
                    playout.fill(&mut block, delay);
                    prop_assert!(block.samples.iter().all(|s| s.abs() < 4.0));
                }
            }
        }
    }
}
