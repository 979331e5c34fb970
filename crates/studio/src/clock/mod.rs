//! The show clock, and its map to the time of day.

mod sync;
mod utc;

pub use sync::{Companion, Unusable};
pub use utc::{Reading, UtcMap};
