//! The window: whether there can be one, its build beside a running show, and the browser.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::build;
use crate::places;

/// Whether this session has a display.
pub(super) fn display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// The window being built while a show runs. It is ended with this value.
pub(super) struct Build {
    child: Child,
    log: PathBuf,
}

impl Build {
    /// Begins; what cargo says goes to a log in `folder`.
    pub(super) fn begin(folder: &Path) -> Result<Self, String> {
        let log = folder.join("window-build.log");
        let failed = |e: std::io::Error| format!("the window can't be built: {e}");
        let out = File::create(&log).map_err(failed)?;
        let errors = out.try_clone().map_err(failed)?;
        let mut command = build::window_command();
        command.stdin(Stdio::null()).stdout(out).stderr(errors);
        // A group of its own, so that its compilers end with it. The show beside it comes first.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().map_err(failed)?;
        let _ = Command::new("renice")
            .args(["-n", "19", "-g", &child.id().to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        Ok(Self { child, log })
    }

    /// Whether it has ended: with a window, or with the sentence that says why not.
    pub(super) fn ended(&mut self) -> Option<Result<(), String>> {
        let status = self.child.try_wait().ok()??;
        Some(if status.success() {
            Ok(())
        } else {
            Err(format!(
                "The window could not be built; see {}. The show goes on without it.",
                self.log.display()
            ))
        })
    }
}

impl Drop for Build {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            #[cfg(unix)]
            let _ = Command::new("kill")
                .args(["-TERM", "--", &format!("-{}", self.child.id())])
                .status();
            #[cfg(not(unix))]
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Opens `url` in the browser that this person uses. The browser is theirs and stays.
pub(super) fn browse(url: &str) {
    let Some(open) = places::program("xdg-open") else {
        return;
    };
    let mut command = Command::new(open);
    command
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    // Without a browser the address that was printed serves.
    let _ = command.spawn();
}
