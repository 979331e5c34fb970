//! How the computer copes with the show, what is the matter with it, and what is given up before a picture is lost.
//!
//! A [`Watch`] looks at the program's pictures several times a second and at what the system says once a second. It
//! answers three questions:
//!
//! - What is to be given up ([`Watch::shed`])? When a tenth of the pictures of half a second come so late that the next
//!   step would be to lose one, for 0.75 s, and the show is sent, something goes that viewers don't see: first the window's preview is
//!   slowed, then it all but stands, then filters are left out. Each step has 1.5 s to help before the next. What was
//!   given up comes back one step at a time, after 10 s without such a picture; where that was too early, after twice as
//!   long the next time, 5 min at most.
//! - Does it lose pictures all the same, and why ([`Watch::losing`])? More than one within a second; a single one is a
//!   hiccup that nobody sees.
//! - What is the matter ([`Watch::troubles`])? Also what costs no picture yet: see [`Trouble`].

mod log;
mod reading;
mod shedder;
mod signs;
mod strain;
mod trouble;
mod watch;

pub use log::{Done, Entry, Log};
pub use reading::{Battery, Program, Reading};
pub use shedder::{Shed, Sheddable};
pub use strain::Frames;
pub use trouble::Trouble;
pub use watch::Watch;

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
mod tests;
