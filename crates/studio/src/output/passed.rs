//! A place that the companion server passes the show on to: how it stands, as the server tells.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use api::server::{RelayState, RelayStats};
use api::studio::{Failure, OutputStats};
use api::{Code, Fault};
use uplink::health::{Connection, Seen, Why};
use uplink::{Bounds, Rank};

/// A companion server that hasn't answered for so long doesn't.
const SILENT: Duration = Duration::from_secs(5);

/// A place that gets the show from the companion server.
#[derive(Debug)]
pub(crate) struct Passed {
    pub(crate) name: String,
    /// Its place among all by importance: 0 is the most important.
    pub(crate) rank: Rank,
    bounds: Bounds,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    connection: Connection,
    stats: OutputStats,
    /// Since when it isn't connected.
    away_since: Option<Instant>,
    /// When the companion server last told.
    told: Instant,
}

impl Passed {
    /// A place called `name`, to which `kbps` kbit/s are to go: what the companion server gets.
    pub(super) fn new(name: &str, rank: Rank, kbps: u32, now: Instant) -> Self {
        Self {
            name: name.to_owned(),
            rank,
            bounds: Bounds {
                least_kbps: kbps,
                most_kbps: kbps,
            },
            known: Mutex::new(Known {
                connection: Connection::Connecting,
                stats: OutputStats {
                    name: name.to_owned(),
                    ..OutputStats::default()
                },
                away_since: Some(now),
                told: now,
            }),
        }
    }

    /// The least and the most that go there, in kbit/s.
    pub(crate) const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// What became of it so far; bytes are those that the companion server handed on.
    pub(crate) fn stats(&self, now: Instant) -> OutputStats {
        let known = self.known();
        let away = known.away_since.map_or(0.0, |since| (now - since).as_secs_f64());
        OutputStats {
            away_seconds: known.stats.away_seconds + away,
            ..known.stats.clone()
        }
    }

    /// Whether it gets the show.
    pub(crate) fn connected(&self) -> bool {
        self.known().connection == Connection::Live
    }

    /// What is known of it at `now`: of the line that leads there only the companion server knows.
    pub(crate) fn seen(&self, now: Instant) -> Seen {
        Seen {
            connection: self.known().connection,
            beyond: true,
            ..Seen::new(now, self.bounds)
        }
    }

    /// The companion server says that it is so.
    pub(super) fn hears(&self, relay: &RelayStats, now: Instant) {
        let mut known = self.known();
        known.told = now;
        (known.stats.bytes, known.stats.connections) = (relay.bytes, relay.connections);
        let error = relay.last_error.as_ref();
        let connection = match (relay.state, error) {
            (RelayState::Running, _) => Connection::Live,
            (_, None) => Connection::Connecting,
            (_, Some(fault)) if fault.code == Code::RelayRefused => Connection::Away(Why::Refused),
            (_, Some(_)) => Connection::Away(Why::Unanswered),
        };
        known.becomes(connection, error.map(|fault| self.failure(fault)), now);
    }

    /// The companion server passes nothing on there, or says nothing; `failure` is why. A while of silence means nothing.
    pub(super) fn lacks(&self, failure: Failure, why: Why, now: Instant) {
        let mut known = self.known();
        if why == Why::Refused || now - known.told >= SILENT {
            known.becomes(Connection::Away(why), Some(failure), now);
        }
    }

    fn failure(&self, fault: &Fault) -> Failure {
        let code = match fault.code {
            Code::RelayRefused => "onward.refused",
            _ => "onward.lost",
        };
        Failure {
            code: code.to_owned(),
            sentence: format!(
                "'{}', passed on by the companion server: {}",
                self.name, fault.message
            ),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // What is kept there is whole at any time.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn becomes(&mut self, connection: Connection, error: Option<Failure>, now: Instant) {
        self.connection = connection;
        match (connection == Connection::Live, self.away_since) {
            (true, Some(since)) => {
                self.stats.away_seconds += (now - since).as_secs_f64();
                self.away_since = None;
            }
            (false, None) => self.away_since = Some(now),
            _ => {}
        }
        if let Some(failure) = error.filter(|failure| self.stats.error.as_ref() != Some(failure)) {
            tracing::warn!(
                output = self.stats.name,
                code = failure.code,
                "{}",
                failure.sentence
            );
            self.stats.error = Some(failure);
        }
    }
}

#[cfg(test)]
mod tests {
    use api::server::RelayDirection;

    use super::*;

    fn told(state: RelayState, error: Option<Code>) -> RelayStats {
        RelayStats {
            stream: "show".into(),
            direction: RelayDirection::Push,
            server: "rtmps://live.example:443".into(),
            state,
            state_for_ms: 0,
            connections: 1,
            bytes: 1000,
            last_error: error.map(|code| Fault::new(code, "No.")),
        }
    }

    #[test]
    fn it_stands_as_the_companion_server_says() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let place = Passed::new("Tea", 1, 2_628, begun);
        let connection = |now| place.seen(now).connection;
        assert_eq!(connection(begun), Connection::Connecting);
        place.hears(&told(RelayState::Connecting, Some(Code::RelayRefused)), at(1));
        assert_eq!(connection(at(1)), Connection::Away(Why::Refused));
        assert_eq!(place.stats(at(1)).error.unwrap().code, "onward.refused");
        place.hears(&told(RelayState::Connecting, Some(Code::RelayLost)), at(2));
        assert_eq!(connection(at(2)), Connection::Away(Why::Unanswered));
        place.hears(&told(RelayState::Running, None), at(3));
        assert!(place.connected());
        assert_eq!(place.stats(at(9)).away_seconds, 3.0);
        place.hears(&told(RelayState::Waiting, None), at(10));
        assert_eq!(connection(at(10)), Connection::Connecting);
        assert_eq!(place.stats(at(12)).away_seconds, 5.0);
    }

    #[test]
    fn a_moments_silence_of_the_companion_server_is_nothing() {
        let begun = Instant::now();
        let place = Passed::new("Tea", 0, 2_628, begun);
        place.hears(&told(RelayState::Running, None), begun);
        let failure = Failure {
            code: "onward.away".into(),
            sentence: "It doesn't answer.".into(),
        };
        place.lacks(failure.clone(), Why::Unanswered, begun + SILENT / 2);
        assert!(place.connected());
        place.lacks(failure.clone(), Why::Unanswered, begun + SILENT);
        assert_eq!(place.seen(begun).connection, Connection::Away(Why::Unanswered));
        let other = Passed::new("Tea", 0, 2_628, begun);
        other.lacks(failure, Why::Refused, begun);
        assert_eq!(other.seen(begun).connection, Connection::Away(Why::Refused));
    }
}
