//! What is known of a destination's line, for whoever watches its health.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use uplink::Sample;
use uplink::health::Losses;

use super::budgets::Given;

/// What a server didn't take is counted over so long.
const COUNTED: Duration = Duration::from_secs(1);
/// A server is slow that takes nothing for this share of it.
const SLOW: f64 = 0.25;

/// What is known of a line at one moment; the default while there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Vitals {
    /// Kilobits a second it is to be sent; none while it pauses, or there is no line.
    pub(crate) target_kbps: Option<u32>,
    pub(crate) made_kbps: u32,
    pub(crate) delivered_kbps: Option<u32>,
    pub(crate) estimate_kbps: Option<u32>,
    /// Whether something waits, or was sent and isn't acknowledged.
    pub(crate) outstanding: bool,
    pub(crate) waiting: Duration,
    /// There and back; zero when it isn't known.
    pub(crate) rtt: Duration,
    /// Share of packets that the line loses, 0 to 1.
    pub(crate) loss: Option<f32>,
    /// Whether the server takes nothing for much of the time.
    pub(crate) server_slow: bool,
    /// Whether others have some of what it could have.
    pub(crate) shared: bool,
}

/// Takes them from what a line tells.
pub(super) struct Pulsation {
    losses: Losses,
    /// For how long the server had taken nothing, at moments of the last [`COUNTED`].
    held: VecDeque<(Instant, Duration)>,
}

impl Pulsation {
    /// Of a connection that begins at `now`.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            losses: Losses::new(now),
            held: VecDeque::new(),
        }
    }

    pub(super) fn see(&mut self, sample: &Sample, made: f64, given: &Given) -> Vitals {
        Vitals {
            target_kbps: given.kbps,
            made_kbps: made.round() as u32,
            delivered_kbps: given.delivered_kbps.filter(|_| sample.estimate_kbps.is_none()),
            estimate_kbps: sample.estimate_kbps,
            outstanding: sample.outstanding || sample.waiting > 0,
            waiting: given.waiting,
            rtt: sample.rtt,
            loss: self.losses.see(sample),
            server_slow: self.holds(sample),
            shared: given.shared,
        }
    }

    fn holds(&mut self, sample: &Sample) -> bool {
        self.held.push_back((sample.at, sample.held));
        let old = |first: &(Instant, Duration)| sample.at - first.0 > COUNTED;
        while self.held.front().is_some_and(old) {
            self.held.pop_front();
        }
        let first = self.held.front().map_or(sample.held, |first| first.1);
        sample.held.saturating_sub(first) > COUNTED.mul_f64(SLOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_takes_nothing_is_slow_until_it_has_taken_all_for_a_while() {
        let begin = Instant::now();
        let mut pulsation = Pulsation::new(begin);
        let mut at = |ms: u64, held: u64| {
            pulsation.holds(&Sample {
                held: Duration::from_millis(held),
                ..Sample::new(begin + Duration::from_millis(ms))
            })
        };
        assert!(!at(0, 5_000), "what was before this connection's first look");
        assert!(!at(200, 5_200));
        assert!(at(400, 5_400));
        assert!(at(1_100, 5_500));
        assert!(!at(1_500, 5_500));
    }
}
