//! The show clock of this process.

use std::time::{Duration, Instant};

use media::Timestamp;

/// Readings of two clocks that were interrupted for longer than this are taken again.
#[cfg(target_os = "linux")]
const READING: Duration = Duration::from_micros(50);

/// The monotonic clock, counted from the beginning of the show. Clones tell the same time.
#[derive(Clone, Copy, Debug)]
pub struct ShowClock {
    origin: Instant,
}

impl ShowClock {
    /// A show that begins now.
    pub fn start() -> Self {
        Self::from_origin(Instant::now())
    }

    /// A show that began, or will begin, at `origin`.
    pub const fn from_origin(origin: Instant) -> Self {
        Self { origin }
    }

    /// The moment the show began.
    pub const fn origin(self) -> Instant {
        self.origin
    }

    /// The time now.
    pub fn now(self) -> Timestamp {
        self.at(Instant::now())
    }

    /// The time of `instant`; negative before the show.
    pub fn at(self, instant: Instant) -> Timestamp {
        match instant.checked_duration_since(self.origin) {
            Some(since) => Timestamp::ZERO + since,
            None => Timestamp::ZERO - self.origin.duration_since(instant),
        }
    }

    /// The instant of `time`; the origin where the platform can't say it.
    pub fn instant(self, time: Timestamp) -> Instant {
        let nanos = Duration::from_nanos(time.as_nanos().unsigned_abs());
        let instant = if time >= Timestamp::ZERO {
            self.origin.checked_add(nanos)
        } else {
            self.origin.checked_sub(nanos)
        };
        instant.unwrap_or(self.origin)
    }

    /// The show's time at which the machine's monotonic clock was zero: what turns [`monotonic`] into this clock's
    /// times, in this process and any other.
    #[cfg(target_os = "linux")]
    pub(crate) fn of_monotonic_zero(self) -> Timestamp {
        let (instant, machine) = together(Instant::now, monotonic);
        Timestamp::from_nanos(self.at(instant).as_nanos().saturating_sub(machine))
    }
}

/// The machine's monotonic clock in nanoseconds: the same in all its processes.
#[cfg(target_os = "linux")]
pub(crate) fn monotonic() -> i64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    time.tv_sec
        .saturating_mul(1_000_000_000)
        .saturating_add(time.tv_nsec)
}

/// Two clocks at the same moment: read so that little comes between.
#[cfg(target_os = "linux")]
fn together<A, B>(one: impl Fn() -> A, other: impl Fn() -> B) -> (A, B) {
    let read = || {
        let before = Instant::now();
        let both = (one(), other());
        (before.elapsed(), both)
    };
    let mut reading = read();
    for _ in 0..3 {
        if reading.0 < READING {
            break;
        }
        reading = read();
    }
    reading.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_and_after_the_beginning_go_both_ways() {
        let clock = ShowClock::start();
        for ms in [-1_500, 0, 40] {
            let time = Timestamp::from_millis(ms);
            assert_eq!(clock.at(clock.instant(time)), time);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_machines_clock_is_found_on_the_show_clock() {
        let clock = ShowClock::start();
        let zero = clock.of_monotonic_zero();
        let before = clock.now();
        let now = Timestamp::from_nanos(zero.as_nanos() + monotonic());
        assert!(now.nanos_since(before).abs() < 10_000_000);
    }
}
