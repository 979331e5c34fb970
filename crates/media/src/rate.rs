//! Frame rates as rationals, and the time of a tick.

use std::fmt;
use std::str::FromStr;

use crate::Timestamp;
use crate::time::div_round;

/// Frames a second as a rational: 30/1, 30000/1001. Both parts are above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FrameRate {
    num: u32,
    den: u32,
}

/// Why a text is no frame rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseFrameRateError;

impl FrameRate {
    /// `num`/`den` frames a second; `None` when either is zero.
    pub const fn new(num: u32, den: u32) -> Option<Self> {
        if num == 0 || den == 0 {
            None
        } else {
            Some(Self { num, den })
        }
    }

    /// `fps` whole frames a second; a zero counts as one.
    pub const fn whole(fps: u32) -> Self {
        Self {
            num: if fps == 0 { 1 } else { fps },
            den: 1,
        }
    }

    /// The numerator.
    pub const fn num(self) -> u32 {
        self.num
    }

    /// The denominator.
    pub const fn den(self) -> u32 {
        self.den
    }

    /// Frames a second.
    pub fn as_f64(self) -> f64 {
        f64::from(self.num) / f64::from(self.den)
    }

    /// The moment of frame or tick `n`, counted from the show's beginning: `n·den/num`, computed and never
    /// added up, so that no error grows.
    pub fn tick(self, n: u64) -> Timestamp {
        let nanos = div_round(
            i128::from(n) * i128::from(self.den) * 1_000_000_000,
            i128::from(self.num),
        );
        Timestamp::from_nanos(nanos as i64)
    }

    /// The number of the last tick not later than `at`; 0 before the show.
    pub fn tick_at(self, at: Timestamp) -> u64 {
        let nanos = i128::from(at.as_nanos().max(0));
        // Half a nanosecond back: `tick` rounds to whole ones.
        let guess = ((nanos * 2 + 1) * i128::from(self.num)) / (i128::from(self.den) * 2_000_000_000);
        guess as u64
    }

    /// The duration of one frame in nanoseconds, rounded.
    pub fn frame_nanos(self) -> i64 {
        self.tick(1).as_nanos()
    }
}

impl FromStr for FrameRate {
    type Err = ParseFrameRateError;

    /// Reads `30`, `30000/1001`, and the usual short forms `29.97`, `59.94`, `23.976`.
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let whole = |t: &str| t.trim().parse::<u32>().map_err(|_| ParseFrameRateError);
        let (num, den) = match s.trim() {
            "23.976" | "23.98" => (24_000, 1001),
            "29.97" => (30_000, 1001),
            "59.94" => (60_000, 1001),
            t => match t.split_once('/') {
                Some((n, d)) => (whole(n)?, whole(d)?),
                None => (whole(t)?, 1),
            },
        };
        Self::new(num, den).ok_or(ParseFrameRateError)
    }
}

impl fmt::Display for FrameRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.den == 1 {
            write!(f, "{}", self.num)
        } else {
            write!(f, "{}/{}", self.num, self.den)
        }
    }
}

impl fmt::Display for ParseFrameRateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a frame rate is written like 30, 29.97 or 30000/1001")
    }
}

impl std::error::Error for ParseFrameRateError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ticks_are_computed_and_never_added_up() {
        let ntsc: FrameRate = "29.97".parse().unwrap();
        assert_eq!(ntsc.tick(30_000), Timestamp::from_millis(1_001_000));
        assert_eq!(FrameRate::whole(30).tick(1).as_nanos(), 33_333_333);
        assert!("0".parse::<FrameRate>().is_err() && "1/0".parse::<FrameRate>().is_err());
    }

    proptest! {
        #[test]
        fn a_tick_is_found_again_at_its_own_time(n in 0u64..100_000_000, num in 1u32..120_000, den in prop_oneof![Just(1u32), Just(1001)]) {
            let rate = FrameRate::new(num, den).unwrap();
            prop_assert_eq!(rate.tick_at(rate.tick(n)), n);
        }
    }
}
