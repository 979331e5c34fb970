//! Since when something is so.

use std::time::{Duration, Instant};

/// Since when a condition holds, without a break.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Held(Option<Instant>);

impl Held {
    /// Takes note of whether it holds at `at`; whether it has held for `long`.
    pub(crate) fn see(&mut self, holds: bool, at: Instant, long: Duration) -> bool {
        self.0 = holds.then(|| self.0.unwrap_or(at));
        self.0.is_some_and(|since| at - since >= long)
    }
}
