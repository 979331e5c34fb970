//! Publishers come in: one module for each protocol, all of the same shape.

mod keys;
pub mod rtmp;
pub(crate) mod srt;
mod ts;
