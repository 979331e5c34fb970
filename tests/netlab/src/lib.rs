//! The network lab: a studio in a network namespace of its own, joined to the rest by lines that behave as told.
//!
//! - [`Link`] is one direction of a line, without IO or clock: packets go in and come out later, or not at all;
//! - [`Trace`] is how a line's terms run over time, made by seeded models of what happens to real ones;
//! - [`Scenario`] is a file that says which lines there are, what becomes of them, and what is sent over them;
//! - [`Lab`] makes the namespace and the lines, TUN devices that a thread of this process passes packets between.
//!
//! A line takes IP packets, so TCP, SRT and WebRTC all meet the same one. Namespaces and devices are Linux'; the rest
//! decides, and runs anywhere.

mod error;
#[cfg(target_os = "linux")]
mod forward;
#[cfg(target_os = "linux")]
mod lab;
mod link;
mod model;
mod scenario;
mod terms;
mod trace;
#[cfg(target_os = "linux")]
mod tun;

pub use error::Error;
#[cfg(target_os = "linux")]
pub use forward::Line;
#[cfg(target_os = "linux")]
pub use lab::{Lab, SERVER};
pub use link::{Counted, Link};
pub use scenario::{Change, Ends, Event, Place, Protocol, Run, Scenario, Side};
pub use terms::Terms;
pub use trace::{Kind, STEP, Step, Trace};
