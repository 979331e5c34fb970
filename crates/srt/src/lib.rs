//! SRT caller and listener on libsrt, for tokio. The only home of libsrt in this program.
//!
//! [`Socket::connect`] calls, [`Listener`] answers many callers on one UDP port; both give a [`Socket`] that
//! sends and receives messages in live mode. No call blocks: one thread waits in libsrt's own epoll and wakes
//! tasks. Stream ids and passphrases are in no log, error or `Debug`.
//!
//! Sources: "The SRT Protocol" (draft-sharabayko-srt-01), libsrt's API documents of version 1.5, and its "SRT
//! Access Control (Stream ID) Guidelines".

mod admission;
mod error;
mod greet;
mod handle;
mod library;
mod listener;
mod options;
mod passphrase;
mod raw;
mod reactor;
mod socket;
mod stats;
pub mod stream_id;
mod sys;
mod target;

pub use admission::{Accept, Reject, Request};
pub use error::{Encryption, Error};
pub use greet::greet;
pub use listener::Listener;
pub use options::{Bandwidth, KeyLength, MAX_PAYLOAD, Options};
pub use passphrase::Passphrase;
pub use socket::Socket;
pub use stats::{Stats, Unsent};
pub use stream_id::StreamId;

pub use target::{MAX_STREAM_ID, Target};
