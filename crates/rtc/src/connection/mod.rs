//! One peer, without IO and clock.
//!
//! The contract is str0m's: after anything that changes a connection, [`Connection::poll`] until it says when it wants to
//! be looked at again.

mod media;
mod negotiate;
mod send;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::media::TrackKind;
use str0m::bwe::BweKind;
use str0m::change::SdpPendingOffer;
use str0m::config::{CryptoProvider, DtlsCert};
use str0m::media::{KeyframeRequestKind, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{IceConnectionState, Input, Rtc};

use crate::Error;

pub use self::media::Media;
pub use negotiate::{Candidates, MAX_SDP, Offered, Role};
use send::Outgoing;

/// How long the two sides may take to find each other and shake hands.
const CONNECT_WITHIN: Duration = Duration::from_secs(15);
/// How often a connection tells of itself.
const STATS_EVERY: Duration = Duration::from_secs(1);

/// What the connections of a process share: the certificate by which their peers know them.
#[derive(Clone)]
pub struct Identity {
    certificate: DtlsCert,
    provider: Arc<CryptoProvider>,
}

impl Identity {
    /// A new one.
    ///
    /// # Errors
    /// [`Error::Io`] when no certificate can be made.
    pub fn generate() -> Result<Self, Error> {
        let provider = Arc::new(crate::dtls::provider());
        let certificate = provider.dtls_provider.generate_certificate();
        let certificate = certificate.ok_or_else(|| std::io::Error::other("No certificate can be made."))?;
        Ok(Self {
            certificate,
            provider,
        })
    }
}

/// By which protocol packets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// UDP.
    Udp,
    /// TCP, packets framed as RFC 4571 says.
    Tcp,
}

/// What [`Connection::poll`] found.
#[derive(Debug)]
pub enum Output {
    /// A packet is to be sent.
    Transmit {
        /// How.
        transport: Transport,
        /// Where to.
        to: SocketAddr,
        /// The packet.
        packet: Vec<u8>,
    },
    /// Something happened.
    Event(Event),
    /// Nothing more before this time, unless something comes or is sent.
    Timeout(Instant),
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// Both sides have found each other; media may pass.
    Connected,
    /// The other side sent a whole access unit.
    Media(Media),
    /// The other side can't go on without a key frame.
    KeyFrameWanted,
    /// What the connection knows of itself; about once a second.
    Line(Line),
    /// It has ended, by the other side's word or silence. The last event.
    Ended,
}

/// What a connection knows of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Line {
    /// There and back.
    pub rtt: Option<Duration>,
    /// Share of the packets sent in the last second that were lost, 0 to 1; none until the other side told.
    pub sent_lost: Option<f32>,
    /// Share of the packets of the other side that were lost, 0 to 1.
    pub received_lost: Option<f32>,
    /// What the line is thought to carry towards the other side, in bits a second.
    pub estimate: Option<u64>,
    /// Bytes of media sent so far.
    pub sent_bytes: u64,
    /// Bytes of media received so far.
    pub received_bytes: u64,
    /// By which protocol packets go.
    pub transport: Option<Transport>,
    /// Pictures not sent because the line was full.
    pub skipped: u64,
}

/// What congestion control thinks of the way to the other side at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// What the line is thought to carry, in bits a second; none while it isn't known.
    pub estimate: Option<u64>,
    /// How long what waits for the line has waited.
    pub waits: Duration,
    /// Pictures left out so far because the line was full.
    pub skipped: u64,
}

/// One peer.
pub struct Connection {
    rtc: Rtc,
    role: Role,
    /// What was offered and isn't answered yet.
    pending: Option<(SdpPendingOffer, [Mid; 2])>,
    outgoing: Outgoing,
    /// Until when it has to be connected; none once it is.
    deadline: Option<Instant>,
    line: Line,
    video: Option<Mid>,
    ended: bool,
}

impl Connection {
    /// Takes a packet that came `from` there to the local candidate `to`. False when it can't be read: it is a stranger's, or
    /// damaged, and is passed over.
    pub fn receive(
        &mut self,
        now: Instant,
        transport: Transport,
        from: SocketAddr,
        to: SocketAddr,
        packet: &[u8],
    ) -> bool {
        let proto = match transport {
            Transport::Udp => Protocol::Udp,
            Transport::Tcp => Protocol::Tcp,
        };
        let received = Receive::new(proto, from, to, packet);
        received
            .map(|received| self.input(Input::Receive(now, received)))
            .is_ok()
    }

    /// It is `now`.
    pub fn timeout(&mut self, now: Instant) {
        if self.deadline.is_some_and(|deadline| now >= deadline) {
            tracing::debug!("no connection within {CONNECT_WITHIN:?}");
            self.rtc.disconnect();
        }
        self.input(Input::Timeout(now));
    }

    fn input(&mut self, input: Input<'_>) {
        if let Err(error) = self.rtc.handle_input(input) {
            tracing::debug!(%error, "a connection broke");
            self.rtc.disconnect();
        }
    }

    /// What is to be done next; none after [`Event::Ended`].
    pub fn poll(&mut self) -> Option<Output> {
        while self.rtc.is_alive() && !self.ended {
            match self.rtc.poll_output() {
                Ok(str0m::Output::Timeout(at)) => {
                    let at = self.deadline.map_or(at, |deadline| deadline.min(at));
                    return Some(Output::Timeout(at));
                }
                Ok(str0m::Output::Transmit(transmit)) => return Some(packet(transmit)),
                Ok(str0m::Output::Event(event)) => {
                    if let Some(event) = self.event(event) {
                        return Some(Output::Event(event));
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, "a connection broke");
                    self.rtc.disconnect();
                }
            }
        }
        let first = !std::mem::replace(&mut self.ended, true);
        first.then_some(Output::Event(Event::Ended))
    }

    /// Asks the other side for a key frame.
    pub fn request_key_frame(&mut self) {
        let writer = self.video.and_then(|mid| self.rtc.writer(mid));
        if let Some(mut writer) = writer {
            // Refused only where the other side never offered to hear it.
            let _ = writer.request_keyframe(None, KeyframeRequestKind::Pli);
        }
    }

    /// Takes leave: what is still found by [`poll`](Self::poll) says so to the other side.
    pub fn close(&mut self) {
        // Before it is connected there is nobody to tell.
        if !self.is_connected() || self.rtc.close().is_err() {
            self.rtc.disconnect();
        }
    }

    /// Whether media may pass.
    pub fn is_connected(&self) -> bool {
        self.deadline.is_none()
    }

    fn event(&mut self, event: str0m::Event) -> Option<Event> {
        match event {
            str0m::Event::Connected => {
                self.deadline = None;
                Some(Event::Connected)
            }
            str0m::Event::IceConnectionStateChange(IceConnectionState::Disconnected)
            | str0m::Event::Closed => {
                self.ended = true;
                Some(Event::Ended)
            }
            str0m::Event::MediaData(data) => media::read(data).map(Event::Media),
            str0m::Event::KeyframeRequest(_) => Some(Event::KeyFrameWanted),
            str0m::Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                self.line.estimate = Some(estimate.as_u64());
                None
            }
            str0m::Event::PeerStats(stats) => Some(Event::Line(self.told(&stats))),
            _ => None,
        }
    }

    fn told(&mut self, stats: &str0m::stats::PeerStats) -> Line {
        let pair = stats.selected_candidate_pair.as_ref();
        self.line.rtt = stats
            .rtt
            .or_else(|| pair.and_then(|pair| pair.current_round_trip_time));
        self.line.sent_lost = stats.egress_loss_fraction;
        self.line.received_lost = stats.ingress_loss_fraction;
        self.line.sent_bytes = stats.bytes_tx;
        self.line.received_bytes = stats.bytes_rx;
        self.line.transport = pair.map(|pair| transport(pair.protocol));
        self.line
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("role", &self.role)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

const fn transport(protocol: Protocol) -> Transport {
    match protocol {
        Protocol::Udp => Transport::Udp,
        Protocol::Tcp | Protocol::SslTcp | Protocol::Tls => Transport::Tcp,
    }
}

fn packet(transmit: str0m::net::Transmit) -> Output {
    Output::Transmit {
        transport: transport(transmit.proto),
        to: transmit.destination,
        packet: transmit.contents.into(),
    }
}

const fn kind(kind: MediaKind) -> TrackKind {
    match kind {
        MediaKind::Audio => TrackKind::Audio,
        MediaKind::Video => TrackKind::Video,
    }
}
