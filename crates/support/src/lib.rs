//! Support bundles: one file of plain text that says how a show was, is read before it leaves, and names nobody.
//!
//! ```text
//! anchor-support 1                     the format
//! ...                                  a report for people
//! === about ===                        the program and the computer, as JSON
//! === show ===                         how the show is, where one is open
//! === history ===                      how it was, where one was sent
//! === notes ===                        what the studio noted, an object on each line
//! ```
//!
//! What leaves passes two gates. [`names`](mod@names) puts `place 1` and `camera 2` in the place of names that somebody gave, and
//! takes away what can hold a secret. [`veil`](mod@veil) then lets a text pass only where its key is known to hold words of this
//! program, or facts of the computer, and it looks like one; whatever else there is, now or after the next change of
//! [`api`], is left out. Numbers and switches pass.
//!
//! No IO and no clock: whoever makes a bundle brings what is in it.

mod about;
mod address;
mod layout;
mod make;
mod names;
mod note;
mod read;
mod report;
#[cfg(test)]
mod sample;
mod veil;

pub use about::About;
pub use make::{Material, make};
pub use note::Note;
pub use read::{Opened, Unread, read};
pub use report::report;

/// The only format there is.
pub(crate) const FORMAT: u32 = 1;

/// With which a file begins; behind it stands its format.
const MAGIC: &str = "anchor-support ";

/// What stands for a text that is not said.
pub(crate) const LEFT_OUT: &str = "(left out)";
