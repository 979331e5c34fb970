//! The companion server as its own process, on ports of its own, with data that goes when it ends.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::binary::{self, Program};
use crate::http;

const SERVER: Program = Program {
    variable: "ANCHOR_SERVER",
    package: "server",
    target: "--bin=anchor-server",
    file: "anchor-server",
};

/// Its configuration, beside its data.
const CONFIG: &str = "anchor.toml";

/// A running server; killed when dropped.
pub struct Server {
    /// Where viewers come.
    pub http: SocketAddr,
    /// Where viewers come within TLS, if it was told so.
    pub https: Option<SocketAddr>,
    /// Where publishers come.
    pub rtmp: SocketAddr,
    /// Where publishers come within TLS, if it was told so.
    pub rtmps: Option<SocketAddr>,
    /// Where callers by SRT come, if it was told so.
    pub srt: Option<SocketAddr>,
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
    https: Option<SocketAddr>,
    rtmp: Option<SocketAddr>,
    rtmps: Option<SocketAddr>,
    srt: Option<SocketAddr>,
    admin: Option<SocketAddr>,
}

impl Server {
    /// Starts a server with nothing in its data directory and waits until it is ready.
    ///
    /// # Errors
    /// The binary can't be built, found or started, or it ends before it is ready.
    pub async fn start() -> io::Result<Self> {
        Self::start_with("", &[]).await
    }

    /// The same with a configuration, and files beside it: a name and what it holds for each. Where the
    /// configuration names a file, its whole path takes the name's place.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_with(config: &str, files: &[(&str, &str)]) -> io::Result<Self> {
        let data = tempfile::Builder::new().prefix("anchor-server-").tempdir()?;
        let mut config = config.to_owned();
        for (name, text) in files {
            let path = data.path().join(name);
            std::fs::write(&path, text)?;
            config = config.replace(&format!("\"{name}\""), &format!("{path:?}"));
        }
        std::fs::write(data.path().join(CONFIG), config)?;
        Self::on(data, ["127.0.0.1:0"; 3], None).await
    }

    /// The same with its listeners at `host`, an address of this machine.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_at(host: IpAddr, config: &str) -> io::Result<Self> {
        let data = tempfile::Builder::new().prefix("anchor-server-").tempdir()?;
        std::fs::write(data.path().join(CONFIG), config)?;
        let any = SocketAddr::new(host, 0).to_string();
        Self::on(data, [&any; 3], None).await
    }

    /// Another server with the same keys and configuration, on ports of its own.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn twin(&self) -> io::Result<Self> {
        let data = tempfile::Builder::new().prefix("anchor-server-").tempdir()?;
        for entry in std::fs::read_dir(self.data.path())? {
            let path = entry?.path();
            if let Some(name) = path.file_name().filter(|_| path.is_file()) {
                std::fs::copy(&path, data.path().join(name))?;
            }
        }
        Self::on(data, ["127.0.0.1:0"; 3], None).await
    }

    /// Asks the publisher of stream `name` to connect anew, at `to` or where it is; answers the status code.
    ///
    /// # Errors
    /// The listener doesn't answer.
    pub async fn ask_to_reconnect(&self, name: &str, to: Option<&str>) -> io::Result<u16> {
        let wish = serde_json::json!({ "to": to });
        let path = format!("/api/streams/{name}/reconnect");
        Ok(http::post_json(self.admin, &path, &wish).await?.status)
    }

    /// Ends the server at once, as when its machine fails.
    ///
    /// # Errors
    /// The system refuses.
    pub async fn stop(&mut self) -> io::Result<()> {
        self.process.kill().await
    }

    /// Id of its process.
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// It has ended.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        let id = self
            .process
            .id()
            .and_then(|id| Pid::from_raw(id.try_into().ok()?));
        Ok(kill_process(id.ok_or(io::ErrorKind::NotFound)?, signal)?)
    }

    /// Starts a stopped server again, on the same ports with the same data.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_again(mut self) -> io::Result<Self> {
        self.stop().await?;
        let ports = [self.http, self.rtmp, self.admin].map(|address| address.to_string());
        Self::on(self.data, [&ports[0], &ports[1], &ports[2]], self.srt).await
    }

    async fn on(data: TempDir, [http, rtmp, admin]: [&str; 3], srt: Option<SocketAddr>) -> io::Result<Self> {
        let binary = binary::find(SERVER)?;
        let srt = srt.map(|address| format!("--srt={address}"));
        let rtc = http.rsplit_once(':').map_or(http, |(host, _)| host);
        let mut process = Command::new(&binary)
            .args([
                "run",
                "--http",
                http,
                "--rtmp",
                rtmp,
                "--admin",
                admin,
                "--rtc",
                &format!("{rtc}:0"),
                "--data",
            ])
            .arg(data.path())
            .arg("--config")
            .arg(data.path().join(CONFIG))
            .args(srt)
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
            https: found.https,
            rtmp: known(found.rtmp)?,
            rtmps: found.rtmps,
            srt: found.srt,
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
            ["listening", "https", address] => found.https = address.parse().ok(),
            ["listening", "rtmp", address] => found.rtmp = address.parse().ok(),
            ["listening", "rtmps", address] => found.rtmps = address.parse().ok(),
            ["listening", "srt", address] => found.srt = address.parse().ok(),
            ["listening", "admin", address] => found.admin = address.parse().ok(),
            _ => {}
        }
    }
    Err(io::Error::other("the server ended before it was ready"))
}
