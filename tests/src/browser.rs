//! A browser without a window, driven through WebDriver.
//!
//! Each [`Browser`] has a chromedriver, a Chromium and a profile of its own; all are gone when it is dropped, also
//! when a test panics.

mod page;

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use fantoccini::ClientBuilder;
use fantoccini::error::{CmdError, NewSessionError};
use fantoccini::wd::Capabilities;
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};

use crate::processes::{descendants, kill_family};

pub use page::Page;

/// Why there is no browser, or why it didn't do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program is not installed.
    #[error("{0} is not installed")]
    Missing(&'static str),
    /// The driver can't be started.
    #[error("chromedriver: {0}")]
    Driver(#[from] std::io::Error),
    /// The driver ended before it listened.
    #[error("chromedriver ended before it listened")]
    Ended,
    /// The browser can't be started.
    #[error("no session: {0}")]
    Session(#[from] NewSessionError),
    /// A command failed.
    #[error("{0}")]
    Command(#[from] CmdError),
    /// A condition did not come true in time.
    #[error("after {waited:?} it is not true that {condition}; the page says {state}")]
    TimedOut {
        /// How long it was waited for.
        waited: Duration,
        /// The condition, in JavaScript.
        condition: String,
        /// What `anchorStats()` or the page's text says.
        state: String,
    },
    /// A picture can't be written.
    #[error("{0}")]
    Screenshot(std::io::Error),
}

/// What kind of browser.
#[derive(Clone, Debug)]
pub struct Options {
    /// Width and height of the page in CSS pixels.
    pub size: (u32, u32),
    /// Whether it is a phone: touch, and the page's own idea of its width.
    pub phone: bool,
    /// Language it asks for.
    pub language: &'static str,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            size: (1280, 720),
            phone: false,
            language: "en-US",
        }
    }
}

/// A running browser and its one page.
pub struct Browser {
    /// The page.
    pub page: Page,
    driver: Driver,
}

impl Browser {
    /// Starts Chromium, with its rules for playing by itself left as viewers have them.
    ///
    /// # Errors
    /// [`Error::Missing`] when it isn't installed; see [`Browser::start_or_skip`].
    pub async fn start(options: &Options) -> Result<Self, Error> {
        Self::start_at(Ipv4Addr::LOCALHOST.into(), options, |_| ()).await
    }

    /// The same on a machine of its own, as it were: `place` takes its driver's process there, where `host` is its
    /// address.
    ///
    /// # Errors
    /// As [`Browser::start`].
    pub async fn start_at(
        host: IpAddr,
        options: &Options,
        place: impl FnOnce(&mut std::process::Command),
    ) -> Result<Self, Error> {
        let chromium = crate::program(
            "ANCHOR_CHROMIUM",
            &["chromium", "chromium-browser", "google-chrome"],
        )
        .ok_or(Error::Missing("chromium"))?;
        let driver = Driver::start(host, place).await?;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(&chromium, &driver, options))
            .connect(&format!("http://{host}:{}", driver.port))
            .await?;
        Ok(Self {
            page: Page::of(client),
            driver,
        })
    }

    /// The directory that holds its profile and all else it writes; its name is in its command line.
    pub fn scratch(&self) -> &Path {
        self.driver.scratch.path()
    }

    /// Runs `script` in every document from here on, before the document's own (Chrome DevTools Protocol,
    /// Page.addScriptToEvaluateOnNewDocument).
    ///
    /// # Errors
    /// The driver can't be reached, or refuses.
    pub async fn before_load(&self, script: &str) -> Result<(), Error> {
        let id = self.page.session().await?;
        let command = "Page.addScriptToEvaluateOnNewDocument";
        let body = json!({ "cmd": command, "params": { "source": script } }).to_string();
        let mut stream = TcpStream::connect((self.driver.host, self.driver.port)).await?;
        let request = format!(
            "POST /session/{id}/goog/cdp/execute HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut status = String::new();
        BufReader::new(stream).read_line(&mut status).await?;
        if status.contains(" 200 ") {
            Ok(())
        } else {
            Err(Error::Ended)
        }
    }

    /// Lets the whole browser stand still for `time`, as when its device sleeps; its driver doesn't.
    ///
    /// # Errors
    /// The driver has ended.
    pub async fn sleep(&self, time: Duration) -> Result<(), Error> {
        let driver = self.driver.process.id().ok_or(Error::Ended)?;
        let all: Vec<_> = descendants(driver)
            .into_iter()
            .filter(|&pid| pid != driver)
            .filter_map(|pid| Pid::from_raw(pid.try_into().ok()?))
            .collect();
        let signal = |signal| {
            for &pid in &all {
                // One of them may have ended.
                let _ = kill_process(pid, signal);
            }
        };
        signal(Signal::STOP);
        tokio::time::sleep(time).await;
        signal(Signal::CONT);
        Ok(())
    }

    /// Starts a browser; where none is installed, says so and answers `None` for the scenario to return.
    ///
    /// # Panics
    /// When one is installed and can't be started.
    pub async fn start_or_skip(options: &Options) -> Option<Self> {
        match Self::start(options).await {
            Ok(browser) => Some(browser),
            Err(missing @ Error::Missing(_)) => {
                crate::skip(&missing.to_string());
                None
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn capabilities(chromium: &Path, driver: &Driver, options: &Options) -> Capabilities {
    let (width, height) = options.size;
    let mut args = vec![
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--mute-audio".to_owned(),
        format!("--lang={}", options.language),
        format!("--window-size={width},{height}"),
        format!(
            "--user-data-dir={}",
            driver.scratch.path().join("profile").display()
        ),
    ];
    if !driver.host.is_loopback() {
        // There is nobody to ask for names, which the first page would wait for.
        args.push("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 10.77.*".to_owned());
    }
    let mut chrome = json!({
        "binary": chromium,
        "args": args,
        "prefs": { "intl.accept_languages": options.language },
    });
    if options.phone {
        let metrics = json!({ "width": width, "height": height, "pixelRatio": 1, "touch": true });
        chrome["mobileEmulation"] = json!({ "deviceMetrics": metrics });
    }
    Capabilities::from_iter([("goog:chromeOptions".to_owned(), chrome)])
}

/// A chromedriver with a directory of its own for all that it and its browser write.
struct Driver {
    process: Child,
    host: IpAddr,
    port: u16,
    scratch: TempDir,
}

impl Driver {
    async fn start(host: IpAddr, place: impl FnOnce(&mut std::process::Command)) -> Result<Self, Error> {
        let program = crate::program("ANCHOR_CHROMEDRIVER", &["chromedriver"])
            .ok_or(Error::Missing("chromedriver (chromium-driver)"))?;
        let scratch = tempfile::Builder::new().prefix("anchor-browser-").tempdir()?;
        let mut command = Command::new(program);
        place(command.as_std_mut());
        if !host.is_loopback() {
            // Where it is, nobody else is.
            command.args(["--allowed-ips=", "--allowed-origins=*"]);
        }
        let mut process = command
            .arg("--port=0")
            .env("TMPDIR", scratch.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().ok_or(Error::Ended)?;
        // From here on a drop ends the process.
        let mut driver = Self {
            process,
            host,
            port: 0,
            scratch,
        };
        let mut lines = BufReader::new(stdout).lines();
        driver.port = listening_port(&mut lines).await?;
        // It must never wait for someone to read what it says.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(driver)
    }
}

async fn listening_port(lines: &mut Lines<BufReader<ChildStdout>>) -> Result<u16, Error> {
    while let Some(line) = lines.next_line().await? {
        let port = line
            .rsplit_once("successfully on port ")
            .map(|(_, rest)| rest.trim_end_matches('.'));
        if let Some(port) = port.and_then(|port| port.parse().ok()) {
            return Ok(port);
        }
    }
    Err(Error::Ended)
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(id) = self.process.id() {
            kill_family(id, self.scratch.path());
        }
    }
}
