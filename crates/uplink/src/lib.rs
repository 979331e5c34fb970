//! Reconnect and its pace: state machines without IO or clock.
//!
//! Here live the decisions about a destination's line. The caller owns sockets and clocks; it tells what
//! happened and when, and asks what to do next.

mod reconnect;

pub use reconnect::{Attempt, Reconnect};
