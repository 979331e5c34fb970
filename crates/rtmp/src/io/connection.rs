//! One publisher or player at our server.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use tokio::net::TcpStream;
use tokio::time;

use super::stream::Stream;
use super::wire::{Step, Wire, now};
use super::{socket, tls};
use crate::server::{Event, Session};
use crate::{Deadline, Error, Limits};

/// Bytes of answers that may wait for the peer.
const MAX_QUEUED: usize = 64 * 1024;

/// One accepted connection and its session.
///
/// Its task calls [`Connection::event`] over and over; handshake, answers, acknowledgements and timeouts go
/// on only meanwhile. To end it by force, drop it, or call [`Connection::close`] for an orderly end.
pub struct Connection {
    wire: Wire,
    session: Session,
    failed: Option<Error>,
    ending: bool,
}

impl Connection {
    /// Takes an accepted socket.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::Closed`] when the socket is dead already.
    pub fn new(stream: TcpStream, limits: Limits) -> Result<Self, Error> {
        socket::configure(&stream)?;
        Ok(Self::over(Stream::Plain(stream), limits))
    }

    /// Takes an accepted socket and makes it secure, within the time of a handshake.
    ///
    /// # Errors
    /// [`Error::Tls`] when the peer can't agree, [`Error::Timeout`], or as [`Connection::new`].
    pub async fn secure(
        stream: TcpStream,
        config: Arc<rustls::ServerConfig>,
        limits: Limits,
    ) -> Result<Self, Error> {
        socket::configure(&stream)?;
        let stream = time::timeout(limits.handshake, tls::accept(stream, config)).await;
        let stream = stream.unwrap_or(Err(Error::Timeout(Deadline::Handshake)))?;
        Ok(Self::over(Stream::Server(Box::new(stream)), limits))
    }

    fn over(stream: Stream, limits: Limits) -> Self {
        Self {
            wire: Wire::new(stream, MAX_QUEUED),
            session: Session::new(limits, now()),
            failed: None,
            ending: false,
        }
    }

    /// The peer's address; none when the connection is gone.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.wire.tcp().peer_addr().ok()
    }

    /// The next event. [`Event::Closed`] is the last: the connection ended in order, or without a publish
    /// going on. Can be dropped and called again.
    ///
    /// # Errors
    /// [`Error::Closed`] when the connection was lost in the middle of a publish; [`Error`] else when the
    /// publisher broke the protocol, a limit or a deadline. Each is the last.
    pub async fn event(&mut self) -> Result<Event, Error> {
        loop {
            if let Some(event) = self.next().await? {
                return Ok(event);
            }
        }
    }

    /// Sends `bytes`, made by [`crate::server::write_shared`], to a player whose play was granted. Returns when
    /// the system has taken them, or with an event before that; then the rest leaves with the next call of this
    /// or of [`Connection::event`]. A call that is dropped has taken the bytes.
    ///
    /// # Errors
    /// As [`Connection::event`].
    pub async fn send(&mut self, bytes: Bytes) -> Result<Option<Event>, Error> {
        self.wire.push(self.session.poll_transmit());
        self.wire.push(Some(bytes));
        while !self.wire.is_drained() {
            if let Some(event) = self.next().await? {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    /// An event that is there, or else one step of the wire.
    async fn next(&mut self) -> Result<Option<Event>, Error> {
        match self.session.poll_event() {
            Some(Event::Closed) => self.ending = true,
            Some(event) => return Ok(Some(event)),
            None => {}
        }
        if let Some(error) = self.failed.take() {
            self.ending = true;
            return Err(error);
        }
        self.wire.push(self.session.poll_transmit());
        if self.ending {
            // The peer may be gone; the end is the same.
            let _ = self.wire.finish().await;
            return Ok(Some(Event::Closed));
        }
        let step = self.wire.step(self.session.poll_timeout()).await;
        self.failed = self.advance(step).err();
        Ok(None)
    }

    fn advance(&mut self, step: Result<Step, Error>) -> Result<(), Error> {
        match step {
            Ok(Step::Wrote) => {
                self.session.sent(now());
                Ok(())
            }
            Ok(Step::Read(n)) => self.session.receive(now(), self.wire.bytes(n)),
            Ok(Step::Deadline) => self.session.handle_timeout(now()),
            Ok(Step::Ended) | Err(Error::Closed) if !self.session.is_publishing() => {
                self.session.close();
                Ok(())
            }
            Ok(Step::Ended) => Err(Error::Closed),
            Err(error) => Err(error),
        }
    }

    /// Grants the publish that [`Event::Publish`] asked for; the word leaves with the next
    /// [`Connection::event`].
    pub fn accept(&mut self) {
        self.session.accept_publish();
    }

    /// Grants the play that [`Event::Play`] asked for; the word leaves before what is sent next.
    pub fn accept_play(&mut self) {
        self.session.accept_play();
    }

    /// Asks the peer to connect anew, to `url` or where it is; the word leaves with the next [`Connection::event`] or
    /// [`Connection::close`]. False when the peer doesn't know such requests.
    pub fn request_reconnect(&mut self, url: Option<&str>) -> bool {
        self.session.request_reconnect(url)
    }

    /// Asks a publisher for a key frame; the word leaves with the next [`Connection::event`]. False when the publisher
    /// doesn't know such requests, or its publish wasn't granted.
    pub fn request_key_frame(&mut self) -> bool {
        self.session.request_key_frame()
    }

    /// Tells a player that what it plays has ended, and ends the connection; takes a second at most.
    pub async fn end_play(&mut self) {
        self.session.end_play();
        self.finish().await;
    }

    /// Refuses what was asked for with a `code` like `NetStream.Publish.BadName` and a sentence for the peer, and ends
    /// the connection; takes a second at most.
    pub async fn reject(&mut self, code: &str, description: &str) {
        self.session.reject(code, description);
        self.finish().await;
    }

    /// Ends the connection in order; takes a second at most.
    pub async fn close(&mut self) {
        self.session.close();
        self.finish().await;
    }

    async fn finish(&mut self) {
        self.ending = true;
        self.wire.push(self.session.poll_transmit());
        let _ = self.wire.finish().await;
    }
}

/// The session's state alone.
impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Connection({:?})", self.session)
    }
}
