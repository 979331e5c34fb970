//! The client's half of a connection: publishes to a server, or plays from one.
//!
//! Without IO or clock, in the shape of [`crate::server`].

mod commands;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt;
use std::time::Instant;

use bytes::Bytes;
use container::flv::{FourCc, Tag, TagKind, script};
use media::MediaClock;

use crate::chunk::{Message, kind};
use crate::command::{Command, amf0_of};
use crate::data::{self, Data};
use crate::handshake::Side;
use crate::link::{Link, id};
use crate::{Deadline, Error, Limits, Target, aggregate};

/// What the server did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It accepted the connection to the application.
    Connected,
    /// It granted the publish; tags may be sent.
    Publishing {
        /// Whether it asked for the media clock: our own server.
        wants_clock: bool,
        /// Whether it takes the further tracks that were offered.
        takes_tracks: bool,
    },
    /// It granted the play; tags follow.
    Playing,
    /// It said no, or ended a publish it had granted; the session is over.
    Rejected {
        /// Its code, for example `NetStream.Publish.BadName`.
        code: String,
        /// What it adds, with the key masked.
        description: String,
    },
    /// It doesn't take this codec; the session is over.
    Unsupported(FourCc),
    /// It asks to connect anew, there; what goes on may go on until then.
    Reconnect(Target),
    /// It asks for a key frame of what is published: our own server, for a viewer who can't begin without one.
    KeyFrameWanted,
    /// Sound, pictures or metadata of what is played.
    Tag(Tag),
    /// The session is over: what was played has ended, or [`Session::finish`] was called.
    Closed,
}

/// What the client came for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Publish,
    Play,
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Handshake,
    /// The connect command was sent.
    Connecting,
    /// A message stream was asked for.
    Creating,
    /// The publish or play command was sent on this message stream.
    Asking(u32),
    /// Granted, on this message stream.
    Running(u32),
    Closed,
}

/// One connection to a server.
pub struct Session {
    link: Link,
    purpose: Purpose,
    target: Target,
    state: State,
    deadline: Option<(Instant, Deadline)>,
    wants_clock: bool,
    takes_tracks: bool,
    /// Codecs of what is published, where they are known; those of tracks beside the first of each kind.
    codecs: Vec<FourCc>,
    further: Vec<FourCc>,
    /// Timestamp of the last tag sent.
    timestamp: u32,
    events: VecDeque<Event>,
}

impl Session {
    /// A connection opened at `now` to publish to `target`.
    pub fn publish(target: Target, limits: Limits, now: Instant) -> Self {
        Self::new(Purpose::Publish, target, limits, now)
    }

    /// Says that `codecs` will be published: a server that doesn't take one of them is left before anything is sent.
    /// Without this, H.264 and AAC are meant.
    #[must_use]
    pub fn offering(mut self, codecs: &[FourCc]) -> Self {
        self.codecs = codecs.to_vec();
        self
    }

    /// Offers tracks of these codecs beside the first of each kind; [`Event::Publishing`] says whether they are taken.
    #[must_use]
    pub fn offering_further(mut self, codecs: &[FourCc]) -> Self {
        self.further = codecs.to_vec();
        self
    }

    /// A connection opened at `now` to play `target`.
    pub fn play(target: Target, limits: Limits, now: Instant) -> Self {
        Self::new(Purpose::Play, target, limits, now)
    }

    fn new(purpose: Purpose, target: Target, limits: Limits, now: Instant) -> Self {
        Self {
            deadline: Some((now + limits.handshake, Deadline::Handshake)),
            link: Link::new(Side::Client, limits, now),
            purpose,
            target,
            state: State::Handshake,
            wants_clock: false,
            takes_tracks: false,
            codecs: Vec::new(),
            further: Vec::new(),
            timestamp: 0,
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
        if self.state == State::Handshake {
            if !self.link.shake(&mut input)? {
                return Ok(());
            }
            self.deadline = Some((now + self.link.limits.publish, Deadline::Publish));
            self.connect();
        }
        while self.state != State::Closed
            && let Some(message) = self.link.next(&mut input)?
        {
            self.message(&message)?;
        }
        Ok(())
    }

    fn message(&mut self, message: &Message) -> Result<(), Error> {
        match message.kind {
            kind::COMMAND | kind::COMMAND_AMF3 => {
                let command = Command::parse(message, &self.link.limits.amf)?;
                self.command(&command);
                Ok(())
            }
            // Servers send metadata before the word that the play is granted.
            _ if self.purpose == Purpose::Publish => Ok(()),
            kind::AUDIO => self.media(TagKind::Audio, message),
            kind::VIDEO => self.media(TagKind::Video, message),
            kind::DATA | kind::DATA_AMF3 => {
                let payload = message.payload.slice_ref(amf0_of(message));
                self.script(message.timestamp, &payload)
            }
            kind::AGGREGATE => {
                let tags = aggregate::split(message, &self.link.limits)?;
                self.events.extend(tags.into_iter().map(Event::Tag));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn media(&mut self, kind: TagKind, message: &Message) -> Result<(), Error> {
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
        if let Data::Script(data) = data::parse(payload, &self.link.limits.amf)? {
            let kind = TagKind::Script;
            self.events.push_back(Event::Tag(Tag {
                kind,
                timestamp,
                data,
            }));
        }
        Ok(())
    }

    /// Sends a tag; `onMetaData` goes as `@setDataFrame`.
    ///
    /// # Errors
    /// [`Error::NotPublishing`] before the publish is granted and after its end; [`Error::MessageTooLarge`]
    /// when the body is over 2^24 - 1 bytes.
    pub fn send(&mut self, tag: &Tag) -> Result<(), Error> {
        let (len, limit) = (tag.data.len(), 0xff_ffff);
        if len > limit {
            return Err(Error::MessageTooLarge {
                kind: tag.kind as u8,
                len,
                limit,
            });
        }
        let (id, payload) = match tag.kind {
            TagKind::Audio => (id::AUDIO, tag.data.clone()),
            TagKind::Video => (id::VIDEO, tag.data.clone()),
            TagKind::Script => (id::DATA, data::payload(&tag.data)),
        };
        self.timestamp = tag.timestamp;
        self.send_message(id, tag.kind, payload)
    }

    /// Sends the media clock of the key frame that is sent next, when the server asked for it; else nothing.
    ///
    /// # Errors
    /// [`Error::NotPublishing`] before the publish is granted and after its end.
    pub fn send_clock(&mut self, clock: &MediaClock) -> Result<(), Error> {
        if !self.wants_clock {
            return Ok(());
        }
        self.send_message(id::DATA, TagKind::Script, script::clock_message(clock))
    }

    fn send_message(&mut self, id: u8, kind: TagKind, payload: Bytes) -> Result<(), Error> {
        let (State::Running(stream), Purpose::Publish) = (self.state, self.purpose) else {
            return Err(Error::NotPublishing);
        };
        let (kind, timestamp) = (kind as u8, self.timestamp);
        self.link.send(
            id,
            &Message {
                kind,
                timestamp,
                stream,
                payload,
            },
        );
        Ok(())
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Bytes for the peer: everything sent since the last call. Take them after each [`Session::send`].
    pub fn poll_transmit(&mut self) -> Option<Bytes> {
        self.link.transmit()
    }

    /// When to call [`Session::handle_timeout`]. A publish that goes on has none: servers may be silent.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let idle = self.idle_deadline();
        [self.deadline.map(|(at, _)| at), idle]
            .into_iter()
            .flatten()
            .min()
    }

    fn idle_deadline(&self) -> Option<Instant> {
        self.is_playing().then(|| self.link.idle_deadline())
    }

    /// Time went by.
    ///
    /// # Errors
    /// [`Error::Timeout`] when a deadline was missed; the session is over then.
    pub fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        let idle = self.idle_deadline().map(|at| (at, Deadline::Idle));
        let missed = self.deadline.into_iter().chain(idle).find(|(at, _)| *at <= now);
        if let Some((_, which)) = missed {
            self.state = State::Closed;
            self.deadline = None;
            return Err(Error::Timeout(which));
        }
        Ok(())
    }

    /// Whether tags may be sent.
    pub fn is_publishing(&self) -> bool {
        self.purpose == Purpose::Publish && matches!(self.state, State::Running(_))
    }

    /// Whether what is played was granted and may come.
    pub fn is_playing(&self) -> bool {
        self.purpose == Purpose::Play && matches!(self.state, State::Running(_))
    }

    /// Whether the session is over.
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// Bytes that the server says have reached it, modulo 2^32; many say it only every few megabytes.
    pub fn acknowledged(&self) -> u32 {
        self.link.peer_acknowledged()
    }
}

/// Purpose and state alone.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "client::Session({:?}, {:?})", self.purpose, self.state)
    }
}
