//! The library as a whole: started once, never ended, its log in ours.
#![expect(unsafe_code, reason = "the handler of the log is called by C")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use tracing::Level;

use crate::Error;
use crate::sys;

/// Starts the library once. It counts its starts and others in this process (GStreamer's plug-in) end what they
/// started, so ours is never ended: libsrt's own destructor does that at the process's exit.
pub(crate) fn start() -> Result<(), Error> {
    static STARTED: OnceLock<bool> = OnceLock::new();
    let started = STARTED.get_or_init(|| {
        let started = sys::srt_startup() != sys::SRT_ERROR;
        if started {
            forward_log();
            let version = sys::srt_getversion();
            let [_, major, minor, patch] = version.to_be_bytes();
            tracing::debug!(
                version = format_args!("{major}.{minor}.{patch}"),
                "libsrt started"
            );
        }
        started
    });
    started
        .then_some(())
        .ok_or_else(|| Error::Io(std::io::Error::other("libsrt does not start")))
}

/// Sends libsrt's log to ours. What nobody listens to isn't even put together.
fn forward_log() {
    sys::srt_setlogflags(sys::SRT_LOGF_BARE);
    sys::srt_setloglevel(match () {
        () if tracing::enabled!(Level::TRACE) => sys::LOG_NOTICE,
        () if tracing::enabled!(Level::DEBUG) => sys::LOG_WARNING,
        () => sys::LOG_CRIT,
    });
    // SAFETY: the handler is a function of this program and has no state.
    unsafe { sys::srt_setloghandler(std::ptr::null_mut(), on_log) };
}

/// One line of libsrt's log. Peers can cause its errors and warnings at will, so they are no more than debug
/// here. Its release builds write no stream id and no passphrase.
unsafe extern "C" fn on_log(
    _opaque: *mut c_void,
    level: c_int,
    _file: *const c_char,
    _line: c_int,
    area: *const c_char,
    message: *const c_char,
) {
    // A panic must not go through C.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: libsrt gives null or a text that ends with zero and lives during the call.
        let [area, message] = [area, message].map(|text| unsafe { text_of(text) });
        let message = message.trim_start_matches(": ").trim_end();
        match level {
            sys::LOG_NOTICE.. => tracing::trace!(%area, "libsrt: {message}"),
            sys::LOG_ERR..sys::LOG_NOTICE => tracing::debug!(%area, "libsrt: {message}"),
            ..sys::LOG_ERR => tracing::warn!(%area, "libsrt: {message}"),
        }
    }));
}

/// # Safety
/// `text` is null or ends with zero, and lives as long as the result.
unsafe fn text_of<'a>(text: *const c_char) -> std::borrow::Cow<'a, str> {
    if text.is_null() {
        return "".into();
    }
    // SAFETY: as the caller says.
    unsafe { CStr::from_ptr(text) }.to_string_lossy()
}

/// Has `end` called when the process exits, before libsrt's own end: such functions run in the reverse of the
/// order in which they were entered, and libsrt entered its own when it was started.
pub(crate) fn at_exit(end: extern "C" fn()) {
    // SAFETY: a function of this program that takes nothing. Without room for it, the exit isn't as tidy.
    unsafe { libc::atexit(end) };
}
