//! What the operator sees, on a listener of its own.

pub mod metrics;
pub(crate) mod reconnect;
pub mod streams;
