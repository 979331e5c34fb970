//! One publisher at our server.

use std::net::SocketAddr;

use tokio::net::TcpStream;

use super::socket;
use super::wire::{Step, Wire, now};
use crate::server::{Event, Session};
use crate::{Error, Limits};

/// Bytes of answers that may wait for a publisher.
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
        Ok(Self {
            wire: Wire::new(stream, MAX_QUEUED),
            session: Session::new(limits, now()),
            failed: None,
            ending: false,
        })
    }

    /// The peer's address; none when the connection is gone.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.wire.stream().peer_addr().ok()
    }

    /// The next event. [`Event::Closed`] is the last: the connection ended in order, or without a publish
    /// going on. Can be dropped and called again.
    ///
    /// # Errors
    /// [`Error::Closed`] when the connection was lost in the middle of a publish; [`Error`] else when the
    /// publisher broke the protocol, a limit or a deadline. Each is the last.
    pub async fn event(&mut self) -> Result<Event, Error> {
        loop {
            match self.session.poll_event() {
                Some(Event::Closed) => self.ending = true,
                Some(event) => return Ok(event),
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
                return Ok(Event::Closed);
            }
            let step = self.wire.step(self.session.poll_timeout()).await;
            self.failed = self.advance(step).err();
        }
    }

    fn advance(&mut self, step: Result<Step, Error>) -> Result<(), Error> {
        match step {
            Ok(Step::Wrote) => Ok(()),
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

    /// Refuses it with a `code` like `NetStream.Publish.BadName` and a sentence for the publisher, and ends
    /// the connection; takes a second at most.
    pub async fn reject(&mut self, code: &str, description: &str) {
        self.session.reject_publish(code, description);
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
