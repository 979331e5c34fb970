//! Devices whose quartz runs fast or slow, whose blocks arrive late, and that count at rates of their own:
//! minutes of virtual time, and what is heard judged against what was true.

use std::f64::consts::TAU;

use media::{AudioBlock, Timestamp};
use sound::{BLOCK, Playout, RATE, block_time};

/// Heard on the left: what distortion is judged by.
const TONE: f64 = 1_000.0;
/// Heard on the right: slow enough that its phase tells the moment of the sound.
const PILOT: f64 = 40.0;
/// The microphone's delay.
const DELAY: Timestamp = Timestamp::from_millis(60);
/// Of each second, this many blocks are judged.
const JUDGED: u64 = 10;
/// After so many blocks everything has settled: 15 s.
const SETTLED: u64 = 1_500;

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

/// A device that records both tones in true time.
struct Device {
    rate: f64,
    period: i64,
    count: i64,
    jitter: f64,
    noise: Noise,
    last: f64,
}

impl Device {
    fn new(nominal: u32, ppm: f64, jitter: f64) -> Self {
        Self {
            rate: f64::from(nominal) * (1.0 + ppm / 1e6),
            period: i64::from(nominal) / 100,
            count: 0,
            jitter,
            noise: Noise(42),
            last: 0.0,
        }
    }

    /// Delivers what has arrived at `now` (in seconds).
    fn deliver(&mut self, now: f64, playout: &mut Playout, samples: &mut Vec<f32>) {
        loop {
            let next = (self.count + self.period) as f64 / self.rate;
            if next + self.jitter > now {
                return;
            }
            // What waits holds up what comes behind it.
            self.last = self.last.max(next + self.jitter * self.noise.next());
            samples.clear();
            for n in self.count..self.count + self.period {
                let time = n as f64 / self.rate;
                samples.extend([TONE, PILOT].map(|hz| (0.5 * (time * hz * TAU).sin()) as f32));
            }
            playout.push(samples, 2);
            playout.arrived(Timestamp::from_nanos((self.last * 1e9) as i64));
            self.count += self.period;
        }
    }
}

/// The part of `samples` that is a sine of `hz`: its amplitude, and its phase in turns at the first sample.
fn sine(samples: &[f32], hz: f64) -> (f64, f64) {
    let (mut s, mut c) = (0.0, 0.0);
    for (n, x) in samples.iter().enumerate() {
        let turn = n as f64 * hz / f64::from(RATE) * TAU;
        s += f64::from(*x) * turn.sin();
        c += f64::from(*x) * turn.cos();
    }
    let n = samples.len() as f64 / 2.0;
    (s.hypot(c) / n, c.atan2(s) / TAU)
}

/// Power of all that isn't the tone, against the tone, in dB. Its frequency is found from both halves, as an
/// analyser tunes its notch; 100 ms are heard at a time.
fn distortion(samples: &[f32]) -> f64 {
    let half = samples.len() / 2;
    let mut hz = TONE;
    for _ in 0..4 {
        let (a, b) = (sine(&samples[..half], hz).1, sine(&samples[half..], hz).1);
        let expected = hz * half as f64 / f64::from(RATE);
        let apart = (b - a - expected.fract() + 1.5).rem_euclid(1.0) - 0.5;
        hz += apart * f64::from(RATE) / half as f64;
    }
    let (amplitude, phase) = sine(samples, hz);
    let rest = samples.iter().enumerate().map(|(n, x)| {
        let turn = n as f64 * hz / f64::from(RATE) + phase;
        (f64::from(*x) - amplitude * (turn * TAU).sin()).powi(2)
    });
    let rest = rest.sum::<f64>() / samples.len() as f64;
    10.0 * (rest / (amplitude * amplitude / 2.0)).log10()
}

/// What was heard, at its worst.
#[derive(Debug)]
struct Heard {
    error_ms: f64,
    distortion_db: f64,
    least_ppm: f64,
    most_ppm: f64,
    missing: u64,
    reanchored: u64,
}

impl Heard {
    fn new() -> Self {
        Self {
            error_ms: 0.0,
            distortion_db: f64::NEG_INFINITY,
            least_ppm: f64::INFINITY,
            most_ppm: f64::NEG_INFINITY,
            missing: 0,
            reanchored: 0,
        }
    }

    /// Judges both sides, whose first sample was heard `at` (in seconds).
    fn take(&mut self, left: &[f32], right: &[f32], at: f64) {
        self.distortion_db = self.distortion_db.max(distortion(left));
        let late = (at * PILOT - sine(right, PILOT).1 + 0.5).rem_euclid(1.0) - 0.5;
        self.error_ms = self.error_ms.max(late.abs() / PILOT * 1e3);
    }
}

fn hear(nominal: u32, ppm: f64, jitter: f64, seconds: u64) -> Heard {
    let (mut device, mut playout) = (Device::new(nominal, ppm, jitter), Playout::new(nominal, 2));
    let mut block = AudioBlock::silence(Timestamp::ZERO, RATE, 2, BLOCK);
    let (mut left, mut right, mut scratch) = (Vec::new(), Vec::new(), Vec::new());
    let mut heard = Heard::new();
    for n in 0..seconds * 100 {
        block.pts = block_time(n);
        // The mixer asks for a block when it is over.
        device.deliver(block_time(n + 1).as_secs_f64(), &mut playout, &mut scratch);
        playout.fill(&mut block, DELAY.as_nanos());
        if n < SETTLED {
            continue;
        }
        heard.least_ppm = heard.least_ppm.min(playout.pace_ppm());
        heard.most_ppm = heard.most_ppm.max(playout.pace_ppm());
        if n % 100 < JUDGED {
            left.extend(block.samples.iter().step_by(2));
            right.extend(block.samples.iter().skip(1).step_by(2));
        } else if !left.is_empty() {
            let at = block_time(n - JUDGED).as_secs_f64() - DELAY.as_secs_f64();
            heard.take(&left, &right, at);
            left.clear();
            right.clear();
        }
    }
    let counters = playout.counters();
    (heard.missing, heard.reanchored) = (counters.missing, counters.reanchored);
    heard
}

fn judge(what: &str, heard: &Heard, ppm: f64, wander: f64) {
    println!("{what}: {heard:?}");
    assert_eq!((heard.missing, heard.reanchored), (0, 0), "{what}: {heard:?}");
    assert!(heard.error_ms < 0.5, "{what}: {heard:?}");
    assert!(heard.distortion_db < -60.0, "{what}: {heard:?}");
    assert!(
        heard.least_ppm > ppm - wander && heard.most_ppm < ppm + wander,
        "{what}: {heard:?}"
    );
}

#[test]
fn ten_minutes_at_300_ppm_either_way_are_heard_without_a_gap_and_in_time() {
    for ppm in [-300.0, 300.0] {
        judge(&format!("{ppm} ppm"), &hear(48_000, ppm, 0.0, 600), ppm, 50.0);
    }
}

#[test]
fn ten_minutes_of_arrivals_that_come_up_to_10_ms_late_are_heard_the_same() {
    for ppm in [-300.0, 300.0] {
        let heard = hear(48_000, ppm, 0.01, 600);
        judge(&format!("{ppm} ppm, 10 ms of jitter"), &heard, ppm, 200.0);
    }
}

#[test]
fn devices_of_other_rates_are_heard_as_well() {
    for (rate, ppm) in [(44_100, 100.0), (96_000, -100.0), (16_000, 0.0)] {
        let heard = hear(rate, ppm, 0.01, 60);
        judge(&format!("{rate} Hz"), &heard, ppm, 200.0);
    }
}
