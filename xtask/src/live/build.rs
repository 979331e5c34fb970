//! Builds what the show needs, in the order of what can be seen.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::places;

/// How long the window's first build takes.
pub(crate) const WINDOW_TAKES: &str = "about ten minutes on two cores";

/// The packages of all programs.
const PACKAGES: [&str; 4] = ["server", "studio", "guardian", "desktop"];

/// The programs of this run.
pub(crate) struct Programs {
    pub(crate) server: PathBuf,
    pub(crate) studio: PathBuf,
    /// Which may not be built yet.
    pub(crate) window: PathBuf,
    pub(crate) preload: PathBuf,
}

/// Builds the page, then the server and the studio.
pub(crate) fn all(fixtures: bool) -> Result<Programs, String> {
    let out = places::target().join("release");
    let programs = Programs {
        server: out.join(exe("anchor-server")),
        studio: out.join(exe("anchor-studio")),
        window: out.join(exe("anchor-studio-desktop")),
        preload: out.join("libpreload_camera.so"),
    };
    if !programs.studio.exists() {
        println!("  Building for the first time: about ten minutes on two cores.");
    }
    page()?;
    let what = "the server and the studio";
    step(&mut release(&["anchor-server", "anchor-studio"]), what)?;
    if fixtures {
        let args = ["build", "--release", "--locked", "-p", "preload-camera", "--lib"];
        step(cargo().args(args), "the cameras of the demo")?;
    }
    Ok(programs)
}

/// Builds the window; the pages must be there.
pub(crate) fn window() -> Result<(), String> {
    if !places::target()
        .join("release")
        .join(exe("anchor-studio-desktop"))
        .exists()
    {
        println!("  Building the window for the first time: {WINDOW_TAKES}.");
    }
    step(&mut window_command(), "the window")
}

/// What builds the window.
pub(super) fn window_command() -> Command {
    release(&["anchor-guardian", "anchor-studio-desktop"])
}

/// What builds these programs. All packages are named each time: libraries that only some programs want more of would be
/// built twice otherwise.
fn release(programs: &[&str]) -> Command {
    let mut command = cargo();
    command.args(["build", "--release", "--locked"]);
    command.args(PACKAGES.iter().flat_map(|package| ["-p", package]));
    command.args(programs.iter().flat_map(|program| ["--bin", program]));
    command
}

fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(places::root());
    command
}

/// The pages: the viewer's, which the server carries inside, and the window's.
pub(crate) fn page() -> Result<(), String> {
    let ui = places::root().join("ui");
    let npm = |args: &[&str]| {
        let mut command = Command::new("npm");
        command.current_dir(&ui).args(args).stdout(Stdio::null());
        command
    };
    if newest(&ui.join("package-lock.json")) > newest(&ui.join("node_modules/.package-lock.json")) {
        step(
            &mut npm(&["ci", "--no-audit", "--no-fund"]),
            "the pages' libraries",
        )?;
    }
    let sources = [
        "src",
        "index.html",
        "watch.html",
        "studio.html",
        "vite.config.ts",
        "package-lock.json",
    ];
    let changed = sources.iter().map(|s| newest(&ui.join(s))).max().flatten();
    if changed > newest(&ui.join("dist/watch.html")) {
        step(&mut npm(&["run", "build"]), "the pages")?;
    }
    Ok(())
}

fn step(command: &mut Command, what: &str) -> Result<(), String> {
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("{what} could not be built; the lines above say why")),
        Err(e) => Err(format!("{what} could not be built: {e}")),
    }
}

/// The last change of a file, or of anything in a folder; none when it isn't there.
fn newest(path: &Path) -> Option<SystemTime> {
    let meta = std::fs::metadata(path).ok()?;
    let own = meta.modified().ok();
    let inside = std::fs::read_dir(path)
        .ok()
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| newest(&e.path()));
    inside.max().flatten().max(own)
}

fn exe(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}
