//! From the show file's sources to what the tick and the mixer ask.

mod flash;
mod open;
mod pattern;
mod still;

pub(crate) use open::{Opened, cameras, microphones, open};
