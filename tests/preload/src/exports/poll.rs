//! poll: a camera's descriptor is a timer, which can neither hang up nor take back that it fired. select and epoll are
//! the kernel's own: to them an unplugged camera is readable.

use std::ffi::c_int;
use std::time::Duration;

use libc::{nfds_t, pollfd, sigset_t, size_t, timespec};

use crate::control::now;
use crate::real::Next;
use crate::registry;

type Poll = unsafe extern "C" fn(*mut pollfd, nfds_t, c_int) -> c_int;
type PausePoll = unsafe extern "C" fn(*mut pollfd, nfds_t, *const timespec, *const sigset_t) -> c_int;

// The types are those of poll.h.
static POLL: Next<Poll> = Next::new(c"poll");
static PPOLL: Next<PausePoll> = Next::new(c"ppoll");

/// Calls `real` until it says something that is so, with what is left of the time; none is for ever.
///
/// # Safety
/// `fds` points to `count` entries.
unsafe fn corrected(
    fds: *mut pollfd,
    count: nfds_t,
    limit: Option<Duration>,
    real: impl Fn(Option<Duration>) -> c_int,
) -> c_int {
    let start = now();
    loop {
        let gone = Duration::from_nanos(now() - start);
        let ready = real(limit.map(|limit| limit.saturating_sub(gone)));
        if ready <= 0 {
            return ready;
        }
        // SAFETY: by this function's contract.
        let entries = unsafe { std::slice::from_raw_parts_mut(fds, count as usize) };
        for entry in entries.iter_mut().filter(|entry| entry.revents != 0) {
            if let Some(handle) = registry::handle(entry.fd) {
                entry.revents = handle.poll_events(entry.revents);
            }
        }
        let ready = entries.iter().filter(|entry| entry.revents != 0).count();
        if ready > 0 || limit == Some(Duration::ZERO) {
            return ready as c_int;
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn poll(fds: *mut pollfd, count: nfds_t, timeout: c_int) -> c_int {
    let limit = u64::try_from(timeout).ok().map(Duration::from_millis);
    // SAFETY: the caller's arguments; what is left of a time that fitted fits.
    unsafe {
        corrected(fds, count, limit, |left| {
            // Rounded up, so as not to come back early.
            let left = left.map_or(-1, |left| left.as_nanos().div_ceil(1_000_000) as c_int);
            POLL.get()(fds, count, left)
        })
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ppoll(
    fds: *mut pollfd,
    count: nfds_t,
    timeout: *const timespec,
    signals: *const sigset_t,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe {
        // What isn't a time the real one refuses.
        let valid = |time: &&timespec| time.tv_sec >= 0 && (0..1_000_000_000).contains(&time.tv_nsec);
        let Some(time) = timeout.as_ref() else {
            return corrected(fds, count, None, |_| PPOLL.get()(fds, count, timeout, signals));
        };
        let Some(time) = Some(time).filter(valid) else {
            return PPOLL.get()(fds, count, timeout, signals);
        };
        let limit = Duration::new(time.tv_sec as u64, time.tv_nsec as u32);
        corrected(fds, count, Some(limit), |left| {
            let left = left.unwrap_or_default();
            let left = timespec {
                tv_sec: left.as_secs() as i64,
                tv_nsec: left.subsec_nanos().into(),
            };
            PPOLL.get()(fds, count, &raw const left, signals)
        })
    }
}

/// What C calls `poll` when compiled with _FORTIFY_SOURCE.
#[unsafe(no_mangle)]
unsafe extern "C" fn __poll_chk(fds: *mut pollfd, count: nfds_t, timeout: c_int, _len: size_t) -> c_int {
    // SAFETY: as for `poll`.
    unsafe { poll(fds, count, timeout) }
}

/// What C calls `ppoll` likewise.
#[unsafe(no_mangle)]
unsafe extern "C" fn __ppoll_chk(
    fds: *mut pollfd,
    count: nfds_t,
    timeout: *const timespec,
    signals: *const sigset_t,
    _len: size_t,
) -> c_int {
    // SAFETY: as for `ppoll`.
    unsafe { ppoll(fds, count, timeout, signals) }
}
