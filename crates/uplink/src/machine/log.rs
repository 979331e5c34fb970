//! What was given up, and what was the matter.

use std::time::Instant;

use super::{Shed, Trouble};
use crate::kept::Kept;

/// What was done or happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Something was given up, or taken up again.
    Shed {
        /// What was given up before.
        from: Shed,
        /// What is since then.
        to: Shed,
    },
    /// This was found to be the matter.
    Found(Trouble),
    /// This isn't the matter any more.
    Over(Trouble),
}

/// When that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Instant,
    /// What it was.
    pub what: Done,
}

/// The last 64 of them, oldest first.
pub type Log = Kept<Entry>;
