//! Publishers come in: one module for each protocol, all of the same shape.

pub(crate) mod keys;
pub(crate) mod onward;
pub(crate) mod received;
pub mod rtmp;
pub(crate) mod show;
pub(crate) mod srt;
mod ts;
pub(crate) mod upload;
pub(crate) mod whip;
