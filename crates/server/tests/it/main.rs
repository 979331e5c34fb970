//! The whole server, as a process of its own: published to, watched, attacked and stopped.
//!
//! Nothing here sleeps: a test waits for a line the server prints, for bytes, or for the end of a connection.

#![allow(clippy::unwrap_used)] // A test that panics has said what it had to say.

mod addresses;
mod clock;
mod commands;
mod dash;
mod enhanced;
mod flv;
mod hls;
mod http2;
mod key_frames;
mod limits;
mod onward;
mod page;
mod players;
mod received;
mod regressions;
mod relays;
mod returns;
mod secrets;
mod secure;
mod show;
mod slate;
mod slow;
mod srt;
mod stop;
mod support;
mod tracks;
mod transport;
mod webrtc;
mod worker;
