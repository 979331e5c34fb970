//! Levels: decibels and meters.

/// What stands for silence on a scale of decibels.
pub const SILENCE_DB: f32 = -120.0;
/// Samples below half a step of 16 bits are nothing.
const NOTHING: f32 = 0.5 / 32_768.0;

/// Fall of the peak meter, dB a second: 20 dB in 1.7 s (IEC 60268-10, type I; its rise of some milliseconds is
/// left out: this meter takes the highest sample, as IEC 60268-18 has it for digital sound).
const PEAK_FALL_DB: f32 = 20.0 / 1.7;
/// How long the highest peak is held before it falls as well.
const HOLD_SECONDS: f32 = 1.5;
/// Time constant of the RMS meter in seconds: that of a VU meter (IEC 60268-17).
const RMS_SECONDS: f32 = 0.3;
/// A sample from here on is clipped: the highest code of 16 bits.
const FULL_SCALE: f32 = 32_767.0 / 32_768.0;

/// The factor of `db` decibels; nothing at or below [`SILENCE_DB`].
pub fn from_db(db: f32) -> f32 {
    if db > SILENCE_DB {
        10f32.powf(db / 20.0)
    } else {
        0.0
    }
}

/// The decibels of `factor`, not below [`SILENCE_DB`].
pub fn to_db(factor: f32) -> f32 {
    (20.0 * factor.max(0.0).log10()).max(SILENCE_DB)
}

/// Peak and RMS of a signal, in dBFS (a full-scale sine has a peak of 0 and an RMS of -3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Highest sample, falling by 20 dB in 1.7 s.
    pub peak_db: f32,
    /// Highest sample, held for 1.5 s and then falling like the peak.
    pub hold_db: f32,
    /// RMS of all channels over about 300 ms.
    pub rms_db: f32,
    /// For how many seconds there was nothing at all: no sample as large as half a step of 16 bits. A room is never so quiet.
    pub nothing_seconds: f32,
}

impl Level {
    /// The level of nothing.
    pub const SILENCE: Self = Self {
        peak_db: SILENCE_DB,
        hold_db: SILENCE_DB,
        rms_db: SILENCE_DB,
        nothing_seconds: 0.0,
    };
}

/// Follows the level of one signal, block by block. The samples must be numbers and finite.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meter {
    peak: f32,
    hold: f32,
    held_for: f32,
    square: f32,
    nothing_for: f32,
}

impl Meter {
    /// Takes the samples of a block that lasts `seconds` into account.
    pub fn follow(&mut self, samples: &[f32], seconds: f32) {
        let (peak, square) = measure(samples);
        let mean = square / samples.len().max(1) as f32;
        let fall = from_db(-PEAK_FALL_DB * seconds);
        self.peak = peak.max(self.peak * fall);
        self.held_for += seconds;
        if peak >= self.hold {
            (self.hold, self.held_for) = (peak, 0.0);
        } else if self.held_for > HOLD_SECONDS {
            self.hold = self.peak.max(self.hold * fall);
        }
        self.nothing_for = if peak < NOTHING {
            self.nothing_for + seconds
        } else {
            0.0
        };
        self.square += (mean - self.square) * (1.0 - (-seconds / RMS_SECONDS).exp());
    }

    /// The level now.
    pub fn level(&self) -> Level {
        Level {
            peak_db: to_db(self.peak),
            hold_db: to_db(self.hold),
            rms_db: to_db(self.square.sqrt()),
            nothing_seconds: self.nothing_for,
        }
    }
}

/// Follows how far a limiter turns down: at once what it does most, falling as slowly as a peak, so that a
/// reader who looks ten times a second misses nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ReductionMeter(f32);

impl ReductionMeter {
    /// Takes a block of `seconds` into account in which the lowest gain was `gain`.
    pub(crate) fn follow(&mut self, gain: f32, seconds: f32) {
        self.0 = (-to_db(gain)).max(self.0 - PEAK_FALL_DB * seconds).max(0.0);
    }

    /// Decibels taken away, 0 or more.
    pub(crate) fn reduction_db(self) -> f32 {
        self.0
    }
}

/// Number of samples at or beyond full scale.
pub(crate) fn clipped(samples: &[f32]) -> u64 {
    samples.iter().map(|s| u64::from(s.abs() >= FULL_SCALE)).sum()
}

/// Highest sample and sum of squares; in lanes, so that the compiler may take several at a time.
fn measure(samples: &[f32]) -> (f32, f32) {
    const LANES: usize = 8;
    let (mut peaks, mut squares) = ([0f32; LANES], [0f32; LANES]);
    let mut take = |part: &[f32]| {
        for ((peak, square), s) in peaks.iter_mut().zip(&mut squares).zip(part) {
            let size = s.abs();
            *peak = if size > *peak { size } else { *peak };
            *square += s * s;
        }
    };
    let chunks = samples.chunks_exact(LANES);
    let rest = chunks.remainder();
    chunks.for_each(&mut take);
    take(rest);
    (peaks.into_iter().fold(0.0, f32::max), squares.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decibels_go_both_ways_and_silence_has_a_floor() {
        assert!((from_db(-6.0) - 0.501_187).abs() < 1e-5);
        assert!((to_db(0.5) + 6.0206).abs() < 1e-3);
        assert_eq!((to_db(0.0), from_db(SILENCE_DB)), (SILENCE_DB, 0.0));
    }

    #[test]
    fn the_peak_rises_at_once_and_falls_by_20_db_in_1_7_seconds() {
        let mut meter = Meter::default();
        meter.follow(&[0.0, -1.0], 0.01);
        assert!(meter.level().peak_db.abs() < 0.01);
        for _ in 0..170 {
            meter.follow(&[0.0; 2], 0.01);
        }
        let fallen = meter.level().peak_db;
        assert!((fallen + 20.0).abs() < 0.1, "{fallen} dB");
    }

    #[test]
    fn the_highest_peak_is_held_for_a_second_and_a_half_and_then_falls() {
        let mut meter = Meter::default();
        meter.follow(&[0.5; 9], 0.01);
        for _ in 0..149 {
            meter.follow(&[0.1; 9], 0.01);
        }
        assert!((meter.level().hold_db + 6.02).abs() < 0.01);
        for _ in 0..171 {
            meter.follow(&[0.0; 9], 0.01);
        }
        let fallen = meter.level().hold_db;
        assert!((-26.5..-25.5).contains(&fallen), "{fallen} dB");
        meter.follow(&[0.9], 0.01);
        assert!((meter.level().hold_db + 0.915).abs() < 0.01);
    }

    #[test]
    fn a_reduction_shows_at_once_and_goes_slowly() {
        let mut meter = ReductionMeter::default();
        meter.follow(0.5, 0.01);
        assert!((meter.reduction_db() - 6.02).abs() < 0.01);
        meter.follow(1.0, 0.17);
        assert!((meter.reduction_db() - 4.02).abs() < 0.01);
        meter.follow(1.0, 1.7);
        assert_eq!(meter.reduction_db(), 0.0);
    }

    #[test]
    fn full_scale_of_16_bits_is_clipped_and_one_code_below_is_not() {
        let code = |n: f32| n / 32_768.0;
        assert_eq!(
            clipped(&[code(32_767.0), code(-32_768.0), 1.5, code(32_766.0), 0.0]),
            3
        );
    }
}
