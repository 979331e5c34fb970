//! Descriptor 3, on which a worker and the server talk.
#![allow(unsafe_code)] // Handing a descriptor to a child, and taking it up there, have no safe form in the standard library.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

/// Its number in the worker.
const NUMBER: i32 = 3;

/// Lets the child of `command` have `end` as its descriptor 3. The end stays open here until the command is dropped.
pub(super) fn give(command: &mut Command, end: UnixStream) {
    let hand_over = move || match end.as_raw_fd() {
        // SAFETY: fcntl takes numbers only; the descriptor stays open as long as `end` lives.
        NUMBER => told(unsafe { libc::fcntl(NUMBER, libc::F_SETFD, 0) }),
        // SAFETY: dup2 takes numbers only; in the child, which executes another program next, nothing uses 3.
        other => told(unsafe { libc::dup2(other, NUMBER) }),
    };
    // SAFETY: between fork and exec this makes one system call, allocates nothing and takes no lock.
    unsafe { command.pre_exec(hand_over) };
}

fn told(answer: i32) -> io::Result<()> {
    if answer < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// The worker's end, read and written as a file is; none when the process was started without one. To be called once,
/// before anything is opened.
pub(super) fn take() -> Option<File> {
    if !Path::new("/dev/fd/3").exists() {
        return None;
    }
    // SAFETY: the descriptor is open, and nothing of this process has it yet: it came with the process.
    let descriptor = unsafe { OwnedFd::from_raw_fd(NUMBER) };
    Some(File::from(descriptor))
}
