//! Cameras that aren't there: the preload library before a program.

#[allow(dead_code)] // the library's half of it
#[path = "../preload/src/control.rs"]
mod control;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;

use tempfile::TempDir;
use tokio::process::Command;

use crate::binary::{self, Program};
use control::{Control, Record};

const LIBRARY: Program = Program {
    variable: "ANCHOR_PRELOAD_CAMERA",
    package: "preload-camera",
    target: "--lib",
    file: "libpreload_camera.so",
};

/// Lets `command` see the cameras that `cameras` describes, as in `name=Desk,size=640x360,fps=30;name=Door`.
///
/// # Errors
/// The library can't be built or found.
pub fn cameras(command: &mut Command, cameras: &str) -> io::Result<()> {
    command
        .env("LD_PRELOAD", binary::find(LIBRARY)?)
        .env("ANCHOR_CAMERAS", cameras);
    Ok(())
}

/// Cameras that can be unplugged, stalled and so on while programs use them.
pub struct Cameras {
    library: PathBuf,
    spec: String,
    folder: TempDir,
    control: Arc<Control>,
}

impl Cameras {
    /// The cameras that `spec` describes, as for [`cameras`]: all plugged in and well.
    ///
    /// # Errors
    /// The library can't be built or found, or the control file can't be made.
    pub fn new(spec: &str) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("anchor-cameras-").tempdir()?;
        Ok(Self {
            library: binary::find(LIBRARY)?,
            spec: spec.to_owned(),
            control: Arc::new(Control::open(&folder.path().join("control"))?),
            folder,
        })
    }

    /// Lets `command`, and whatever it starts, see the cameras.
    pub fn apply(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", &self.library)
            .env("ANCHOR_CAMERAS", &self.spec)
            .env("ANCHOR_CAMERAS_CONTROL", self.folder.path().join("control"));
    }

    /// The camera with this place in the list, below 64.
    ///
    /// # Panics
    /// There is no such place.
    pub fn camera(&self, index: usize) -> Camera {
        assert!(index < control::CAMERAS, "there are 64 cameras at most");
        Camera {
            control: self.control.clone(),
            index,
        }
    }
}

/// One of [`Cameras`]. What is changed holds from then on, in every process.
#[derive(Clone)]
pub struct Camera {
    control: Arc<Control>,
    index: usize,
}

impl Camera {
    fn record(&self) -> &Record {
        self.control.record(self.index)
    }

    fn set(&self, flag: impl Fn(&Record) -> &AtomicU32, on: bool) {
        flag(self.record()).store(on.into(), SeqCst);
        self.control.announce();
    }

    /// Pulls the plug: its node is gone, and what is open on it says ENODEV.
    pub fn unplug(&self) {
        self.control.unplug(self.index);
    }

    /// Plugs it in as /dev/video`number`, where no other camera is. What was open on it stays dead; a stall is over.
    pub fn plug(&self, number: u32) {
        self.control.plug(self.index, number);
    }

    /// Lets it hang: DQBUF blocks (or says EAGAIN) and poll says nothing, without an error.
    pub fn stall(&self) {
        self.control.stall(self.index);
    }

    /// Ends a stall; frames of that time are lost.
    pub fn resume(&self) {
        self.control.resume(self.index);
    }

    /// As if a program had it that these know nothing of: it opens, but can't be set (EBUSY). Who streams goes on.
    pub fn busy(&self, on: bool) {
        self.set(|record| &record.busy, on);
    }

    /// Its frames have half their bytes. Every second one is marked by the driver (V4L2_BUF_FLAG_ERROR).
    pub fn short(&self, on: bool) {
        self.set(|record| &record.short, on);
    }

    /// Its frames are rubbish, in turns: empty, a third or a byte of a raw one; empty, noise, cut off, noise between the
    /// marks of a picture, or a picture with another size in its header for MJPEG.
    pub fn broken(&self, on: bool) {
        self.set(|record| &record.broken, on);
    }

    /// Puts it in the dark: it exposes each frame for two intervals, and so delivers half as many.
    pub fn dark(&self, on: bool) {
        self.set(|record| &record.dark, on);
    }

    /// Frames that programs have taken so far.
    pub fn delivered(&self) -> u64 {
        self.record().delivered.load(SeqCst)
    }

    /// How often it was opened so far, to be asked what it can do too.
    pub fn opens(&self) -> u64 {
        self.record().opens.load(SeqCst).into()
    }
}

/// Writes a raw YUYV picture of one colour (Y, Cb, Cr) for a camera into the file `path` with the ending `.yuyv`.
///
/// # Errors
/// It can't be written.
pub fn flat(path: &Path, (width, height): (u32, u32), [y, cb, cr]: [u8; 3]) -> io::Result<PathBuf> {
    let path = path.with_extension("yuyv");
    std::fs::write(&path, [y, cb, y, cr].repeat((width * height / 2) as usize))?;
    Ok(path)
}

/// As [`flat`], as a JPEG picture (ending `.mjpeg`), by ffmpeg.
///
/// # Errors
/// [`io::ErrorKind::NotFound`] without ffmpeg; or it refuses.
pub fn flat_mjpeg(path: &Path, size: (u32, u32), color: [u8; 3]) -> io::Result<PathBuf> {
    let raw = flat(path, size, color)?;
    let path = path.with_extension("mjpeg");
    let ffmpeg = crate::program("ANCHOR_FFMPEG", &["ffmpeg"]).ok_or(io::ErrorKind::NotFound)?;
    let status = std::process::Command::new(ffmpeg)
        .args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuyv422", "-s"])
        .arg(format!("{}x{}", size.0, size.1))
        .arg("-i")
        .arg(raw)
        .args(["-pix_fmt", "yuvj420p", "-q:v", "3", "-f", "mjpeg"])
        .arg(&path)
        .status()?;
    match status.success() {
        true => Ok(path),
        false => Err(io::Error::other(format!("ffmpeg makes no JPEG: {status}"))),
    }
}

/// Two seconds of one of the demo show's loops (`host`, `table`) as a raw file for a camera: YUYV at 640x360,
/// 30 frames a second. Unpacked once by ffmpeg, then kept in the build directory.
///
/// # Errors
/// [`io::ErrorKind::NotFound`] without ffmpeg; or it refuses.
pub fn unpacked(name: &str) -> io::Result<PathBuf> {
    unpacked_at(name, (640, 360), "yuyv422")
}

/// As [`unpacked`], at another size and in another of ffmpeg's pixel formats (`yuyv422`, `nv12`).
///
/// # Errors
/// As [`unpacked`].
pub fn unpacked_at(name: &str, size: (u32, u32), pixel_format: &str) -> io::Result<PathBuf> {
    let arguments = ["-pix_fmt", pixel_format, "-f", "rawvideo"];
    unpack(name, size, pixel_format, &arguments)
}

/// As [`unpacked`], as JPEG pictures one behind the other, at another size.
///
/// # Errors
/// As [`unpacked`].
pub fn unpacked_mjpeg(name: &str, size: (u32, u32)) -> io::Result<PathBuf> {
    let arguments = ["-pix_fmt", "yuvj420p", "-q:v", "3", "-f", "mjpeg"];
    unpack(name, size, "mjpeg", &arguments)
}

fn unpack(name: &str, (width, height): (u32, u32), ending: &str, arguments: &[&str]) -> io::Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = std::env::current_exe()?.with_file_name("demo-cameras");
    let file = folder.join(format!("{name}-{width}x{height}.{ending}"));
    if file.exists() {
        return Ok(file);
    }
    std::fs::create_dir_all(&folder)?;
    // Another test may unpack at the same time: whole files only take the name.
    let draft = file.with_extension(format!("{ending}.{}", std::process::id()));
    let ffmpeg = crate::program("ANCHOR_FFMPEG", &["ffmpeg"]).ok_or(io::ErrorKind::NotFound)?;
    let status = std::process::Command::new(ffmpeg)
        .args(["-v", "error", "-y", "-t", "2", "-i"])
        .arg(root.join(format!("assets/demo/{name}.mp4")))
        .args(["-vf", &format!("scale={width}:{height}")])
        .args(arguments)
        .arg(&draft)
        .status()?;
    if !status.success() {
        return Err(io::Error::other(format!("ffmpeg can't unpack {name}: {status}")));
    }
    std::fs::rename(&draft, &file)?;
    Ok(file)
}
