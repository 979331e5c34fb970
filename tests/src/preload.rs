//! Cameras that aren't there: the preload library before a program.

use std::io;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::binary::{self, Program};

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

/// Two seconds of one of the demo show's loops (`host`, `table`) as a raw file for a camera: YUYV at 640x360,
/// 30 frames a second. Unpacked once by ffmpeg, then kept in the build directory.
///
/// # Errors
/// [`io::ErrorKind::NotFound`] without ffmpeg; or it refuses.
pub fn unpacked(name: &str) -> io::Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = std::env::current_exe()?.with_file_name("demo-cameras");
    let file = folder.join(format!("{name}.yuyv"));
    if file.exists() {
        return Ok(file);
    }
    std::fs::create_dir_all(&folder)?;
    // Another test may unpack at the same time: whole files only take the name.
    let draft = folder.join(format!("{name}.{}", std::process::id()));
    let ffmpeg = crate::program("ANCHOR_FFMPEG", &["ffmpeg"]).ok_or(io::ErrorKind::NotFound)?;
    let status = std::process::Command::new(ffmpeg)
        .args(["-v", "error", "-y", "-t", "2", "-i"])
        .arg(root.join(format!("assets/demo/{name}.mp4")))
        .args(["-vf", "scale=640:360", "-pix_fmt", "yuyv422", "-f", "rawvideo"])
        .arg(&draft)
        .status()?;
    if !status.success() {
        return Err(io::Error::other(format!("ffmpeg can't unpack {name}: {status}")));
    }
    std::fs::rename(&draft, &file)?;
    Ok(file)
}
