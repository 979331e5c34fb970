//! By WHIP (RFC 9725): the show as RTP.

mod error;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use api::studio::LineStats;
use media::TrackKind;
use rtc::net::{Endpoint, Session};
use rtc::signal::{Bearer, Client};
use rtc::{Event, Role};
use rtmp::Secret;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time;
use uplink::Sample;

use super::Item;
use super::route::{TRY, is_companion};
use crate::show::{Output, whip_address};

pub use error::WhipError;
use error::failed;

/// What is left of a show gets so long to be sent at the pace of the line.
const REST: Duration = Duration::from_millis(200);
/// A server gets so long to hear that the show has ended.
const LEAVE: Duration = Duration::from_secs(1);

/// The way to a server by WHIP.
#[derive(Clone, Debug)]
pub(crate) struct WhipRoute {
    client: Client,
    key: Secret,
    pub(super) host: String,
    pub(super) port: u16,
    /// Whether it is the companion server, which knows the media clock.
    stamped: bool,
    /// What is sent, in bits a second.
    rate: u64,
}

impl WhipRoute {
    /// The key is the bearer token, as it is.
    pub(super) fn new(output: &Output, key: Secret, companion: Option<&str>) -> Result<Self, WhipError> {
        let (host, port) = whip_address(&output.url).ok_or(WhipError::Address)?;
        let bearer = Bearer::new(key.expose())?;
        Ok(Self {
            client: Client::new(&output.url, Some(bearer))?,
            key,
            stamped: is_companion(&host, companion),
            host,
            port,
            rate: u64::from(output.video.bitrate + output.audio.bitrate) * 1_000,
        })
    }

    /// Calls the server, and waits until packets pass.
    pub(super) async fn connect(&self) -> Result<WhipLine, WhipError> {
        let mut client = self.client.clone();
        let server = client.resolve().await.map_err(|_| WhipError::Resolve)?;
        let endpoint = Endpoint::call(server)?;
        let (mut session, offer) = endpoint.offer(Role::Send)?;
        let answer = client
            .offer(offer)
            .await
            .map_err(|error| failed(error, &self.key))?;
        let call = Call::new(client);
        session.accept(&answer)?;
        if ![TrackKind::Video, TrackKind::Audio]
            .into_iter()
            .all(|kind| session.takes(kind))
        {
            return Err(rtc::Error::NothingInCommon.into());
        }
        session.set_rate(self.rate);
        let connected = time::timeout(TRY, connected(&mut session)).await;
        connected.unwrap_or(Err(rtc::Error::Unconnected))?;
        Ok(WhipLine {
            server,
            session,
            call,
            stamped: self.stamped,
            wants_key_frame: false,
            told: None,
            last: (Duration::ZERO, None),
            skipped: 0,
            _endpoint: endpoint,
        })
    }
}

async fn connected(session: &mut Session) -> Result<(), rtc::Error> {
    loop {
        match session.next().await {
            Event::Connected => return Ok(()),
            Event::Ended => return Err(rtc::Error::Unconnected),
            Event::Media(_) | Event::KeyFrameWanted | Event::Line(_) => {}
        }
    }
}

/// What a server made of an offer. It is told when that is dropped.
#[derive(Debug)]
struct Call {
    client: Option<Client>,
    leaving: Option<JoinHandle<()>>,
}

impl Call {
    const fn new(client: Client) -> Self {
        Self {
            client: Some(client),
            leaving: None,
        }
    }

    /// Tells the server that it has ended, and waits until it has heard that, a second at most. Can be dropped and
    /// called again.
    async fn leave(&mut self) {
        if let Some(client) = self.client.take() {
            self.leaving = Some(tokio::spawn(leave(client)));
        }
        if let Some(leaving) = &mut self.leaving {
            // It can't have panicked or been given up while it is held here.
            let _ = leaving.await;
            self.leaving = None;
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let (Some(client), Ok(runtime)) = (self.client.take(), Handle::try_current()) {
            runtime.spawn(leave(client));
        }
    }
}

async fn leave(mut client: Client) {
    // A server that doesn't hear it finds out by silence.
    let _ = time::timeout(LEAVE, client.leave()).await;
}

/// A connection by WHIP.
#[derive(Debug)]
pub(super) struct WhipLine {
    server: SocketAddr,
    session: Session,
    call: Call,
    stamped: bool,
    wants_key_frame: bool,
    told: Option<LineStats>,
    /// There and back, and the share of packets lost in a second, as last told.
    last: (Duration, Option<f32>),
    /// Pictures left out so far.
    skipped: u64,
    /// Its port is read for as long as it is there.
    _endpoint: Endpoint,
}

impl WhipLine {
    /// Sends one packet: how many bytes of media it had. What there is no room for is left out.
    pub(super) fn send(&mut self, item: &Item) -> usize {
        let (packet, unit) = match &item.stamped {
            Some(stamped) if self.stamped => (&stamped.packet, &stamped.unit),
            _ => (&item.packet, &item.unit),
        };
        if let Some(unit) = unit {
            self.session.send(unit, unit.pts);
        }
        packet.data.len()
    }

    pub(super) const fn peer(&self) -> SocketAddr {
        self.server
    }

    pub(super) fn asked_for_key_frame(&mut self) -> bool {
        std::mem::take(&mut self.wants_key_frame)
    }

    /// Congestion control is WebRTC's own: what it thinks the line carries, and what it holds back.
    pub(super) fn sample(&mut self, now: Instant) -> Sample {
        let outlook = self.session.outlook();
        let (rtt, lost) = self.last;
        Sample {
            rtt,
            lost,
            queued: outlook.waits,
            gave_up: outlook.skipped,
            estimate_kbps: outlook
                .estimate
                .map(|bits| u32::try_from(bits / 1_000).unwrap_or(u32::MAX)),
            ..Sample::new(now)
        }
    }

    pub(super) fn told(&mut self) -> Option<LineStats> {
        self.told.take()
    }

    /// Waits for the line's end, and tells the server of it: it may think otherwise, and the next call has to find the
    /// place free. Can be dropped to send again.
    pub(super) async fn closed(&mut self) -> WhipError {
        loop {
            match self.session.next().await {
                Event::KeyFrameWanted => self.wants_key_frame = true,
                Event::Line(line) => self.hear(&line),
                Event::Connected | Event::Media(_) => {}
                Event::Ended => {
                    self.call.leave().await;
                    return WhipError::Lost;
                }
            }
        }
    }

    fn hear(&mut self, line: &rtc::Line) {
        let before = self.told.map_or(0, |told| told.skipped);
        let more = line.skipped.saturating_sub(self.skipped);
        self.skipped = line.skipped;
        self.last = (line.rtt.unwrap_or_default(), line.sent_lost);
        self.told = Some(LineStats {
            rtt_ms: line.rtt.map(|rtt| rtt.as_secs_f64() * 1_000.0),
            lost: line.sent_lost.map(f64::from),
            estimate_kbps: line.estimate.map(|bits| bits / 1_000),
            skipped: before + more,
        });
    }

    /// Ends the show there.
    pub(super) async fn close(mut self) {
        let lost = time::timeout(REST, self.closed()).await;
        if lost.is_err() {
            self.call.leave().await;
        }
        self.session.close();
    }
}

#[cfg(test)]
mod tests;
