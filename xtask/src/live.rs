//! `cargo xtask live`: companion server and studio, and the address to watch at.
//!
//! It looks before it builds, builds in the order of what can be seen, and leaves nothing running behind.

mod addresses;
pub(crate) mod build;
mod children;
mod fixtures;
mod show;
mod viewer;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use self::addresses::Addresses;
use self::children::Running;
use crate::{http, needs, places, signals};

/// The longest the show may take from its start to the first key frame.
const START: Duration = Duration::from_secs(60);

/// Which show is run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Material {
    /// The attached devices; the bundled show where there are none.
    Devices,
    /// The bundled show.
    Demo,
    /// The preload camera and a null sink.
    Fixtures,
}

struct Options {
    material: Material,
    seconds: Option<u64>,
    watch: bool,
}

/// Runs the show until Ctrl-C, or for `--for SECONDS`.
pub(crate) fn run(args: &[&str]) -> Result<bool, String> {
    let options = Options::parse(args)?;
    let began = Instant::now();
    signals::catch();
    look(&options)?;
    let addresses = Addresses::free()?;
    let setup_ended = Instant::now();
    let programs = build::all(options.material == Material::Fixtures)?;
    let built = Instant::now();
    let folder = folder()?;
    let fixtures = match options.material {
        Material::Fixtures => Some(fixtures::start(&programs, &folder)?),
        _ => None,
    };
    let mut running = Running::server(&programs, &folder, addresses)?;
    let key = running.key(&programs, &folder)?;
    let file = show::write(
        options.material,
        &programs,
        &folder,
        addresses,
        &key,
        fixtures.as_ref(),
    )?;
    running.studio(&programs, &file, fixtures.as_ref())?;
    println!("  Watch at  http://{}/watch/demo", addresses.http);
    let times = Times {
        began,
        setup_ended,
        built,
    };
    let result = on_air(&options, addresses, &mut running, &times);
    println!("  Ending the show …");
    running.end();
    drop(fixtures);
    result.map(|()| true)
}

impl Options {
    fn parse(args: &[&str]) -> Result<Self, String> {
        let mut options = Self {
            material: Material::Devices,
            seconds: None,
            watch: false,
        };
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            match *arg {
                "--demo" => options.material = Material::Demo,
                "--fixtures" => options.material = Material::Fixtures,
                "--watch" => options.watch = true,
                "--for" => {
                    let number = rest.next().and_then(|n| n.parse().ok());
                    options.seconds = Some(number.ok_or("--for needs a number of seconds")?);
                }
                other => {
                    return Err(format!(
                        "`cargo xtask live` knows --demo, --fixtures, --watch, --for, not '{other}'"
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

/// Follows the show: says when it can be seen, and goes on until it is to end.
fn on_air(
    options: &Options,
    addresses: Addresses,
    running: &mut Running,
    times: &Times,
) -> Result<(), String> {
    first_key_frame(addresses.http, running, times)?;
    let viewer = options.watch.then(|| viewer::open(addresses.http)).transpose()?;
    let mut seen = false;
    let began = Instant::now();
    if options.seconds.is_none() {
        println!("  Ctrl-C ends the show.");
    }
    while !signals::ended() && options.seconds.is_none_or(|s| began.elapsed().as_secs() < s) {
        running.alive()?;
        if !seen && viewer::has_drawn(addresses.admin) {
            seen = true;
            println!("  First picture in a browser {}", times.since());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    drop(viewer);
    Ok(())
}

fn first_key_frame(http: SocketAddr, running: &mut Running, times: &Times) -> Result<(), String> {
    let began = Instant::now();
    while !signals::ended() {
        running.alive()?;
        if http::serves_key_frame(http, "/live/demo.flv") {
            println!("  First key frame over HTTP-FLV {}", times.since());
            return Ok(());
        }
        if began.elapsed() > START {
            return Err(format!(
                "no picture came within {} s; see {}",
                START.as_secs(),
                running.log()
            ));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
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
