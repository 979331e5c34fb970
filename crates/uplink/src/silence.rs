//! Whether a connection that stands open still carries anything.

use std::time::{Duration, Instant};

use crate::Sample;

/// What was sent and not acknowledged for so long, with the round trip, is silence.
const SILENT: Duration = Duration::from_secs(1);
/// The same while the line is in doubt.
const DOUBTED: Duration = Duration::from_millis(250);
/// A change of this machine's links puts a line in doubt for so long.
const DOUBT: Duration = Duration::from_secs(3);

/// Notices that a connection carries nothing any more, long before the system gives it up.
///
/// TCP sends again after pauses that double (RFC 6298, 5.5), so after a few seconds of silence it is slow to find out
/// that the line is back; a fresh connection finds out within a second.
#[derive(Clone, Copy, Debug)]
pub struct Silence {
    /// What was delivered, and when that was last more than before or nothing was outstanding.
    delivered: u64,
    since: Instant,
    doubted: Option<Instant>,
}

impl Silence {
    /// A connection that was made at `now`.
    pub const fn new(now: Instant) -> Self {
        Self {
            delivered: 0,
            since: now,
            doubted: None,
        }
    }

    /// This machine's links, routes or addresses have changed.
    pub const fn links_changed(&mut self, now: Instant) {
        self.doubted = Some(now);
    }

    /// Takes note of what is known: whether the line is silent. Call it each 50 to 100 ms.
    pub fn see(&mut self, sample: &Sample) -> bool {
        if !sample.outstanding || sample.delivered > self.delivered {
            (self.delivered, self.since) = (sample.delivered, sample.at);
            return false;
        }
        let doubted = self.doubted.is_some_and(|since| sample.at - since < DOUBT);
        let patience = if doubted { DOUBTED } else { SILENT };
        sample.at - self.since >= patience + sample.rtt
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
mod tests {
    use super::*;

    const RTT: Duration = Duration::from_millis(40);

    fn sample(at: Instant, delivered: u64, outstanding: bool) -> Sample {
        Sample {
            delivered,
            outstanding,
            rtt: RTT,
            ..Sample::new(at)
        }
    }

    /// How long it takes until silence is noticed, where nothing is delivered from `now` on.
    fn noticed(silence: &mut Silence, now: Instant) -> Duration {
        let silent = |ms: &u64| silence.see(&sample(now + Duration::from_millis(*ms), 1_000, true));
        Duration::from_millis((0..5_000).step_by(50).find(silent).unwrap())
    }

    #[test]
    fn what_is_not_acknowledged_for_a_second_is_silence() {
        let now = Instant::now();
        let mut silence = Silence::new(now);
        assert!(!silence.see(&sample(now, 1_000, true)));
        let noticed = noticed(&mut silence, now);
        assert!((SILENT..SILENT + 2 * RTT).contains(&noticed), "{noticed:?}");
        let later = now + Duration::from_secs(2);
        assert!(!silence.see(&sample(later, 1_001, true)), "it goes on");
    }

    #[test]
    fn where_nothing_is_sent_nothing_is_silent() {
        let now = Instant::now();
        let mut silence = Silence::new(now);
        for second in 0..60 {
            assert!(!silence.see(&sample(now + Duration::from_secs(second), 0, false)));
        }
        // From here on.
        let later = now + Duration::from_secs(59);
        assert!(!silence.see(&sample(later + Duration::from_millis(900), 0, true)));
    }

    #[test]
    fn links_that_change_put_it_in_doubt_for_a_while() {
        let now = Instant::now();
        let mut silence = Silence::new(now);
        silence.see(&sample(now, 1_000, true));
        silence.links_changed(now);
        let noticed = noticed(&mut silence, now);
        assert!((DOUBTED..DOUBTED + 3 * RTT).contains(&noticed), "{noticed:?}");
        let later = now + DOUBT;
        assert!(!silence.see(&sample(later, 2_000, true)));
        assert!(!silence.see(&sample(later + Duration::from_millis(900), 2_000, true)));
    }
}
