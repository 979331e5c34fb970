//! `cargo xtask bundle`: Debian packages of the studio and of the server, by `dpkg-deb` and nothing else.
//!
//! What a package says and holds stands in `installer/`; here it is built, stripped, laid out and packed, so that the
//! same sources give the same bytes. `--check` installs both in a clean Debian and uses them.

mod check;
mod control;
mod depends;
mod facts;
mod manifest;
mod pack;

use std::path::{Path, PathBuf};
use std::process::Command;

use self::facts::Facts;
use crate::live::build;
use crate::{needs, places};

/// What packing needs besides the build (all of it comes with build-essential, but for xz).
const PACKING: &[&str] = &["binutils", "dpkg-dev", "gzip", "xz-utils"];

/// One package: its name and the folder of `installer/` that describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Package {
    Studio,
    Server,
}

impl Package {
    const ALL: [Self; 2] = [Self::Server, Self::Studio];

    fn name(self) -> &'static str {
        match self {
            Self::Studio => "anchor-studio",
            Self::Server => "anchor-server",
        }
    }

    /// Where its description is.
    fn folder(self) -> PathBuf {
        let folder = match self {
            Self::Studio => "studio",
            Self::Server => "server",
        };
        places::root().join("installer").join(folder)
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Options {
    packages: Vec<Package>,
    check: bool,
}

impl Options {
    fn parse(args: &[&str]) -> Result<Self, String> {
        let mut options = Self {
            packages: Vec::new(),
            check: false,
        };
        for arg in args {
            match *arg {
                "--check" => options.check = true,
                "studio" => options.packages.push(Package::Studio),
                "server" => options.packages.push(Package::Server),
                other => {
                    return Err(format!(
                        "`cargo xtask bundle` knows studio, server and --check, not '{other}'"
                    ));
                }
            }
        }
        // The check sends the studio's demo show through the server.
        if options.packages.is_empty() || options.check {
            options.packages = Package::ALL.to_vec();
        }
        Ok(options)
    }
}

/// Builds the packages into `bundle/` of the build directory; with `--check` tries them in a clean Debian.
pub(crate) fn run(args: &[&str]) -> Result<bool, String> {
    let options = Options::parse(args)?;
    look(&options)?;
    build_programs(&options)?;
    let folder = places::target().join("bundle");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{} can't be made: {e}", folder.display()))?;
    let facts = Facts::collect()?;
    let mut made = Vec::new();
    for package in &options.packages {
        let file = pack::pack(*package, &facts, &folder)?;
        println!("  {} ({:.1} MB)", file.display(), megabytes(&file));
        made.push((*package, file));
    }
    if options.check {
        check::run(&made, &folder)?;
    }
    Ok(true)
}

/// What is missing is said before anything is built.
fn look(options: &Options) -> Result<(), String> {
    if places::program("dpkg-deb").is_none() {
        return Err("packages for Debian are made on Debian: dpkg-deb is missing".into());
    }
    needs::toolchain()?;
    needs::disk(if options.check { 6 } else { 4 })?;
    needs::packages(needs::BUILD)?;
    needs::packages(PACKING)?;
    if options.packages.contains(&Package::Studio) {
        needs::packages(needs::WINDOW)?;
    }
    if options.check {
        check::look()?;
    }
    Ok(())
}

fn build_programs(options: &Options) -> Result<(), String> {
    build::all(false)?;
    if options.packages.contains(&Package::Studio) {
        build::window()?;
    }
    Ok(())
}

fn megabytes(file: &Path) -> f64 {
    std::fs::metadata(file).map_or(0.0, |m| m.len() as f64 / 1e6)
}

/// Runs `command`; what it printed, or a sentence with what it complained of.
fn output(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let out = command
        .output()
        .map_err(|e| format!("{name} can't be started: {e}"))?;
    if out.status.success() {
        return Ok(String::from_utf8_lossy(&out.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    Err(format!("{name} failed: {}", said.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_packages_are_made_unless_one_is_named() {
        let all = Options::parse(&["studio", "--check"]).unwrap();
        assert_eq!((all.packages.len(), all.check), (2, true));
        let one = Options::parse(&["server"]).unwrap();
        assert_eq!((one.packages, one.check), (vec![Package::Server], false));
        assert!(Options::parse(&["--chekc"]).unwrap_err().contains("--chekc"));
    }
}
