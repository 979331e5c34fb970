//! Cameras of the preload library and the example `probe` that watches them.
#![allow(dead_code, unreachable_pub)]

#[path = "../../../../tests/preload/src/control.rs"]
mod control;
#[path = "../probe/mod.rs"]
mod probe;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use control::Control;
pub use probe::numbers;

/// How long a test waits for something before it says that it never came.
const NEVER: Duration = Duration::from_secs(30);

/// Cameras of the preload library, and the knobs to turn on them.
pub struct Cameras {
    spec: String,
    folder: TempDir,
    control: Control,
}

impl Cameras {
    pub fn new(spec: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let control = Control::open(&folder.path().join("control")).expect("a file");
        Self {
            spec: spec.to_owned(),
            folder,
            control,
        }
    }

    /// Lets a camera hang: no picture comes, and no error.
    pub fn stall(&self, camera: usize) {
        self.control.stall(camera);
    }

    /// Ends a stall.
    pub fn resume(&self, camera: usize) {
        self.control.resume(camera);
    }

    /// Pulls a camera's plug.
    pub fn unplug(&self, camera: usize) {
        self.control.unplug(camera);
    }

    /// Plugs it in as /dev/video`number`.
    pub fn plug(&self, camera: usize, number: u32) {
        self.control.plug(camera, number);
    }

    /// Whether a camera sends rubbish.
    pub fn spoil(&self, camera: usize, on: bool) {
        self.control.record(camera).broken.store(on.into(), SeqCst);
        self.control.announce();
    }

    /// Whether a camera sends half pictures.
    pub fn shorten(&self, camera: usize, on: bool) {
        self.control.record(camera).short.store(on.into(), SeqCst);
        self.control.announce();
    }

    /// Pictures that were taken of a camera.
    pub fn delivered(&self, camera: usize) -> u64 {
        self.control.record(camera).delivered.load(SeqCst)
    }

    fn command(&self) -> Command {
        static BUILT: OnceLock<(PathBuf, PathBuf)> = OnceLock::new();
        let (library, probe) = BUILT.get_or_init(|| {
            let library = probe::build(&["-p", "preload-camera"]).join("libpreload_camera.so");
            (
                library,
                probe::build(&["-p", "capture", "--example", "probe"]).join("examples/probe"),
            )
        });
        let mut command = Command::new(probe);
        command
            .env("LD_PRELOAD", library)
            .env("ANCHOR_CAMERAS", &self.spec)
            .env("ANCHOR_CAMERAS_CONTROL", self.folder.path().join("control"));
        command
    }

    /// The cameras as the probe lists them.
    pub fn list(&self) -> Vec<Value> {
        let output = self.command().arg("list").output().expect("the probe runs");
        let text = String::from_utf8(output.stdout).expect("text");
        text.lines()
            .map(|l| serde_json::from_str(l).expect("JSON"))
            .collect()
    }

    /// The probe with these cameras open.
    pub fn watch(&self, ids: &[&str]) -> Watch {
        let mut command = self.command();
        command.args(ids).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the probe runs");
        let stdout = child.stdout.take().expect("it is piped");
        let (tell, told) = sync_channel(10_000);
        let read = move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = tell.send((Instant::now(), serde_json::from_str(&line).expect("JSON")));
            }
        };
        std::thread::Builder::new().spawn(read).expect("a thread");
        Watch {
            stdin: child.stdin.take(),
            child,
            told,
            kept: RefCell::default(),
        }
    }
}

/// A running probe.
pub struct Watch {
    child: Child,
    stdin: Option<ChildStdin>,
    told: Receiver<(Instant, Value)>,
    kept: RefCell<Vec<(Instant, Value)>>,
}

impl Watch {
    /// Waits until the probe tells something of `camera` that `is` what is waited for: that, and when it came. What
    /// it told of this camera before is forgotten; of others it is kept.
    pub fn until(&self, camera: usize, is: impl Fn(&Value) -> bool) -> (Instant, Value) {
        let end = Instant::now() + NEVER;
        let (mut passed, mut kept) = (Vec::new(), self.kept.borrow_mut());
        loop {
            let next = match kept.iter().position(|(_, told)| told["camera"] == camera) {
                Some(place) => kept.remove(place),
                None => {
                    let left = end.saturating_duration_since(Instant::now());
                    let next = self.told.recv_timeout(left);
                    next.unwrap_or_else(|_| panic!("it never came; what came: {passed:?}, and {kept:?}"))
                }
            };
            if next.1["camera"] != camera {
                kept.push(next);
            } else if is(&next.1) {
                return next;
            } else {
                passed.push(next.1);
            }
        }
    }

    /// Waits until a picture of `camera` is on, or none.
    pub fn until_on(&self, camera: usize, on: bool) -> Instant {
        self.until(camera, |told| told["on"] == on).0
    }

    /// Waits until it is in trouble of this kind: the sentence.
    pub fn until_lost(&self, camera: usize, code: &str) -> (Instant, String) {
        let (at, told) = self.until(camera, |told| told["code"] == code);
        (at, told["status"].as_str().unwrap_or_default().to_owned())
    }

    pub fn order(&mut self, order: &str) {
        let stdin = self.stdin.as_mut().expect("it is piped");
        writeln!(stdin, "{order}").expect("the probe reads");
    }

    /// Lets it run for so long: the test is about what comes in a time.
    pub fn run_for(&self, time: Duration) {
        std::thread::sleep(time);
    }

    /// Threads and open descriptors of the probe.
    pub fn holds(&self) -> (usize, usize) {
        let count = |what| {
            let folder = format!("/proc/{}/{what}", self.child.id());
            std::fs::read_dir(folder).expect("it runs").count()
        };
        (count("task"), count("fd"))
    }

    /// The probe's children that read cameras, in any state but reaped.
    pub fn children(&self) -> Vec<u32> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("it runs");
        let of = |task: std::fs::DirEntry| {
            let text = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            text.split_whitespace()
                .filter_map(|n| n.parse().ok())
                .collect::<Vec<u32>>()
        };
        tasks.filter_map(Result::ok).flat_map(of).collect()
    }

    /// Kills the probe as a crash would, and waits until those children of it are gone.
    pub fn crash(mut self, children: &[u32]) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it was killed");
        let end = Instant::now() + NEVER;
        // Whoever inherits them may not reap them at once.
        let gone = |n: &u32| {
            let stat = std::fs::read_to_string(format!("/proc/{n}/stat")).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z ")
        };
        while !children.iter().all(gone) {
            assert!(Instant::now() < end, "{children:?} are left");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// CPU time of each thread of a process so far, in seconds.
    pub fn cpu(process: u32) -> BTreeMap<String, f64> {
        let mut times = BTreeMap::new();
        let tasks = std::fs::read_dir(format!("/proc/{process}/task")).expect("it runs");
        for task in tasks.filter_map(Result::ok) {
            let read = |name| std::fs::read_to_string(task.path().join(name)).unwrap_or_default();
            let nanos = read("schedstat")
                .split(' ')
                .next()
                .and_then(|n| n.parse::<f64>().ok());
            *times.entry(read("comm").trim().to_owned()).or_default() += nanos.unwrap_or_default() / 1e9;
        }
        times
    }

    /// Ends it: the report of each camera.
    pub fn end(mut self, cameras: usize) -> Vec<Value> {
        self.order("end");
        (0..cameras)
            .map(|n| self.until(n, |told| !told["gaps_ms"].is_null()).1)
            .collect()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
