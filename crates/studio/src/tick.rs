//! The tick: one program frame at each multiple of the frame time, from its sources to its encoders.
//!
//! What is decided (which tick is due, which is late, what is repeated: [`pace`]; what stands in for a lost source:
//! [`cast`]; what is on air: [`crate::scene::Switch`]) knows no clock and no GPU; [`ticker`] waits and carries.

mod cast;
mod counts;
mod cover;
mod graphics;
mod order;
mod pace;
mod thread;
mod ticker;

pub(crate) use cast::{Backup, Lamp, Member, Watch};
pub(crate) use counts::FrameCounts;
pub(crate) use order::{Answer, News, Order, Teller, WAITING};
pub(crate) use thread::{Outcome, Program, source_stats, start};
pub(crate) use ticker::Setup;
