//! Time on the show clock.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::time::Duration;

/// A moment on the show clock: nanoseconds since the show began, monotonic.
///
/// A program frame's time is that of its tick; a packet's `pts` is the time of the picture or of the first
/// sample in it. Negative values are moments before the show began (a camera's first frame may be older
/// than the first tick). The range is ±292 years, so sums of two real times don't overflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment the show began.
    pub const ZERO: Self = Self(0);
    /// The latest moment that can be said.
    pub const MAX: Self = Self(i64::MAX);

    /// A moment `nanos` nanoseconds after the show began.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// A moment `micros` microseconds after the show began.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros * 1_000)
    }

    /// A moment `millis` milliseconds after the show began.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis * 1_000_000)
    }

    /// The moment of tick `ticks` of a clock with `per_second` ticks a second, rounded to the nearest nanosecond.
    pub fn from_ticks(ticks: i64, per_second: u32) -> Self {
        let (n, d) = (i128::from(ticks) * 1_000_000_000, i128::from(per_second));
        Self(div_round(n, d) as i64)
    }

    /// Nanoseconds since the show began.
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// Whole microseconds since the show began, rounded down.
    pub const fn as_micros(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Milliseconds since the show began, rounded to the nearest: what FLV and RTMP carry.
    pub fn as_millis(self) -> i64 {
        div_round(i128::from(self.0), 1_000_000) as i64
    }

    /// Seconds since the show began.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// The nearest tick of a clock with `per_second` ticks a second (90 000 for video, the sample rate for audio).
    pub fn as_ticks(self, per_second: u32) -> i64 {
        div_round(i128::from(self.0) * i128::from(per_second), 1_000_000_000) as i64
    }

    /// Nanoseconds from `earlier` to this moment; negative when `earlier` is the later one.
    pub const fn nanos_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Time from `earlier` to this moment; zero when `earlier` is the later one.
    pub fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0).max(0) as u64)
    }
}

/// Division of integers, rounded to the nearest, halves away from zero. `d` is above zero.
pub(crate) fn div_round(n: i128, d: i128) -> i128 {
    let half = d / 2;
    if n >= 0 { (n + half) / d } else { (n - half) / d }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, d: Duration) -> Self {
        Self(self.0.saturating_add(d.as_nanos().min(i64::MAX as u128) as i64))
    }
}

impl AddAssign<Duration> for Timestamp {
    fn add_assign(&mut self, d: Duration) {
        *self = *self + d;
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, d: Duration) -> Self {
        Self(self.0.saturating_sub(d.as_nanos().min(i64::MAX as u128) as i64))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}s", self.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_of_90_khz_survive_the_way_there_and_back() {
        for n in [0, 1, 3003, 90_000, i64::from(u32::MAX) * 90] {
            assert_eq!(Timestamp::from_ticks(n, 90_000).as_ticks(90_000), n);
        }
    }

    #[test]
    fn milliseconds_are_rounded_to_the_nearest() {
        assert_eq!(Timestamp::from_nanos(33_366_667).as_millis(), 33);
        assert_eq!(Timestamp::from_nanos(33_500_000).as_millis(), 34);
        assert_eq!(Timestamp::from_nanos(-1_500_000).as_millis(), -2);
    }
}
