//! Levels: decibels and meters.

/// What stands for silence on a scale of decibels.
pub const SILENCE_DB: f32 = -120.0;

/// Fall of the peak meter, dB a second: 20 dB in 1.7 s (IEC 60268-10, type I).
const PEAK_FALL_DB: f32 = 20.0 / 1.7;
/// Time constant of the RMS meter in seconds: that of a VU meter (IEC 60268-17).
const RMS_SECONDS: f32 = 0.3;

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
    /// Highest sample, falling slowly, dBFS.
    pub peak_db: f32,
    /// RMS of all channels over about 300 ms, dBFS.
    pub rms_db: f32,
}

/// Follows the level of one signal, block by block.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meter {
    peak: f32,
    square: f32,
}

impl Meter {
    /// Takes the samples of a block that lasts `seconds` into account.
    pub fn follow(&mut self, samples: &[f32], seconds: f32) {
        let (mut peak, mut square) = (0f32, 0f32);
        for s in samples {
            peak = peak.max(s.abs());
            square += s * s;
        }
        let mean = square / samples.len().max(1) as f32;
        self.peak = peak.max(self.peak * from_db(-PEAK_FALL_DB * seconds));
        self.square += (mean - self.square) * (1.0 - (-seconds / RMS_SECONDS).exp());
    }

    /// The level now.
    pub fn level(&self) -> Level {
        Level {
            peak_db: to_db(self.peak),
            rms_db: to_db(self.square.sqrt()),
        }
    }
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
}
