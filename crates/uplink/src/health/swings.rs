//! How often what a line carries falls deeply.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::Seen;
use crate::held::Held;

/// A fall is deep, and a rise high, by this factor.
const FACTOR: f64 = 1.6;
/// What passes is smoothed over about this, since acknowledgements come in bunches; a line must have been full for so
/// long, too.
const SMOOTHED: Duration = Duration::from_millis(200);
/// Falls count for so long.
const LASTS: Duration = Duration::from_secs(60);
/// So many of them are an unsteady line.
const MANY: usize = 3;

/// Deep falls of what a line carries in the last minute.
///
/// The target tells nothing of that: it falls again and again on a steady line, too, of which the controller tries how
/// much it carries. What is delivered does: on a steady line it is the same at each of these falls.
#[derive(Clone, Debug, Default)]
pub(super) struct Swings {
    /// Kilobits a second that pass, smoothed, and when that was.
    mean: Option<(f64, Instant)>,
    full: Held,
    /// The most that passed since it rose, or the least since it fell.
    turn: f64,
    low: bool,
    /// The last [`MANY`] within [`LASTS`].
    falls: VecDeque<Instant>,
    unsteady: bool,
}

impl Swings {
    /// Takes note of a place that is live; whether its line is unsteady: from the third fall in a minute until there is
    /// at most one.
    pub(super) fn see(&mut self, seen: &Seen) -> bool {
        let fills = seen.estimate_kbps.is_some() || !seen.little_waits();
        let full = self.full.see(fills, seen.at, SMOOTHED);
        if self.mean(seen).is_some_and(|kbps| self.turns(kbps, full)) {
            self.falls.push_back(seen.at);
        }
        let spent = |fall: &Instant| seen.at - *fall >= LASTS;
        while self.falls.len() > MANY || self.falls.front().is_some_and(spent) {
            self.falls.pop_front();
        }
        self.unsteady = self.falls.len() >= MANY || self.unsteady && self.falls.len() > 1;
        self.unsteady
    }

    /// What passes, smoothed (a low-pass of first order).
    fn mean(&mut self, seen: &Seen) -> Option<f64> {
        let kbps = f64::from(seen.passes()?.clamp(1, seen.bounds.most_kbps.max(1)));
        let mean = self.mean.map_or(kbps, |(mean, before)| {
            let steps = (seen.at - before).as_secs_f64() / SMOOTHED.as_secs_f64();
            kbps + (mean - kbps) * (-steps).exp()
        });
        self.mean = Some((mean, seen.at));
        Some(mean)
    }

    /// Whether what passes has just fallen deeply. Only of a `full` line it is all that the line carries.
    fn turns(&mut self, kbps: f64, full: bool) -> bool {
        let before = (self.turn, self.low);
        (self.turn, self.low) = match before {
            (turn, true) if kbps >= turn * FACTOR => (kbps, false),
            (turn, false) if full && kbps * FACTOR <= turn => (kbps, true),
            (turn, true) if full => (turn.min(kbps), true),
            (turn, true) => (turn, true),
            (turn, false) => (turn.max(kbps), false),
        };
        self.low && !before.1
    }
}
