//! A thread's priority.
#![allow(unsafe_code)] // setpriority has no safe form in the standard library.

/// Lets all else go before the calling thread (nice 5); where the system can't do that for one thread, nothing changes.
pub(super) fn yield_to_others() {
    #[cfg(target_os = "linux")]
    // SAFETY: setpriority takes numbers only; 0 is the calling thread (setpriority(2), "C library/kernel differences").
    let answer = unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, 5) };
    #[cfg(target_os = "linux")]
    if answer != 0 {
        tracing::debug!(
            "the decoder's priority stays: {}",
            std::io::Error::last_os_error()
        );
    }
}
