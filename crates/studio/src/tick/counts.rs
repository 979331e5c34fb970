//! What is counted of the program's frames, for others to read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use api::state::FramesState;

/// A frame that takes more than this share of the time it may take is nearly late.
const SLOW: f64 = 0.75;

/// The program's frames so far, for others to read.
#[derive(Debug, Default)]
pub(crate) struct FrameCounts {
    due: AtomicU64,
    late: AtomicU64,
    repeated: AtomicU64,
    /// Drawn in time, but with less than a quarter of it left.
    slow: AtomicU64,
    /// Sum of the shares of the time they may take that frames took, in millionths.
    drawn: AtomicU64,
}

impl FrameCounts {
    /// How many there were.
    pub(crate) fn read(&self) -> FramesState {
        let read = |n: &AtomicU64| n.load(Ordering::Relaxed);
        FramesState {
            due: read(&self.due),
            late: read(&self.late),
            repeated: read(&self.repeated),
        }
    }

    /// How many were drawn in time but with less than a quarter of it left, and the sum over all that were drawn in time
    /// of the share that each took of it.
    pub(crate) fn effort(&self) -> (u64, f64) {
        let slow = self.slow.load(Ordering::Relaxed);
        (slow, self.drawn.load(Ordering::Relaxed) as f64 / 1e6)
    }

    /// So many there were by now.
    pub(super) fn set(&self, due: u64, late: u64, repeated: u64) {
        self.due.store(due, Ordering::Relaxed);
        self.late.store(late, Ordering::Relaxed);
        self.repeated.store(repeated, Ordering::Relaxed);
    }

    /// A frame was drawn in `took` of the `may` that it may take.
    pub(super) fn drawn(&self, took: Duration, may: Duration) {
        let share = (took.as_secs_f64() / may.as_secs_f64()).min(1.0);
        self.drawn.fetch_add((share * 1e6) as u64, Ordering::Relaxed);
        if share > SLOW {
            self.slow.fetch_add(1, Ordering::Relaxed);
        }
    }
}
