//! stat and access: a camera is a character device with major 81, video4linux's own.

use std::ffi::{c_char, c_int, c_uint};

use libc::{stat64 as Status, statx as StatX};

use super::{answer, bytes};
use crate::device::Errno;
use crate::real::Next;
use crate::registry;

type Stat = unsafe extern "C" fn(*const c_char, *mut Status) -> c_int;

// The types are those of stat.h and unistd.h; on 64-bit Linux stat and stat64 are the same.
static STAT: Next<Stat> = Next::new(c"stat64");
static LSTAT: Next<Stat> = Next::new(c"lstat64");
static FSTAT: Next<unsafe extern "C" fn(c_int, *mut Status) -> c_int> = Next::new(c"fstat64");
static STATX: Next<unsafe extern "C" fn(c_int, *const c_char, c_int, c_uint, *mut StatX) -> c_int> =
    Next::new(c"statx");
static ACCESS: Next<unsafe extern "C" fn(*const c_char, c_int) -> c_int> = Next::new(c"access");

/// The number of the camera at a path, ENOENT for a real one, nothing for any other path.
fn at(path: &[u8]) -> Option<Result<usize, Errno>> {
    Some(registry::camera(path)?.and_then(|camera| camera.number().ok_or(libc::ENOENT)))
}

/// The number of the camera that a descriptor is open on, even if it is gone by now.
fn of(fd: c_int) -> Option<usize> {
    registry::handle(fd).map(|handle| handle.camera.number().unwrap_or(handle.camera.index))
}

/// # Safety
/// `status` is writable.
unsafe fn describe(number: usize, status: *mut Status) {
    // SAFETY: by this function's contract; the structure is of numbers only.
    unsafe {
        status.write_bytes(0, 1);
        (*status).st_mode = libc::S_IFCHR | 0o660;
        (*status).st_nlink = 1;
        (*status).st_ino = 8100 + number as u64;
        (*status).st_rdev = libc::makedev(81, number as c_uint);
    }
}

/// # Safety
/// As for libc's stat.
unsafe fn status(path: *const c_char, status: *mut Status, real: Stat) -> c_int {
    // SAFETY: by this function's contract.
    unsafe {
        match at(bytes(path)) {
            Some(found) => answer(found.map(|number| {
                describe(number, status);
                0
            })),
            None => real(path, status),
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn stat(path: *const c_char, buffer: *mut Status) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { status(path, buffer, STAT.get()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn stat64(path: *const c_char, buffer: *mut Status) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { status(path, buffer, STAT.get()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn lstat(path: *const c_char, buffer: *mut Status) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { status(path, buffer, LSTAT.get()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn lstat64(path: *const c_char, buffer: *mut Status) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { status(path, buffer, LSTAT.get()) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fstat(fd: c_int, buffer: *mut Status) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe {
        match of(fd) {
            Some(number) => {
                describe(number, buffer);
                0
            }
            None => FSTAT.get()(fd, buffer),
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fstat64(fd: c_int, buffer: *mut Status) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { fstat(fd, buffer) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn statx(
    dir: c_int,
    path: *const c_char,
    flags: c_int,
    mask: c_uint,
    buffer: *mut StatX,
) -> c_int {
    // SAFETY: the caller's arguments; the structure is of numbers only.
    unsafe {
        let path_bytes = bytes(path);
        let by_descriptor = flags & libc::AT_EMPTY_PATH != 0 && path_bytes.is_empty();
        let found = if by_descriptor {
            of(dir).map(Ok)
        } else {
            at(path_bytes)
        };
        let Some(found) = found else {
            return STATX.get()(dir, path, flags, mask, buffer);
        };
        answer(found.map(|number| {
            buffer.write_bytes(0, 1);
            (*buffer).stx_mask = libc::STATX_BASIC_STATS;
            (*buffer).stx_mode = (libc::S_IFCHR | 0o660) as u16;
            (*buffer).stx_nlink = 1;
            (*buffer).stx_ino = 8100 + number as u64;
            (*buffer).stx_rdev_major = 81;
            (*buffer).stx_rdev_minor = number as u32;
            0
        }))
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn access(path: *const c_char, mode: c_int) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe {
        match at(bytes(path)) {
            Some(found) => answer(found.map(|_| 0)),
            None => ACCESS.get()(path, mode),
        }
    }
}
