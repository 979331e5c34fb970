//! Memory that a camera's child process fills with pictures and its parent reads, without a copy.
//!
//! A file without a name, mapped by both: a page with a word for each slot, then the slots. A word of 0 means
//! that the child may fill the slot; it sets 1, fills it and tells the parent, who gives the picture on and
//! sets 0 when the last one who holds it lets go. Each slot has room for the largest picture; what was never
//! touched takes no memory.
#![allow(unsafe_code)] // Mapping a file and reading what another process writes have no safe form.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use bytes::Bytes;
use rustix::fs::{MemfdFlags, SealFlags};
use rustix::mm::{MapFlags, ProtFlags};

/// Pictures at a time: four that wait for the tick, one that is filled, the others held by who draws them.
pub(super) const SLOTS: usize = 8;
/// Room for a picture of 4096 by 2304 pixels at two bytes each.
pub(super) const SLOT_LEN: usize = 4096 * 2304 * 2;
/// Where the slots begin; a multiple of every page size.
const HEADER: usize = 65_536;
const LEN: usize = HEADER + SLOTS * SLOT_LEN;

/// The mapped file.
struct Mapping {
    start: NonNull<u8>,
}

// SAFETY: the mapping is plain memory that stays where it is until it is dropped; who may touch which part of it
// is ruled by the slots' words.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    fn new(file: impl AsFd) -> io::Result<Self> {
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice, over no memory of ours.
        let start =
            unsafe { rustix::mm::mmap(std::ptr::null_mut(), LEN, protection, MapFlags::SHARED, file, 0) }?;
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { start })
    }

    /// The word of a slot; `slot` is below [`SLOTS`].
    fn word(&self, slot: usize) -> &AtomicU32 {
        debug_assert!(slot < SLOTS);
        // SAFETY: the word lies in the first page, on its own four bytes, and is only ever touched as an atomic
        // by both processes.
        unsafe { AtomicU32::from_ptr(self.start.as_ptr().cast::<u32>().add(slot)) }
    }

    /// Where a slot begins; `slot` is below [`SLOTS`].
    fn slot(&self, slot: usize) -> *mut u8 {
        debug_assert!(slot < SLOTS);
        // SAFETY: within the mapping.
        unsafe { self.start.as_ptr().add(HEADER + slot * SLOT_LEN) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: our own mapping, whose last owner is gone, and with it every slice of it.
        let _ = unsafe { rustix::mm::munmap(self.start.as_ptr().cast(), LEN) };
    }
}

/// The parent's side.
pub(super) struct Ring {
    mapping: Mapping,
    held: [AtomicBool; SLOTS],
}

impl Ring {
    /// New memory, and the file to give to the child.
    pub(super) fn new() -> io::Result<(Arc<Self>, OwnedFd)> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = rustix::fs::memfd_create("anchor-camera", flags)?;
        rustix::fs::ftruncate(&file, LEN as u64)?;
        // Nobody can cut it short under our feet.
        rustix::fs::fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        let ring = Self {
            mapping: Mapping::new(&file)?,
            held: Default::default(),
        };
        Ok((Arc::new(ring), file))
    }

    /// The picture of `len` bytes that the child says lies in `slot`; `None` when that can't be.
    pub(super) fn picture(self: &Arc<Self>, slot: usize, len: usize) -> Option<Bytes> {
        let held = self.held.get(slot)?;
        if len > SLOT_LEN || held.swap(true, Ordering::Acquire) {
            return None;
        }
        Some(Bytes::from_owner(Held {
            ring: self.clone(),
            slot,
            len,
        }))
    }
}

/// A slot in use; it is free again when this is dropped.
struct Held {
    ring: Arc<Ring>,
    slot: usize,
    len: usize,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: within the mapping, which lives as long as `ring`. The child doesn't write into a slot whose
        // word is 1; one that did all the same would spoil the picture, whose bytes mean nothing to us.
        unsafe { std::slice::from_raw_parts(self.ring.mapping.slot(self.slot), self.len) }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.ring.held[self.slot].store(false, Ordering::Release);
        self.ring.mapping.word(self.slot).store(0, Ordering::Release);
    }
}

/// The child's side.
pub(super) struct Slots {
    mapping: Mapping,
}

impl Slots {
    /// Maps the file that the parent gave.
    pub(super) fn open(file: impl AsFd) -> io::Result<Self> {
        if rustix::fs::fstat(&file)?.st_size != LEN as i64 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "no memory for pictures",
            ));
        }
        let mapping = Mapping::new(file)?;
        Ok(Self { mapping })
    }

    /// A free slot with room for `len` bytes, to be filled; `None` while the parent holds all.
    pub(super) fn take(&self, len: usize) -> Option<Filling<'_>> {
        let take = |slot: &usize| {
            let word = self.mapping.word(*slot);
            word.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed)
                .is_ok()
        };
        let slot = (len <= SLOT_LEN).then(|| (0..SLOTS).find(take)).flatten()?;
        Some(Filling {
            slots: self,
            slot,
            len,
            done: false,
        })
    }
}

/// A slot that is being filled; given back when it is dropped before it is done.
pub(super) struct Filling<'a> {
    slots: &'a Slots,
    slot: usize,
    len: usize,
    done: bool,
}

impl Filling<'_> {
    /// The bytes to fill; anything may be in them.
    pub(super) fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: within the mapping, which outlives this. The word is 1 by our own hand, so nobody else in this
        // process has the slot, and the parent reads it only once it is told.
        unsafe { std::slice::from_raw_parts_mut(self.slots.mapping.slot(self.slot), self.len) }
    }

    /// It is filled: its number, to tell the parent.
    pub(super) fn done(mut self) -> usize {
        self.done = true;
        self.slot
    }
}

impl Drop for Filling<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.slots.mapping.word(self.slot).store(0, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_goes_over_and_its_slot_comes_back() {
        let (ring, file) = Ring::new().unwrap();
        let slots = Slots::open(&file).unwrap();
        drop(file);
        let mut pictures = Vec::new();
        for n in 0..SLOTS {
            let mut filling = slots.take(1_000).unwrap();
            filling.bytes().fill(n as u8);
            pictures.push(ring.picture(filling.done(), 1_000).unwrap());
        }
        assert!(slots.take(1).is_none());
        let kept = pictures[3].clone();
        pictures.clear();
        assert!(kept.iter().all(|b| *b == 3));
        // All are free but the one that is held.
        let taken: Vec<usize> = std::iter::from_fn(|| Some(slots.take(1)?.done())).collect();
        assert_eq!(taken, [0, 1, 2, 4, 5, 6, 7]);
        drop(ring);
        assert!(kept.iter().all(|b| *b == 3));
    }

    #[test]
    fn a_child_that_lies_gets_nothing() {
        let (ring, file) = Ring::new().unwrap();
        let slots = Slots::open(&file).unwrap();
        assert!(ring.picture(SLOTS, 1).is_none() && ring.picture(0, SLOT_LEN + 1).is_none());
        let held = ring.picture(0, 1).unwrap();
        assert!(ring.picture(0, 1).is_none());
        drop(held);
        assert!(ring.picture(0, 1).is_some());
        assert!(slots.take(SLOT_LEN + 1).is_none());
        assert!(rustix::fs::ftruncate(&file, 0).is_err());
        let other = rustix::fs::memfd_create("short", MemfdFlags::CLOEXEC).unwrap();
        assert!(Slots::open(&other).is_err());
    }

    #[test]
    fn what_is_not_done_is_free_again() {
        let (_ring, file) = Ring::new().unwrap();
        let slots = Slots::open(&file).unwrap();
        drop(slots.take(1));
        assert_eq!(slots.take(1).map(Filling::done), Some(0));
    }
}
