//! The round trip of a line on which nothing waits.

use std::time::{Duration, Instant};

use crate::Sample;

/// The smallest round trip is that of the last so long, at most twice that.
const BASE_LIFE: Duration = Duration::from_secs(15);

/// The smallest round trip of the last while, in two halves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Base {
    since: Instant,
    older: Option<Duration>,
    newer: Option<Duration>,
}

impl Base {
    /// A connection that begins at `now`.
    pub(crate) const fn new(now: Instant) -> Self {
        Self {
            since: now,
            older: None,
            newer: None,
        }
    }

    /// Takes note of the round trip.
    pub(crate) fn learn(&mut self, sample: &Sample) {
        if sample.at - self.since > BASE_LIFE {
            (self.older, self.newer, self.since) = (self.newer, None, sample.at);
        }
        if !sample.rtt.is_zero() {
            self.newer = Some(self.newer.map_or(sample.rtt, |least| least.min(sample.rtt)));
        }
    }

    /// How much longer a round trip is than the smallest.
    pub(crate) fn above(&self, rtt: Duration) -> Duration {
        let least = [self.older, self.newer].into_iter().flatten().min();
        least.map_or(Duration::ZERO, |least| rtt.saturating_sub(least))
    }
}
