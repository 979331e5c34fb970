//! The uplink's decisions: state machines without IO or clock.
//!
//! Here live the decisions about a destination's line: when a lost one is tried again, and how much it is sent. The
//! caller owns sockets and clocks; it tells what happened and when, and asks what to do next.

mod controller;
mod reconnect;
mod sample;

pub use controller::{Action, Bounds, Controller, Mode};
pub use reconnect::{Attempt, Reconnect};
pub use sample::Sample;
