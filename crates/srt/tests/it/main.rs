//! The real library over loopback.

mod admission;
mod exchange;
mod support;
