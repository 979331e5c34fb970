//! A publisher that people use: OBS Studio, without a screen.

mod settings;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use media::Size;
use tempfile::TempDir;

use crate::processes::kill_family;
use crate::stage::Stage;
use crate::wait::until;
use settings::Setup;

/// A running OBS that streams; it and its screen are gone when it is dropped.
pub struct Obs {
    home: TempDir,
    process: Child,
}

/// What OBS says of itself, since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    /// Ticks of its frame rate.
    pub frames: u64,
    /// Those at which it was still drawing an earlier frame.
    pub lagged: u64,
    /// Milliseconds of drawing a frame, lately.
    pub render_ms: f64,
}

impl Obs {
    /// Starts to publish a small picture to `address`, `rtmp://host/app/key`; `None` when OBS or Xvfb isn't
    /// installed, which it says.
    ///
    /// # Errors
    /// It can't be started.
    pub fn start_or_skip(address: &str) -> io::Result<Option<Self>> {
        Self::start(address, &Setup::small(), &[], |_| {})
    }

    /// Starts to publish the film `file` of `size`, played once, at `kbps`, with its dynamic bit rate; `change` is made
    /// to its command. `None` as for [`Obs::start_or_skip`].
    ///
    /// # Errors
    /// It can't be started.
    pub fn film_or_skip(
        address: &str,
        file: &Path,
        size: Size,
        kbps: u32,
        change: impl FnOnce(&mut Command),
    ) -> io::Result<Option<Self>> {
        Self::start(address, &Setup::film(file, size, kbps), &[], change)
    }

    /// Starts to publish the first scene of `stage` to `address`, with the cameras of user space; `None` as for
    /// [`Obs::start_or_skip`].
    ///
    /// # Errors
    /// It can't be started, or the cameras can't be made.
    pub fn publish_or_skip(address: &str, stage: &Stage) -> io::Result<Option<Self>> {
        Self::start(address, &Setup::of(stage), &environment(stage)?, |_| {})
    }

    /// `environment` is for OBS alone, not for what it runs under.
    fn start(
        address: &str,
        setup: &Setup,
        environment: &[OsString],
        change: impl FnOnce(&mut Command),
    ) -> io::Result<Option<Self>> {
        let screen = crate::program("ANCHOR_XVFB_RUN", &["xvfb-run"]);
        let (Some(screen), Some(obs)) = (screen, program()) else {
            crate::skip("OBS or Xvfb (xvfb-run) is not installed");
            return Ok(None);
        };
        let home = tempfile::Builder::new().prefix("anchor-obs-").tempdir()?;
        let script = home.path().join("stats.lua");
        std::fs::write(&script, include_str!("obs/stats.lua"))?;
        setup.write(&home.path().join(".config/obs-studio"), address, &script)?;
        let log = std::fs::File::create(home.path().join("log"))?;
        let mut command = Command::new(screen);
        command.args(["-a", "-s", "-screen 0 640x480x24", "env"]);
        command.args(environment).arg(obs).args(ARGUMENTS);
        command
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env("TMPDIR", home.path());
        command.env("XDG_CONFIG_HOME", home.path().join(".config"));
        command.env("LIBGL_ALWAYS_SOFTWARE", "1").env("LC_ALL", "C.UTF-8");
        command
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("WAYLAND_DISPLAY");
        change(&mut command);
        let process = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Some(Self { home, process }))
    }

    /// Id of the process that is parent of OBS and of its screen.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// What it has written so far.
    pub fn said(&self) -> String {
        let log = std::fs::read(self.home.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// Its version, and what draws, in its own words.
    pub fn describe(&self) -> String {
        let said = self.said();
        let line = |words: &str| said.lines().find(|line| line.contains(words));
        let lines = [line("(linux)"), line("OpenGL on adapter"), line("OpenGL loaded")];
        let bare = lines
            .into_iter()
            .flatten()
            .map(|line| line.trim_start_matches("info: "));
        bare.collect::<Vec<_>>().join("; ")
    }

    /// Its newest statistics; `None` before the first, and without a stage.
    pub fn stats(&self) -> Option<Stats> {
        let said = self.said();
        let line = said.lines().rev().find_map(|line| line.strip_prefix("stats "))?;
        let field = |name: &str| {
            let mut words = line.split(' ').filter_map(|word| word.split_once('='));
            words.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        Some(Stats {
            frames: field("frames")?.parse().ok()?,
            lagged: field("lagged")?.parse().ok()?,
            render_ms: field("render_ms")?.parse().ok()?,
        })
    }

    /// Ends streaming; answers OBS's own last words on it, a line each.
    ///
    /// # Errors
    /// It says nothing within `patience`.
    pub async fn stop(&self, patience: Duration) -> io::Result<Vec<String>> {
        std::fs::write(self.home.path().join("STOP"), "")?;
        until(patience, async || {
            let said = self.said();
            let told = said.contains("Total drawn frames");
            Ok(told.then(|| summary(&said)))
        })
        .await
    }
}

impl Drop for Obs {
    fn drop(&mut self) {
        kill_family(self.process.id(), self.home.path());
        // It has ended; this only takes note of it.
        let _ = self.process.wait();
    }
}

const ARGUMENTS: [&str; 7] = [
    "--multi",
    "--startstreaming",
    "--minimize-to-tray",
    "--collection",
    "s",
    "--profile",
    "p",
];

fn program() -> Option<PathBuf> {
    crate::program("ANCHOR_OBS", &["obs"])
}

/// The variables, as `NAME=value`, by which a program sees the cameras of `stage`.
fn environment(stage: &Stage) -> io::Result<Vec<OsString>> {
    let mut command = tokio::process::Command::new("env");
    stage.cameras(&mut command)?;
    let variables = command.as_std().get_envs();
    let set = variables.filter_map(|(name, value)| Some([name, value?].join("=".as_ref())));
    Ok(set.collect())
}

/// The lines of OBS's log in which it counts its frames.
fn summary(said: &str) -> Vec<String> {
    let counts = [
        "Total frames output",
        "Total drawn frames",
        "lagged frames",
        "skipped frames",
        "dropped frames",
    ];
    let lines = said
        .lines()
        .filter(|line| counts.iter().any(|count| line.contains(count)));
    let bare = lines.map(|line| line.rsplit_once("': ").map_or(line, |(_, rest)| rest).to_owned());
    bare.collect()
}
