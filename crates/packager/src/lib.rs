//! Timeline, parts, segments and playlists: state machines on packets, no HTTP, no clock.
//!
//! A publisher's tags go through a [`Timeline`], which makes their times exact, into a [`Packager`], which
//! cuts them into CMAF chunks and answers with playlists and bytes:
//!
//! 1. a session begins: [`Timeline::begin_session`] and [`Packager::set_tracks`];
//! 2. each tag: [`Timeline::video`] or [`Timeline::audio`]; [`Packager::end_session`] where the stamps jumped;
//!    [`Packager::push`], with the time of day where it is known; when that says so, waiting requests are
//!    decided again;
//! 3. parameters change: both get the new tracks;
//! 4. the connection is lost: [`Packager::end_session`]; the next session goes on at 1;
//! 5. the show is ended: [`Packager::end`].
//!
//! A chunk is the same object as LL-HLS part and as LL-DASH chunk; a segment is its parts one after another, in HLS
//! and in DASH, at one address. Samples are copied once, into their chunk. What is kept is bounded by the window or
//! the rewind's time and bytes, three target durations behind it, and the limit of bytes a segment.

mod blocking;
mod clock;
mod config;
mod dash;
mod packager;
mod playlist;
mod segment;
mod session;
pub mod timeline;
mod track;
mod ts;
mod window;

pub use blocking::{Decision, Edge, decide};
pub use config::Config;
pub use packager::{Packager, PartAnswer, Rendition, SegmentAnswer};
pub use playlist::Skip;
pub use timeline::{Placed, Stamp, Timeline};
pub use ts::{MuxError, Unmuxed};
pub use window::Extent;

#[cfg(test)]
mod tests;
