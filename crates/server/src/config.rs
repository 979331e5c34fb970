//! What a run of the server is told: defaults, then the file, then the command line.

mod page;
mod stream;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use api::{Code, Fault};
use serde::Deserialize;

use crate::relay;

pub use page::{Origin, Page};
pub use stream::Stream;

/// Everything a run is told. In the file each part is a table; an unknown key is an error.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Directory of the server's own data: the file of stream keys.
    pub data: PathBuf,
    /// Where to listen.
    pub listen: Listen,
    /// What strangers may take.
    pub limits: Limits,
    /// How streams are held.
    pub stream: Stream,
    /// How callers by SRT are treated.
    pub srt: Srt,
    /// How WebRTC is offered.
    pub rtc: Rtc,
    /// The certificate of secure listeners.
    pub tls: Option<Tls>,
    /// How the viewer's page may be used.
    pub page: Page,
    /// What publishers may have passed on.
    pub onward: Onward,
    /// Streams taken from other servers.
    pub pull: Vec<Pull>,
    /// Streams handed on to other servers.
    pub push: Vec<Push>,
}

/// How callers by SRT are treated.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Srt {
    /// How long packets are held so that lost ones can come again, in milliseconds; 20 to 8000. A caller may ask for
    /// more.
    pub latency_ms: u64,
    /// Where the passphrase stands that all callers need; without one nothing is encrypted.
    pub passphrase: Option<KeyPlace>,
}

/// How WebRTC is offered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rtc {
    /// The addresses at which viewers and publishers reach the port, when the machine stands behind an address
    /// translator or has several; its own when there are none.
    pub addresses: Vec<IpAddr>,
    /// Whether a stream is made ready for WebRTC as soon as it is live; else with its first viewer, until half a minute
    /// after the last.
    pub always: bool,
}

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate and its chain, as PEM.
    pub certificate: PathBuf,
    /// Its private key, as PEM.
    pub key: PathBuf,
}

/// What publishers may have passed on to other servers: a show that a line carries but once.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Onward {
    /// The most places of one stream; 0 to 32, 0 for none.
    pub places: u32,
    /// Whether they may be in this server's own network, or on this machine; else a stranger with a stream key could knock at
    /// doors that are closed to the internet.
    pub near: bool,
}

/// A stream that is played from another server and published here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pull {
    /// The stream's public name here.
    pub stream: String,
    /// Where it comes from: `rtmp://host[:port]/app` or `rtmps://`.
    pub from: String,
    /// Its name there.
    pub name: String,
}

/// A stream that is handed on to another server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// The stream's public name here.
    pub stream: String,
    /// Where it goes: `rtmp://host[:port]/app` or `rtmps://`.
    pub to: String,
    /// Where the stream key for that server stands.
    pub key: KeyPlace,
}

/// Where a secret stands: never in the configuration itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyPlace {
    /// In this variable of the environment.
    Env(String),
    /// In this file, alone.
    File(PathBuf),
}

/// Addresses to listen on. Port 0 asks the system for a free one. Loopback unless told otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listen {
    /// Viewers: pages, media, time.
    pub http: SocketAddr,
    /// The same within TLS; needs a certificate.
    pub https: Option<SocketAddr>,
    /// Publishers, and players of RTMP.
    pub rtmp: SocketAddr,
    /// The same within TLS; needs a certificate.
    pub rtmps: Option<SocketAddr>,
    /// Publishers and players by SRT (UDP).
    pub srt: Option<SocketAddr>,
    /// Viewers and publishers by WebRTC (UDP, and TCP with the same number).
    pub rtc: Option<SocketAddr>,
    /// Statistics and metrics; for the operator alone.
    pub admin: SocketAddr,
}

/// What strangers may take before they are refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Connections of viewers in all; 1 to 1 000 000.
    pub http_connections: u32,
    /// Connections of viewers from one address (IPv6: from one /64); loopback, where a proxy stands, is exempt.
    pub http_per_address: u32,
    /// Connections of publishers in all; 1 to 1 000 000.
    pub rtmp_connections: u32,
    /// Connections of publishers from one address, as for viewers.
    pub rtmp_per_address: u32,
    /// Time a request's head may take, and an unused connection may stay, in milliseconds; 100 to 600 000.
    pub header_timeout_ms: u64,
    /// Time after which a reader who takes nothing is closed, in milliseconds; 100 to 600 000.
    pub stall_timeout_ms: u64,
    /// Time within which an answer has to be taken in whole, but for one that lasts as long as the show, in milliseconds;
    /// 100 to 600 000. The media that it is made of is held in memory as long.
    pub answer_timeout_ms: u64,
    /// Requests of HLS and DASH that may wait for a part, a segment or a playlist at one time.
    pub hls_waiters: u32,
    /// The same of one address, as for connections.
    pub hls_waiters_per_address: u32,
}

/// What the command line says; it wins over the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Overrides {
    /// Directory of the server's own data (stream keys).
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Address for viewers, such as 0.0.0.0:8080.
    #[arg(long, value_name = "ADDR")]
    pub http: Option<SocketAddr>,
    /// Address for viewers within TLS; the configuration file names the certificate.
    #[arg(long, value_name = "ADDR")]
    pub https: Option<SocketAddr>,
    /// Address for publishers.
    #[arg(long, value_name = "ADDR")]
    pub rtmp: Option<SocketAddr>,
    /// Address for publishers within TLS; the configuration file names the certificate.
    #[arg(long, value_name = "ADDR")]
    pub rtmps: Option<SocketAddr>,
    /// Address for publishers and players by SRT.
    #[arg(long, value_name = "ADDR")]
    pub srt: Option<SocketAddr>,
    /// Address for viewers and publishers by WebRTC.
    #[arg(long, value_name = "ADDR")]
    pub rtc: Option<SocketAddr>,
    /// Address for statistics and metrics.
    #[arg(long, value_name = "ADDR")]
    pub admin: Option<SocketAddr>,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("The configuration file {path} can't be read: {source}.")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file isn't TOML, or has a key or a value that doesn't belong.
    #[error("The configuration file is wrong at line {line}, column {column}: {message}.")]
    Invalid {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// A secure listener without a certificate.
    #[error(
        "The listener {0} needs a certificate: add [tls] with certificate = \"FILE\" and key = \"FILE\" to the configuration file."
    )]
    NoCertificate(&'static str),
    /// A relay that can't be.
    #[error("The relay of stream {stream} is wrong: {message}.")]
    Relay {
        /// The stream's name, as it was written.
        stream: String,
        /// What is wrong.
        message: String,
    },
    /// A number is out of its range.
    #[error("The setting {key} is {value}; it has to be {range}.")]
    OutOfRange {
        /// The setting, with its table.
        key: &'static str,
        /// What it is.
        value: u64,
        /// What it may be.
        range: &'static str,
    },
}

impl Config {
    /// The configuration of the file at `path` (defaults without one) under the command line's word.
    pub fn load(path: Option<&Path>, overrides: &Overrides) -> Result<Self, ConfigError> {
        let text = match path {
            Some(path) => fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
                path: path.to_owned(),
                source,
            })?,
            None => String::new(),
        };
        parse_and_merge(&text, overrides)
    }
}

/// Reads `text` as TOML and lays `overrides` over it; asks neither files nor the environment.
pub fn parse_and_merge(text: &str, overrides: &Overrides) -> Result<Config, ConfigError> {
    let mut config: Config = toml::from_str(text).map_err(|e| invalid(text, &e))?;
    let lay = |over: Option<SocketAddr>, under: &mut SocketAddr| *under = over.unwrap_or(*under);
    lay(overrides.http, &mut config.listen.http);
    lay(overrides.rtmp, &mut config.listen.rtmp);
    lay(overrides.admin, &mut config.listen.admin);
    config.listen.https = overrides.https.or(config.listen.https);
    config.listen.rtmps = overrides.rtmps.or(config.listen.rtmps);
    config.listen.srt = overrides.srt.or(config.listen.srt);
    config.listen.rtc = overrides.rtc.or(config.listen.rtc);
    if let Some(data) = &overrides.data {
        config.data.clone_from(data);
    }
    check_ranges(&config)?;
    let secure = [("https", config.listen.https), ("rtmps", config.listen.rtmps)];
    if let Some((name, _)) = secure.iter().find(|(_, at)| at.is_some() && config.tls.is_none()) {
        return Err(ConfigError::NoCertificate(name));
    }
    relay::check(&config)?;
    Ok(config)
}

fn invalid(text: &str, error: &toml::de::Error) -> ConfigError {
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    let before = text.get(..at).unwrap_or("");
    ConfigError::Invalid {
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().unwrap_or("").chars().count() + 1,
        message: error.message().trim_end_matches('.').to_owned(),
    }
}

fn check_ranges(config: &Config) -> Result<(), ConfigError> {
    let (l, s) = (&config.limits, &config.stream);
    let count = (1..=1_000_000, "from 1 to 1000000");
    let wait = (100..=600_000, "from 100 to 600000");
    let rules = [
        ("limits.http_connections", u64::from(l.http_connections), &count),
        ("limits.http_per_address", u64::from(l.http_per_address), &count),
        ("limits.rtmp_connections", u64::from(l.rtmp_connections), &count),
        ("limits.rtmp_per_address", u64::from(l.rtmp_per_address), &count),
        ("limits.hls_waiters", u64::from(l.hls_waiters), &count),
        (
            "limits.hls_waiters_per_address",
            u64::from(l.hls_waiters_per_address),
            &count,
        ),
        (
            "onward.places",
            u64::from(config.onward.places),
            &(0..=32, "at most 32"),
        ),
        ("limits.header_timeout_ms", l.header_timeout_ms, &wait),
        ("limits.stall_timeout_ms", l.stall_timeout_ms, &wait),
        ("limits.answer_timeout_ms", l.answer_timeout_ms, &wait),
        (
            "stream.hold_viewers_ms",
            s.hold_viewers_ms,
            &(0..=86_400_000, "at most 86400000"),
        ),
        (
            "stream.end_after_ms",
            s.end_after_ms,
            &(0..=86_400_000, "at most 86400000"),
        ),
        (
            "stream.end_after_farewell_ms",
            s.end_after_farewell_ms,
            &(0..=86_400_000, "at most 86400000"),
        ),
        (
            "srt.latency_ms",
            config.srt.latency_ms,
            &(20..=8_000, "from 20 to 8000"),
        ),
        ("stream.merge_ms", s.merge_ms, &(0..=350, "at most 350")),
        (
            "stream.writes_per_second",
            u64::from(s.writes_per_second),
            &(100..=u64::from(u32::MAX), "at least 100"),
        ),
        ("stream.gather_ms", s.gather_ms, &(0..=350, "at most 350")),
        ("stream.reader_lag_ms", s.reader_lag_ms, &wait),
        (
            "stream.rewind_seconds",
            u64::from(s.rewind_seconds),
            &(0..=14_400, "at most 14400"),
        ),
        (
            "stream.rewind_megabytes",
            u64::from(s.rewind_megabytes),
            &(1..=65_536, "from 1 to 65536"),
        ),
        (
            "stream.ring_bytes",
            s.ring_bytes as u64,
            &(1 << 20..=1 << 30, "from 1048576 to 1073741824"),
        ),
    ];
    match rules.iter().find(|(_, value, (range, _))| !range.contains(value)) {
        Some(&(key, value, (_, range))) => Err(ConfigError::OutOfRange { key, value, range }),
        None => Ok(()),
    }
}

impl Limits {
    /// Time a request's head may take.
    pub fn header_timeout(&self) -> Duration {
        Duration::from_millis(self.header_timeout_ms)
    }

    /// Time after which a reader who takes nothing is closed.
    pub fn stall_timeout(&self) -> Duration {
        Duration::from_millis(self.stall_timeout_ms)
    }

    /// Time within which an answer has to be taken in whole.
    pub fn answer_timeout(&self) -> Duration {
        Duration::from_millis(self.answer_timeout_ms)
    }
}

impl From<&ConfigError> for Fault {
    fn from(error: &ConfigError) -> Self {
        let code = match error {
            ConfigError::Unreadable { .. } => Code::ConfigUnreadable,
            _ => Code::ConfigInvalid,
        };
        Self::new(code, error.to_string())
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("anchor-data"),
            listen: Listen::default(),
            limits: Limits::default(),
            stream: Stream::default(),
            srt: Srt::default(),
            rtc: Rtc::default(),
            tls: None,
            page: Page::default(),
            onward: Onward::default(),
            pull: Vec::new(),
            push: Vec::new(),
        }
    }
}

impl Default for Listen {
    fn default() -> Self {
        let loopback = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Self {
            http: loopback(8080),
            https: None,
            rtmp: loopback(1935),
            rtmps: None,
            srt: None,
            rtc: None,
            admin: loopback(8081),
        }
    }
}

impl Default for Srt {
    fn default() -> Self {
        Self {
            latency_ms: 120,
            passphrase: None,
        }
    }
}

impl Default for Onward {
    fn default() -> Self {
        Self {
            places: 8,
            near: false,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            http_connections: 4096,
            http_per_address: 256,
            rtmp_connections: 64,
            rtmp_per_address: 8,
            header_timeout_ms: 10_000,
            stall_timeout_ms: 10_000,
            answer_timeout_ms: 60_000,
            hls_waiters: 4096,
            hls_waiters_per_address: 1024,
        }
    }
}

#[cfg(test)]
mod tests;
