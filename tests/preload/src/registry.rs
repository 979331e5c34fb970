//! Which cameras there are, and which descriptors are open on them.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::clock;
use crate::device::{Camera, Errno, Handle};
use crate::spec;

/// Descriptors from here on aren't served, so that "is it ours?" is one look into a small table.
const MAX_FD: usize = 4096;

static CAMERAS: OnceLock<Option<Vec<Arc<Camera>>>> = OnceLock::new();
static HANDLES: Mutex<BTreeMap<RawFd, Arc<Handle>>> = Mutex::new(BTreeMap::new());
static OURS: [AtomicU64; MAX_FD / 64] = [const { AtomicU64::new(0) }; MAX_FD / 64];
static NEXT_ID: AtomicU64 = AtomicU64::new(0);

/// The cameras of `ANCHOR_CAMERAS`; none when it isn't set, and then nothing is touched.
pub(crate) fn cameras() -> Option<&'static [Arc<Camera>]> {
    CAMERAS.get_or_init(from_environment).as_deref()
}

fn from_environment() -> Option<Vec<Arc<Camera>>> {
    let text = std::env::var("ANCHOR_CAMERAS").ok()?;
    let specs = spec::parse(&text).unwrap_or_else(|reason| {
        eprintln!("preload-camera: ANCHOR_CAMERAS: {reason}");
        Vec::new()
    });
    let open = |(number, spec)| match Camera::new(number, spec) {
        Ok(camera) => Some(Arc::new(camera)),
        Err(error) => {
            eprintln!("preload-camera: camera {number} can't be shown: {error}");
            None
        }
    };
    Some(specs.into_iter().enumerate().filter_map(open).collect())
}

/// The N of "/dev/videoN".
pub(crate) fn device_number(path: &[u8]) -> Option<usize> {
    std::str::from_utf8(path.strip_prefix(b"/dev/video")?)
        .ok()?
        .parse()
        .ok()
}

/// The camera of a path, ENOENT for a /dev/videoN that isn't served; nothing for any other path.
pub(crate) fn camera(path: &[u8]) -> Option<Result<Arc<Camera>, Errno>> {
    let number = device_number(path)?;
    let found = cameras()?.iter().find(|camera| camera.number == number);
    Some(found.cloned().ok_or(libc::ENOENT))
}

/// Opens a camera; the answer is the program's descriptor.
pub(crate) fn open(camera: Arc<Camera>, flags: i32) -> Result<RawFd, Errno> {
    let errno = |error: io::Error| error.raw_os_error().unwrap_or(libc::EIO);
    let timer = clock::timer(flags).map_err(errno)?;
    let handle = Handle::new(
        camera,
        NEXT_ID.fetch_add(1, Ordering::Relaxed),
        timer.try_clone().map_err(errno)?,
    );
    add(timer, Arc::new(handle))
}

fn add(fd: OwnedFd, handle: Arc<Handle>) -> Result<RawFd, Errno> {
    if fd.as_raw_fd() as usize >= MAX_FD {
        return Err(libc::EMFILE);
    }
    let fd = fd.into_raw_fd();
    handles().insert(fd, handle);
    OURS[fd as usize / 64].fetch_or(1 << (fd % 64), Ordering::Release);
    Ok(fd)
}

/// Notes that `copy` is a duplicate of `fd`, if that is a camera.
pub(crate) fn duplicated(fd: RawFd, copy: RawFd) {
    if let Some(handle) = handle(fd)
        && (0..MAX_FD as RawFd).contains(&copy)
    {
        handles().insert(copy, handle);
        OURS[copy as usize / 64].fetch_or(1 << (copy % 64), Ordering::Release);
    }
}

/// Forgets a descriptor that is about to be closed.
pub(crate) fn forget(fd: RawFd) {
    if is_ours(fd) {
        OURS[fd as usize / 64].fetch_and(!(1 << (fd % 64)), Ordering::Release);
        // Dropped after the lock: the last handle closes a descriptor of its own, which comes by here again.
        let handle = handles().remove(&fd);
        drop(handle);
    }
}

/// The handle behind a descriptor, if it is a camera.
pub(crate) fn handle(fd: RawFd) -> Option<Arc<Handle>> {
    if is_ours(fd) {
        handles().get(&fd).cloned()
    } else {
        None
    }
}

fn is_ours(fd: RawFd) -> bool {
    (0..MAX_FD as RawFd).contains(&fd) && OURS[fd as usize / 64].load(Ordering::Acquire) >> (fd % 64) & 1 == 1
}

fn handles() -> MutexGuard<'static, BTreeMap<RawFd, Arc<Handle>>> {
    HANDLES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The text of a file in /sys that programs ask about one of the cameras: its name, and its device number's uevent.
pub(crate) fn sys_file(cameras: &[Arc<Camera>], path: &[u8]) -> Option<String> {
    let path = std::str::from_utf8(path).ok()?;
    let find = |number: &str| cameras.iter().find(|camera| number.parse() == Ok(camera.number));
    if let Some(rest) = path.strip_prefix("/sys/class/video4linux/video") {
        return Some(format!("{}\n", find(rest.strip_suffix("/name")?)?.spec.name));
    }
    let number = path.strip_prefix("/sys/dev/char/81:")?.strip_suffix("/uevent")?;
    Some(format!(
        "MAJOR=81\nMINOR={0}\nDEVNAME=video{0}\n",
        find(number)?.number
    ))
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
