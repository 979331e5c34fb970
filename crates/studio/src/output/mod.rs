//! Destinations: each with a queue of its own, so that one that is slow or away costs the others nothing.
//!
//! ```text
//! queue ──> drive ──> line (RTMP: FLV tags; SRT: a transport stream; WHIP: RTP) ──> server
//!             └── route (where; tried every second while there is no line)
//! ```

mod destination;
mod drive;
mod line;
mod moving;
mod pulse;
mod queue;
mod route;
mod whip;

pub(crate) use destination::Destination;
pub(crate) use drive::drive;
pub use line::LineError;
pub(crate) use pulse::Wanted;
pub(crate) use queue::{Item, ItemKind, Queue, Stamped};
pub(crate) use route::Route;
pub use whip::WhipError;
