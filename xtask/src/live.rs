//! `cargo xtask live`: companion server and studio, and the address to watch at.
//!
//! It looks before it builds, builds in the order of what can be seen, and leaves nothing running behind.

mod addresses;
pub(crate) mod build;
mod children;
mod course;
mod fixtures;
#[cfg_attr(not(unix), path = "live/keys/none.rs")]
mod keys;
mod line;
#[cfg_attr(not(target_os = "linux"), path = "live/plugs/none.rs")]
mod plugs;
mod rate;
mod show;
mod tricks;
mod viewer;
mod window;

use std::path::{Path, PathBuf};
use std::time::Instant;

use self::addresses::Addresses;
use self::build::Programs;
use self::children::Running;
use self::course::Surroundings;
use self::keys::Keys;
use self::line::Line;
use crate::{needs, places, signals};

/// Which show is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Material {
    /// The attached devices; the bundled show where there are none.
    Devices,
    /// The bundled show.
    Demo,
    /// The preload camera and a null sink.
    Fixtures,
}

impl Material {
    /// What is said to who wants to pull a camera that this program can't pull.
    fn pulling(self) -> &'static str {
        match self {
            Self::Devices => {
                "Pull a camera's plug, and put it in again: the show goes on without it meanwhile."
            }
            _ => {
                "The bundled show has no camera that could be pulled; `cargo xtask live --fixtures` has one."
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Options {
    material: Material,
    seconds: Option<u64>,
    watch: bool,
    window: bool,
}

/// Runs the show until Ctrl-C, or for `--for SECONDS`.
pub(crate) fn run(args: &[&str]) -> Result<bool, String> {
    let options = Options::parse(args, window::display())?;
    let began = Instant::now();
    signals::catch();
    look(&options)?;
    let addresses = Addresses::free()?;
    let setup_ended = Instant::now();
    let programs = build::all(options.material == Material::Fixtures)?;
    let times = Times {
        began,
        setup_ended,
        built: Instant::now(),
    };
    let folder = folder()?;
    let result = show(&options, &programs, &folder, addresses, &times);
    if result.is_ok() {
        // Keys and logs of a run that went well are worthless.
        let _ = std::fs::remove_dir_all(&folder);
    }
    result.map(|()| true)
}

/// Starts everything, and ends it, whatever happens in between.
fn show(
    options: &Options,
    programs: &Programs,
    folder: &Path,
    addresses: Addresses,
    times: &Times,
) -> Result<(), String> {
    let fixtures = match options.material {
        Material::Fixtures => Some(fixtures::start(programs, folder)?),
        _ => None,
    };
    let mut running = Running::server(programs, folder, addresses)?;
    let key = running.key(programs, folder)?;
    let keys = Keys::listen();
    let line = keys.as_ref().map(|_| Line::to(addresses.rtmp)).transpose()?;
    // The studio's line to the server, where it can be made bad, is ours.
    let studio = Addresses {
        rtmp: line.as_ref().map_or(addresses.rtmp, Line::address),
        ..addresses
    };
    let file = show::write(
        options.material,
        programs,
        folder,
        studio,
        &key,
        fixtures.as_ref(),
    )?;
    let with = Surroundings {
        options,
        programs,
        folder,
        file: &file,
        addresses,
        fixtures: fixtures.as_ref(),
        line: line.as_ref(),
        keys: keys.as_ref(),
        times,
    };
    let result = course::run(&with, &mut running);
    println!("  Ending the show …");
    running.end();
    result
}

impl Options {
    fn parse(args: &[&str], display: bool) -> Result<Self, String> {
        let mut options = Self {
            material: Material::Devices,
            seconds: None,
            watch: false,
            window: display,
        };
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            match *arg {
                "--demo" => options.material = Material::Demo,
                "--fixtures" => options.material = Material::Fixtures,
                "--headless" => options.window = false,
                "--watch" => options.watch = true,
                "--for" => {
                    let number = rest.next().and_then(|n| n.parse().ok());
                    options.seconds = Some(number.ok_or("--for needs a number of seconds")?);
                }
                other => {
                    return Err(format!(
                        "`cargo xtask live` knows --demo, --fixtures, --headless, --watch, --for, not '{other}'"
                    ));
                }
            }
        }
        Ok(options)
    }
}

/// What is missing is said in the first second, with the line that mends it.
fn look(options: &Options) -> Result<(), String> {
    needs::toolchain()?;
    needs::disk(if places::target().join("release").exists() {
        1
    } else {
        8
    })?;
    needs::packages(needs::BUILD)?;
    if options.material == Material::Fixtures {
        needs::packages(needs::FIXTURES)?;
    }
    if options.watch {
        needs::packages(&["chromium"])?;
    }
    if options.window {
        let missing = |e| format!("{e}\nOr go without the window:\n  cargo xtask live --headless");
        needs::packages(needs::WINDOW).map_err(missing)?;
    }
    Ok(())
}

/// Where this run keeps its keys and its show file.
fn folder() -> Result<PathBuf, String> {
    let folder = places::target().join("live");
    // Keys and logs of an earlier run are worthless.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|e| format!("{} can't be made: {e}", folder.display()))?;
    Ok(folder)
}

struct Times {
    began: Instant,
    setup_ended: Instant,
    built: Instant,
}

impl Times {
    /// `0.9 s after the start (packages and checks 0.1 s, build 0.2 s)`.
    fn since(&self) -> String {
        let seconds = |from: Instant, to: Instant| to.duration_since(from).as_secs_f64();
        format!(
            "{:.1} s after the start of this command (checks and system packages {:.1} s, build {:.1} s)",
            seconds(self.began, Instant::now()),
            seconds(self.began, self.setup_ended),
            seconds(self.setup_ended, self.built)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_opens_where_there_is_a_display_unless_it_is_not_wanted() {
        assert!(Options::parse(&[], true).unwrap().window);
        assert!(!Options::parse(&[], false).unwrap().window);
        let options = Options::parse(&["--demo", "--headless", "--for", "9"], true).unwrap();
        assert!(!options.window);
        assert_eq!((options.material, options.seconds), (Material::Demo, Some(9)));
        assert!(Options::parse(&["--for"], true).is_err());
        assert!(Options::parse(&["--fast"], true).unwrap_err().contains("--fast"));
    }
}
