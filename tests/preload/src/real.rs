//! The functions of libc behind the ones exported here, found once by dlsym(RTLD_NEXT).
#![allow(unsafe_code)] // dlsym has no safe form.

use std::ffi::{CStr, c_void};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A function of type `F` in the libraries behind this one.
pub(crate) struct Next<F> {
    name: &'static CStr,
    found: AtomicPtr<c_void>,
    kind: PhantomData<F>,
}

impl<F: Copy> Next<F> {
    /// Names the function.
    pub(crate) const fn new(name: &'static CStr) -> Self {
        Self {
            name,
            found: AtomicPtr::new(std::ptr::null_mut()),
            kind: PhantomData,
        }
    }

    /// The function. Without locks or memory of our own, as it is needed inside both. Ends the process if libc has none.
    ///
    /// # Safety
    /// `F` is the function's pointer type in libc's headers.
    pub(crate) unsafe fn get(&self) -> F {
        const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
        let mut function = self.found.load(Ordering::Relaxed);
        if function.is_null() {
            // SAFETY: the name ends in NUL.
            function = unsafe { libc::dlsym(libc::RTLD_NEXT, self.name.as_ptr()) };
            if function.is_null() {
                std::process::abort();
            }
            self.found.store(function, Ordering::Relaxed);
        }
        // SAFETY: `F` is this function's pointer type by this function's contract, and as large as a pointer.
        unsafe { std::mem::transmute_copy(&function) }
    }
}
