//! The tick: one program frame at each multiple of the frame time, from its sources to its encoders.
//!
//! What is decided (which tick is due, which is late, what is repeated) is [`Pace`], without clock or GPU; the
//! thread around it waits and carries.

mod pace;
mod thread;

pub(crate) use thread::{Outcome, Program, Setup, source_stats, start};
