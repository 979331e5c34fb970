//! From the show file's sources to what the tick and the mixer ask.

pub(crate) mod child;
pub(crate) mod devices;
mod flash;
mod open;
mod pattern;
mod still;

pub(crate) use open::{Opened, open};
