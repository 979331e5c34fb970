//! Linux.
#![allow(unsafe_code, reason = "system calls that the standard library doesn't offer")]

mod computer;
mod links;
mod machine;

use super::Usage;

pub(super) use computer::computer;
pub(super) use links::watch_links;
pub(super) use machine::{Machine, Uploads};

/// Niceness of the tick and mixer threads.
const RAISED: libc::c_int = -10;
/// Niceness of the preview's threads.
const LOWERED: libc::c_int = 10;

pub(super) fn raise_priority() {
    set_priority(RAISED);
}

pub(super) fn lower_priority() {
    set_priority(LOWERED);
}

fn set_priority(nice: libc::c_int) {
    // SAFETY: takes integers only; on Linux a `who` of 0 means the calling thread. A refusal (no privilege)
    // changes nothing and is no fault.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, nice) };
}

pub(super) fn usage() -> Usage {
    // SAFETY: an all-zero rusage is a valid value of that plain C struct.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: `usage` is a live rusage that the call fills.
    if unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) } != 0 {
        return Usage::default();
    }
    let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 / 1e6;
    // ru_maxrss is in KiB on Linux (getrusage(2)).
    let peak_memory = u64::try_from(usage.ru_maxrss).unwrap_or(0) * 1024;
    Usage {
        cpu_seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        peak_memory,
    }
}
