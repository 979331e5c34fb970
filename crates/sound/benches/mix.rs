//! What sound costs: processor time for one second of a show.
//!
//! `cargo bench -p sound [-- SECONDS]`. The process does nothing else meanwhile, so its processor time is that
//! of mixing, limiting, metering and resampling.

// A benchmark reads what the system knows of it; the crate itself does no IO.
#![allow(clippy::disallowed_methods)]

use std::time::Duration;

use media::{AudioBlock, Timestamp};
use sound::{BLOCK, Mixer, Playout, RATE, block_time};

/// Microphones of the resampling rows.
const MICROPHONES: usize = 4;
/// Inputs of the mixing row.
const INPUTS: usize = 8;

fn main() {
    // `cargo bench` says so; as a test one second of each is enough.
    let usual = if std::env::args().any(|a| a == "--bench") {
        300
    } else {
        1
    };
    let seconds = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(usual);
    for level in [0.05, 0.5] {
        let name = format!("{INPUTS} stereo inputs at {level} into the limiter");
        report(&name, seconds, || mix(level, seconds));
    }
    for (rate, channels) in [(48_000, 1), (48_000, 2), (44_100, 2), (96_000, 2)] {
        let name = format!("{MICROPHONES} microphones of {rate} Hz, {channels} channels");
        report(&name, seconds, || follow(rate, channels, seconds));
    }
}

/// Mixes `seconds` of noise of that size.
fn mix(size: f32, seconds: u64) {
    let mut mixer = Mixer::new(INPUTS);
    let recorded = noise(2 * BLOCK, size);
    let block = AudioBlock::silence(Timestamp::ZERO, RATE, 2, BLOCK);
    let (mut blocks, mut program) = (vec![block.clone(); INPUTS], block);
    for n in 0..seconds * 100 {
        program.pts = block_time(n);
        for block in &mut blocks {
            block.samples.copy_from_slice(&recorded);
        }
        mixer.mix(&mut blocks, &mut program);
    }
    assert!(mixer.level().peak_db <= -0.99, "{:?}", mixer.level());
}

/// Follows microphones that run 100 ppm slow.
fn follow(rate: u32, channels: u16, seconds: u64) {
    let recorded = noise(rate as usize / 100 * usize::from(channels), 0.5);
    let mut microphones: Vec<_> = (0..MICROPHONES).map(|_| Playout::new(rate, channels)).collect();
    let mut block = AudioBlock::silence(Timestamp::ZERO, RATE, 2, BLOCK);
    for n in 0..seconds * 100 {
        block.pts = block_time(n);
        for microphone in &mut microphones {
            microphone.push(&recorded, channels);
            microphone.arrived(block_time(n + 1) + Duration::from_micros(n));
            microphone.fill(&mut block, 60_000_000);
        }
    }
    let missing: u64 = microphones.iter().map(|m| m.counters().missing).sum();
    assert_eq!(missing, 0);
}

fn report(name: &str, seconds: u64, work: impl FnOnce()) {
    let begin = processor_time();
    work();
    let spent = processor_time().saturating_sub(begin).as_secs_f64() / seconds as f64;
    println!(
        "{name}: {:.2} CPU-ms a second, {:.3} % of a core",
        spent * 1e3,
        spent * 100.0
    );
}

fn noise(samples: usize, size: f32) -> Vec<f32> {
    let mut state = 0x2545_f491_u32;
    let mut one = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state as f32 / u32::MAX as f32 * 2.0 - 1.0) * size
    };
    (0..samples).map(|_| one()).collect()
}

/// User and system time of this process so far; zero where the system doesn't say it.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    // Fields 14 and 15 of proc(5), counted behind the name, in hundredths of a second.
    let fields = after_name.split_whitespace().skip(11).take(2);
    let ticks: u64 = fields.filter_map(|f| f.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
