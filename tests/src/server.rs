//! The companion server as its own process, on ports of its own, with data that goes when it ends.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::http;

/// A running server; killed when dropped.
pub struct Server {
    /// Where viewers come.
    pub http: SocketAddr,
    /// Where publishers come.
    pub rtmp: SocketAddr,
    /// Where the operator looks.
    pub admin: SocketAddr,
    binary: PathBuf,
    data: TempDir,
    process: Child,
}

/// The listeners as the server names them when it starts.
#[derive(Default)]
struct Listeners {
    http: Option<SocketAddr>,
    rtmp: Option<SocketAddr>,
    admin: Option<SocketAddr>,
}

impl Server {
    /// Starts a server with nothing in its data directory and waits until it is ready.
    ///
    /// # Errors
    /// The binary can't be built, found or started, or it ends before it is ready.
    pub async fn start() -> io::Result<Self> {
        let data = tempfile::Builder::new().prefix("anchor-server-").tempdir()?;
        Self::on(data, ["127.0.0.1:0"; 3]).await
    }

    /// Ends the server at once, as when its machine fails.
    ///
    /// # Errors
    /// The system refuses.
    pub async fn stop(&mut self) -> io::Result<()> {
        self.process.kill().await
    }

    /// Starts a stopped server again, on the same ports with the same data.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_again(mut self) -> io::Result<Self> {
        self.stop().await?;
        let ports = [self.http, self.rtmp, self.admin].map(|address| address.to_string());
        Self::on(self.data, [&ports[0], &ports[1], &ports[2]]).await
    }

    async fn on(data: TempDir, [http, rtmp, admin]: [&str; 3]) -> io::Result<Self> {
        let binary = binary()?;
        let mut process = Command::new(&binary)
            .args(["run", "--http", http, "--rtmp", rtmp, "--admin", admin, "--data"])
            .arg(data.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut lines = BufReader::new(stdout).lines();
        let found = ready(&mut lines).await?;
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let known =
            |address: Option<SocketAddr>| address.ok_or_else(|| io::Error::other("a listener is missing"));
        Ok(Self {
            http: known(found.http)?,
            rtmp: known(found.rtmp)?,
            admin: known(found.admin)?,
            binary,
            data,
            process,
        })
    }

    /// Makes a stream named `name`; answers the address to publish to, with its new key.
    ///
    /// # Errors
    /// The server's command fails.
    pub async fn add_stream(&self, name: &str) -> io::Result<String> {
        let added = Command::new(&self.binary)
            .args(["key", "add", name, "--data"])
            .arg(self.data.path())
            .output()
            .await?;
        if !added.status.success() {
            return Err(io::Error::other(
                String::from_utf8_lossy(&added.stderr).into_owned(),
            ));
        }
        let key = String::from_utf8_lossy(&added.stdout).trim().to_owned();
        Ok(format!("rtmp://{}/live/{key}", self.rtmp))
    }

    /// The address of `path` on the viewers' listener.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.http)
    }

    /// What the operator reads about the stream `name`; `None` when there is no such stream.
    ///
    /// # Errors
    /// The listener doesn't answer.
    pub async fn stream(&self, name: &str) -> io::Result<Option<Value>> {
        let streams = http::get_json(self.admin, "/api/streams").await?;
        let found = streams
            .as_array()
            .into_iter()
            .flatten()
            .find(|stream| stream["name"] == name);
        Ok(found.cloned())
    }

    /// The directory with the server's data.
    pub fn data(&self) -> &Path {
        self.data.path()
    }
}

async fn ready(lines: &mut Lines<BufReader<ChildStdout>>) -> io::Result<Listeners> {
    let mut found = Listeners::default();
    while let Some(line) = lines.next_line().await? {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["ready"] => return Ok(found),
            ["listening", "http", address] => found.http = address.parse().ok(),
            ["listening", "rtmp", address] => found.rtmp = address.parse().ok(),
            ["listening", "admin", address] => found.admin = address.parse().ok(),
            _ => {}
        }
    }
    Err(io::Error::other("the server ended before it was ready"))
}

/// The server's binary: `ANCHOR_SERVER`; else, under cargo, built from this tree (at once when nothing changed);
/// else the one beside the tests.
fn binary() -> io::Result<PathBuf> {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let found = BINARY.get_or_init(|| find_binary().map_err(|error| error.to_string()));
    found.clone().map_err(io::Error::other)
}

fn find_binary() -> io::Result<PathBuf> {
    if let Some(path) = std::env::var_os("ANCHOR_SERVER") {
        return Ok(path.into());
    }
    // target/debug/deps/scenario-1234 lies two below the directory of binaries.
    let tests = std::env::current_exe()?;
    let dir = tests.ancestors().nth(2).ok_or(io::ErrorKind::NotFound)?;
    if let Some(cargo) = std::env::var_os("CARGO") {
        build(Path::new(&cargo), dir)?;
    }
    let binary = dir.join("anchor-server");
    match binary.is_file() {
        true => Ok(binary),
        false => Err(io::Error::other(
            "there is no anchor-server: build it with `cargo build -p server`",
        )),
    }
}

fn build(cargo: &Path, dir: &Path) -> io::Result<()> {
    let target = dir.parent().ok_or(io::ErrorKind::NotFound)?;
    let mut command = std::process::Command::new(cargo);
    command.args([
        "build",
        "--quiet",
        "--package",
        "server",
        "--bin",
        "anchor-server",
        "--target-dir",
    ]);
    command.arg(target).current_dir(env!("CARGO_MANIFEST_DIR"));
    if dir.ends_with("release") {
        command.arg("--release");
    }
    match command.status()?.success() {
        true => Ok(()),
        false => Err(io::Error::other("the server can't be built")),
    }
}
