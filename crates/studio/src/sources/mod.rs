//! From the show file's sources to what the tick and the mixer ask.

pub(crate) mod child;
mod cover;
pub(crate) mod devices;
mod first;
mod flash;
mod open;
mod pattern;
mod still;

pub(crate) use cover::cover;
pub(crate) use open::{Care, FIRST_PICTURE, One, Opened, open, open_one};
