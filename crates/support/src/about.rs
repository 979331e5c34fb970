//! The program and the computer.

use serde::{Deserialize, Serialize};

/// What made a bundle, and on what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// Version of the studio.
    pub version: String,
    /// When, as ISO 8601 in UTC.
    pub made: String,
    /// For how many seconds the studio had run.
    pub running_seconds: f64,
    /// The system, as in `Debian GNU/Linux 12 (bookworm)`.
    pub system: String,
    /// Its kernel's release.
    pub kernel: String,
    /// What the program was built for, as in `x86_64`.
    pub arch: String,
    /// The processor's name.
    pub processor: String,
    /// Its cores, as far as this program may use them.
    pub cores: usize,
    /// Its memory in MiB.
    pub memory_mib: u64,
    /// Why no show is open, as a code; absent where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}
