//! Opening, duplicating and closing: /dev/videoN becomes a camera, some files of /sys are made up.

use std::ffi::{c_char, c_int, c_uint};
use std::io::Write;
use std::os::fd::{IntoRawFd, RawFd};

use libc::{FILE, mode_t};

use super::{answer, bytes};
use crate::clock;
use crate::device::Errno;
use crate::real::Next;
use crate::registry;

type Open = unsafe extern "C" fn(*const c_char, c_int, ...) -> c_int;
type OpenAt = unsafe extern "C" fn(c_int, *const c_char, c_int, ...) -> c_int;
type OpenFile = unsafe extern "C" fn(*const c_char, *const c_char) -> *mut FILE;

// The types are those of fcntl.h, stdio.h and unistd.h.
static OPEN: Next<Open> = Next::new(c"open");
static OPENAT: Next<OpenAt> = Next::new(c"openat");
static FOPEN: Next<OpenFile> = Next::new(c"fopen");
static CLOSE: Next<unsafe extern "C" fn(c_int) -> c_int> = Next::new(c"close");
static DUP: Next<unsafe extern "C" fn(c_int) -> c_int> = Next::new(c"dup");

/// Opens what is ours; nothing for every other path.
pub(super) fn open_ours(path: &[u8], flags: c_int) -> Option<Result<RawFd, Errno>> {
    if !path.starts_with(b"/dev/video") && !path.starts_with(b"/sys/") {
        return None;
    }
    if let Some(camera) = registry::camera(path) {
        return Some(camera.and_then(|camera| registry::open(camera, flags)));
    }
    registry::sys_file(registry::cameras()?, path)
        .map(|text| made_up(&text).map_err(|error| error.raw_os_error().unwrap_or(libc::EIO)))
}

/// A descriptor from which the text can be read.
fn made_up(text: &str) -> std::io::Result<RawFd> {
    use std::io::Seek;
    let mut file = clock::memory(0)?;
    file.write_all(text.as_bytes())?;
    file.rewind()?;
    Ok(file.into_raw_fd())
}

#[unsafe(no_mangle)]
unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the caller's path; the rest goes on as it came.
    unsafe {
        match open_ours(bytes(path), flags) {
            Some(result) => answer(result),
            None => OPEN.get()(path, flags, mode as c_uint),
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: as for `open`, which is the same on 64-bit Linux.
    unsafe { open(path, flags, mode) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn openat(dir: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: as for `open`; only absolute paths are looked at, for which `dir` doesn't count.
    unsafe {
        match open_ours(bytes(path), flags) {
            Some(result) => answer(result),
            None => OPENAT.get()(dir, path, flags, mode as c_uint),
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn openat64(dir: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: as for `openat`.
    unsafe { openat(dir, path, flags, mode) }
}

/// What C calls `open` when compiled with _FORTIFY_SOURCE and without a mode.
#[unsafe(no_mangle)]
unsafe extern "C" fn __open_2(path: *const c_char, flags: c_int) -> c_int {
    // SAFETY: as for `open`.
    unsafe { open(path, flags, 0) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __open64_2(path: *const c_char, flags: c_int) -> c_int {
    // SAFETY: as for `open`.
    unsafe { open(path, flags, 0) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fopen(path: *const c_char, mode: *const c_char) -> *mut FILE {
    // SAFETY: the caller's strings; a descriptor of ours is handed over to the stream.
    unsafe {
        match open_ours(bytes(path), libc::O_CLOEXEC) {
            Some(Ok(fd)) => libc::fdopen(fd, mode),
            Some(Err(errno)) => {
                super::set_errno(errno);
                std::ptr::null_mut()
            }
            None => FOPEN.get()(path, mode),
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fopen64(path: *const c_char, mode: *const c_char) -> *mut FILE {
    // SAFETY: as for `fopen`.
    unsafe { fopen(path, mode) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn close(fd: c_int) -> c_int {
    registry::forget(fd);
    // SAFETY: passed on as it came.
    unsafe { CLOSE.get()(fd) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn dup(fd: c_int) -> c_int {
    // SAFETY: passed on as it came.
    let copy = unsafe { DUP.get()(fd) };
    registry::duplicated(fd, copy);
    copy
}
