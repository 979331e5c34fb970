//! Publishers come in: one module for each protocol, all of the same shape.

pub(crate) mod keys;
pub mod rtmp;
pub(crate) mod srt;
mod ts;
pub(crate) mod whip;
