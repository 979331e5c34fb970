//! The process that each camera lives in: this binary, by a sub-command of its own.

use std::process::{Command, ExitCode};
use std::sync::Arc;

use capture::camera::Launch;

/// The sub-command.
const COMMAND: &str = "camera-child";

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

/// Where this process was started as a camera's: reads the device, hands the pictures to the studio that started
/// it, and says how it ended. To be asked first in `main` of every binary that runs shows: cameras live in
/// processes of the same binary.
pub fn camera_child() -> Option<ExitCode> {
    let asked = std::env::args_os().nth(1).is_some_and(|word| word == COMMAND);
    asked.then(|| capture::camera::serve(&pipeline::device::Devices))
}
