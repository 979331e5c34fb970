//! At which pace a device is read: its drift, and what works off the distance from the line. Never a jump.

/// The distance from the line is worked off with this time constant, in seconds.
const SETTLING: f64 = 2.5;
/// At most so much of the pace works off a distance: 1.4 cents, which nobody hears.
const MOST_CORRECTION: f64 = 8e-4;
/// The pace goes to where it should be with this time constant, in seconds. A fifth of [`SETTLING`] is just
/// short of going too far.
const EASING: f64 = 0.5;
/// The pace changes by so much in a second at most: half a cent.
const SLEW: f64 = 3e-4;

/// Decides the pace, block by block.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    offset: f64,
}

impl Pace {
    /// The pace, less one, for a block of `seconds` of a device that runs `drift` (a fraction) fast, when
    /// reading is `behind` seconds behind the line (negative: ahead of it).
    pub(crate) fn follow(&mut self, drift: f64, behind: f64, seconds: f64) -> f64 {
        let wanted = drift + (behind / SETTLING).clamp(-MOST_CORRECTION, MOST_CORRECTION);
        let (most, eased) = (SLEW * seconds, (seconds / EASING).min(1.0));
        self.offset += ((wanted - self.offset) * eased).clamp(-most, most);
        self.offset
    }

    /// The pace, less one.
    pub(crate) fn offset(&self) -> f64 {
        self.offset
    }

    /// Takes the pace of a device whose reading begins here.
    pub(crate) fn begin(&mut self, drift: f64) {
        self.offset = drift;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_worked_off_without_going_too_far_and_without_a_step() {
        for start in [0.000_5, -0.005, 0.05] {
            let (mut pace, mut behind, mut last, mut furthest) = (Pace::default(), start, 0.0f64, 0.0f64);
            let drift = 2e-4;
            let mut settled = None;
            for block in 0..12_000 {
                let offset = pace.follow(drift, behind, 0.01);
                assert!((offset - last).abs() <= 3.1e-6 && offset.abs() < 1.3e-3);
                last = offset;
                behind -= (offset - drift) * 0.01;
                furthest = furthest.max(-behind * f64::signum(start));
                if behind.abs() > 1e-4 {
                    settled = Some(block);
                }
            }
            assert!(furthest < 2e-5, "{start}: {furthest} s too far");
            // A tenth of a millisecond: by the thousandth part a second, and some time constants.
            let most = start.abs() / MOST_CORRECTION + 15.0;
            assert!(f64::from(settled.unwrap()) / 100.0 < most, "{start}: {settled:?}");
            assert!((pace.offset() - drift).abs() < 1e-6);
        }
    }
}
