//! `cargo xtask bench NAME`: figures, each beside a peer where there is one, in the same run.

use std::process::{Command, Stdio};

use crate::live::build;
use crate::{needs, peers, places};

/// Name, what it measures, and its program: one of the test package's, or a bench of a crate.
const BENCHES: &[(&str, &str, Program)] = &[
    (
        "delay",
        "from tick to pixels in Chromium, by HTTP-FLV, LL-HLS and WebRTC; how soon who joins by WebRTC sees",
        Program::System("bench-delay", STUDIO),
    ),
    (
        "first",
        "from opening the viewer's page to the first picture in Chromium, on a line of 5 Mbit/s and 60 ms: --opens 20",
        Program::System("bench-first", SERVER),
    ),
    (
        "lips",
        "picture against sound in Chromium, by media times",
        Program::System("bench-lips", STUDIO),
    ),
    (
        "frames",
        "program frames counted at the receiver: --scene demo, 1080p, four, cuts or many-layers",
        Program::System("bench-frames", CAMERAS),
    ),
    (
        "preview",
        "the window's pictures over the loopback, and what they cost the show, on and off in turn",
        Program::System("bench-preview", CAMERAS),
    ),
    (
        "window",
        "the studio's window: clicks, pictures, processor time and memory beside the same show without one",
        Program::System("bench-window", WINDOW),
    ),
    (
        "obs",
        "the demo show in OBS Studio and in our studio, in turn: true frames at the receiver",
        Program::System("bench-obs", CAMERAS),
    ),
    (
        "viewers",
        "1000 viewers by HTTP-FLV and by RTMP, beside nginx playing RTMP",
        Program::System("bench-viewers", SERVER),
    ),
    (
        "hls",
        "300 and 1000 viewers by low-latency HLS, a connection of TLS and HTTP/2 each: how late parts reach them",
        Program::System("bench-hls", SERVER),
    ),
    (
        "flood",
        "5000 half-open and slow connections and bogus reloads: what those who watch notice",
        Program::System("bench-flood", SERVER),
    ),
    (
        "passage",
        "what the server adds: from a picture written to the picture received, by RTMP, HTTP-FLV and SRT, beside nginx",
        Program::System("bench-passage", SERVER),
    ),
    (
        "matrix",
        "who publishes what and who plays it: publishers, codecs, protocols and players that are not ours; --seconds 20",
        Program::System("bench-matrix", PEERS),
    ),
    (
        "netlab",
        "shows over lines that are cut, lose packets or vanish: `cargo xtask netlab` says the same in fewer words",
        Program::System("bench-netlab", STUDIO),
    ),
    (
        "compose",
        "the compositor, milliseconds a frame",
        Program::Crate("compositor", "compose"),
    ),
    (
        "cuts",
        "the compositor, from a cut to the first new frame, no kernel compiled before",
        Program::Crate("compositor", "cuts"),
    ),
    (
        "mix",
        "the mixer and microphones, processor time a second of sound",
        Program::Crate("sound", "mix"),
    ),
    (
        "encode",
        "the encoders, milliseconds a frame",
        Program::Crate("pipeline", "encode"),
    ),
];

#[derive(Clone, Copy)]
enum Program {
    /// Of the test package.
    System(&'static str, Fixtures),
    /// A bench of a crate.
    Crate(&'static str, &'static str),
}

/// What a program is given beside the server.
#[derive(Clone, Copy)]
struct Fixtures {
    studio: bool,
    cameras: bool,
    window: bool,
    /// Programs that aren't ours and that Debian has not.
    peers: bool,
}

const SERVER: Fixtures = Fixtures {
    studio: false,
    cameras: false,
    window: false,
    peers: false,
};
const STUDIO: Fixtures = Fixtures {
    studio: true,
    ..SERVER
};
const CAMERAS: Fixtures = Fixtures {
    cameras: true,
    ..STUDIO
};
const WINDOW: Fixtures = Fixtures {
    window: true,
    ..CAMERAS
};
const PEERS: Fixtures = Fixtures {
    peers: true,
    ..STUDIO
};

/// Runs one benchmark by its name; further words go to it.
pub(crate) fn run(args: &[&str]) -> Result<bool, String> {
    let (name, rest) = args.split_first().unwrap_or((&"", &[]));
    let Some((_, _, program)) = BENCHES.iter().find(|(n, _, _)| n == name) else {
        let list: Vec<_> = BENCHES
            .iter()
            .map(|(n, what, _)| format!("  {n:<10} {what}"))
            .collect();
        return Err(format!(
            "there is no benchmark '{name}'; there are\n{}",
            list.join("\n")
        ));
    };
    needs::toolchain()?;
    needs::packages(needs::BUILD)?;
    needs::packages(&[needs::FIXTURES, needs::TEST].concat())?;
    match *program {
        Program::System(bin, fixtures) => system(bin, fixtures, rest),
        Program::Crate(package, bench) => {
            finished(cargo(&["bench", "-p", package, "--bench", bench]).args(rest))
        }
    }
}

/// A program of the test package, given the release builds of server and studio.
fn system(bin: &str, fixtures: Fixtures, rest: &[&str]) -> Result<bool, String> {
    let Fixtures {
        studio,
        cameras,
        window,
        peers,
    } = fixtures;
    let programs = build::all(cameras)?;
    if window {
        needs::packages(needs::WINDOW)?;
        build::window()?;
    }
    if !finished(&mut cargo(&["build", "-p", "system-tests", "--bin", bin]))? {
        return Ok(false);
    }
    if peers {
        for (name, mut fetch) in peers::missing() {
            println!("{name}");
            finished(&mut fetch)?;
        }
    }
    let mut command = Command::new(places::target().join("debug").join(bin));
    command.env("ANCHOR_PEERS", peers::folder());
    // Figures are to be read, not what servers and studios say meanwhile.
    command.env("RUST_LOG", "warn");
    command.arg("--server").arg(&programs.server);
    if studio {
        command.arg("--studio").arg(&programs.studio);
    }
    if cameras {
        command.arg("--preload").arg(&programs.preload);
    }
    if window {
        command.arg("--desktop").arg(&programs.window);
    }
    finished(command.args(rest))
}

fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(places::root())
        .arg(args[0])
        .arg("--locked")
        .args(&args[1..]);
    command
}

fn finished(command: &mut Command) -> Result<bool, String> {
    let status = command.stdin(Stdio::null()).status();
    status
        .map(|s| s.success())
        .map_err(|e| format!("{} can't be run: {e}", command.get_program().to_string_lossy()))
}
