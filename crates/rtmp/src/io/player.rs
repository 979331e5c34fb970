//! Our own way from a server: plays tags.

use std::time::Duration;

use container::flv::Tag;
use tokio::time;

use super::publisher::dial;
use super::wire::{Step, Wire, now};
use crate::client::{Event, Session};
use crate::{Deadline, Error, Target};

/// A connection that plays.
pub struct Player {
    wire: Wire,
    session: Session,
}

impl Player {
    /// Connects to `target` and asks to play it, within `timeout`. A server that waits for the publisher is
    /// waited for in [`Player::next_tag`].
    ///
    /// # Errors
    /// As [`super::Publisher::connect`].
    pub async fn connect(target: Target, timeout: Duration) -> Result<Self, Error> {
        let connecting = async {
            let (wire, limits) = dial(&target, None, timeout).await?;
            let session = Session::play(target, limits, now());
            let mut player = Self { wire, session };
            while !player.session.is_playing() {
                player.step().await?;
                if player.session.is_closed() {
                    while player.next()?.is_some() {}
                }
            }
            Ok(player)
        };
        time::timeout(timeout, connecting)
            .await
            .unwrap_or(Err(Error::Timeout(Deadline::Connect)))
    }

    async fn step(&mut self) -> Result<(), Error> {
        self.wire.push(self.session.poll_transmit());
        match self.wire.step(self.session.poll_timeout()).await? {
            Step::Wrote => Ok(()),
            Step::Read(n) => self.session.receive(now(), self.wire.bytes(n)),
            Step::Deadline => self.session.handle_timeout(now()),
            Step::Ended => Err(Error::Closed),
        }
    }

    fn next(&mut self) -> Result<Option<Tag>, Error> {
        while let Some(event) = self.session.poll_event() {
            match event {
                Event::Tag(tag) => return Ok(Some(tag)),
                Event::Rejected { code, description } => return Err(Error::Rejected { code, description }),
                Event::Unsupported(codec) => return Err(codec.into()),
                Event::Closed => return Err(Error::Closed),
                Event::Connected
                | Event::Playing
                | Event::Publishing { .. }
                | Event::Reconnect(_)
                | Event::KeyFrameWanted => {}
            }
        }
        Ok(None)
    }

    /// The next tag. Can be dropped and called again.
    ///
    /// # Errors
    /// [`Error::Closed`] when what is played has ended, or another [`Error`]; each is the last.
    pub async fn next_tag(&mut self) -> Result<Tag, Error> {
        loop {
            if let Some(tag) = self.next()? {
                return Ok(tag);
            }
            self.step().await?;
        }
    }
}

/// The session's state alone.
impl std::fmt::Debug for Player {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Player({:?})", self.session)
    }
}
