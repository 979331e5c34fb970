//! Streams from and to other servers: pulled from there as by a player, pushed there as by a publisher.
//!
//! A relay never gives up: it is begun anew at the pace of [`uplink::Reconnect`], for as long as the server runs.

mod pull;
mod push;
mod status;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use api::server::{RelayDirection, RelayState, RelayStats};
use api::{Code, Fault};
use rtmp::{Error, Secret, Target};
use tokio_util::sync::CancellationToken;
use uplink::Reconnect;

use crate::config::{Config, ConfigError, Pull, Push};
use crate::stream::Stream;
use crate::{App, Name, secret};
use status::Status;

/// How long a connection to another server may take to be granted.
const CONNECT: Duration = Duration::from_secs(10);

/// One stream from or to another server.
#[derive(Debug)]
pub struct Relay {
    stream: Name,
    direction: RelayDirection,
    target: Target,
    /// The addresses it may lead to; none: all.
    only: Option<fn(IpAddr) -> bool>,
    status: Mutex<Status>,
}

/// Why a relay's connection ended.
enum End {
    /// The other server said no, or another publisher has the stream: it is asked less often.
    Refused(Fault),
    /// It was lost, or could not be made.
    Lost(Fault),
    /// What was relayed has ended in order.
    Over,
}

impl Relay {
    /// The relays of a configuration, their keys read.
    ///
    /// # Errors
    /// [`Code::RelayKey`], or [`Code::ConfigInvalid`].
    pub fn all(config: &Config) -> Result<Vec<Arc<Self>>, Fault> {
        let pulls = config.pull.iter().map(Self::pull);
        pulls.chain(config.push.iter().map(Self::push)).collect()
    }

    fn pull(pull: &Pull) -> Result<Arc<Self>, Fault> {
        let target = target(&pull.stream, &pull.from, Secret::from(pull.name.as_str()))?;
        Ok(Self::new(
            Name::new(&pull.stream)?,
            RelayDirection::Pull,
            target,
            None,
        ))
    }

    fn push(push: &Push) -> Result<Arc<Self>, Fault> {
        let target = target(
            &push.stream,
            &push.to,
            secret::read(&push.key, Code::RelayKey, "the stream key of a relay")?,
        )?;
        Ok(Self::new(
            Name::new(&push.stream)?,
            RelayDirection::Push,
            target,
            None,
        ))
    }

    fn new(
        stream: Name,
        direction: RelayDirection,
        target: Target,
        only: Option<fn(IpAddr) -> bool>,
    ) -> Arc<Self> {
        Arc::new(Self {
            stream,
            direction,
            target,
            only,
            status: Mutex::default(),
        })
    }

    /// A push of `stream` to `target`, if that is at an address that `only` allows.
    pub(crate) fn onward(stream: Name, target: Target, only: Option<fn(IpAddr) -> bool>) -> Arc<Self> {
        Self::new(stream, RelayDirection::Push, target, only)
    }

    /// Whether it leads to `target`, with its key.
    pub(crate) fn leads_to(&self, target: &Target) -> bool {
        self.target == *target
    }

    /// Relays until `stop`; a publish is ended in order then.
    pub(crate) async fn run(self: Arc<Self>, app: Arc<App>, stop: CancellationToken) {
        let mut pace = Reconnect::new(Instant::now(), seed(&self.stream));
        while let Some(live) = stop.run_until_cancelled(self.due(&app, &mut pace)).await {
            self.enter(RelayState::Connecting);
            let end = match live {
                None => stop.run_until_cancelled(self.pull_once(&app, &mut pace)).await,
                Some(stream) => self.push_once(stream, &mut pace, &stop).await,
            };
            let Some(end) = end else {
                return;
            };
            self.ended(end, &mut pace);
        }
    }

    /// Waits until it is to be tried; what is pushed is live then.
    async fn due(&self, app: &App, pace: &mut Reconnect) -> Option<Arc<Stream>> {
        let live = match self.direction {
            RelayDirection::Pull => None,
            RelayDirection::Push => {
                self.enter(RelayState::Waiting);
                Some(app.hub.live(&self.stream).await)
            }
        };
        if let Some(due) = pace.due() {
            tokio::time::sleep_until(due.into()).await;
            pace.poll(Instant::now());
        }
        live
    }

    fn ended(&self, end: End, pace: &mut Reconnect) {
        let now = Instant::now();
        let fault = match end {
            End::Refused(fault) => {
                pace.refused(now);
                Some(fault)
            }
            End::Lost(fault) => {
                pace.lost(now);
                Some(fault)
            }
            End::Over => {
                pace.lost(now);
                None
            }
        };
        self.status().failed(fault.clone());
        self.enter(RelayState::Connecting);
        if let Some(fault) = fault {
            tracing::warn!(stream = %self.stream, server = self.server(), %fault, "a relay's connection ended");
        }
    }

    fn enter(&self, state: RelayState) {
        self.status().enter(state, Instant::now());
    }

    fn status(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The other server: no more of its address, which may hold a token.
    fn server(&self) -> String {
        let Target { host, port, tls, .. } = &self.target;
        format!("{}://{host}:{port}", if *tls { "rtmps" } else { "rtmp" })
    }

    /// What is known of it at `now`.
    pub fn stats(&self, now: Instant) -> RelayStats {
        let status = self.status();
        RelayStats {
            stream: self.stream.to_string(),
            direction: self.direction,
            server: self.server(),
            state: status.state,
            state_for_ms: status.state_for(now),
            connections: status.connections,
            bytes: status.bytes,
            last_error: status.last_error.clone(),
        }
    }
}

/// Whether the relays of a configuration can be; keys are not looked at.
pub(crate) fn check(config: &Config) -> Result<(), ConfigError> {
    let pulls = config.pull.iter().map(|p| (&p.stream, &p.from));
    let pushes = config.push.iter().map(|p| (&p.stream, &p.to));
    for (stream, url) in pulls.chain(pushes) {
        let wrong = |message: String| ConfigError::Relay {
            stream: stream.clone(),
            message,
        };
        Name::new(stream).map_err(|fault| wrong(fault.message.trim_end_matches('.').to_owned()))?;
        Target::new(url, Secret::default()).map_err(|error| wrong(error.to_string()))?;
    }
    Ok(())
}

fn target(stream: &str, url: &str, key: Secret) -> Result<Target, Fault> {
    Target::new(url, key).map_err(|error| {
        Fault::new(
            Code::ConfigInvalid,
            format!("The relay of stream {stream} is wrong: {error}."),
        )
    })
}

fn end(error: &Error) -> End {
    let fault = |code| Fault::new(code, format!("The other server can't be used: {error}."));
    match error {
        Error::Rejected { .. }
        | Error::Codec(_)
        | Error::Certificate(_)
        | Error::Tls(_)
        | Error::NotAllowed => End::Refused(fault(Code::RelayRefused)),
        _ => End::Lost(fault(Code::RelayLost)),
    }
}

/// Varies the pace from stream to stream (FNV-1a).
fn seed(name: &Name) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    name.as_str().bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

#[cfg(test)]
mod tests;
