//! The process that each camera lives in: this binary, by a sub-command of its own.

use std::process::Command;
use std::sync::Arc;

use capture::camera::Launch;

/// The sub-command.
pub(crate) const COMMAND: &str = "camera-child";

/// Starts such a process.
pub(crate) fn launch() -> Launch {
    Arc::new(|| {
        // Where the system doesn't say which binary this is, its name will do.
        let binary = std::env::current_exe().unwrap_or_else(|_| "anchor-studio".into());
        let mut command = Command::new(binary);
        command.arg(COMMAND);
        command
    })
}
