//! How fast a line is, in time that is passed in.

use std::time::Duration;

/// A line that carries so many bytes a second, or as many as come.
#[derive(Debug, Default)]
pub(super) struct Rate {
    /// Bytes a second; none is a line without a limit.
    limit: Option<u32>,
    /// When the line has carried all it was given.
    free: Duration,
}

impl Rate {
    /// From `now` on the line carries `limit` bytes a second. What it has been given goes at the old pace.
    pub(super) fn set(&mut self, limit: Option<u32>) {
        self.limit = limit.map(|l| l.max(1));
    }

    /// When `bytes` that are given at `now` have been carried.
    pub(super) fn carry(&mut self, now: Duration, bytes: usize) -> Duration {
        let begins = self.free.max(now);
        let takes = self.limit.map_or(Duration::ZERO, |limit| {
            Duration::from_secs_f64(bytes as f64 / f64::from(limit))
        });
        self.free = begins + takes;
        self.free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn without_a_limit_bytes_go_at_once() {
        let mut rate = Rate::default();
        assert_eq!(rate.carry(5 * MS, 1 << 20), 5 * MS);
        assert_eq!(rate.carry(5 * MS, 1 << 20), 5 * MS);
    }

    #[test]
    fn a_limited_line_carries_its_rate_and_no_more() {
        let mut rate = Rate::default();
        rate.set(Some(100_000));
        // A second of what is sent at twice the rate takes two.
        let mut last = Duration::ZERO;
        for tick in 0..100 {
            last = rate.carry(tick * 10 * MS, 2_000);
        }
        assert_eq!(last, 2_000 * MS);
    }

    #[test]
    fn time_in_which_nothing_was_sent_is_not_saved_up() {
        let mut rate = Rate::default();
        rate.set(Some(1_000));
        assert_eq!(rate.carry(Duration::ZERO, 1_000), 1_000 * MS);
        assert_eq!(rate.carry(60_000 * MS, 1_000), 61_000 * MS);
    }

    #[test]
    fn a_limit_that_is_lifted_holds_for_what_was_given_before() {
        let mut rate = Rate::default();
        rate.set(Some(1_000));
        assert_eq!(rate.carry(Duration::ZERO, 500), 500 * MS);
        rate.set(None);
        assert_eq!(rate.carry(100 * MS, 1 << 20), 500 * MS);
        assert_eq!(rate.carry(600 * MS, 1 << 20), 600 * MS);
    }
}
