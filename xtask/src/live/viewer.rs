//! A viewer for this run: a browser without a window, so that the command itself can say when it saw something.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::children::terminate;
use crate::{http, places};

/// A browser that watches; it ends with this value.
pub(super) struct Viewer {
    child: Child,
    profile: PathBuf,
}

/// Opens the watch page.
pub(super) fn open(http: SocketAddr) -> Result<Viewer, String> {
    let profile = places::target().join("live/browser");
    let mut command = Command::new(places::program("chromium").unwrap_or_else(|| "chromium".into()));
    command.args([
        "--headless=new",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--mute-audio",
    ]);
    command.args([
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]);
    if crate::needs::is_root() {
        // Chromium's sandbox refuses to run as root.
        command.arg("--no-sandbox");
    }
    command.arg(format!("--user-data-dir={}", profile.display()));
    command
        .arg("--remote-debugging-port=0")
        .arg(format!("http://{http}/watch/demo"));
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let child = child.map_err(|e| format!("chromium can't be started: {e}"))?;
    Ok(Viewer { child, profile })
}

/// Whether a page has said that it drew its first picture.
pub(super) fn has_drawn(admin: SocketAddr) -> bool {
    let text = http::get(admin, "/metrics").unwrap_or_default();
    let counts = text
        .lines()
        .filter(|l| l.starts_with("anchor_viewer_first_frames_total"));
    counts
        .filter_map(|l| l.split_whitespace().last())
        .any(|n| n.parse::<f64>().is_ok_and(|n| n > 0.0))
}

impl Drop for Viewer {
    fn drop(&mut self) {
        terminate(&mut self.child);
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
