//! Listing /dev: the cameras behind what is there, real ones left out.

use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int};
use std::sync::{Mutex, MutexGuard, PoisonError};

use libc::{DIR, dirent64};

use super::bytes;
use crate::real::Next;
use crate::registry;

// The types are those of dirent.h; on 64-bit Linux readdir and readdir64 are the same.
static OPENDIR: Next<unsafe extern "C" fn(*const c_char) -> *mut DIR> = Next::new(c"opendir");
static READDIR: Next<unsafe extern "C" fn(*mut DIR) -> *mut dirent64> = Next::new(c"readdir64");
static CLOSEDIR: Next<unsafe extern "C" fn(*mut DIR) -> c_int> = Next::new(c"closedir");

/// How far a listing of /dev has come with our entries, and the one last given out, which the program still reads.
struct Listing {
    given: usize,
    entry: Box<dirent64>,
}

/// By the address of the stream, which is never followed here.
static LISTINGS: Mutex<BTreeMap<usize, Listing>> = Mutex::new(BTreeMap::new());

fn listings() -> MutexGuard<'static, BTreeMap<usize, Listing>> {
    LISTINGS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn opendir(path: *const c_char) -> *mut DIR {
    // SAFETY: the caller's path, passed on.
    let (dir, path) = unsafe { (OPENDIR.get()(path), bytes(path)) };
    if !dir.is_null() && matches!(path, b"/dev" | b"/dev/") && registry::cameras().is_some() {
        // SAFETY: numbers and an array, all of which may be zero.
        let entry = Box::new(unsafe { std::mem::zeroed::<dirent64>() });
        listings().insert(dir as usize, Listing { given: 0, entry });
    }
    dir
}

#[unsafe(no_mangle)]
unsafe extern "C" fn readdir64(dir: *mut DIR) -> *mut dirent64 {
    loop {
        // SAFETY: the caller's stream.
        let entry = unsafe { READDIR.get()(dir) };
        let mut listings = listings();
        let Some(listing) = listings.get_mut(&(dir as usize)) else {
            return entry;
        };
        if entry.is_null() {
            return listing.next();
        }
        // SAFETY: the name of an entry ends in NUL.
        let name = unsafe { CStr::from_ptr((*entry).d_name.as_ptr()) };
        if registry::device_number(&[b"/dev/", name.to_bytes()].concat()).is_none() {
            return entry;
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn readdir(dir: *mut DIR) -> *mut dirent64 {
    // SAFETY: the same on 64-bit Linux.
    unsafe { readdir64(dir) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn closedir(dir: *mut DIR) -> c_int {
    listings().remove(&(dir as usize));
    // SAFETY: the caller's stream, passed on.
    unsafe { CLOSEDIR.get()(dir) }
}

impl Listing {
    fn next(&mut self) -> *mut dirent64 {
        let rest = registry::cameras().and_then(|cameras| cameras.get(self.given..));
        let mut plugged = rest.unwrap_or_default().iter().enumerate();
        let Some((skipped, number)) = plugged.find_map(|(place, camera)| Some((place, camera.number()?)))
        else {
            return std::ptr::null_mut();
        };
        self.given += skipped + 1;
        let name = format!("video{number}\0");
        self.entry.d_ino = 8100 + number as u64;
        self.entry.d_reclen = size_of::<dirent64>() as u16;
        self.entry.d_type = libc::DT_CHR;
        for (place, byte) in self.entry.d_name.iter_mut().zip(name.bytes()) {
            *place = byte as c_char;
        }
        &mut *self.entry
    }
}
