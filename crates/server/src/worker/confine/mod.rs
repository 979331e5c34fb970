//! What a worker process gives up before it reads a stranger's media.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(target_os = "linux")]
mod syscalls;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use other as system;

/// What holds besides the filter of system calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confined {
    /// Whether the kernel has Landlock and enforces it.
    pub landlock: bool,
}

/// Why a process can't be confined.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the kernel doesn't confine the worker ({0})")]
pub struct Error(String);

/// The process ends with the one that started it, leaves no core behind, can't be looked into by others of its user, and
/// lets all else go before it (nice 5). What the system doesn't allow stays as it is.
pub fn begin() {
    system::begin();
}

/// From here on the process opens nothing: no file, no socket, no further process; its memory is bounded and none of it
/// becomes code. Threads may still be started. To be called by the first thread, once all that must be loaded is.
///
/// # Errors
/// When the kernel refuses a limit or the filter of system calls. Landlock is asked for as well, but not required.
pub fn close() -> Result<Confined, Error> {
    system::close()
}
