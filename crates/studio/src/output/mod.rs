//! Destinations: each with a queue of its own, so that one that is slow or away costs the others nothing.
//!
//! ```text
//! queue ──> drive ──> line (RTMP: FLV tags; SRT: a transport stream; WHIP: RTP) ──> server
//!   │         ├── connect (tried every second while there is no line, or it is silent)
//!   │         └── beside (the line is asked how it is: pulse)
//!   └── encoder (less where the line carries less)
//! ```

mod beside;
mod budgets;
pub(crate) mod companion;
mod connect;
mod destination;
mod drive;
pub(crate) mod farewell;
mod line;
mod moving;
pub(crate) mod onward;
mod passed;
mod pulse;
mod queue;
mod received;
mod recipient;
mod route;
mod vitals;
mod whip;

pub(crate) use budgets::Budgets;
pub(crate) use destination::{Destination, Shared};
pub(crate) use drive::drive;
pub use line::LineError;
pub(crate) use onward::Onward;
pub use onward::OnwardError;
pub(crate) use passed::Passed;
pub(crate) use pulse::Wanted;
pub(crate) use queue::{Item, ItemKind, Queue, Stamped};
pub(crate) use received::ask;
pub(crate) use recipient::Recipient;
pub(crate) use route::{Route, fetch, is_companion};
pub use whip::WhipError;
