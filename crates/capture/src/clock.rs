//! The show clock of this process.

use std::time::{Duration, Instant, SystemTime};

use media::Timestamp;

/// Readings of the day's clock that were interrupted for longer than this are taken again.
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

    /// The time of a moment told by the day's clock (since 1970), reckoned back from now: right as long as the
    /// day's clock isn't set in between.
    pub(crate) fn of_day_time(self, moment: Duration) -> Option<Timestamp> {
        let (instant, day) = both_clocks();
        let age = day.checked_sub(moment)?;
        Some(self.at(instant) - age)
    }
}

/// The monotonic clock and the day's clock (since 1970) at the same moment: read so that little comes between.
fn both_clocks() -> (Instant, Duration) {
    let read = || {
        let before = Instant::now();
        let day = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        (before, day)
    };
    let mut reading = read();
    for _ in 0..3 {
        if reading.0.elapsed() < READING {
            break;
        }
        reading = read();
    }
    reading
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

    #[test]
    fn a_moment_of_the_day_is_found_on_the_show_clock() {
        let clock = ShowClock::start();
        let day = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let before = clock.now();
        let found = clock.of_day_time(day - Duration::from_secs(5)).unwrap();
        let age = before.nanos_since(found);
        assert!((4_990_000_000..5_010_000_000).contains(&age), "{age}");
        assert!(clock.of_day_time(day + Duration::from_secs(60)).is_none());
    }
}
