//! Which moment of the day a stream's time stands for.

use api::server::{ClockState, ClockStats};
use media::{MediaClock, Utc};

/// A stamp further than this from its arrival is not believed, in microseconds: 10 s. A network holds media up
/// for a few seconds at the worst; laptop clocks that nobody sets are wrong by minutes.
const PLAUSIBLE: i64 = 10_000_000;
/// How long the smallest delay is remembered, in milliseconds of the stream: one to two such spans, so that
/// clocks which drift apart are followed.
const SPAN: i64 = 60_000;

/// The line from a stream's milliseconds to UTC, begun anew with each session and jump.
///
/// The publisher's stamps count where it sends plausible ones; else arrival less the smallest delay seen.
#[derive(Debug, Default)]
pub(crate) struct ClockLine {
    stamped: Option<Stamped>,
    estimate: Estimate,
    implausible: bool,
    refused: u64,
}

#[derive(Clone, Copy, Debug)]
struct Stamped {
    /// UTC in microseconds less the stream's time.
    offset: i64,
    synchronised: bool,
    /// Arrival less stamp, in microseconds.
    delay: i64,
}

/// The smallest of `arrival - time` in this span and in the one before, in microseconds.
#[derive(Debug, Default)]
struct Estimate {
    begun: i64,
    now: Option<i64>,
    before: Option<i64>,
}

/// A moment of the day, and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) utc: Utc,
    /// By arrival, not by the publisher's stamps.
    pub(crate) estimated: bool,
    /// The publisher's clock was set by a server's.
    pub(crate) synchronised: bool,
}

impl ClockLine {
    /// Time jumped, or another session begins: what was known no longer holds.
    pub(crate) fn begin(&mut self) {
        *self = Self {
            refused: self.refused,
            ..Self::default()
        };
    }

    /// A tag of time `ms` arrived.
    pub(crate) fn arrived(&mut self, ms: i64, arrival: Utc) {
        self.estimate.add(ms, arrival.as_micros() - ms * 1_000);
    }

    /// A picture of time `ms` (presentation) that arrived at `arrival` is stamped.
    pub(crate) fn stamp(&mut self, ms: i64, stamp: &MediaClock, arrival: Utc) {
        let delay = arrival.as_micros().saturating_sub(stamp.utc.as_micros());
        self.implausible = delay.saturating_abs() > PLAUSIBLE;
        if self.implausible {
            self.refused += 1;
            self.stamped = None;
            return;
        }
        self.stamped = Some(Stamped {
            offset: stamp.utc.as_micros() - ms * 1_000,
            synchronised: stamp.synchronised,
            delay,
        });
    }

    /// The moment of time `ms`; none before anything arrived.
    pub(crate) fn at(&self, ms: i64) -> Option<Moment> {
        let estimated = self.stamped.is_none();
        let offset = match self.stamped {
            Some(stamped) => stamped.offset,
            None => self.estimate.offset()?,
        };
        Some(Moment {
            utc: Utc(offset + ms * 1_000),
            estimated,
            synchronised: self.stamped.is_some_and(|s| s.synchronised),
        })
    }

    /// For the statistics.
    pub(crate) fn stats(&self) -> ClockStats {
        let state = match self.stamped {
            Some(Stamped {
                synchronised: true, ..
            }) => ClockState::Synchronised,
            Some(_) => ClockState::Unsynchronised,
            None if self.implausible => ClockState::Implausible,
            None if self.estimate.offset().is_some() => ClockState::Estimated,
            None => ClockState::Unknown,
        };
        ClockStats {
            state,
            stamp_delay_ms: self.stamped.map(|s| s.delay as f64 / 1e3),
            refused_stamps: self.refused,
        }
    }
}

impl Estimate {
    fn add(&mut self, ms: i64, offset: i64) {
        if self.now.is_some() && !(0..SPAN).contains(&(ms - self.begun)) {
            (self.before, self.now) = (self.now.take(), None);
        }
        if self.now.is_none() {
            self.begun = ms;
        }
        self.now = Some(self.now.map_or(offset, |now| now.min(offset)));
    }

    fn offset(&self) -> Option<i64> {
        self.now.into_iter().chain(self.before).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::ShowId;

    const DAY: i64 = 1_795_247_999_000_000;

    fn stamp(utc: i64) -> MediaClock {
        MediaClock {
            utc: Utc(utc),
            show: ShowId::default(),
            gop: 0,
            synchronised: true,
        }
    }

    #[test]
    fn without_stamps_the_smallest_delay_counts() {
        let mut line = ClockLine::default();
        assert_eq!(line.at(0), None);
        line.arrived(1_000, Utc(DAY + 1_080_000));
        line.arrived(1_040, Utc(DAY + 1_055_000));
        line.arrived(1_080, Utc(DAY + 1_300_000));
        let moment = line.at(2_000).unwrap();
        assert_eq!((moment.utc, moment.estimated), (Utc(DAY + 2_015_000), true));
        assert_eq!(line.stats().state, ClockState::Estimated);
    }

    #[test]
    fn a_smallest_delay_that_drifts_away_is_forgotten() {
        let mut line = ClockLine::default();
        for second in 0..600 {
            // The publisher's clock loses a millisecond a second.
            line.arrived(second * 999, Utc(DAY + second * 1_000_000));
        }
        let late = line.at(599 * 999).unwrap().utc.as_micros() - (DAY + 599_000_000);
        assert!((-125_000..=0).contains(&late), "{late} µs");
    }

    #[test]
    fn a_stamp_wins_over_arrival_and_is_carried_on() {
        let mut line = ClockLine::default();
        line.arrived(1_000, Utc(DAY + 700_000));
        line.stamp(1_000, &stamp(DAY), Utc(DAY + 700_000));
        let moment = line.at(3_000).unwrap();
        assert_eq!(
            (moment.utc, moment.estimated, moment.synchronised),
            (Utc(DAY + 2_000_000), false, true)
        );
        assert_eq!(line.stats().stamp_delay_ms, Some(700.0));
    }

    #[test]
    fn an_implausible_stamp_gives_way_to_arrival_and_is_counted() {
        let mut line = ClockLine::default();
        for wrong in [DAY - 10_000_001, DAY + 10_000_001, i64::MIN, i64::MAX] {
            line.arrived(1_000, Utc(DAY));
            line.stamp(1_000, &stamp(wrong), Utc(DAY));
            assert_eq!(line.at(1_000).unwrap().utc, Utc(DAY));
            assert_eq!(line.stats().state, ClockState::Implausible);
        }
        assert_eq!(line.stats().refused_stamps, 4);
        line.stamp(1_000, &stamp(DAY - 10_000_000), Utc(DAY));
        assert_eq!(line.stats().state, ClockState::Synchronised);
    }

    #[test]
    fn a_new_session_knows_nothing_of_the_last() {
        let mut line = ClockLine::default();
        line.stamp(0, &stamp(DAY), Utc(DAY));
        line.begin();
        assert_eq!((line.at(0), line.stats().state), (None, ClockState::Unknown));
    }
}
