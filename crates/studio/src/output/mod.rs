//! Destinations: each with a queue of its own, so that one that is slow or away costs the others nothing.

mod moving;
mod queue;
mod rtmp;

pub(crate) use queue::{Item, ItemKind, Queue};
pub(crate) use rtmp::{Destination, drive};
