//! Sound made by arithmetic: a tone for levels, clicks for lip sync.

use std::f64::consts::TAU;

use media::{AudioBlock, AudioSource, SourceCounters};

use crate::level::from_db;

/// A sine, its phase counted from the beginning of the show: the same moment always has the same sample.
#[derive(Clone, Debug)]
pub struct Tone {
    hz: f64,
    level: f32,
    blocks: u64,
}

impl Tone {
    /// A sine of `hz` whose peak stands at `level_db` dBFS.
    pub fn new(hz: f64, level_db: f32) -> Self {
        Self {
            hz,
            level: from_db(level_db),
            blocks: 0,
        }
    }
}

impl AudioSource for Tone {
    fn fill(&mut self, block: &mut AudioBlock) {
        self.blocks += 1;
        let (hz, level, rate) = (self.hz, self.level, f64::from(block.rate.max(1)));
        each_instant(block, |n| {
            let turns = (n as f64 * hz / rate).fract();
            (turns * TAU).sin() as f32 * level
        });
    }

    fn counters(&self) -> SourceCounters {
        counted(self.blocks)
    }
}

/// A click of 1 ms at the beginning of each second of the show clock: four cycles of 4 kHz, loudest at its
/// first sample, so that its onset can be found to the sample.
#[derive(Clone, Debug)]
pub struct Click {
    level: f32,
    blocks: u64,
}

impl Click {
    /// Frequency within the click.
    const HZ: i64 = 4_000;

    /// Clicks with a peak of `level_db` dBFS.
    pub fn new(level_db: f32) -> Self {
        Self {
            level: from_db(level_db),
            blocks: 0,
        }
    }
}

impl AudioSource for Click {
    fn fill(&mut self, block: &mut AudioBlock) {
        self.blocks += 1;
        let (level, rate) = (self.level, i64::from(block.rate.max(1)));
        each_instant(block, |n| {
            let within = n.rem_euclid(rate);
            if within * 1_000 >= rate {
                return 0.0;
            }
            (TAU * (within * Self::HZ) as f64 / rate as f64).cos() as f32 * level
        });
    }

    fn counters(&self) -> SourceCounters {
        counted(self.blocks)
    }
}

/// Sets all channels of each instant to `sample(n)`, `n` being the instant's number since the show began.
fn each_instant(block: &mut AudioBlock, sample: impl Fn(i64) -> f32) {
    let first = block.pts.as_ticks(block.rate.max(1));
    let channels = usize::from(block.channels.max(1));
    for (n, instant) in (first..).zip(block.samples.chunks_mut(channels)) {
        instant.fill(sample(n));
    }
}

fn counted(blocks: u64) -> SourceCounters {
    SourceCounters {
        received: blocks,
        ..SourceCounters::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BLOCK, RATE, block_time};

    fn filled(source: &mut impl AudioSource, n: u64) -> AudioBlock {
        let mut block = AudioBlock::silence(block_time(n), RATE, 2, BLOCK);
        source.fill(&mut block);
        block
    }

    #[test]
    fn a_tone_has_its_level_and_frequency_over_block_borders() {
        let mut tone = Tone::new(1_000.0, -6.0);
        let samples: Vec<f32> = (0..100)
            .flat_map(|n| filled(&mut tone, n).samples)
            .step_by(2)
            .collect();
        let rms = (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt();
        let rises = samples.windows(2).filter(|w| w[0] <= 0.0 && w[1] > 0.0).count();
        assert!((rms - from_db(-6.0) / 2f32.sqrt()).abs() < 1e-4, "{rms}");
        assert_eq!(rises, 1_000);
    }

    #[test]
    fn a_click_begins_at_the_sample_of_each_second_and_lasts_1_ms() {
        let mut click = Click::new(-6.0);
        let loud: Vec<usize> = (0..300)
            .flat_map(|n| filled(&mut click, n).samples)
            .step_by(2)
            .enumerate()
            .filter(|(_, s)| s.abs() > 1e-4)
            .map(|(n, _)| n)
            .collect();
        for second in 0..3 {
            let first = second * 48_000;
            let within = loud.iter().filter(|n| (first..first + 48).contains(*n)).count();
            assert!(loud.contains(&first) && within == 40);
        }
        assert!(loud.iter().all(|n| n % 48_000 < 48));
    }

    #[test]
    fn a_click_inside_a_block_stands_at_its_own_time() {
        // A block that begins 100 samples before second 2.
        let pts = media::Timestamp::from_ticks(2 * 48_000 - 100, RATE);
        let mut block = AudioBlock::silence(pts, RATE, 1, BLOCK);
        Click::new(0.0).fill(&mut block);
        assert_eq!(block.samples.iter().position(|s| *s != 0.0), Some(100));
        assert_eq!(block.samples[100], 1.0);
    }
}
