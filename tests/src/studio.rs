//! The studio without a window as its own process, with a show file and keys that go when it ends.

use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use api::control::{self, Done, Outcome, Reply};
use api::studio::{OutputStats, ShowReport};
use media::Size;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::PATIENCE;
use crate::binary::{self, Program};

const STUDIO: Program = Program {
    variable: "ANCHOR_STUDIO",
    package: "studio",
    target: "--bin=anchor-studio",
    file: "anchor-studio",
};
/// Answers that nobody has taken yet.
const ANSWERS: usize = 64;
/// Picture settings that cost little.
const LIGHT: &str = "{ bitrate = 800, preset = \"ultrafast\" }";

/// Bars that move, and a tone: a scene that needs no device.
pub const BARS_AND_TONE: &str = r#"
[[source]]
name = "bars"
type = "pattern"
[[source]]
name = "tone"
type = "tone"
hz = 440
[[scene]]
name = "main"
[[scene.layer]]
source = "bars"
"#;

/// A white flash and a click at the beginning of each second.
pub const CLICK_AND_FLASH: &str = "
[[source]]
name = \"click\"
type = \"click\"
[[scene]]
name = \"main\"
[[scene.layer]]
source = \"click\"
";

/// A show file in the making, with the keys of its outputs beside it.
#[derive(Clone)]
pub struct Show {
    text: String,
    keys: Vec<String>,
}

impl Show {
    /// A show of 640x360 at 30 pictures a second with the frame counter in them; `parts` are its sources and scenes.
    pub fn new(parts: &str) -> Self {
        Self::on(Size::new(640, 360), true, parts)
    }

    /// A show of `size` at 30 pictures a second, with the frame counter in them if `counted`.
    pub fn on(size: Size, counted: bool, parts: &str) -> Self {
        let Size { width, height } = size;
        let canvas = format!("canvas = {{ size = \"{width}x{height}\", rate = 30, counter = {counted} }}");
        Self {
            text: format!("name = \"Test\"\n{canvas}\n{parts}"),
            keys: Vec::new(),
        }
    }

    /// With the companion server whose public address is `url`.
    #[must_use]
    pub fn companion(mut self, url: &str) -> Self {
        self.text = format!("companion = {{ url = \"{url}\" }}\n{}", self.text);
        self
    }

    /// With a line for the whole show, as the show file says it.
    #[must_use]
    pub fn with(mut self, line: &str) -> Self {
        self.text = format!("{line}\n{}", self.text);
        self
    }

    /// With an output to `address`, `rtmp://host/app/key`. The key goes into a file of this user's alone.
    #[must_use]
    pub fn output(self, name: &str, address: &str) -> Self {
        self.output_at(name, address, LIGHT)
    }

    /// With an output to `address` as for [`Show::output`], its picture encoded as `video` says: a TOML table.
    #[must_use]
    pub fn output_at(self, name: &str, address: &str, video: &str) -> Self {
        let (url, key) = address.rsplit_once('/').unwrap_or((address, ""));
        self.output_to(name, url, key, video, "")
    }

    /// With an output to `url`, `rtmp://host/app`; `key` stands as its key, word for word.
    #[must_use]
    pub fn output_with(self, name: &str, url: &str, key: &str) -> Self {
        self.place(name, url, key, LIGHT)
    }

    /// With an output by SRT to `url`, `srt://host:port`, with the stream id `key` and a passphrase unless it is empty.
    #[must_use]
    pub fn output_by_srt(mut self, name: &str, url: &str, key: &str, passphrase: &str) -> Self {
        self = self.output_to(name, url, key, LIGHT, "srt.latency_ms = 120\n");
        if !passphrase.is_empty() {
            let kept = self.keep(passphrase);
            self.text += &format!("srt.passphrase = {kept}\n");
        }
        self
    }

    /// With an output by WHIP to `url`, `http://host/path`, whose bearer token is `key`.
    #[must_use]
    pub fn output_by_whip(self, name: &str, url: &str, key: &str) -> Self {
        self.output_to(name, url, key, LIGHT, "")
    }

    /// With an output to `url` with `key`, its picture encoded as `video` says, a TOML table; `rest` are further lines
    /// of it.
    #[must_use]
    pub fn output_to(mut self, name: &str, url: &str, key: &str, video: &str, rest: &str) -> Self {
        let kept = self.keep(key);
        self = self.place(name, url, &kept, video);
        self.text += rest;
        self
    }

    /// Puts a secret into a file of its own; answers where, as the show file says it.
    fn keep(&mut self, secret: &str) -> String {
        let file = format!("{}.key", self.keys.len());
        self.keys.push(secret.to_owned());
        format!("{{ file = \"{file}\" }}")
    }

    fn place(mut self, name: &str, url: &str, key: &str, video: &str) -> Self {
        let kind = match url.split("://").next() {
            Some("srt") => "srt",
            Some("http" | "https") => "whip",
            _ => "rtmp",
        };
        self.text += &format!(
            "[[output]]\nname = \"{name}\"\ntype = \"{kind}\"\nurl = \"{url}\"\nkey = {key}\nvideo = {video}\n"
        );
        self
    }

    /// Writes the show file and its keys into `folder`; answers the show file.
    ///
    /// # Errors
    /// A file can't be written.
    pub fn write(&self, folder: &Path) -> io::Result<PathBuf> {
        for (number, key) in self.keys.iter().enumerate() {
            write_private(&folder.join(format!("{number}.key")), key)?;
        }
        let file = folder.join("show.toml");
        std::fs::write(&file, &self.text)?;
        Ok(file)
    }
}

/// A file that only its owner can read.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true).mode(0o600);
    writeln!(options.open(path)?, "{text}")
}

/// The studio's command line, for what has no show running.
///
/// # Errors
/// The binary can't be built or found.
pub fn command() -> io::Result<Command> {
    let mut command = Command::new(binary::find(STUDIO)?);
    command.stdin(Stdio::null()).env_remove("RUST_LOG");
    Ok(command)
}

/// A studio that runs a show; killed when dropped.
pub struct Studio {
    folder: TempDir,
    process: Child,
    said: watch::Receiver<String>,
    readers: Vec<JoinHandle<()>>,
    stdin: ChildStdin,
    answers: mpsc::Receiver<Reply>,
    asked: u64,
}

impl Studio {
    /// Starts a studio with `show`.
    ///
    /// # Errors
    /// The binary can't be built, found or started.
    pub fn start(show: &Show) -> io::Result<Self> {
        Self::start_in(show, |_| {})
    }

    /// Starts a studio with `show`, its environment changed by `change`.
    ///
    /// # Errors
    /// As [`Studio::start`].
    pub fn start_in(show: &Show, change: impl FnOnce(&mut Command)) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("anchor-studio-").tempdir()?;
        let mut command = command()?;
        command.arg("run").arg(show.write(folder.path())?);
        command.arg("--report").arg(folder.path().join("report.json"));
        change(&mut command);
        command.stdin(Stdio::piped());
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.kill_on_drop(true).spawn()?;
        let stdout = process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let stderr = process.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let stdin = process.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let (tell, said) = watch::channel(String::new());
        let tell = Arc::new(tell);
        let (answer, answers) = mpsc::channel(ANSWERS);
        let readers = vec![
            listen(stdout, Arc::clone(&tell), Some(answer)),
            listen(stderr, tell, None),
        ];
        Ok(Self {
            folder,
            process,
            said,
            readers,
            stdin,
            answers,
            asked: 0,
        })
    }

    /// Id of its process.
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// All it has written so far, both streams, line by line.
    pub fn said(&self) -> String {
        self.said.borrow().clone()
    }

    /// Waits until what it says holds `words` at least `times` times.
    ///
    /// # Errors
    /// It doesn't within `patience`, or it ends first; with what it said.
    pub async fn wait_for(&mut self, words: &str, times: usize, patience: Duration) -> io::Result<()> {
        let heard = self.said.wait_for(|said| said.matches(words).count() >= times);
        let found = matches!(timeout(patience, heard).await, Ok(Ok(_)));
        found.then_some(()).ok_or_else(|| {
            let said = self.said();
            io::Error::other(format!(
                "{words:?} was not said {times} times in {patience:?}: {said}"
            ))
        })
    }

    /// Asks it to do `command` and waits for the answer.
    ///
    /// # Errors
    /// It refuses (with its sentence), has ended, or doesn't answer.
    pub async fn ask(&mut self, command: &control::Command) -> io::Result<Done> {
        self.asked += 1;
        let mut request = serde_json::to_value(command).map_err(io::Error::other)?;
        request["id"] = self.asked.into();
        self.stdin.write_all(format!("{request}\n").as_bytes()).await?;
        let answer = async {
            while let Some(reply) = self.answers.recv().await {
                if reply.id == Some(self.asked) {
                    return Some(reply.outcome);
                }
            }
            None
        };
        match timeout(PATIENCE, answer).await {
            Ok(Some(Outcome::Done(done))) => Ok(done),
            Ok(Some(Outcome::Failed(failure))) => Err(io::Error::other(failure.sentence)),
            Ok(None) | Err(_) => {
                let said = self.said();
                Err(io::Error::other(format!("no answer to {request}: {said}")))
            }
        }
    }

    /// Writes a line to its standard input.
    ///
    /// # Errors
    /// It has ended.
    pub async fn write(&mut self, line: &str) -> io::Result<()> {
        self.stdin.write_all(format!("{line}\n").as_bytes()).await
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

    /// Asks it to end and waits until it has; answers the report, and all it said.
    ///
    /// # Errors
    /// It ended before, fails, takes too long, or leaves no report.
    pub async fn stop(mut self) -> io::Result<(ShowReport, String)> {
        self.signal(Signal::TERM)?;
        let (status, said) = self.ended(PATIENCE).await?;
        if !status.success() {
            return Err(io::Error::other(format!("{status}: {said}")));
        }
        let report = std::fs::read(self.folder.path().join("report.json"))?;
        Ok((serde_json::from_slice(&report).map_err(io::Error::other)?, said))
    }

    /// Waits until it has ended; answers how, and all it said.
    ///
    /// # Errors
    /// It doesn't within `patience`.
    pub async fn ended(&mut self, patience: Duration) -> io::Result<(ExitStatus, String)> {
        let late = |_| {
            let said = self.said.borrow().clone();
            io::Error::other(format!("the studio has not ended after {patience:?}: {said}"))
        };
        let status = timeout(patience, self.process.wait()).await.map_err(late)??;
        for reader in self.readers.drain(..) {
            reader.await.map_err(io::Error::other)?;
        }
        Ok((status, self.said()))
    }
}

/// Adds each line of `stream` to what was said; those that are answers go to `answers` as well.
fn listen(
    stream: impl AsyncRead + Unpin + Send + 'static,
    tell: Arc<watch::Sender<String>>,
    answers: Option<mpsc::Sender<Reply>>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if let (Some(answers), Ok(reply)) = (&answers, serde_json::from_str::<Reply>(&line)) {
                // Answers that nobody asks for fill the queue; the next ones are left out.
                let _ = answers.try_send(reply);
            }
            tell.send_modify(|said| {
                said.push_str(&line);
                said.push('\n');
            });
        }
    })
}

/// What the report says of the output `name`.
pub fn output<'a>(report: &'a ShowReport, name: &str) -> Option<&'a OutputStats> {
    report.outputs.iter().find(|output| output.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_kept_out_of_the_show_file() {
        let folder = tempfile::tempdir().unwrap();
        let show = Show::new(BARS_AND_TONE).output("mine", "rtmp://127.0.0.1:1/live/secret");
        let text = std::fs::read_to_string(show.write(folder.path()).unwrap()).unwrap();
        assert!(text.contains("rtmp://127.0.0.1:1/live\"") && !text.contains("secret"));
        let key = std::fs::read_to_string(folder.path().join("0.key")).unwrap();
        assert_eq!(key.trim(), "secret");
    }
}
