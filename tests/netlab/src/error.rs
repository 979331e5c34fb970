//! What can go wrong with the lab.

use std::io;
use std::path::PathBuf;

/// Why there is no lab, or no such scenario.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system refuses to make a namespace or a device in it.
    #[error("{what} is refused here: {why}")]
    Refused {
        /// What was tried.
        what: &'static str,
        /// What the system or the program said.
        why: String,
    },
    /// A scenario can't be read.
    #[error("{}: {why}", path.display())]
    Scenario {
        /// Its file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Something else of the system.
    #[error(transparent)]
    Io(#[from] io::Error),
}
