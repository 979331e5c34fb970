//! How the places of a show are, what is the matter with them, and when that is worth a word.
//!
//! A [`Watch`] looks at one place, several times a second, and answers where it stands on two axes: how good the picture
//! is that goes there, and whether the line can carry it. Behind them it finds a [`Cause`], with advice in plain words,
//! and keeps a [`Log`] of what was done about it. [`Warnings`] decides which causes of which places are said, and when.
//!
//! What is said is true and stays for a while:
//!
//! | what is found | counts | is over when it has not been so for |
//! | --- | --- | --- |
//! | a deep cut: some of the show passes, but less than 70 % of what is wanted | at once | 5 s |
//! | anything else | after 2 s: by then the studio would have healed it | 5 s |
//! | anything milder than that nothing arrives, less than 5 min after something was over | likewise | a minute |
//! | that nothing arrives, on a line found unsteady | after 10 s: blackouts are a part of that | 5 s |
//!
//! So what is said of a jittery line changes at most once a minute, unless it gets worse. That nothing arrives is a
//! fact, not a diagnosis, and is never drawn out.

mod cause;
mod log;
mod losses;
mod seen;
mod shortage;
mod signs;
mod standing;
mod swings;
mod warnings;
mod watch;

pub use cause::{Cause, Severity, Side};
pub use log::{Done, Entry, Log};
pub use losses::Losses;
pub use seen::{Connection, Seen, Why};
pub use standing::{Standing, Strength};
pub use warnings::{Said, Warnings};
pub use watch::{Diagnosis, Watch};

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
mod tests;
