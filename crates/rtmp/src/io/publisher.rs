//! Our own way to a server: publishes tags.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use container::flv::{FourCc, Tag};
use media::MediaClock;
use tokio::net::TcpStream;
use tokio::time;

use super::socket::{self, SocketStats};
use super::stream::Stream;
use super::tls;
use super::wire::{Step, Wire, now};
use crate::client::{Event, Session};
use crate::{Deadline, Error, Limits, Target};

/// Bytes that may wait before nothing is read any more: the largest frame and some answers.
const MAX_QUEUED: usize = 8 * 1024 * 1024;

/// How long a connection lasts before a request to reconnect is heard.
const SETTLED: Duration = Duration::from_secs(1);

/// What a publisher has to offer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offer<'a> {
    /// Codecs of the first track of each kind: others than H.264 and AAC are to be named.
    pub codecs: &'a [FourCc],
    /// Codecs of the tracks beside them, which go only to who says that it takes such.
    pub further: &'a [FourCc],
    /// The addresses it may go to; none: all.
    pub only: Option<fn(IpAddr) -> bool>,
}

/// A granted publish.
///
/// What the server says is read and answered within every call. While there is nothing to send, call
/// [`Publisher::closed`].
pub struct Publisher {
    wire: Wire,
    session: Session,
    wants_clock: bool,
    takes_tracks: bool,
    reconnect: Option<Target>,
    wants_key_frame: bool,
    since: time::Instant,
}

impl Publisher {
    /// Connects to `target` and publishes there: name look-up, TCP, handshake and the server's word together
    /// within `timeout`.
    ///
    /// # Errors
    /// [`Error::Resolve`], [`Error::Refused`], [`Error::Timeout`], [`Error::Rejected`] with the server's own
    /// words, or another [`Error`] of the network or the protocol.
    pub async fn connect(target: Target, timeout: Duration) -> Result<Self, Error> {
        Self::offer(target, Offer::default(), timeout).await
    }

    /// The same to publish what `offer` says.
    ///
    /// # Errors
    /// [`Error::Codec`] when the server doesn't take one of them, [`Error::NotAllowed`] when its name leads to other addresses
    /// than it may go to, or as [`Publisher::connect`].
    pub async fn offer(target: Target, offer: Offer<'_>, timeout: Duration) -> Result<Self, Error> {
        let connecting = async {
            let (wire, limits) = dial(&target, offer.only, timeout).await?;
            let session = Session::publish(target, limits, now())
                .offering(offer.codecs)
                .offering_further(offer.further);
            let mut publisher = Self {
                wire,
                session,
                wants_clock: false,
                takes_tracks: false,
                reconnect: None,
                wants_key_frame: false,
                since: time::Instant::now(),
            };
            publisher.granted().await?;
            Ok(publisher)
        };
        time::timeout(timeout, connecting)
            .await
            .unwrap_or(Err(Error::Timeout(Deadline::Connect)))
    }

    async fn granted(&mut self) -> Result<(), Error> {
        while !self.session.is_publishing() {
            self.step().await?;
        }
        Ok(())
    }

    /// One step of the wire, and what follows from it.
    async fn step(&mut self) -> Result<(), Error> {
        self.wire.push(self.session.poll_transmit());
        match self.wire.step(None).await? {
            Step::Wrote | Step::Deadline => {}
            Step::Read(n) => self.session.receive(now(), self.wire.bytes(n))?,
            Step::Ended => return Err(Error::Closed),
        }
        self.events()
    }

    fn events(&mut self) -> Result<(), Error> {
        while let Some(event) = self.session.poll_event() {
            match event {
                Event::Publishing {
                    wants_clock,
                    takes_tracks,
                } => (self.wants_clock, self.takes_tracks) = (wants_clock, takes_tracks),
                Event::Rejected { code, description } => return Err(Error::Rejected { code, description }),
                Event::Unsupported(codec) => return Err(codec.into()),
                Event::Closed => return Err(Error::Closed),
                Event::Reconnect(target) => self.reconnect = Some(target),
                Event::KeyFrameWanted => self.wants_key_frame = true,
                Event::Connected | Event::Playing | Event::Tag(_) => {}
            }
        }
        Ok(())
    }

    /// Whether the server asked for the media clock: our own server.
    pub fn wants_clock(&self) -> bool {
        self.wants_clock
    }

    /// Whether the server takes the further tracks that were offered.
    pub fn takes_tracks(&self) -> bool {
        self.takes_tracks
    }

    /// Where the server has asked to connect anew since the last call: on the same host, with the same key. It is
    /// known a second after the connection was begun at the earliest, so that no server sends us round in circles.
    pub fn asked_to_reconnect(&mut self) -> Option<Target> {
        let settled = self.since.elapsed() >= SETTLED;
        settled.then(|| self.reconnect.take()).flatten()
    }

    /// Whether the server has asked for a key frame since the last call: our own server.
    pub fn asked_for_key_frame(&mut self) -> bool {
        std::mem::take(&mut self.wants_key_frame)
    }

    /// Sends a tag; returns when the system has taken it, which is when all but about a frame has left. A call
    /// that is dropped has been sent or is finished by the next: it is never half sent.
    ///
    /// # Errors
    /// [`Error::Closed`], [`Error::Rejected`] when the server ended the publish, or another [`Error`]; the
    /// publisher is of no use then.
    pub async fn send(&mut self, tag: &Tag) -> Result<(), Error> {
        self.push(tag)?;
        self.flush().await
    }

    /// Takes a tag; [`Publisher::flush`] sends it.
    ///
    /// # Errors
    /// As [`Publisher::send`].
    pub fn push(&mut self, tag: &Tag) -> Result<(), Error> {
        self.session.send(tag)
    }

    /// Takes the media clock of the key frame that is taken next, when the server asked for it; else nothing.
    ///
    /// # Errors
    /// As [`Publisher::send`].
    pub fn push_clock(&mut self, clock: &MediaClock) -> Result<(), Error> {
        self.session.send_clock(clock)
    }

    /// Sends what was taken; returns when the system has all of it. A call that is dropped goes on with the next.
    ///
    /// # Errors
    /// As [`Publisher::send`].
    pub async fn flush(&mut self) -> Result<(), Error> {
        loop {
            self.wire.push(self.session.poll_transmit());
            if self.wire.is_drained() {
                break;
            }
            self.step().await?;
        }
        while let Some(n) = self.wire.try_read().await? {
            self.session.receive(now(), self.wire.bytes(n))?;
        }
        self.events()
    }

    /// Bytes that have not left this machine: ours and the system's.
    pub fn unsent(&self) -> u64 {
        self.wire.queued() as u64 + self.stats().map_or(0, |stats| stats.unsent)
    }

    /// The server's address; none once the system has given the connection up.
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        self.wire.tcp().peer_addr().ok()
    }

    /// What the system knows of the connection; none where it doesn't tell.
    pub fn stats(&self) -> Option<SocketStats> {
        socket::stats(self.wire.tcp())
    }

    /// Bytes that the server itself says have reached it, modulo 2^32; many say it only every few megabytes.
    pub fn acknowledged(&self) -> u32 {
        self.session.acknowledged()
    }

    /// Waits for the connection's end, answering the server meanwhile. Can be dropped to send again.
    pub async fn closed(&mut self) -> Error {
        loop {
            if let Err(error) = self.step().await {
                return error;
            }
        }
    }

    /// Ends the publish by our own word and closes the connection; takes a second at most.
    ///
    /// # Errors
    /// [`Error::Closed`] or [`Error::Io`] when the connection ended before that word was sent.
    pub async fn close(mut self) -> Result<(), Error> {
        self.session.finish();
        self.wire.push(self.session.poll_transmit());
        self.wire.finish().await
    }
}

/// The session's state alone.
impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Publisher({:?})", self.session)
    }
}

/// Opens the socket. The deadlines of the session are left to the caller's own timeout.
pub(super) async fn dial(
    target: &Target,
    only: Option<fn(IpAddr) -> bool>,
    timeout: Duration,
) -> Result<(Wire, Limits), Error> {
    let addresses = tokio::net::lookup_host((target.host.as_str(), target.port)).await;
    let mut addresses: Vec<_> = addresses.map_err(|_| Error::Resolve)?.collect();
    if addresses.is_empty() {
        return Err(Error::Resolve);
    }
    // What was looked at is connected to: a second answer might be another.
    addresses.retain(|address| only.is_none_or(|only| only(address.ip())));
    if addresses.is_empty() {
        return Err(Error::NotAllowed);
    }
    let stream = TcpStream::connect(&addresses[..]).await?;
    socket::configure_sender(&stream)?;
    let limits = Limits {
        handshake: timeout,
        publish: timeout,
        ..Limits::default()
    };
    let stream = match target.tls {
        true => Stream::Client(Box::new(tls::connect(stream, &target.host).await?)),
        false => Stream::Plain(stream),
    };
    Ok((Wire::new(stream, MAX_QUEUED), limits))
}
