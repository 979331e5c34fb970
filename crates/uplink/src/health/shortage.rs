//! Whether a place gets less than is wanted.

use std::time::{Duration, Instant};

use super::Seen;
use crate::held::Held;

/// A deep cut is one when it was seen for so long: what is delivered is counted over a while, and passes every value
/// when a line falls silent.
const SURE: Duration = Duration::from_millis(200);
/// What the studio heals within this is nothing.
pub(super) const HEALED: Duration = Duration::from_secs(2);
/// A line that has carried all for so long is good: at the top of each try the controller asks for all for a moment.
const GOOD: Duration = Duration::from_secs(3);

/// Follows whether a place gets less than is wanted.
///
/// That the rate is low says little: it is so for seconds after a blackout, on the best of lines, until it has climbed
/// again. What counts is that the line was full: at once where the cut is deep, else when it is full again
/// [`HEALED`] after it first was, with no recovery between. Where the transport estimates what the line carries, what
/// counts is an estimate that is low and stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Shortage {
    is: bool,
    deep: Held,
    /// When the line was first full since it was good.
    first: Option<Instant>,
    good: Held,
    silent: Option<Instant>,
    estimate: Estimate,
    /// Whether it was sent all that is wanted once: an estimate that is low before that is one that still rises.
    began: bool,
    /// Times lowered and pictures skipped.
    counted: Option<(u64, u64)>,
}

/// Whether an estimate stands: congestion control starts low and rises by about 8 % a second (GCC; draft-ietf-rmcat-gcc,
/// 5.5), so one that has not risen by a quarter for [`Estimate::STANDS`] is the line's.
#[derive(Clone, Debug, Default)]
struct Estimate {
    lowest: u32,
    stands: Held,
}

impl Shortage {
    /// Takes note of a place that is live; whether it gets less than is wanted.
    pub(super) fn see(&mut self, seen: &Seen) -> bool {
        let rises = self.rises(seen);
        if seen.is_silent() {
            // What a line carries that carries nothing will show afterwards.
            (self.silent, self.first, self.deep) = (Some(seen.at), None, Held::default());
            return self.is;
        }
        let lasts = self.lasts(seen, rises || seen.much_waits()) | self.estimate.stands_low(seen);
        let was_silent = self.silent.is_some_and(|silent| seen.at - silent < HEALED);
        let estimated = seen.estimate_kbps.is_some();
        self.began |= estimated && seen.wants_all();
        let known = !estimated || self.began;
        let cut = seen.is_cut_deep() && known && !was_silent;
        let deep = self.deep.see(cut, seen.at, SURE);
        let good = seen.wants_all() && seen.little_waits() && !rises;
        self.is = deep || lasts || self.is && !good;
        self.is
    }

    /// Whether the rate was lowered, because the line was full, or pictures were skipped since the last look. A rate that
    /// follows an estimate is lowered for less.
    fn rises(&mut self, seen: &Seen) -> bool {
        let lowered = seen.estimate_kbps.map_or(seen.lowered, |_| 0);
        let before = self.counted.replace((lowered, seen.skipped));
        before.is_some_and(|before| lowered > before.0 || seen.skipped > before.1)
    }

    /// Whether the line is full, and was so long enough ago.
    fn lasts(&mut self, seen: &Seen, full: bool) -> bool {
        if self.good.see(seen.wants_all() && !full, seen.at, GOOD) {
            self.first = None;
        }
        full && seen.at - *self.first.get_or_insert(seen.at) >= HEALED
    }
}

impl Estimate {
    const STANDS: Duration = Duration::from_secs(3);

    fn stands_low(&mut self, seen: &Seen) -> bool {
        let Some(estimate) = seen.estimate_kbps else {
            return false;
        };
        let rises = u64::from(estimate) * 4 >= u64::from(self.lowest) * 5;
        self.lowest = if rises {
            estimate
        } else {
            self.lowest.min(estimate)
        };
        self.stands
            .see(!rises && !seen.wants_all(), seen.at, Self::STANDS)
    }
}
