//! The map from the show clock to UTC.

use std::time::Duration;

use media::{Timestamp, Utc};

/// One look at a server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When the question left, on the show clock.
    pub asked: Timestamp,
    /// When the answer came.
    pub answered: Timestamp,
    /// What the server said.
    pub server: Utc,
}

impl Reading {
    /// How long question and answer took.
    pub fn round_trip(&self) -> Duration {
        self.answered.saturating_since(self.asked)
    }

    /// UTC in microseconds at the show's beginning, by this reading: the server's clock is taken to have been
    /// read midway (D. Mills, RFC 5905, section 8).
    fn origin_micros(&self) -> i64 {
        let middle = (self.asked.as_nanos() + self.answered.as_nanos()) / 2;
        self.server.as_micros() - middle / 1_000
    }
}

/// Maps the show clock to UTC: set once, then only slewed, at most 1 ms a second, never stepped.
///
/// A picture's UTC must rise as its timestamp does whatever the machine's own clock is set to in mid-show.
#[derive(Clone, Debug)]
pub struct UtcMap {
    /// UTC in microseconds at the show's beginning.
    origin_micros: i64,
    /// What `origin_micros` is moving towards.
    goal_micros: i64,
    /// Up to where the slew has gone.
    slewed_to: Timestamp,
    error: Option<Duration>,
}

/// Microseconds of correction a second: 1 ms.
const SLEW: i64 = 1_000;

impl UtcMap {
    /// By the machine's own clock, which said `utc` at `now`: unsynchronised.
    pub fn machine(now: Timestamp, utc: Utc) -> Self {
        let origin = utc.as_micros() - now.as_micros();
        Self {
            origin_micros: origin,
            goal_micros: origin,
            slewed_to: now,
            error: None,
        }
    }

    /// By a server's clock: the reading with the shortest round trip counts. `None` without a reading.
    pub fn synchronised(readings: &[Reading]) -> Option<Self> {
        let best = readings.iter().min_by_key(|r| r.round_trip())?;
        let origin = best.origin_micros();
        let error = Some(best.round_trip() / 2);
        Some(Self {
            origin_micros: origin,
            goal_micros: origin,
            slewed_to: best.answered,
            error,
        })
    }

    /// Takes later readings in: the map moves towards the best of them by at most 1 ms a second.
    /// A map that was the machine's own becomes synchronised by a step, once.
    pub fn correct(&mut self, readings: &[Reading]) {
        let Some(fresh) = Self::synchronised(readings) else {
            return;
        };
        if self.error.is_none() {
            *self = fresh;
            return;
        }
        self.goal_micros = fresh.goal_micros;
        self.error = fresh.error;
    }

    /// UTC of the moment `at`; rises as `at` does.
    pub fn utc(&mut self, at: Timestamp) -> Utc {
        let micros = at.nanos_since(self.slewed_to) / 1_000;
        let most = micros.max(0) * SLEW / 1_000_000;
        if most > 0 {
            let step = (self.goal_micros - self.origin_micros).clamp(-most, most);
            self.origin_micros += step;
            self.slewed_to = at;
        }
        Utc(self.origin_micros + at.as_micros())
    }

    /// Whether a server's clock set it.
    pub fn is_synchronised(&self) -> bool {
        self.error.is_some()
    }

    /// How far it may be off; `None` when it is the machine's own.
    pub fn error(&self) -> Option<Duration> {
        self.error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(asked_ms: i64, trip_ms: i64, server_ms: i64) -> Reading {
        let asked = Timestamp::from_millis(asked_ms);
        Reading {
            asked,
            answered: asked + Duration::from_millis(trip_ms as u64),
            server: Utc(server_ms * 1000),
        }
    }

    #[test]
    fn the_shortest_round_trip_counts() {
        let mut map = UtcMap::synchronised(&[reading(0, 80, 5_060), reading(100, 4, 5_102)]).unwrap();
        assert_eq!(map.utc(Timestamp::from_millis(200)), Utc(5_200_000));
        assert_eq!(map.error(), Some(Duration::from_millis(2)));
    }

    #[test]
    fn a_correction_is_slewed_and_never_stepped() {
        let mut map = UtcMap::synchronised(&[reading(0, 0, 10_000)]).unwrap();
        map.correct(&[reading(1_000, 0, 10_900)]);
        let mut last = map.utc(Timestamp::from_millis(1_000));
        for ms in (1_033..=200_000).step_by(33) {
            let utc = map.utc(Timestamp::from_millis(ms));
            let step = utc.as_micros() - last.as_micros();
            assert!((32_900..=33_100).contains(&step), "{step} at {ms}");
            last = utc;
        }
        let end = map.utc(Timestamp::from_millis(200_000));
        assert_eq!(end.as_micros() - 200_000_000, 9_900_000);
    }

    #[test]
    fn the_machines_own_clock_is_marked_and_given_up_when_a_server_answers() {
        let mut map = UtcMap::machine(Timestamp::ZERO, Utc(90_000_000));
        assert!(!map.is_synchronised());
        map.correct(&[reading(0, 2, 1_001)]);
        assert!(map.is_synchronised());
        assert_eq!(map.utc(Timestamp::ZERO), Utc(1_000_000));
    }
}
