//! The control file: what each camera does now, shared by every process that has the library before it.
//!
//! `ANCHOR_CAMERAS_CONTROL=/path` names it; it is made when missing. All zeros is the state in which every camera works,
//! so nobody has to be first. Whoever changes a record wakes the others by a futex in the file (futex(2)); who uses a
//! camera holds a lock on one byte of it (F_OFD_SETLK, fcntl(2)), which the kernel gives back when the process is gone,
//! as a driver gives back the camera. This file is compiled into the library and into the harness.
#![allow(unsafe_code)] // mmap, futex and locks on a range have no safe form in std.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};

/// Most cameras that there can be.
pub(crate) const CAMERAS: usize = 64;

/// What one camera does. Flags are 0 or 1.
#[repr(C, align(64))]
#[derive(Debug)]
pub(crate) struct Record {
    /// When it began to stall, in ns of CLOCK_MONOTONIC; 0 when it doesn't.
    pub(crate) stalled: AtomicU64,
    /// When it last came back from a stall, likewise.
    pub(crate) resumed: AtomicU64,
    /// Frames that programs have taken.
    pub(crate) delivered: AtomicU64,
    /// Not there.
    pub(crate) unplugged: AtomicU32,
    /// N of /dev/videoN plus one; 0 for its place in the list.
    pub(crate) number: AtomicU32,
    /// How often it was plugged in again: who opened it before has no camera any more.
    pub(crate) plugs: AtomicU32,
    /// Taken, as if by a program that doesn't know this file.
    pub(crate) busy: AtomicU32,
    /// Its frames are short.
    pub(crate) short: AtomicU32,
    /// Its frames are rubbish.
    pub(crate) broken: AtomicU32,
    /// It is in the dark: each frame is exposed for two intervals.
    pub(crate) dark: AtomicU32,
    /// How often it was opened.
    pub(crate) opens: AtomicU32,
    /// What its controls are set to, less their defaults, in the order of the table of controls.
    pub(crate) controls: [AtomicI32; 16],
}

#[repr(C)]
struct Shared {
    /// Grows with every change; the futex.
    changes: AtomicU32,
    records: [Record; CAMERAS],
}

/// The mapped file, or memory of this process alone.
#[derive(Debug)]
pub(crate) struct Control {
    shared: NonNull<Shared>,
    file: Option<File>,
}

// SAFETY: what is shared consists of atomics.
unsafe impl Send for Control {}
// SAFETY: as above.
unsafe impl Sync for Control {}

impl Control {
    /// Maps the file at `path`, making it if it isn't there.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut options = File::options();
        let file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        if file.metadata()?.len() < size_of::<Shared>() as u64 {
            file.set_len(size_of::<Shared>() as u64)?;
        }
        Self::map(Some(file))
    }

    /// Records that no other process sees.
    pub(crate) fn private() -> io::Result<Self> {
        Self::map(None)
    }

    fn map(file: Option<File>) -> io::Result<Self> {
        let (fd, kind) = match &file {
            Some(file) => (file.as_raw_fd(), libc::MAP_SHARED),
            None => (-1, libc::MAP_SHARED | libc::MAP_ANONYMOUS),
        };
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping of a file that is long enough, or of no file.
        let place = unsafe { libc::mmap(std::ptr::null_mut(), size_of::<Shared>(), protection, kind, fd, 0) };
        match NonNull::new(place.cast()) {
            Some(shared) if place != libc::MAP_FAILED => Ok(Self { shared, file }),
            _ => Err(io::Error::last_os_error()),
        }
    }

    fn shared(&self) -> &Shared {
        // SAFETY: mapped as long as `self` is there; any bytes are valid atomics.
        unsafe { self.shared.as_ref() }
    }

    /// Whether other processes see it.
    pub(crate) fn is_shared(&self) -> bool {
        self.file.is_some()
    }

    /// The record of a camera.
    pub(crate) fn record(&self, camera: usize) -> &Record {
        &self.shared().records[camera]
    }

    /// Grows with every change.
    pub(crate) fn changes(&self) -> u32 {
        self.shared().changes.load(Ordering::SeqCst)
    }

    /// Waits until `changes` is no longer what was `seen`, or for no reason.
    pub(crate) fn wait(&self, seen: u32) {
        let forever = std::ptr::null::<libc::timespec>();
        // SAFETY: the futex lies in mapped memory; no time limit.
        unsafe {
            libc::syscall(
                libc::SYS_futex,
                &raw const self.shared().changes,
                libc::FUTEX_WAIT,
                seen,
                forever,
            )
        };
    }

    /// Lets every process know that a record has changed.
    pub(crate) fn announce(&self) {
        let changes = &self.shared().changes;
        changes.fetch_add(1, Ordering::SeqCst);
        // SAFETY: the futex lies in mapped memory.
        unsafe {
            libc::syscall(
                libc::SYS_futex,
                &raw const *changes,
                libc::FUTEX_WAKE,
                libc::c_int::MAX,
            )
        };
    }

    /// Pulls the plug.
    pub(crate) fn unplug(&self, camera: usize) {
        self.record(camera).unplugged.store(1, Ordering::SeqCst);
        self.announce();
    }

    /// Plugs it in as /dev/video`number`: it starts afresh, so it stalls no longer.
    pub(crate) fn plug(&self, camera: usize, number: u32) {
        let record = self.record(camera);
        record.number.store(number + 1, Ordering::SeqCst);
        record.plugs.fetch_add(1, Ordering::SeqCst);
        record.stalled.store(0, Ordering::SeqCst);
        record.unplugged.store(0, Ordering::SeqCst);
        self.announce();
    }

    /// Lets it hang: no frame comes, and no error.
    pub(crate) fn stall(&self, camera: usize) {
        self.record(camera).stalled.store(now(), Ordering::SeqCst);
        self.announce();
    }

    /// Ends a stall. Frames of that time are lost.
    pub(crate) fn resume(&self, camera: usize) {
        let record = self.record(camera);
        record.resumed.store(now(), Ordering::SeqCst);
        record.stalled.store(0, Ordering::SeqCst);
        self.announce();
    }

    /// Takes the camera for this process; false while another has it.
    pub(crate) fn own(&self, camera: usize) -> bool {
        self.lock(libc::F_OFD_SETLK, libc::F_WRLCK, camera).is_some()
    }

    /// Gives the camera back, if this process has it.
    pub(crate) fn disown(&self, camera: usize) {
        self.lock(libc::F_OFD_SETLK, libc::F_UNLCK, camera);
    }

    /// Whether another process has the camera.
    pub(crate) fn is_anothers(&self, camera: usize) -> bool {
        self.lock(libc::F_OFD_GETLK, libc::F_WRLCK, camera) == Some(libc::F_WRLCK)
    }

    /// Asks for a lock on a camera's byte; answers what stands in the request afterwards, nothing if it is refused.
    fn lock(&self, command: libc::c_int, kind: libc::c_int, camera: usize) -> Option<libc::c_int> {
        let Some(file) = &self.file else {
            return Some(libc::F_UNLCK);
        };
        let mut lock = libc::flock {
            l_type: kind as libc::c_short,
            l_whence: libc::SEEK_SET as libc::c_short,
            l_start: camera as libc::off_t,
            l_len: 1,
            l_pid: 0,
        };
        // SAFETY: these commands take a flock, writable.
        let result = unsafe { libc::fcntl(file.as_raw_fd(), command, &raw mut lock) };
        (result == 0).then_some(libc::c_int::from(lock.l_type))
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // SAFETY: mapped by `map` with this length; no reference outlives `self`.
        unsafe { libc::munmap(self.shared.as_ptr().cast(), size_of::<Shared>()) };
    }
}

/// CLOCK_MONOTONIC in ns, which is the same in all processes.
pub(crate) fn now() -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the clock exists on every Linux and `time` is writable.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
