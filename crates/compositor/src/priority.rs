//! The priority of threads whose work can wait.

/// Gives the calling thread, and those that it starts later, way to all others (nice 10 on Linux).
#[cfg(target_os = "linux")]
pub(crate) fn lower() {
    // On Linux this is the calling thread's own, not the process's. Lower is always allowed; should it fail
    // nothing is lost but smoothness.
    let _ = rustix::process::setpriority_process(None, 10);
}

/// Nothing here yet: threads keep their priority.
#[cfg(not(target_os = "linux"))]
pub(crate) fn lower() {}
