//! Cameras that aren't there: the preload library before a program.

use std::io;

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
