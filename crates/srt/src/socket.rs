//! A connection, and how it is made.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::{self, Instant};

use crate::handle::Handle;
use crate::options::{self, Bandwidth, MAX_PAYLOAD, Options};
use crate::raw::{self, Failure};
use crate::reactor::Interest;
use crate::stats::{Stats, Unsent};
use crate::sys;
use crate::{Error, Target};

/// Addresses of a name that are called at most.
const ADDRESSES: usize = 4;
/// How much later than it was told libsrt may give up a call.
const GRACE: Duration = Duration::from_secs(1);
/// How often is looked whether all is acknowledged, or due after the end: libsrt tells nobody.
const LOOK: Duration = Duration::from_millis(10);

/// How much longer than its latency a message that arrived before the end may take to be due: one before it may
/// be missing.
const GAP: Duration = Duration::from_secs(1);

/// A connection in live mode: messages go both ways. Several tasks may use it at once. Dropping it ends the
/// connection, and with it what was not acknowledged yet.
pub struct Socket {
    handle: Handle,
    peer: SocketAddr,
    stream_id: String,
    payload: usize,
    /// The larger of both directions'.
    latency: Duration,
}

impl Socket {
    /// Calls `target`. The addresses of its name are called one after the other, each for its share of the
    /// time; only one where nobody answers leads to the next. Can be dropped to give up.
    ///
    /// # Errors
    /// [`Error::Resolve`], [`Error::Timeout`] when nobody answers, [`Error::Rejected`] with the listener's
    /// code, [`Error::Passphrase`], [`Error::Option`], or another [`Error`].
    pub async fn connect(target: &Target, options: &Options) -> Result<Self, Error> {
        options.check()?;
        let end = Instant::now() + options.connect_timeout;
        let addresses = tokio::net::lookup_host((target.host.as_str(), target.port));
        let addresses = time::timeout_at(end, addresses)
            .await
            .map_err(|_| Error::Timeout)?;
        let addresses: Vec<_> = addresses.map_err(|_| Error::Resolve)?.take(ADDRESSES).collect();
        let mut result = Err(Error::Resolve);
        for (tried, &address) in addresses.iter().enumerate() {
            let left = end.saturating_duration_since(Instant::now());
            let share = left / (addresses.len() - tried) as u32;
            result = Self::call(address, target, options, share).await;
            if !matches!(result, Err(Error::Timeout | Error::Io(_))) {
                break;
            }
        }
        result
    }

    async fn call(
        peer: SocketAddr,
        target: &Target,
        options: &Options,
        timeout: Duration,
    ) -> Result<Self, Error> {
        let handle = Handle::new()?;
        options.apply(handle.id())?;
        raw::set(handle.id(), sys::SRTO_CONNTIMEO, options::millis(timeout).max(1))?;
        if !target.stream_id.is_empty() {
            raw::set_text(handle.id(), sys::SRTO_STREAMID, &target.stream_id)?;
        }
        raw::connect(handle.id(), peer)?;
        let connected = handle.until(Interest::Write, connected);
        // libsrt's own timer ends it, somewhat late; ours is for when it doesn't.
        let connected = time::timeout(timeout + GRACE, connected).await;
        connected
            .map_err(|_| Error::Timeout)??
            .map_err(Error::of_handshake)?;
        Self::made(handle, peer, target.stream_id.clone(), options.payload)
    }

    /// A connection that a listener took.
    pub(crate) fn accepted(handle: Handle, peer: SocketAddr, payload: usize) -> Result<Self, Error> {
        let stream_id = raw::stream_id(handle.id())?;
        let stream_id = String::from_utf8(stream_id).map_err(|_| Error::StreamId)?;
        Self::made(handle, peer, stream_id, payload)
    }

    fn made(handle: Handle, peer: SocketAddr, stream_id: String, payload: usize) -> Result<Self, Error> {
        let [receive, send] = [sys::SRTO_RCVLATENCY, sys::SRTO_PEERLATENCY].map(|o| raw::get(handle.id(), o));
        let latency = u64::try_from(receive?.max(send?)).unwrap_or(0);
        Ok(Self {
            handle,
            peer,
            stream_id,
            payload,
            latency: Duration::from_millis(latency),
        })
    }

    /// Sends one message of at most the payload size; an empty one is nothing. Waits for room in the send
    /// buffer: for the peer's acknowledgement or, where late messages are given up, for one to be late. A call
    /// that is dropped has sent the message or hasn't: never a part.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Lost`] when the connection ended, or [`Error::Io`].
    pub async fn send(&self, message: &[u8]) -> Result<(), Error> {
        if message.len() > self.payload {
            return Err(Error::TooLarge {
                len: message.len(),
                limit: self.payload,
            });
        }
        if message.is_empty() {
            return Ok(());
        }
        Ok(self
            .handle
            .until(Interest::Write, |socket| raw::send(socket, message))
            .await?)
    }

    /// Waits for the next message and writes it to `buf`, which holds [`MAX_PAYLOAD`] bytes or more; its
    /// length. What arrived before the peer's end is still given when it is due. A call that is dropped has taken nothing.
    ///
    /// # Errors
    /// [`Error::Lost`] at the end, [`Error::TooLarge`] when `buf` is too small, or [`Error::Io`].
    pub async fn recv(&self, buf: &mut [u8]) -> Result<usize, Error> {
        room(buf)?;
        let mut end = None;
        loop {
            let attempt = |socket| raw::recv(socket, buf);
            match self.handle.until(Interest::Read, attempt).await {
                Err(failure) if failure.is_lost() && self.holds_messages() => {
                    let end = *end.get_or_insert_with(|| Instant::now() + self.latency + GAP);
                    if Instant::now() > end {
                        return Err(failure.into());
                    }
                    time::sleep(LOOK).await;
                }
                result => return Ok(result?),
            }
        }
    }

    /// The next message, if one is due already.
    ///
    /// # Errors
    /// As [`Socket::recv`].
    pub fn try_recv(&self, buf: &mut [u8]) -> Result<Option<usize>, Error> {
        room(buf)?;
        match raw::recv(self.handle.id(), buf) {
            Err(failure) if failure.is_again() => Ok(None),
            Err(failure) if failure.is_lost() && self.holds_messages() => Ok(None),
            result => Ok(Some(result?)),
        }
    }

    /// Whether messages wait to be due, which libsrt doesn't tell once the connection is lost.
    fn holds_messages(&self) -> bool {
        raw::get(self.handle.id(), sys::SRTO_RCVDATA).is_ok_and(|messages| messages > 0)
    }

    /// Ends the connection when the peer has acknowledged everything and it has come due there, as receivers
    /// tend to forget what isn't due when the end comes; or after `patience`. Whether everything was
    /// acknowledged.
    pub async fn close(self, patience: Duration) -> bool {
        let acknowledged = async {
            while self.unsent().is_ok_and(|unsent| unsent.messages > 0) {
                if !self.is_connected() {
                    return false;
                }
                time::sleep(LOOK).await;
            }
            if self.is_connected() {
                time::sleep(self.latency).await;
            }
            true
        };
        time::timeout(patience, acknowledged).await.unwrap_or(false)
    }

    fn is_connected(&self) -> bool {
        sys::srt_getsockstate(self.handle.id()) == sys::SRTS_CONNECTED
    }

    /// Sets how much may be sent, from now on.
    ///
    /// # Errors
    /// [`Error::Option`] or [`Error::Lost`].
    pub fn set_bandwidth(&self, bandwidth: Bandwidth) -> Result<(), Error> {
        bandwidth.apply(self.handle.id())
    }

    /// What libsrt knows of the connection. Rates begin anew.
    ///
    /// # Errors
    /// [`Error::Lost`] when the connection ended.
    pub fn stats(&self) -> Result<Stats, Error> {
        let mut stats = sys::SRT_TRACEBSTATS::default();
        raw::check(sys::srt_bistats(self.handle.id(), &mut stats, 1, 1))?;
        Ok(Stats::from(&stats))
    }

    /// What the peer has not acknowledged yet.
    ///
    /// # Errors
    /// [`Error::Lost`] when the connection ended.
    pub fn unsent(&self) -> Result<Unsent, Error> {
        let (mut messages, mut bytes) = (0, 0);
        let time = raw::check(sys::srt_getsndbuffer(self.handle.id(), &mut messages, &mut bytes))?;
        Ok(Unsent {
            messages,
            bytes,
            time: Duration::from_millis(u64::try_from(time).unwrap_or(0)),
        })
    }

    /// What the caller said it wants; empty when it said nothing. It may hold a key.
    pub fn stream_id(&self) -> &str {
        &self.stream_id
    }

    /// The other end's address.
    pub fn peer_addr(&self) -> SocketAddr {
        self.peer
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Socket({})", self.peer)
    }
}

fn room(buf: &[u8]) -> Result<(), Error> {
    match buf.len() {
        MAX_PAYLOAD.. => Ok(()),
        len => Err(Error::TooLarge {
            len,
            limit: MAX_PAYLOAD,
        }),
    }
}

/// Whether a socket that connects is connected, or why it can't be; "again" while it is on its way. For a moment
/// on its way it looks broken (libsrt clears "connecting" before it sets "connected"), but has no reason then.
fn connected(socket: sys::SRTSOCKET) -> Result<Result<(), i32>, Failure> {
    match (sys::srt_getsockstate(socket), sys::srt_getrejectreason(socket)) {
        (sys::SRTS_CONNECTED, _) => Ok(Ok(())),
        (sys::SRTS_CONNECTING, _) | (_, sys::SRT_REJ_UNKNOWN) => Err(Failure::AGAIN),
        (_, reason) => Ok(Err(reason)),
    }
}
