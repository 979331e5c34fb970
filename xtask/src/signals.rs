//! Ctrl-C, the request to terminate and the end of the terminal, as a flag: so that what was started is also ended.
#![allow(unsafe_code, reason = "signal(2), without a library in a crate that has none")]

use std::sync::atomic::{AtomicBool, Ordering};

static ENDED: AtomicBool = AtomicBool::new(false);

/// From here on Ctrl-C, SIGTERM and a closed terminal only raise the flag.
#[cfg(unix)]
pub(crate) fn catch() {
    unsafe extern "C" {
        fn signal(number: i32, handler: usize) -> usize;
    }
    extern "C" fn note(_: i32) {
        ENDED.store(true, Ordering::Release);
    }
    let handler = note as extern "C" fn(i32) as usize;
    for number in [1, 2, 15] {
        // SAFETY: `signal` is the C library's, which std links; `note` is an `extern "C"` function of the
        // signature it wants, and only stores an atomic, which is allowed in a handler.
        unsafe { signal(number, handler) };
    }
}

/// Elsewhere Ctrl-C ends this program and, with it, the console's others.
#[cfg(not(unix))]
pub(crate) fn catch() {}

/// Whether the person wants to end.
pub(crate) fn ended() -> bool {
    ENDED.load(Ordering::Acquire)
}
