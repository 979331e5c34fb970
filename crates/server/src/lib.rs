//! The companion server: takes shows in by RTMP, SRT and WebRTC and hands them to viewers over HTTP, RTMP,
//! SRT and WebRTC.
//!
//! [`cli`] is what a person types, [`Server`] what a test or another program starts. [`router`] has all routes
//! in one table, [`App`] is all the handlers share. A publisher comes in through [`ingest`], becomes a
//! [`stream`] and leaves through [`deliver`]; a [`relay`] takes it from or to another server; the operator looks at
//! [`admin`]. What must be transcoded is, in a process of its own, by a [`worker`].
//!
//! Invariants: no handler waits for a reader; nothing that carries media is unbounded; no stream key is in a
//! log, a statistic, an address or an error; limits come before work; GStreamer runs in
//! worker processes alone.

pub mod admin;
mod announced;
mod app;
pub mod check;
pub mod cli;
mod clock;
pub mod config;
mod data;
pub mod deliver;
pub mod ingest;
pub mod keys;
pub mod listen;
mod name;
mod onward;
mod process;
pub mod relay;
mod rendition;
pub mod router;
mod secret;
mod server;
mod slate;
pub mod stream;
mod webrtc;
pub mod worker;

pub use app::App;
pub use config::Config;
pub use name::Name;
pub use server::{Bound, Server};
pub use webrtc::WebRtc;
