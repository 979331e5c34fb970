//! ioctl and mmap on a camera, and `syscall`, by which v4l and libv4l2 reach both.

use std::ffi::{c_char, c_int, c_long, c_ulong, c_void};
use std::os::fd::{AsRawFd, RawFd};

use libc::{off_t, size_t};

use super::{answer, bytes, files};
use crate::device::{Errno, Handle};
use crate::ioctl::answer as answer_request;
use crate::real::Next;
use crate::registry;

type Control = unsafe extern "C" fn(c_int, c_ulong, ...) -> c_int;
type Map = unsafe extern "C" fn(*mut c_void, size_t, c_int, c_int, c_int, off_t) -> *mut c_void;
type Syscall = unsafe extern "C" fn(c_long, ...) -> c_long;

// The types are those of ioctl.h, mman.h and unistd.h.
static IOCTL: Next<Control> = Next::new(c"ioctl");
static MMAP: Next<Map> = Next::new(c"mmap");
static SYSCALL: Next<Syscall> = Next::new(c"syscall");

/// # Safety
/// As for the kernel's ioctl.
unsafe fn control(handle: &Handle, request: c_ulong, argument: *mut c_void) -> c_int {
    // The kernel reads 32 bits of the request; some callers pass it sign-extended.
    // SAFETY: by this function's contract.
    answer(unsafe { answer_request(handle, request as u32, argument) }.map(|()| 0))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn ioctl(fd: c_int, request: c_ulong, argument: *mut c_void) -> c_int {
    // SAFETY: the caller's pointer for the caller's request.
    unsafe {
        match registry::handle(fd) {
            Some(handle) => control(&handle, request, argument),
            None => IOCTL.get()(fd, request, argument),
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn mmap(
    place: *mut c_void,
    len: size_t,
    protection: c_int,
    flags: c_int,
    fd: c_int,
    offset: off_t,
) -> *mut c_void {
    let memory = match registry::handle(fd).map(|handle| handle.memory(offset as u64, len as u64)) {
        None => None,
        Some(Ok(memory)) => Some(memory),
        Some(Err(errno)) => {
            super::set_errno(errno);
            return libc::MAP_FAILED;
        }
    };
    let fd = memory.as_ref().map_or(fd, |memory| memory.as_raw_fd());
    // SAFETY: passed on as it came, to the camera's memory if it is one.
    unsafe { MMAP.get()(place, len, protection, flags, fd, offset) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn mmap64(
    place: *mut c_void,
    len: size_t,
    protection: c_int,
    flags: c_int,
    fd: c_int,
    offset: off_t,
) -> *mut c_void {
    // SAFETY: the same function on 64-bit Linux.
    unsafe { mmap(place, len, protection, flags, fd, offset) }
}

/// Serves the calls by number that reach a camera. std's own locks come by here, so everything else goes straight on.
#[unsafe(no_mangle)]
unsafe extern "C" fn syscall(
    number: c_long,
    a: c_long,
    b: c_long,
    c: c_long,
    d: c_long,
    e: c_long,
    f: c_long,
) -> c_long {
    // SAFETY: arguments are the caller's, of the types the number says.
    unsafe {
        match number {
            libc::SYS_ioctl => {
                if let Some(handle) = registry::handle(a as RawFd) {
                    return control(&handle, b as c_ulong, c as *mut c_void).into();
                }
            }
            libc::SYS_mmap if registry::handle(e as RawFd).is_some() => {
                return mmap(
                    a as *mut c_void,
                    b as size_t,
                    c as c_int,
                    d as c_int,
                    e as c_int,
                    f,
                ) as c_long;
            }
            libc::SYS_close => registry::forget(a as RawFd),
            libc::SYS_openat => {
                if let Some(result) = opened(b as *const c_char, c as c_int) {
                    return answer(result).into();
                }
            }
            _ => {}
        }
        SYSCALL.get()(number, a, b, c, d, e, f)
    }
}

/// # Safety
/// `path` is null or ends in NUL.
unsafe fn opened(path: *const c_char, flags: c_int) -> Option<Result<RawFd, Errno>> {
    // SAFETY: by this function's contract.
    files::open_ours(unsafe { bytes(path) }, flags)
}
