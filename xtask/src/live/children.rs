//! The programs of a show, and their orderly end.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::addresses::Addresses;
use super::build::Programs;
use super::fixtures::Fixtures;
use crate::places;

/// The studio without a window, and the window: what they are called here and in the names of their logs.
const STUDIO: &str = "studio";
const WINDOW: &str = "window";

/// How long a program may take to end in order.
const FAREWELL: Duration = Duration::from_secs(6);

/// Server and studio of one show. They are ended at the latest when this is dropped.
pub(super) struct Running {
    children: Vec<(&'static str, Child)>,
    folder: PathBuf,
}

impl Running {
    /// Starts the server and waits until it listens.
    pub(super) fn server(programs: &Programs, folder: &Path, at: Addresses) -> Result<Self, String> {
        let mut command = Command::new(&programs.server);
        command.arg("run").arg("--data").arg(folder.join("data"));
        command.args(["--http", &at.http.to_string(), "--rtmp", &at.rtmp.to_string()]);
        command.args(["--rtc", &at.rtc.to_string(), "--admin", &at.admin.to_string()]);
        let mut child = spawn(
            &mut command,
            "the server",
            &folder.join("server.log"),
            Stdio::piped(),
        )?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("the server has no output")?).lines();
        let ready = lines.any(|line| line.is_ok_and(|l| l == "ready"));
        let mut running = Self {
            children: vec![("server", child)],
            folder: folder.to_owned(),
        };
        if !ready {
            running.alive()?;
            return Err(format!("the server did not start; see {}", running.log()));
        }
        Ok(running)
    }

    /// A key for the stream `demo`.
    pub(super) fn key(&self, programs: &Programs, folder: &Path) -> Result<String, String> {
        let mut command = Command::new(&programs.server);
        let out = command
            .args(["key", "add", "demo", "--data"])
            .arg(folder.join("data"))
            .output();
        let out = out.map_err(|e| format!("a stream key can't be made: {e}"))?;
        let key = String::from_utf8_lossy(&out.stdout).trim().to_owned();
        if out.status.success() && !key.is_empty() {
            return Ok(key);
        }
        Err(format!(
            "a stream key can't be made: {}",
            String::from_utf8_lossy(&out.stderr).trim()
        ))
    }

    /// Starts the studio without a window, in the fixtures' surroundings where there are any.
    pub(super) fn studio(
        &mut self,
        programs: &Programs,
        show: &Path,
        fixtures: Option<&Fixtures>,
    ) -> Result<(), String> {
        let mut command = Command::new(&programs.studio);
        command.arg("run").arg(show);
        command.arg("--report").arg(self.folder.join("report.json"));
        self.start(STUDIO, command, fixtures)
    }

    /// Starts the window with the same show. What it saves by itself goes to this run's folder.
    pub(super) fn window(
        &mut self,
        programs: &Programs,
        show: &Path,
        fixtures: Option<&Fixtures>,
    ) -> Result<(), String> {
        let mut command = Command::new(&programs.window);
        command.arg("--show").arg(show);
        command.arg("--keep").arg(self.folder.join("keep"));
        self.start(WINDOW, command, fixtures)
    }

    fn start(
        &mut self,
        name: &'static str,
        mut command: Command,
        fixtures: Option<&Fixtures>,
    ) -> Result<(), String> {
        command.env("ANCHOR_ASSETS", places::root().join("assets"));
        if let Some(fixtures) = fixtures {
            fixtures.surround(&mut command);
        }
        let log = self.folder.join(format!("{name}.log"));
        let child = spawn(&mut command, &format!("the {name}"), &log, Stdio::null())?;
        self.children.push((name, child));
        Ok(())
    }

    /// Whether the person has closed the window.
    pub(super) fn window_closed(&mut self) -> bool {
        let mut windows = self.children.iter_mut().filter(|(name, _)| *name == WINDOW);
        windows.any(|(_, child)| matches!(child.try_wait(), Ok(Some(status)) if status.success()))
    }

    /// Ends the studio without a window.
    pub(super) fn end_studio(&mut self) {
        for (_, child) in self.children.iter_mut().filter(|(name, _)| *name == STUDIO) {
            terminate(child);
        }
        self.children.retain(|(name, _)| *name != STUDIO);
    }

    /// An error, in the program's own last words, when one has ended by itself.
    pub(super) fn alive(&mut self) -> Result<(), String> {
        for (name, child) in &mut self.children {
            if let Ok(Some(status)) = child.try_wait() {
                let log =
                    std::fs::read_to_string(self.folder.join(format!("{name}.log"))).unwrap_or_default();
                let last: Vec<&str> = log.lines().rev().take(5).collect();
                let last: Vec<&str> = last.into_iter().rev().collect();
                return Err(format!(
                    "the {name} has ended ({status}):\n  {}",
                    last.join("\n  ")
                ));
            }
        }
        Ok(())
    }

    /// Where the programs say what they do.
    pub(super) fn log(&self) -> String {
        self.folder.join("studio.log").display().to_string()
    }

    /// Ends the studio, then the server; who does not end in time is ended by force.
    pub(super) fn end(&mut self) {
        for (_, mut child) in self.children.drain(..).rev() {
            terminate(&mut child);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

fn spawn(command: &mut Command, what: &str, log: &Path, out: Stdio) -> Result<Child, String> {
    let log = File::create(log).map_err(|e| format!("{} can't be written: {e}", log.display()))?;
    // A group of its own: Ctrl-C reaches this program alone, which then ends the others in order.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let child = command.stdin(Stdio::null()).stdout(out).stderr(log).spawn();
    child.map_err(|e| format!("{what} can't be started: {e}"))
}

/// Asks a program to end, and ends it when it doesn't; then what it has started and left.
pub(super) fn terminate(child: &mut Child) {
    let ended = |child: &mut Child| !matches!(child.try_wait(), Ok(None));
    if !ended(child) {
        group::ask(child);
    }
    if !within(FAREWELL, || ended(child)) {
        let _ = child.kill();
        let _ = child.wait();
    }
    // The window's page is drawn by processes that end a moment after it.
    group::ask_others(child);
    if !within(FAREWELL / 2, || group::is_empty(child)) {
        group::kill(child);
    }
}

/// Waits until `over`, at most `limit`.
fn within(limit: Duration, mut over: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while !over() {
        if began.elapsed() > limit {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}

/// A program and what it has started: each is started as the leader of a group of its own.
#[cfg(unix)]
#[allow(unsafe_code, reason = "kill(2) of a group, which std doesn't have")]
mod group {
    use std::process::Child;

    /// Asks the leader, which ends its own in order.
    pub(super) fn ask(child: &Child) {
        signal(leader(child), libc::SIGTERM);
    }

    /// Asks who is left.
    pub(super) fn ask_others(child: &Child) {
        signal(-leader(child), libc::SIGTERM);
    }

    /// Whether nobody of the group is left.
    pub(super) fn is_empty(child: &Child) -> bool {
        !signal(-leader(child), 0)
    }

    /// Ends who is left.
    pub(super) fn kill(child: &Child) {
        signal(-leader(child), libc::SIGKILL);
    }

    /// A pid; 1 (which no child is) stands for one that can't be.
    fn leader(child: &Child) -> libc::pid_t {
        libc::pid_t::try_from(child.id()).unwrap_or(1)
    }

    fn signal(whom: libc::pid_t, signal: libc::c_int) -> bool {
        if whom.abs() <= 1 {
            return false;
        }
        // SAFETY: takes numbers alone. A group keeps its number from others as long as anyone is in it.
        unsafe { libc::kill(whom, signal) == 0 }
    }
}

#[cfg(not(unix))]
mod group {
    use std::process::Child;

    pub(super) fn ask(child: &mut Child) {
        let _ = child.kill();
    }

    pub(super) fn ask_others(_: &Child) {}

    pub(super) fn is_empty(_: &Child) -> bool {
        true
    }

    pub(super) fn kill(_: &Child) {}
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_has_left_behind_ends_too() {
        // The leader leaves a child that doesn't care for its end, and says who it is.
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 1000 & echo $!; trap 'exit 0' TERM; wait"]);
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        assert!(!group::is_empty(&child));
        terminate(&mut child);
        assert!(within(FAREWELL, || group::is_empty(&child)), "{line} lives");
    }
}
