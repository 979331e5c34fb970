//! Runs the example `probe`, or another, in an environment of the test's choosing.
// Each test that includes this uses a part of it, and none exports it.
#![allow(dead_code, unreachable_pub)]

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// Has Cargo build something of this workspace and says in which folder it is. Cargo builds a test's own crate
/// by itself, but not every example or library that is to be preloaded.
pub fn build(what: &[&str]) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    let built = test.ancestors().nth(2).expect("a test lies in deps").to_owned();
    let target = built
        .parent()
        .expect("a profile's folder lies in the target folder");
    // `cargo xtask test` has built the whole workspace.
    if std::env::var_os("ANCHOR_BUILT").is_some() {
        return built;
    }
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["build", "--quiet", "--target-dir"])
        .arg(target)
        .args(what);
    if built.ends_with("release") {
        command.arg("--release");
    }
    let status = command.status().expect("Cargo runs");
    assert!(status.success(), "{what:?} is not built");
    built
}

/// A running probe whose devices are open, or refused.
pub struct Probe(Child, BufReader<std::process::ChildStderr>);

impl Probe {
    /// Starts the probe; `prepare` sets its environment. Returns when it has opened its devices.
    pub fn start(arguments: &[&str], prepare: impl FnOnce(&mut Command)) -> Self {
        Self::of("probe", arguments, prepare)
    }

    /// The same with another example of this crate that says `opened`; a test file keeps to one of them.
    pub fn of(example: &str, arguments: &[&str], prepare: impl FnOnce(&mut Command)) -> Self {
        static BUILT: OnceLock<PathBuf> = OnceLock::new();
        let built = BUILT.get_or_init(|| build(&["-p", "capture", "--example", example]));
        let mut command = Command::new(built.join("examples").join(example));
        prepare(&mut command);
        command.args(arguments).stdin(Stdio::null());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it was just built");
        let mut stderr = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut line = String::new();
        // ALSA and PulseAudio have their own things to say before.
        while line.trim() != "opened" {
            line.clear();
            let read = stderr.read_line(&mut line).expect("text");
            assert!(read > 0, "the probe ended before it opened anything");
        }
        Self(child, stderr)
    }

    /// Waits for its end and reads its report.
    pub fn report(mut self) -> Value {
        let (mut text, mut said) = (String::new(), String::new());
        let stdout = self.0.stdout.as_mut().expect("it is piped");
        stdout.read_to_string(&mut text).expect("text");
        self.1.read_to_string(&mut said).expect("text");
        let status = self.0.wait().expect("it runs");
        assert!(status.success(), "{status}: {said}");
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text} {said}"))
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The numbers of an array.
pub fn numbers(value: &Value) -> Vec<f64> {
    let numbers = value
        .as_array()
        .map(|a| a.iter().filter_map(Value::as_f64).collect());
    numbers.unwrap_or_default()
}
