//! The server's half of a connection: takes what a publisher sends, or lets a player in.
//!
//! Without IO or clock: bytes go in by [`Session::receive`], bytes come out of [`Session::poll_transmit`],
//! events out of [`Session::poll_event`], and [`Session::poll_timeout`] says when to call
//! [`Session::handle_timeout`]. Drain both queues after each call; they hold no more than one call's yield.

mod commands;
mod play;

#[cfg(test)]
mod play_tests;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt;
use std::time::Instant;

use bytes::Bytes;
use container::flv::{Tag, TagKind};
use media::MediaClock;

use crate::chunk::{Message, kind};
use crate::command::{Command, amf0_of};
use crate::data::{self, Data};
use crate::handshake::Side;
use crate::link::Link;
use crate::{Deadline, Error, Limits, Secret, aggregate};

pub use play::{MESSAGE_STREAM, write_shared};

/// What the peer did.
#[derive(Clone, PartialEq, Eq)]
pub enum Event {
    /// It wants to publish; [`Session::accept_publish`] or [`Session::reject`] answers.
    Publish {
        /// The application it connected to, with the query some encoders leave there.
        app: String,
        /// The name it publishes under, with its query: the stream key.
        key: Secret,
        /// The address it says it used.
        tc_url: String,
        /// What it calls itself, at most 64 characters.
        agent: String,
        /// Whether it follows [`Session::request_reconnect`].
        reconnects: bool,
        /// Whether it follows [`Session::request_key_frame`].
        key_frames: bool,
    },
    /// It wants to play; [`Session::accept_play`] or [`Session::reject`] answers.
    Play {
        /// The application it connected to, with its query.
        app: String,
        /// The stream's name, with its query, where a token may stand.
        name: Secret,
        /// What it calls itself, at most 64 characters.
        agent: String,
        /// Whether it takes tracks beside the first of each kind.
        takes_tracks: bool,
    },
    /// Sound, pictures or metadata; a script tag's body begins at its own name (`onMetaData`).
    Tag(Tag),
    /// The media clock of the key frame that follows.
    Clock(MediaClock),
    /// It ended the show by its own word.
    Unpublish,
    /// It plays no more, by its own word.
    Stop,
    /// The session is over: rejected, or closed by [`Session::close`].
    Closed,
}

/// Without keys, which encoders leave in any part of an address.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Publish { agent, .. } => write!(f, "Publish by {agent:?}"),
            Self::Play { agent, .. } => write!(f, "Play by {agent:?}"),
            Self::Tag(tag) => write!(f, "Tag({tag:?})"),
            Self::Clock(clock) => write!(f, "Clock({clock:?})"),
            Self::Unpublish => f.write_str("Unpublish"),
            Self::Stop => f.write_str("Stop"),
            Self::Closed => f.write_str("Closed"),
        }
    }
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Handshake,
    /// Before the connect command.
    Greeted,
    /// Connected to an application, publishing and playing nothing.
    Connected,
    /// A publish on this message stream waits for the owner's word.
    Asked(u32),
    Publishing(u32),
    /// A play waits for the owner's word.
    PlayAsked,
    Playing,
    Closed,
}

/// One publisher's or player's connection.
pub struct Session {
    link: Link,
    state: State,
    /// Until when the state must have gone on.
    deadline: Option<(Instant, Deadline)>,
    app: String,
    tc_url: String,
    agent: String,
    reconnects: bool,
    takes_tracks: bool,
    key_frames: bool,
    streams: u32,
    /// Bytes received when the budget before a publish began to count.
    budget_from: u64,
    events: VecDeque<Event>,
}

impl Session {
    /// A connection accepted at `now`.
    pub fn new(limits: Limits, now: Instant) -> Self {
        Self {
            deadline: Some((now + limits.handshake, Deadline::Handshake)),
            link: Link::new(Side::Server, limits, now),
            state: State::Handshake,
            app: String::new(),
            tc_url: String::new(),
            agent: String::new(),
            reconnects: false,
            takes_tracks: false,
            key_frames: false,
            streams: 0,
            budget_from: 0,
            events: VecDeque::new(),
        }
    }

    /// Bytes arrived.
    ///
    /// # Errors
    /// [`Error`] of the protocol or of a limit; the session is over then. Events before it remain.
    pub fn receive(&mut self, now: Instant, bytes: &[u8]) -> Result<(), Error> {
        if self.state == State::Closed {
            return Err(Error::Closed);
        }
        self.link.arrived(now, bytes.len());
        let result = self.read(now, bytes);
        if result.is_err() {
            self.state = State::Closed;
            self.deadline = None;
        }
        result
    }

    fn read(&mut self, now: Instant, bytes: &[u8]) -> Result<(), Error> {
        let mut input = bytes;
        let early = self.link.received() - self.budget_from;
        let granted = self.is_publishing() || self.is_playing();
        if !granted && early > self.link.limits.before_publish {
            return Err(Error::Budget);
        }
        if self.state == State::Handshake {
            if !self.link.shake(&mut input)? {
                return Ok(());
            }
            self.state = State::Greeted;
            self.expect_publish(now);
        }
        while self.state != State::Closed
            && let Some(message) = self.link.next(&mut input)?
        {
            self.message(now, &message)?;
        }
        Ok(())
    }

    fn expect_publish(&mut self, now: Instant) {
        self.deadline = Some((now + self.link.limits.publish, Deadline::Publish));
    }

    fn message(&mut self, now: Instant, message: &Message) -> Result<(), Error> {
        match message.kind {
            kind::COMMAND | kind::COMMAND_AMF3 => {
                let command = Command::parse(message, &self.link.limits.amf)?;
                self.command(now, message.stream, &command)
            }
            _ if !matches!(self.state, State::Publishing(_)) => Ok(()),
            kind::AUDIO => self.media(TagKind::Audio, message),
            kind::VIDEO => self.media(TagKind::Video, message),
            kind::DATA | kind::DATA_AMF3 => {
                let payload = message.payload.slice_ref(amf0_of(message));
                self.script(message.timestamp, &payload)
            }
            kind::AGGREGATE => self.aggregate(message),
            _ => Ok(()),
        }
    }

    fn media(&mut self, kind: TagKind, message: &Message) -> Result<(), Error> {
        // Empty messages mean nothing; some encoders send them.
        if !message.payload.is_empty() {
            let (timestamp, data) = (message.timestamp, message.payload.clone());
            self.events.push_back(Event::Tag(Tag {
                kind,
                timestamp,
                data,
            }));
        }
        Ok(())
    }

    fn script(&mut self, timestamp: u32, payload: &Bytes) -> Result<(), Error> {
        let kind = TagKind::Script;
        match data::parse(payload, &self.link.limits.amf)? {
            Data::Script(data) => self.events.push_back(Event::Tag(Tag {
                kind,
                timestamp,
                data,
            })),
            Data::Clock(clock) => self.events.push_back(Event::Clock(clock)),
            Data::Nothing => {}
        }
        Ok(())
    }

    fn aggregate(&mut self, message: &Message) -> Result<(), Error> {
        for tag in aggregate::split(message, &self.link.limits)? {
            match tag.kind {
                TagKind::Script => self.script(tag.timestamp, &tag.data)?,
                _ if tag.data.is_empty() => {}
                _ => self.events.push_back(Event::Tag(tag)),
            }
        }
        Ok(())
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Bytes for the peer.
    pub fn poll_transmit(&mut self) -> Option<Bytes> {
        self.link.transmit()
    }

    /// When to call [`Session::handle_timeout`]; none once the session is over.
    pub fn poll_timeout(&self) -> Option<Instant> {
        if self.state == State::Closed {
            return None;
        }
        let idle = self.link.idle_deadline();
        let ping = self.is_playing().then(|| self.link.ping_due());
        let deadline = self.deadline.map(|(at, _)| at);
        [deadline, ping].into_iter().flatten().chain([idle]).min()
    }

    /// Time went by.
    ///
    /// # Errors
    /// [`Error::Timeout`] when a deadline was missed; the session is over then.
    pub fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        if self.state == State::Closed {
            return Ok(());
        }
        let idle = (self.link.idle_deadline(), Deadline::Idle);
        let missed = self.deadline.into_iter().chain([idle]).find(|(at, _)| *at <= now);
        if let Some((_, which)) = missed {
            self.state = State::Closed;
            return Err(Error::Timeout(which));
        }
        if self.is_playing() && self.link.ping_due() <= now {
            self.link.ping(now);
        }
        Ok(())
    }

    /// Whether a granted publish is going on: a connection that ends meanwhile was lost.
    pub fn is_publishing(&self) -> bool {
        matches!(self.state, State::Publishing(_))
    }

    /// Whether a granted play is going on.
    pub fn is_playing(&self) -> bool {
        self.state == State::Playing
    }

    /// Ends the session from this side. What [`Session::poll_transmit`] still gives should be sent before the
    /// connection is closed.
    pub fn close(&mut self) {
        if self.state != State::Closed {
            self.state = State::Closed;
            self.deadline = None;
            self.events.push_back(Event::Closed);
        }
    }
}

/// The state alone.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "server::Session({:?}, {:?})", self.state, self.agent)
    }
}
