//! RTMP client and server: state machines without IO, and a thin tokio shell.
//!
//! [`server::Session`] and [`client::Session`] decide; they ask no clock and do no IO. [`io`] joins them to
//! sockets. Everything a stranger can make us do is bounded by [`Limits`]. Stream keys are [`Secret`]s: they
//! are in no log, error or `Debug`.
//!
//! Sources: "Adobe's Real Time Messaging Protocol", version 1.0 (2012), whose clauses are cited where they bind;
//! "Enhanced RTMP", version 2 (Veovera Software Organization).

mod aggregate;
pub mod chunk;
pub mod client;
mod command;
mod data;
mod enhanced;
mod error;
mod handshake;
pub mod io;
mod limits;
mod link;
mod own;
mod secret;
pub mod server;
mod target;

#[cfg(test)]
mod tests;

pub use error::{Deadline, Error};
pub use limits::Limits;
pub use secret::Secret;
pub use target::Target;
