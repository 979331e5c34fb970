//! Connections in virtual time, and over real ports.

#![allow(clippy::unwrap_used)]

mod endpoint;
mod line;
mod pair;
mod signal;
