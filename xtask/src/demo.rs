//! `cargo xtask demo`: draws the bundled demo show anew.

use std::process::Command;

use crate::{needs, places};

/// Runs the drawing script; what it needs besides comes from apt.
pub(crate) fn run() -> Result<bool, String> {
    needs::packages(&["ffmpeg", "fonts-noto-cjk", "python3-cairo", "python3-numpy"])?;
    let script = places::root().join("assets/demo/draw.py");
    let status = Command::new("/usr/bin/python3").arg(&script).status();
    status
        .map(|s| s.success())
        .map_err(|e| format!("{} can't be run: {e}", script.display()))
}
