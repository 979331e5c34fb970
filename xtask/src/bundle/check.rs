//! `--check`: the packages in a clean Debian, installed, used and removed.
//!
//! Each step is a script of `installer/check`, run in mount and process namespaces of its own, so that whatever it
//! leaves running or mounted ends with it. Steps that use the programs have no network but their own loopback: ports
//! that are taken on this machine don't matter, and nothing of it answers for a package.

mod sources;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use self::sources::Archive;
use super::Package;
use crate::{needs, places, signals};

/// The Debian that packages are for.
const SUITE: &str = "bookworm";

/// One step.
struct Step {
    /// What the person reads.
    what: &'static str,
    /// Its script.
    script: &'static str,
    /// How it is run.
    how: How,
}

/// How a script is run within the clean Debian.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// It fetches packages.
    Fetching,
    /// It has no network but its own loopback.
    Apart,
    /// By a systemd of its own, which has no network either.
    Booted,
}

const STEPS: &[Step] = &[
    step("the server is installed", "install-server", How::Fetching),
    step(
        "it starts, answers, and listens on loopback alone",
        "serve",
        How::Apart,
    ),
    step("systemd is installed beside it", "install-systemd", How::Fetching),
    step(
        "its service runs with all that its unit denies it",
        "service",
        How::Booted,
    ),
    step("the studio is installed", "install-studio", How::Fetching),
    step("the demo show runs", "show", How::Apart),
    step("Xvfb is installed beside it", "install-screen", How::Fetching),
    step("the window opens", "window", How::Apart),
    step("removed, they leave nothing", "purge", How::Apart),
];

const fn step(what: &'static str, script: &'static str, how: How) -> Step {
    Step { what, script, how }
}

/// What this machine needs for it.
pub(super) fn look() -> Result<(), String> {
    needs::packages(&["debootstrap", "iproute2", "util-linux"])?;
    if needs::is_root() {
        return Ok(());
    }
    Err("a clean Debian is made by root: sudo cargo xtask bundle --check".into())
}

/// Installs and uses `made`, packages with their files, in a new root below `folder`.
pub(super) fn run(made: &[(Package, PathBuf)], folder: &Path) -> Result<(), String> {
    let archives = sources::of_this_machine(SUITE)?;
    println!("  Trying them in a clean Debian ({SUITE}, minbase): some minutes, most of them downloads");
    signals::catch();
    let root = Root::make(folder, &archives)?;
    let packages = root.path.join("packages");
    std::fs::create_dir_all(&packages).map_err(|e| format!("{}: {e}", packages.display()))?;
    for (package, file) in made {
        let to = packages.join(package.name()).with_extension("deb");
        std::fs::copy(file, &to).map_err(|e| format!("{}: {e}", to.display()))?;
    }
    STEPS.iter().try_for_each(|step| root.step(step))
}

/// A Debian of its own; it goes with this value.
struct Root {
    path: PathBuf,
    cache: PathBuf,
    log: PathBuf,
}

impl Root {
    fn make(folder: &Path, archives: &[Archive]) -> Result<Self, String> {
        let root = Self {
            path: folder.join("root"),
            cache: folder.join("cache"),
            log: folder.join("check.log"),
        };
        root.remove();
        let _ = std::fs::remove_file(&root.log);
        std::fs::create_dir_all(&root.cache).map_err(|e| format!("{}: {e}", root.cache.display()))?;
        let main = archives.first().ok_or("no archive")?;
        let mut command = Command::new("debootstrap");
        command.arg(format!("--cache-dir={}", root.cache.display()));
        command
            .args(["--variant=minbase", SUITE])
            .arg(&root.path)
            .arg(&main.uri);
        root.timed("a clean Debian", command)?;
        let list: String = archives.iter().map(Archive::line).collect();
        let file = root.path.join("etc/apt/sources.list");
        std::fs::write(&file, list).map_err(|e| format!("{}: {e}", file.display()))?;
        Ok(root)
    }

    /// Runs a script within.
    fn step(&self, step: &Step) -> Result<(), String> {
        let scripts = places::root().join("installer/check");
        let mut command = Command::new("unshare");
        command.args(["--mount", "--pid", "--fork", "--kill-child"]);
        if step.how != How::Fetching {
            command.arg("--net");
        }
        let way = match step.how {
            How::Booted => "boot.sh",
            _ => "enter.sh",
        };
        command.arg("sh").arg(scripts.join(way)).args([
            &self.path,
            &self.cache,
            &scripts.join(step.script).with_extension("sh"),
        ]);
        self.timed(step.what, command)
    }

    /// Runs a command with its output in the log; says what it was for and how long it took.
    fn timed(&self, what: &str, mut command: Command) -> Result<(), String> {
        let began = Instant::now();
        let log = std::fs::File::options().create(true).append(true).open(&self.log);
        let log = log.map_err(|e| format!("{}: {e}", self.log.display()))?;
        let errors = log.try_clone().map_err(|e| e.to_string())?;
        let status = command.stdin(Stdio::null()).stdout(log).stderr(errors).status();
        let ok = status.map_err(|e| format!("{what}: {e}"))?.success();
        if signals::ended() {
            return Err("ended before the check was through".into());
        }
        let said = std::fs::read_to_string(&self.log).unwrap_or_default();
        if !ok {
            let last: Vec<&str> = said.lines().rev().take(25).collect();
            let last: Vec<&str> = last.into_iter().rev().collect();
            return Err(format!(
                "{what}: failed; the end of {}:\n  {}",
                self.log.display(),
                last.join("\n  ")
            ));
        }
        println!("  ok      {what} ({} s)", began.elapsed().as_secs());
        for line in said.lines().filter_map(|l| l.strip_prefix("checked: ")) {
            println!("            {line}");
        }
        // What was shown isn't shown again with the next step.
        let rest = said.replace("checked: ", "checked, ");
        std::fs::write(&self.log, rest).map_err(|e| format!("{}: {e}", self.log.display()))
    }

    fn remove(&self) {
        let _ = Command::new("rm")
            .args(["-rf", "--one-file-system"])
            .arg(&self.path)
            .status();
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        self.remove();
    }
}
