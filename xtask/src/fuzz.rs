//! `cargo xtask fuzz`: mutated recordings of real sessions, for every parser that reads from the network.

use std::process::{Command, Stdio};

use crate::live::build;
use crate::{needs, peers, places};

/// As fast as a release, but sums that overflow and broken assumptions are found.
const PROFILE: &str = "fuzzing";

/// Builds and runs the fuzzer, which takes the words; with `--record` its recordings are made anew.
pub(crate) fn run(args: &[&str]) -> Result<bool, String> {
    needs::toolchain()?;
    needs::packages(needs::BUILD)?;
    build::page()?;
    if args == ["--record"] {
        return record();
    }
    if !finished(&mut cargo(&[
        "build",
        "--locked",
        "--profile",
        PROFILE,
        "-p",
        "fuzz",
    ]))? {
        return Ok(false);
    }
    let mut fuzzer = Command::new(places::target().join(PROFILE).join("fuzz"));
    finished(fuzzer.arg("--out").arg(places::target().join("fuzz")).args(args))
}

/// Records with the programs that are here; those that are not are said.
fn record() -> Result<bool, String> {
    needs::packages(&[needs::FIXTURES, needs::TEST].concat())?;
    let build = [
        "build",
        "--locked",
        "-p",
        "server",
        "-p",
        "system-tests",
        "--bin",
        "anchor-server",
    ];
    if !finished(cargo(&build).args(["--bin", "record-corpora"]))? {
        return Ok(false);
    }
    let programs = places::target().join("debug");
    let mut recorder = Command::new(programs.join("record-corpora"));
    recorder.arg("--server").arg(programs.join("anchor-server"));
    finished(recorder.env("ANCHOR_PEERS", peers::folder()))
}

fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(places::root()).args(args);
    command
}

fn finished(command: &mut Command) -> Result<bool, String> {
    let status = command.stdin(Stdio::null()).status();
    status.map(|status| status.success()).map_err(|error| {
        format!(
            "{} can't be run: {error}",
            command.get_program().to_string_lossy()
        )
    })
}
