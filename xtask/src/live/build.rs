//! Builds what the show needs, in the order of what can be seen.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::places;

/// The programs of this run.
pub(crate) struct Programs {
    pub(crate) server: PathBuf,
    pub(crate) studio: PathBuf,
    pub(crate) preload: PathBuf,
}

/// Builds the page, then the server and the studio.
pub(crate) fn all(fixtures: bool) -> Result<Programs, String> {
    let out = places::target().join("release");
    let programs = Programs {
        server: out.join(exe("anchor-server")),
        studio: out.join(exe("anchor-studio")),
        preload: out.join("libpreload_camera.so"),
    };
    if !programs.studio.exists() {
        println!("  Building for the first time: about eight minutes on two cores.");
    }
    page()?;
    let mut args = vec![
        "build",
        "--release",
        "--locked",
        "-p",
        "server",
        "-p",
        "studio",
        "--bins",
    ];
    if fixtures {
        args.extend(["-p", "preload-camera", "--lib"]);
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    step(
        Command::new(cargo).current_dir(places::root()).args(&args),
        "the server and the studio",
    )?;
    Ok(programs)
}

/// The viewer's page, which the server carries inside.
fn page() -> Result<(), String> {
    let ui = places::root().join("ui");
    let npm = |args: &[&str]| {
        let mut command = Command::new("npm");
        command.current_dir(&ui).args(args).stdout(Stdio::null());
        command
    };
    if newest(&ui.join("package-lock.json")) > newest(&ui.join("node_modules/.package-lock.json")) {
        step(
            &mut npm(&["ci", "--no-audit", "--no-fund"]),
            "the page's libraries",
        )?;
    }
    let sources = [
        "src",
        "index.html",
        "watch.html",
        "vite.config.ts",
        "package-lock.json",
    ];
    let changed = sources.iter().map(|s| newest(&ui.join(s))).max().flatten();
    if changed > newest(&ui.join("dist/watch.html")) {
        step(&mut npm(&["run", "build"]), "the page")?;
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
