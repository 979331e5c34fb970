//! The sessions on tokio's sockets.
//!
//! [`Connection`] is one publisher or player at our server, [`Publisher`] our own way to a server, [`Player`] plays
//! from one. Every call can be dropped half-way and called again: bytes half sent go on with the next call.

mod connection;
mod greet;
mod player;
mod publisher;
mod socket;
mod stream;
mod tls;
mod wire;

#[cfg(test)]
mod tests;

pub use connection::Connection;
pub use greet::greet;
pub use player::Player;
pub use publisher::{Offer, Publisher};
pub use socket::SocketStats;
