//! A server to test, and its two sides: those who publish and those who watch.

pub(crate) mod caller;
/// The scenarios of the whole system have it, too.
#[allow(unreachable_pub)]
#[path = "../../../../../tests/src/certificate.rs"]
pub(crate) mod certificate;
pub(crate) mod http;
pub(crate) mod media;
pub(crate) mod player;
pub(crate) mod publisher;

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use api::StreamStats;
use api::server::{RelayStats, ServerStats};
use tempfile::TempDir;

use http::Answer;
use publisher::Sender;

/// After so long a test has failed: it is only ever waited in full by one that does.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A running server with a key for the stream `show`.
pub(crate) struct TestServer {
    child: Child,
    pub(crate) dir: TempDir,
    pub(crate) key: String,
    pub(crate) http: SocketAddr,
    pub(crate) rtmp: SocketAddr,
    /// Where it takes publishers within TLS, if it does.
    pub(crate) https: Option<SocketAddr>,
    pub(crate) rtmps: Option<SocketAddr>,
    /// Where it takes callers by SRT, if it does.
    pub(crate) srt: Option<SocketAddr>,
    pub(crate) admin: SocketAddr,
    log: Receiver<String>,
    /// What was logged as far as it was looked at.
    logged: Vec<String>,
}

/// Runs `anchor-server` to its end.
pub(crate) fn anchor_server(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_anchor-server"))
        .args(args)
        .output()
        .unwrap()
}

impl TestServer {
    /// One with the defaults.
    pub(crate) fn start() -> Self {
        Self::start_with("", "info")
    }

    /// One with this configuration (besides addresses), logging from `level` on.
    pub(crate) fn start_with(config: &str, level: &str) -> Self {
        Self::start_as(config, level, |_| {})
    }

    /// The same, `change` being made to its command.
    pub(crate) fn start_as(config: &str, level: &str, change: impl FnOnce(&mut Command)) -> Self {
        Self::start_all("127.0.0.1:0", config, level, change)
    }

    /// The same, with viewers' and publishers' listeners at `at`.
    pub(crate) fn start_at(at: &str, config: &str, level: &str) -> Self {
        Self::start_all(at, config, level, |_| {})
    }

    fn start_all(at: &str, config: &str, level: &str, change: impl FnOnce(&mut Command)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("anchor.toml");
        std::fs::write(&file, config).unwrap();
        let key = add_key(dir.path(), "show");
        Self::run(dir, key, at, level, change)
    }

    /// It is stopped, and begins again with the same data.
    pub(crate) fn again(mut self) -> Self {
        self.signal("TERM");
        self.wait();
        let dir = std::mem::replace(&mut self.dir, tempfile::tempdir().unwrap());
        Self::run(dir, self.key.clone(), "127.0.0.1:0", "info", |_| {})
    }

    fn run(dir: TempDir, key: String, at: &str, level: &str, change: impl FnOnce(&mut Command)) -> Self {
        let file = dir.path().join("anchor.toml");
        let mut command = Command::new(env!("CARGO_BIN_EXE_anchor-server"));
        change(&mut command);
        let mut child = command
            .arg("run")
            .arg("--config")
            .arg(&file)
            .arg("--data")
            .arg(dir.path())
            .args(["--http", at, "--rtmp", at, "--admin", "127.0.0.1:0"])
            .env("RUST_LOG", level)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said: Vec<_> = lines.map(Result::unwrap).take_while(|l| l != "ready").collect();
        let listening = |what: &str| -> Option<SocketAddr> {
            let start = format!("listening {what} ");
            let address = said.iter().find_map(|line| line.strip_prefix(&start))?;
            Some(address.parse().unwrap())
        };
        let always = |what| listening(what).unwrap_or_else(|| panic!("{said:?}"));
        let (http, rtmp, admin) = (always("http"), always("rtmp"), always("admin"));
        Self {
            https: listening("https"),
            rtmps: listening("rtmps"),
            srt: listening("srt"),
            log: read_log(&mut child),
            child,
            dir,
            key,
            http,
            rtmp,
            admin,
            logged: Vec::new(),
        }
    }

    /// A publisher that was granted its publish.
    pub(crate) fn publish(&self) -> Sender {
        Sender::connect(self.rtmp, &self.key).unwrap()
    }

    /// `GET` from the viewers' listener; the body is still to be read.
    pub(crate) fn get(&self, path: &str) -> Answer {
        http::request(self.http, "GET", path, b"")
    }

    pub(crate) fn text(&self, path: &str) -> String {
        let (status, body) = self.get(path).whole();
        let text = String::from_utf8_lossy(&body).into_owned();
        assert_eq!(status, 200, "{path}: {text}");
        text
    }

    pub(crate) fn admin_text(&self, path: &str) -> String {
        let (status, body) = http::request(self.admin, "GET", path, b"").whole();
        assert_eq!(status, 200, "{path}");
        String::from_utf8(body).unwrap()
    }

    /// The statistics of `show`.
    pub(crate) fn stats(&self) -> StreamStats {
        let mut all: Vec<StreamStats> = serde_json::from_str(&self.admin_text("/api/streams")).unwrap();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    /// The relays.
    pub(crate) fn relays(&self) -> Vec<RelayStats> {
        serde_json::from_str(&self.admin_text("/api/relays")).unwrap()
    }

    pub(crate) fn server_stats(&self) -> ServerStats {
        serde_json::from_str(&self.admin_text("/api/server")).unwrap()
    }

    /// Waits until the server logs a line with `text`.
    pub(crate) fn wait_log(&mut self, text: &str) {
        loop {
            let line = self
                .log
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("{text:?} was not logged, but:\n{}", self.logged.join("\n")));
            self.logged.push(line);
            if self.logged.last().unwrap().contains(text) {
                return;
            }
        }
    }

    /// Asks the server to stop; gives its exit, how long that took, and all it logged.
    pub(crate) fn stop(mut self) -> (ExitStatus, Duration, String) {
        let asked = Instant::now();
        self.signal("TERM");
        let status = self.child.wait().unwrap();
        let took = asked.elapsed();
        let mut log = std::mem::take(&mut self.logged);
        log.extend(self.log.iter());
        (status, took, log.join("\n"))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the process to end by itself.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes a key as a person would.
pub(crate) fn add_key(data: &Path, name: &str) -> String {
    let out = anchor_server(&["key", "add", name, "--data", data.to_str().unwrap()]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

fn read_log(child: &mut Child) -> Receiver<String> {
    let (send, log) = sync_channel(1 << 20);
    let stderr = BufReader::new(child.stderr.take().unwrap());
    std::thread::Builder::new()
        .name("log".into())
        .spawn(move || {
            for line in stderr.lines() {
                let Ok(line) = line else { return };
                if send.send(line).is_err() {
                    return;
                }
            }
        })
        .unwrap();
    log
}
