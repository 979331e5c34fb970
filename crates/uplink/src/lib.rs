//! The uplink's decisions: state machines without IO or clock.
//!
//! Here live the decisions about a destination's line: when a lost one is tried again, how much it is sent, and what is
//! said of it. The caller owns sockets and clocks; it tells what happened and when, and asks what to do next.

mod base;
mod budget;
mod carried;
mod controller;
mod distance;
pub mod health;
mod held;
mod kept;
pub mod machine;
mod pacer;
mod reconnect;
mod rungs;
mod sample;
mod share;
mod silence;

pub use budget::{Budget, Rank};
pub use carried::{Carried, carried};
pub use controller::{Action, Bounds, Controller, Mode};
pub use distance::Distance;
pub use kept::Kept;
pub use pacer::Pacer;
pub use reconnect::{Attempt, Reconnect};
pub use rungs::{Casting, Rungs};
pub use sample::Sample;
pub use silence::Silence;
