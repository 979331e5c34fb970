//! The studio's window as its own process, on a screen of its own, driven through WebDriver.
//!
//! Each [`Desktop`] has an Xvfb, a message bus, WebKit's driver and the window; all are gone when it is dropped, also
//! when a test panics. What outlasts a start (the show, keys, settings) is in a [`Room`]. On Linux tauri-driver would
//! only pass on what WebKit's driver understands by itself, so it is left out.

use std::fmt::Write;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use fantoccini::ClientBuilder;
use fantoccini::wd::Capabilities;
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::PATIENCE;
use crate::binary::{self, Program};
use crate::browser::{Error, Page};
use crate::processes::{descendants, kill_family};
use crate::wait;

const DESKTOP: Program = Program {
    variable: "ANCHOR_DESKTOP",
    package: "desktop",
    target: "--bin=anchor-studio-desktop",
    file: "anchor-studio-desktop",
};

/// What a seller has on the disk, from one start to the next.
pub struct Room {
    folder: TempDir,
    environment: Vec<(String, String)>,
    arguments: Vec<String>,
    guarded: bool,
}

impl Room {
    /// An empty one. Whatever the window writes is within.
    ///
    /// # Errors
    /// The disk is full.
    pub fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("anchor-desktop-").tempdir()?;
        let mut room = Self {
            folder,
            environment: Vec::new(),
            arguments: Vec::new(),
            guarded: false,
        };
        for (variable, name) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            std::fs::create_dir(room.folder.path().join(name))?;
            let path = room.folder.path().join(name);
            room.set(variable, &path.to_string_lossy());
        }
        // Where files for the seller go.
        let named = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", room.downloads().display());
        std::fs::write(room.folder.path().join("config/user-dirs.dirs"), named)?;
        // Graphics are compiled once for all rooms; a test of the first start says otherwise.
        let shaders = std::env::temp_dir().join("anchor-desktop-shaders");
        room.set("MESA_SHADER_CACHE_DIR", &shaders.to_string_lossy());
        Ok(room)
    }

    /// Changes the window's environment as `change` changes a command's.
    pub fn environment(&mut self, change: impl FnOnce(&mut Command)) {
        let mut command = Command::new("");
        change(&mut command);
        for (variable, value) in command.as_std().get_envs() {
            // The folders are the room's own, and the message bus that of its screen.
            let ours = variable.to_string_lossy();
            if let Some(value) = value.filter(|_| !matches!(&*ours, "XDG_CONFIG_HOME" | "XDG_DATA_HOME")) {
                self.set(&ours, &value.to_string_lossy());
            }
        }
    }

    /// Sets a variable of the window's environment.
    pub fn set(&mut self, variable: &str, value: &str) {
        self.environment.push((variable.to_owned(), value.to_owned()));
    }

    /// What the window's command line says from now on.
    pub fn arguments(&mut self, words: &[&str]) {
        self.arguments = words.iter().map(|&word| word.to_owned()).collect();
    }

    /// From now on the window's process has another around it, which starts it again when it has crashed.
    pub fn guard(&mut self) {
        self.guarded = true;
    }

    /// Where the show is kept.
    pub fn kept(&self) -> PathBuf {
        self.folder.path().join("data/anchor-studio")
    }

    /// Where it saves what is for the seller.
    pub fn downloads(&self) -> PathBuf {
        self.folder.path().join("downloads")
    }

    /// What the windows wrote to standard error so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("said")).unwrap_or_default()
    }

    /// A program that opens the window as this room has it: the driver gives it no environment of its own.
    fn launcher(&self) -> io::Result<PathBuf> {
        let mut script = String::from("#!/bin/sh\n");
        for (variable, value) in &self.environment {
            // Writing to a String can't fail.
            let _ = writeln!(script, "export {variable}={}", quoted(value));
        }
        let program = binary::find(DESKTOP)?;
        let said = self.folder.path().join("said");
        let _ = writeln!(
            script,
            "exec {}{} \"$@\" 2>>{}",
            quoted(&program.to_string_lossy()),
            if self.guarded { "" } else { " --alone" },
            quoted(&said.to_string_lossy())
        );
        let path = self.folder.path().join("window");
        std::fs::write(&path, script)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
        Ok(path)
    }
}

/// A word of the shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A window, and the page in it.
pub struct Desktop {
    /// The page.
    pub page: Page,
    screen: Screen,
}

impl Desktop {
    /// Opens the window on a screen of `size`, in `room`, and waits until its page is there.
    ///
    /// # Errors
    /// [`Error::Missing`] when a program isn't installed; see [`Desktop::start_or_skip`].
    pub async fn start(room: &Room, size: (u32, u32)) -> Result<Self, Error> {
        let screen = Screen::start(size, room.folder.path()).await?;
        let page = screen.open(&room.launcher()?, &room.arguments).await?;
        Ok(Self { page, screen })
    }

    /// Opens the window; where a program for that isn't installed, says so and answers `None` for the scenario to
    /// return.
    ///
    /// # Panics
    /// When all are installed and it can't be opened.
    pub async fn start_or_skip(room: &Room, size: (u32, u32)) -> Option<Self> {
        match Self::start(room, size).await {
            Ok(desktop) => Some(desktop),
            Err(missing @ Error::Missing(_)) => {
                crate::skip(&missing.to_string());
                None
            }
            Err(error) => panic!("{error}: {}", room.said()),
        }
    }

    /// Id of the window's process, not of one around it; `None` once it has ended.
    pub fn id(&self) -> Option<u32> {
        let program = binary::find(DESKTOP).ok()?;
        let is_window = |id: &u32| {
            let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let mut words = line.split(|&byte| byte == 0);
            words.next() == Some(program.as_os_str().as_encoded_bytes())
                && words.next() != Some(b"camera-child")
        };
        let windows = descendants(self.screen.process.id()?);
        let windows: Vec<_> = windows.into_iter().filter(is_window).collect();
        // Not the one that has started another.
        let started = |id: u32| {
            descendants(id)
                .iter()
                .any(|other| *other != id && windows.contains(other))
        };
        windows.iter().copied().find(|&id| !started(id))
    }

    /// The window's process and all that it started.
    pub fn family(&self) -> Vec<u32> {
        self.id().map(descendants).unwrap_or_default()
    }

    /// Starts the program once more on the same screen, for the same seller, and waits until it has ended.
    ///
    /// # Errors
    /// It can't be started, or doesn't end.
    pub async fn start_again(&self, room: &Room) -> io::Result<ExitStatus> {
        let id = self.id().ok_or(io::ErrorKind::NotFound)?;
        let mut command = Command::new(room.launcher()?);
        for variable in ["DISPLAY", "DBUS_SESSION_BUS_ADDRESS"] {
            command.env(variable, variable_of(id, variable)?);
        }
        let mut second = command.stdin(Stdio::null()).kill_on_drop(true).spawn()?;
        let ended = tokio::time::timeout(PATIENCE, second.wait()).await;
        ended.unwrap_or(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Sends the window's process a signal and waits until it is gone.
    ///
    /// # Errors
    /// It has ended already, or doesn't end.
    pub async fn end(&self, signal: Signal) -> io::Result<()> {
        let id = self.id().ok_or(io::ErrorKind::NotFound)?;
        let pid = id.try_into().ok().and_then(Pid::from_raw);
        let pid = pid.ok_or(io::ErrorKind::NotFound)?;
        // It tells when the last thread is gone, and with it what the process held: its command line is gone earlier.
        let process = pidfd_open(pid, PidfdFlags::empty())?;
        kill_process(pid, signal)?;
        let gone = move || {
            let patience = rustix::event::Timespec {
                tv_sec: PATIENCE.as_secs().cast_signed(),
                tv_nsec: 0,
            };
            poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&patience))
        };
        match tokio::task::spawn_blocking(gone).await?? {
            0 => Err(io::ErrorKind::TimedOut.into()),
            _ => Ok(()),
        }
    }
}

/// A screen with a message bus and the drivers.
struct Screen {
    x: Child,
    process: Child,
    port: u16,
    mark: PathBuf,
}

impl Screen {
    async fn start((width, height): (u32, u32), mark: &Path) -> Result<Self, Error> {
        let program =
            |name: &'static str, missing| crate::program(name, &[name]).ok_or(Error::Missing(missing));
        let driver = program("WebKitWebDriver", "WebKitWebDriver (webkit2gtk-driver)")?;
        let bus = program("dbus-run-session", "dbus-run-session (dbus)")?;
        let xvfb = program("Xvfb", "Xvfb (xvfb)")?;
        let (x, display) = display(&xvfb, &format!("{width}x{height}x24")).await?;
        let port = free_port()?;
        let process = Command::new(bus)
            .arg("--")
            .arg(driver)
            .args(["--host=127.0.0.1", &format!("--port={port}")])
            // What tauri-driver sets, too.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("DISPLAY", format!(":{display}"))
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let screen = Self {
            x,
            process,
            port,
            mark: mark.into(),
        };
        let listening = || async { Ok(TcpStream::connect(("127.0.0.1", port)).await.ok()) };
        wait::until(PATIENCE, listening).await?;
        Ok(screen)
    }

    async fn open(&self, launcher: &Path, arguments: &[String]) -> Result<Page, Error> {
        // No browserName: the driver would look for a browser of that name.
        let options = json!({ "binary": launcher, "args": arguments });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(Capabilities::from_iter([(
                "webkitgtk:browserOptions".to_owned(),
                options,
            )]))
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await?;
        Ok(Page::of(client))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if let Some(id) = self.process.id() {
            kill_family(id, &self.mark);
        }
        if let Some(id) = self.x.id() {
            kill_family(id, &self.mark);
        }
    }
}

/// Starts a screen; answers its number.
async fn display(xvfb: &Path, screen: &str) -> Result<(Child, u32), Error> {
    let mut x = Command::new(xvfb)
        .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", screen])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let stdout = x.stdout.take().ok_or(Error::Ended)?;
    let line = BufReader::new(stdout).lines().next_line().await?;
    let number = line.and_then(|line| line.trim().parse().ok());
    Ok((x, number.ok_or(Error::Ended)?))
}

/// A variable in the environment of a process.
fn variable_of(id: u32, name: &str) -> io::Result<String> {
    let environment = std::fs::read(format!("/proc/{id}/environ"))?;
    let mut words = environment.split(|&byte| byte == 0).map(String::from_utf8_lossy);
    let found = words.find_map(|word| Some(word.strip_prefix(name)?.strip_prefix('=')?.to_owned()));
    found.ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// A port that nobody listens on: the drivers can't choose one by themselves.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
