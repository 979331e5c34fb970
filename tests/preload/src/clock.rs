//! The kernel's part: the monotonic clock, the timer that programs hold as the device, the memory of its buffers.
#![allow(unsafe_code)] // clock_gettime, timerfd and memfd have no safe form in std.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

pub(crate) use crate::control::now;
use crate::stream::Ready;

fn owned(fd: RawFd) -> io::Result<OwnedFd> {
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call before has just made `fd` for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// A descriptor that is readable from the moment [`arm`] sets; `open`'s O_NONBLOCK and O_CLOEXEC are heeded.
pub(crate) fn timer(open_flags: i32) -> io::Result<OwnedFd> {
    let mut flags = 0;
    if open_flags & libc::O_NONBLOCK != 0 {
        flags |= libc::TFD_NONBLOCK;
    }
    if open_flags & libc::O_CLOEXEC != 0 {
        flags |= libc::TFD_CLOEXEC;
    }
    // SAFETY: takes numbers only.
    owned(unsafe { libc::timerfd_create(libc::CLOCK_MONOTONIC, flags) })
}

/// Makes the timer readable when `ready` says; what it said before is forgotten.
pub(crate) fn arm(timer: &OwnedFd, ready: Ready) {
    let ns = match ready {
        Ready::Never => 0,
        Ready::Now => 1,
        Ready::At(ns) => ns.max(1),
    };
    let mut value: libc::itimerspec = libc::itimerspec {
        it_interval: libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        },
        it_value: libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        },
    };
    value.it_value.tv_sec = (ns / 1_000_000_000) as libc::time_t;
    value.it_value.tv_nsec = (ns % 1_000_000_000) as libc::c_long;
    // SAFETY: `timer` is a timerfd and `value` a valid time.
    unsafe {
        libc::timerfd_settime(
            timer.as_raw_fd(),
            libc::TFD_TIMER_ABSTIME,
            &value,
            std::ptr::null_mut(),
        )
    };
}

/// Waits until the timer is readable.
pub(crate) fn wait(timer: &OwnedFd) -> io::Result<()> {
    let mut poll = libc::pollfd {
        fd: timer.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one pollfd, writable.
    match unsafe { libc::poll(&mut poll, 1, -1) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Whether the timer is readable.
#[cfg(test)]
pub(crate) fn is_ready(timer: &OwnedFd) -> bool {
    let mut poll = libc::pollfd {
        fd: timer.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one pollfd, writable.
    unsafe { libc::poll(&mut poll, 1, 0) == 1 }
}

/// Whether the program wants to be told EAGAIN instead of waiting.
pub(crate) fn is_nonblocking(timer: &OwnedFd) -> bool {
    // SAFETY: F_GETFL takes nothing more.
    unsafe { libc::fcntl(timer.as_raw_fd(), libc::F_GETFL) & libc::O_NONBLOCK != 0 }
}

/// A file in memory of `len` zeros.
pub(crate) fn memory(len: u64) -> io::Result<File> {
    // SAFETY: the name ends in NUL.
    let file = File::from(owned(unsafe {
        libc::memfd_create(c"preload-camera".as_ptr(), libc::MFD_CLOEXEC)
    })?);
    file.set_len(len)?;
    Ok(file)
}
