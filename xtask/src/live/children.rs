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
const FAREWELL: Duration = Duration::from_secs(5);

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
        command.args(["--admin", &at.admin.to_string()]);
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

/// Asks a program and what it has started to end, and ends it when it doesn't.
pub(super) fn terminate(child: &mut Child) {
    #[cfg(unix)]
    let _ = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    #[cfg(not(unix))]
    let _ = child.kill();
    let began = Instant::now();
    while began.elapsed() < FAREWELL {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
}
