//! Starting the process.

use std::ffi::OsStr;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};

use api::{Code, Fault};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};

use crate::worker::control::line;
use crate::worker::descriptor;
use crate::worker::job::Task;

/// Variables that a worker gets; others may hold keys.
const VARIABLES: [&str; 5] = ["PATH", "HOME", "LANG", "RUST_LOG", "XDG_CACHE_HOME"];
/// The beginning of GStreamer's own variables, which it gets as well.
const GSTREAMER: &str = "GST_";

/// A process with what leads into it and out of it.
pub(super) struct Process {
    pub(super) id: Option<u32>,
    pub(super) child: Child,
    pub(super) input: ChildStdin,
    pub(super) output: ChildStdout,
    pub(super) log: ChildStderr,
    pub(super) control: tokio::net::UnixStream,
}

pub(super) fn spawn(program: &Path, task: &Task) -> Result<Process, Fault> {
    started(program, task).map_err(|e| {
        let message = format!("A worker process can't be started: {e}.");
        Fault::new(Code::WorkerUnavailable, message)
    })
}

fn started(program: &Path, task: &Task) -> io::Result<Process> {
    let (control, other_end) = UnixStream::pair()?;
    let mut command = Command::new(program);
    command
        .arg("worker")
        .env_clear()
        .envs(std::env::vars_os().filter(|(name, _)| is_passed_on(name)))
        // GStreamer's small programs for pixels and samples as plain functions, not made into code at run time: that
        // needs memory that a worker doesn't get.
        .env("ORC_CODE", "backup")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // An empty socket takes a line at once, and keeps it until the process reads it.
    io::Write::write_all(&mut &control, &line(task)?)?;
    control.set_nonblocking(true)?;
    descriptor::give(&mut command, other_end);
    let mut command = tokio::process::Command::from(command);
    let mut child = command.kill_on_drop(true).spawn()?;
    let missing = || io::Error::other("a pipe is missing");
    Ok(Process {
        id: child.id(),
        input: child.stdin.take().ok_or_else(missing)?,
        output: child.stdout.take().ok_or_else(missing)?,
        log: child.stderr.take().ok_or_else(missing)?,
        child,
        control: tokio::net::UnixStream::from_std(control)?,
    })
}

fn is_passed_on(name: &OsStr) -> bool {
    name.to_str()
        .is_some_and(|name| VARIABLES.contains(&name) || name.starts_with(GSTREAMER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_variables_are_passed_on() {
        for name in ["PATH", "XDG_CACHE_HOME", "GST_PLUGIN_PATH"] {
            assert!(is_passed_on(OsStr::new(name)), "{name}");
        }
        for name in ["ANCHOR_KEY", "path", "LD_PRELOAD", ""] {
            assert!(!is_passed_on(OsStr::new(name)), "{name}");
        }
    }
}
