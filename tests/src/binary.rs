//! The product's own programs, as the scenarios start them.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A program of this workspace.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Program {
    /// Names a program to use instead.
    pub(crate) variable: &'static str,
    /// Its package.
    pub(crate) package: &'static str,
    /// What `cargo build` is told, as in `--bin=anchor-server`.
    pub(crate) target: &'static str,
    /// Its file.
    pub(crate) file: &'static str,
}

/// Programs named by [`options`].
static GIVEN: Mutex<Vec<(String, PathBuf)>> = Mutex::new(Vec::new());

/// Uses `path` from now on as if the variable `variable` (as in `ANCHOR_SERVER`) named it.
fn give(variable: &str, path: PathBuf) {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    given.push((variable.to_owned(), path));
}

/// The command line of a benchmark: its options with their values. Those that name the product's programs
/// (`--server`, `--studio`, `--desktop`, `--preload`) are not among them: they are used from now on.
///
/// # Errors
/// The last option has no value.
pub fn options() -> Result<Vec<(String, String)>, String> {
    let (mut args, mut others) = (std::env::args().skip(1), Vec::new());
    while let Some(name) = args.next() {
        let value = args.next().ok_or(format!("{name} needs a value"))?;
        match name.as_str() {
            "--server" => give("ANCHOR_SERVER", value.into()),
            "--studio" => give("ANCHOR_STUDIO", value.into()),
            "--desktop" => give("ANCHOR_DESKTOP", value.into()),
            "--preload" => give("ANCHOR_PRELOAD_CAMERA", value.into()),
            _ => others.push((name, value)),
        }
    }
    Ok(others)
}

/// Its path: what its variable says; else, under cargo, built from this tree (at once when nothing changed), unless
/// `ANCHOR_BUILT` says that it is; else the one beside the tests.
///
/// # Errors
/// It can't be built, or isn't there.
pub(crate) fn find(program: Program) -> io::Result<PathBuf> {
    static FOUND: Mutex<Option<HashMap<Program, PathBuf>>> = Mutex::new(None);
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    let found = found.get_or_insert_default();
    if let Some(path) = found.get(&program) {
        return Ok(path.clone());
    }
    let path = look(program)?;
    found.insert(program, path.clone());
    Ok(path)
}

fn look(program: Program) -> io::Result<PathBuf> {
    let given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, path)) = given.iter().rev().find(|(name, _)| name == program.variable) {
        return Ok(path.clone());
    }
    drop(given);
    if let Some(path) = std::env::var_os(program.variable) {
        return Ok(path.into());
    }
    // target/debug/deps/scenario-1234 lies two below the directory of binaries; a binary in it.
    let this = std::env::current_exe()?;
    let dir = this.parent().ok_or(io::ErrorKind::NotFound)?;
    let dir = dir.parent().filter(|_| dir.ends_with("deps")).unwrap_or(dir);
    if let Some(cargo) = std::env::var_os("CARGO")
        && std::env::var_os("ANCHOR_BUILT").is_none()
    {
        build(program, Path::new(&cargo), dir)?;
    }
    let path = dir.join(program.file);
    match path.is_file() {
        true => Ok(path),
        false => Err(io::Error::other(format!(
            "there is no {}: build it with `cargo build -p {}`",
            program.file, program.package
        ))),
    }
}

fn build(program: Program, cargo: &Path, dir: &Path) -> io::Result<()> {
    let target = dir.parent().ok_or(io::ErrorKind::NotFound)?;
    let mut command = std::process::Command::new(cargo);
    command.args(["build", "--quiet", "--package", program.package, program.target]);
    command.arg("--target-dir").arg(target);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    if dir.ends_with("release") {
        command.arg("--release");
    }
    match command.status()?.success() {
        true => Ok(()),
        false => Err(io::Error::other(format!("{} can't be built", program.file))),
    }
}
