//! The functions of libc that programs find here first.
//!
//! `open`, `openat`, `ioctl` and `syscall` are variadic in C, which stable Rust can't define. They are defined with fixed
//! arguments: in the calling conventions of x86_64 (System V) and aarch64 (AAPCS64) Linux a variadic call passes
//! integers and pointers in the same registers as a fixed one, and these functions take nothing else. What a caller left
//! out reads as whatever the register held, is an integer all the same, and is only passed on to the real function, which
//! doesn't look at it either. Other architectures are refused. Calls to the real ones go through variadic types, so that
//! a register the convention wants set (al on x86_64) is.
#![allow(unsafe_code)] // Exported C functions that take the caller's pointers.

#[cfg(not(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_pointer_width = "64"
)))]
compile_error!(
    "variadic functions are defined with fixed arguments only where the calling convention allows it"
);

mod control;
mod directory;
mod files;
mod poll;
mod status;

use std::ffi::{CStr, c_char, c_int};

use crate::device::Errno;

/// The bytes of a path; none for null.
///
/// # Safety
/// `path` is null or ends in NUL.
unsafe fn bytes<'a>(path: *const c_char) -> &'a [u8] {
    if path.is_null() {
        return b"";
    }
    // SAFETY: by this function's contract.
    unsafe { CStr::from_ptr(path) }.to_bytes()
}

/// As C functions answer: the value, or -1 and errno.
fn answer(result: Result<c_int, Errno>) -> c_int {
    result.unwrap_or_else(|errno| {
        set_errno(errno);
        -1
    })
}

fn set_errno(errno: Errno) {
    // SAFETY: the thread's own errno.
    unsafe { *libc::__errno_location() = errno };
}
