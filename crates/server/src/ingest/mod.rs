//! Publishers come in: one module for each protocol, all of the same shape.

pub mod rtmp;
