//! Playing: what a player is told, and media as all players get it (clause 7.2.2).

use std::time::Instant;

use bytes::BytesMut;
use container::flv::{Tag, TagKind};

use super::{Event, Session, State};
use crate::chunk::{self, Message};
use crate::command::{self, Command};
use crate::link::{CHUNK_SIZE, id};
use crate::{Error, Secret};

/// The message stream that everything is played on: the first that a connection creates.
pub const MESSAGE_STREAM: u32 = 1;

/// Appends `tag` to `out` as every player gets it: chunks with full headers, of the size that each session
/// announces, on one message stream and a chunk stream for its kind. The same bytes serve all of them.
///
/// A body over 2^24 - 1 bytes has no form and is cut there.
pub fn write_shared(tag: &Tag, out: &mut BytesMut) {
    let id = match tag.kind {
        TagKind::Audio => id::AUDIO,
        TagKind::Video => id::VIDEO,
        TagKind::Script => id::DATA,
    };
    let message = Message {
        kind: tag.kind as u8,
        timestamp: tag.timestamp,
        stream: MESSAGE_STREAM,
        payload: tag.data.clone(),
    };
    chunk::write(&message, id, CHUNK_SIZE, out);
}

impl Session {
    pub(super) fn play(&mut self, stream: u32, command: &Command) -> Result<(), Error> {
        if self.state != State::Connected {
            return Err(Error::Protocol("a play while something else goes on"));
        }
        if stream != MESSAGE_STREAM {
            return Err(Error::Protocol("a play on another message stream than the first"));
        }
        self.state = State::PlayAsked;
        self.deadline = None;
        tracing::debug!(agent = %self.agent, "play asked for");
        self.events.push_back(Event::Play {
            app: self.app.clone(),
            name: Secret::from(command.text().unwrap_or_default()),
            agent: self.agent.clone(),
            takes_tracks: self.takes_tracks,
        });
        Ok(())
    }

    /// Grants the play that was asked for; without one nothing happens. What [`write_shared`] made may follow
    /// what [`Session::poll_transmit`] gives.
    pub fn accept_play(&mut self) {
        if self.state != State::PlayAsked {
            return;
        }
        self.state = State::Playing;
        self.link.stream_begin(MESSAGE_STREAM);
        self.status(MESSAGE_STREAM, "status", "NetStream.Play.Reset", "Playing anew.");
        self.status(MESSAGE_STREAM, "status", "NetStream.Play.Start", "Playing.");
        // Players made for FMS want to hear that they may look at what they play.
        let access = [true.into(), true.into()];
        self.link
            .send_data(MESSAGE_STREAM, &command::data("|RtmpSampleAccess", &access));
    }

    /// Tells the player that what it plays has ended, and ends the session.
    pub fn end_play(&mut self) {
        if self.is_playing() {
            self.link.stream_eof(MESSAGE_STREAM);
            for (code, text) in [
                ("NetStream.Play.UnpublishNotify", "Its publisher has left."),
                ("NetStream.Play.Stop", "What was played has ended."),
            ] {
                self.status(MESSAGE_STREAM, "status", code, text);
            }
        }
        self.close();
    }

    /// Notes that bytes left at `now`: a player that takes what it is sent is there, though it may say nothing.
    pub fn sent(&mut self, now: Instant) {
        if self.is_playing() {
            self.link.sent(now);
        }
    }

    /// The player's word that it has seen enough.
    pub(super) fn unplay(&mut self, now: Instant) {
        if self.is_playing() {
            self.events.push_back(Event::Stop);
        }
        if matches!(self.state, State::Playing | State::PlayAsked) {
            self.idle_again(now);
        }
    }
}
