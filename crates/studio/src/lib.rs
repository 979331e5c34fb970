//! The show without a window: sources, scene, encoders and outputs, owned by one task.
//!
//! [`show`] reads the file that says what a show is; [`session`] opens it, directs it and reports what became of
//! it. The bin
//! `anchor-studio` is a thin command line over both. Threads: the tick composes, the mixer mixes, each encoder
//! and each device has its own; destinations wait on tokio. Nothing here knows the server.

mod air;
mod aside;
pub mod assets;
mod check;
pub mod cli;
pub mod clock;
pub mod control;
mod encoding;
mod error;
pub mod key;
mod mix;
mod output;
mod past;
mod platform;
pub mod presets;
pub mod preview;
mod random;
mod report;
mod scene;
pub mod session;
pub mod show;
pub mod signals;
mod sources;
mod stats;
pub mod support;
mod tick;

pub use error::Error;
pub use output::{LineError, OnwardError, WhipError};
pub(crate) use random::random;
pub use sources::child::camera_child;
