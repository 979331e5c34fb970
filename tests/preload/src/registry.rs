//! Which cameras there are, and which descriptors are open on them.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::control::Control;
use crate::device::{Camera, Errno, Handle};
use crate::{clock, spec, watch};

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
    let control = Arc::new(control()?);
    let open = |(index, spec)| match Camera::new(index, spec, control.clone()) {
        Ok(camera) => Some(Arc::new(camera)),
        Err(error) => {
            eprintln!("preload-camera: camera {index} can't be shown: {error}");
            None
        }
    };
    Some(specs.into_iter().enumerate().filter_map(open).collect())
}

/// The control file of `ANCHOR_CAMERAS_CONTROL`, or records of this process alone.
fn control() -> Option<Control> {
    let path = std::env::var_os("ANCHOR_CAMERAS_CONTROL");
    let shared = path.map(|path| Control::open(path.as_ref()));
    let shared = shared.transpose().unwrap_or_else(|error| {
        eprintln!("preload-camera: ANCHOR_CAMERAS_CONTROL: {error}");
        None
    });
    shared.or_else(|| Control::private().ok())
}

/// The N of "/dev/videoN".
pub(crate) fn device_number(path: &[u8]) -> Option<usize> {
    std::str::from_utf8(path.strip_prefix(b"/dev/video")?)
        .ok()?
        .parse()
        .ok()
}

/// The camera that is plugged in under a number; the first, should several be.
fn numbered(cameras: &[Arc<Camera>], number: usize) -> Option<&Arc<Camera>> {
    cameras.iter().find(|camera| camera.number() == Some(number))
}

/// The camera of a path, ENOENT for a /dev/videoN that isn't served; nothing for any other path.
pub(crate) fn camera(path: &[u8]) -> Option<Result<Arc<Camera>, Errno>> {
    let number = device_number(path)?;
    Some(numbered(cameras()?, number).cloned().ok_or(libc::ENOENT))
}

/// Opens a camera; the answer is the program's descriptor.
pub(crate) fn open(camera: Arc<Camera>, flags: i32) -> Result<RawFd, Errno> {
    let errno = |error: io::Error| error.raw_os_error().unwrap_or(libc::EIO);
    let timer = clock::timer(flags).map_err(errno)?;
    if camera.control.is_shared() {
        watch::start(&camera.control);
    }
    camera.record().opens.fetch_add(1, Ordering::SeqCst);
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

/// Lets every open camera look at its record anew.
pub(crate) fn refresh() {
    let all: Vec<_> = handles().values().cloned().collect();
    all.iter().for_each(|handle| handle.refresh());
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

/// The text of a file in /sys that programs ask about one of the cameras: its name, its place among the nodes of the
/// device, its serial number if it has one, and its device number's uevent.
pub(crate) fn sys_file(cameras: &[Arc<Camera>], path: &[u8]) -> Option<String> {
    let path = std::str::from_utf8(path).ok()?;
    let find = |number: &str| numbered(cameras, number.parse().ok()?);
    if let Some(rest) = path.strip_prefix("/sys/class/video4linux/video") {
        let (number, file) = rest.split_once('/')?;
        let camera = find(number)?;
        return match file {
            "name" => Some(format!("{}\n", camera.spec.name)),
            "index" => Some("0\n".into()),
            "device/../serial" => Some(format!("{}\n", camera.spec.serial.as_ref()?)),
            _ => None,
        };
    }
    let number = path.strip_prefix("/sys/dev/char/81:")?.strip_suffix("/uevent")?;
    Some(format!(
        "MAJOR=81\nMINOR={0}\nDEVNAME=video{0}\n",
        find(number)?.number()?
    ))
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
