//! What each system does in its own way: thread priorities, what the process has used, changes of the network, how the
//! computer is.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as system;

#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
use other as system;

use std::path::Path;
use std::time::Instant;

use tokio::sync::watch;
use uplink::machine::Reading;

/// What this process has used so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// CPU seconds, user and system.
    pub(crate) cpu_seconds: f64,
    /// The most memory held, in bytes.
    pub(crate) peak_memory: u64,
}

/// Raises the calling thread above others, where that is allowed; else nothing changes.
pub(crate) fn raise_priority() {
    system::raise_priority();
}

/// Gives the calling thread, and those that it starts later, way to all others.
pub(crate) fn lower_priority() {
    system::lower_priority();
}

/// What this process has used so far; zeros where the system doesn't say.
pub(crate) fn usage() -> Usage {
    system::usage()
}

/// Tells `changed` each time that this machine's links, addresses or routes change. Within a runtime; can be dropped.
///
/// # Errors
/// Where the system can't tell.
pub(crate) async fn watch_links(changed: &watch::Sender<()>) -> std::io::Result<()> {
    system::watch_links(changed).await
}

/// What this computer is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Computer {
    /// Its system's name and version.
    pub(crate) system: String,
    /// Its kernel's release.
    pub(crate) kernel: String,
    /// Its processor's name.
    pub(crate) processor: String,
    pub(crate) memory_mib: u64,
    /// Words that would tell whose it is: users, names, folders.
    pub(crate) private: Vec<String>,
}

/// What this computer is, as far as the system says.
pub(crate) fn computer() -> Computer {
    system::computer()
}

/// Reads how this computer is; each reading is compared with the one before.
pub(crate) struct Machine(system::Machine);

impl Machine {
    /// The computer this program runs on.
    pub(crate) fn new() -> Self {
        Self(system::Machine::new())
    }

    /// How it is at `now`; `folder` is where shows are kept. Takes some milliseconds, and may wait for a slow device.
    pub(crate) fn read(&mut self, now: Instant, folder: Option<&Path>) -> Reading {
        self.0.read(now, folder)
    }
}

/// Reads what other programs send to other computers.
pub(crate) struct Uploads(system::Uploads);

impl Uploads {
    /// Of the computer this program runs on.
    pub(crate) fn new() -> Self {
        Self(system::Uploads::new())
    }

    /// What they have sent in the second before `now`, in kbit/s, where that is known; `sent` are the bytes that this
    /// program has sent to other computers since it began. Never waits.
    pub(crate) fn read(&mut self, now: Instant, sent: u64) -> Option<u32> {
        self.0.read(now, sent)
    }
}
