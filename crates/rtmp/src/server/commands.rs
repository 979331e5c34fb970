//! Commands of publishers, as OBS, ffmpeg and hardware encoders send them (clause 7.2 and FMLE's additions), and what
//! players share with them.

use std::time::Instant;

use container::amf0::Value;

use super::{Event, MESSAGE_STREAM, Session, State};
use crate::command::{Command, object, status};
use crate::{Error, Secret, enhanced, own};

/// Message streams a connection may create.
const MAX_STREAMS: u32 = 16;
/// Characters of the publisher's name for itself that are kept.
const MAX_AGENT: usize = 64;

impl Session {
    pub(super) fn command(&mut self, now: Instant, stream: u32, command: &Command) -> Result<(), Error> {
        if self.state == State::Greeted && command.name != "connect" {
            return Err(Error::Protocol("a command before connect"));
        }
        match command.name.as_str() {
            "connect" => self.connect(command),
            "createStream" => self.create_stream(command.transaction),
            "publish" => self.publish(stream, command),
            "play" | "play2" => self.play(stream, command),
            "FCUnpublish" => self.unpublish(now, command, None),
            "closeStream" => self.unpublish(now, command, Some(f64::from(stream))),
            "deleteStream" => self.unpublish(now, command, command.number()),
            "releaseStream" | "FCPublish" => self.answer(command.transaction, Value::Undefined),
            "getStreamLength" => self.answer(command.transaction, Value::Number(0.0)),
            _ => Ok(()),
        }
    }

    /// `_result` with a null command object, when an answer was asked for.
    fn answer(&mut self, transaction: f64, value: Value) -> Result<(), Error> {
        if transaction != 0.0 {
            self.link
                .send_command(0, "_result", transaction, &[Value::Null, value]);
        }
        Ok(())
    }

    fn connect(&mut self, command: &Command) -> Result<(), Error> {
        if self.state != State::Greeted {
            return Err(Error::Protocol("a second connect"));
        }
        self.state = State::Connected;
        let text = |key| {
            command
                .object()
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        self.app = text("app").to_owned();
        self.tc_url = text("tcUrl").to_owned();
        self.agent = text("flashVer")
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_AGENT)
            .collect();
        self.reconnects = enhanced::reconnects(command.object());
        self.takes_tracks = enhanced::takes_tracks(command.object());
        let key_frames = command.object().get(own::KEY_FRAMES).and_then(Value::as_bool);
        self.key_frames = key_frames == Some(true);
        let encoding = command.object().get("objectEncoding").and_then(Value::as_number);
        self.link.announce();
        self.link.announce_bandwidth();
        // Who doesn't know Enhanced RTMP hears nothing of it.
        let enhanced = match enhanced::is_known(command.object()) {
            true => enhanced::answer(),
            false => Vec::new(),
        };
        let mut properties = vec![
            ("fmsVer", "FMS/3,0,1,123".into()),
            ("capabilities", Value::Number(31.0)),
        ];
        properties.extend(enhanced);
        let properties = object(&properties);
        let information = object(&[
            ("level", "status".into()),
            ("code", "NetConnection.Connect.Success".into()),
            ("description", "Connection succeeded.".into()),
            ("objectEncoding", Value::Number(encoding.unwrap_or(0.0))),
            // Asks our own studio for the media clock; others don't know the word.
            (own::CLOCK, true.into()),
        ]);
        self.link
            .send_command(0, "_result", command.transaction, &[properties, information]);
        Ok(())
    }

    fn create_stream(&mut self, transaction: f64) -> Result<(), Error> {
        if self.streams >= MAX_STREAMS {
            return Err(Error::Protocol("too many message streams"));
        }
        self.streams += 1;
        self.answer(transaction, Value::Number(self.streams.into()))
    }

    fn publish(&mut self, stream: u32, command: &Command) -> Result<(), Error> {
        if self.state != State::Connected {
            return Err(Error::Protocol("a publish while something else goes on"));
        }
        self.state = State::Asked(stream);
        self.deadline = None;
        let key = Secret::from(command.text().unwrap_or_default());
        tracing::debug!(agent = %self.agent, "publish asked for");
        self.events.push_back(Event::Publish {
            app: self.app.clone(),
            key,
            tc_url: self.tc_url.clone(),
            agent: self.agent.clone(),
            reconnects: self.reconnects,
            key_frames: self.key_frames,
        });
        Ok(())
    }

    /// Asks a client to connect anew, to `url`, which may be relative to its own, or where it is ("Enhanced RTMP",
    /// version 2, "Reconnect Request"). False when it doesn't know such requests: then nothing is said.
    pub fn request_reconnect(&mut self, url: Option<&str>) -> bool {
        let granted = self.is_publishing() || self.is_playing();
        if !self.reconnects || !granted {
            return false;
        }
        let mut information = vec![
            ("level", "status".into()),
            ("code", enhanced::RECONNECT_REQUEST.into()),
            ("description", "Please connect anew.".into()),
        ];
        information.extend(url.map(|url| ("tcUrl", url.into())));
        self.link
            .send_command(0, "onStatus", 0.0, &[Value::Null, object(&information)]);
        true
    }

    /// Asks a publisher for a key frame. False when it doesn't know such requests, or its publish wasn't granted: then
    /// nothing is said.
    pub fn request_key_frame(&mut self) -> bool {
        let State::Publishing(stream) = self.state else {
            return false;
        };
        if self.key_frames {
            self.link
                .send_command(stream, own::KEY_FRAME, 0.0, &[Value::Null]);
        }
        self.key_frames
    }

    /// Grants the publish that was asked for; without one nothing happens.
    pub fn accept_publish(&mut self) {
        let State::Asked(stream) = self.state else {
            return;
        };
        self.state = State::Publishing(stream);
        self.link.reader.allow_media();
        self.link.stream_begin(stream);
        self.status(stream, "status", "NetStream.Publish.Start", "Publishing.");
    }

    /// Refuses the publish or the play that was asked for with a `code` like `NetStream.Publish.BadName` and a
    /// sentence, and ends the session.
    pub fn reject(&mut self, code: &str, description: &str) {
        match self.state {
            State::Asked(stream) => self.status(stream, "error", code, description),
            State::PlayAsked => self.status(MESSAGE_STREAM, "error", code, description),
            _ => {}
        }
        self.close();
    }

    /// The publisher's word that the show is over (or that it gives its attempt up), about message stream
    /// `about` where it names one.
    fn unpublish(&mut self, now: Instant, command: &Command, about: Option<f64>) -> Result<(), Error> {
        if let State::Publishing(stream) | State::Asked(stream) = self.state
            && about.is_none_or(|n| n == 0.0 || n == f64::from(stream))
        {
            if self.is_publishing() {
                self.events.push_back(Event::Unpublish);
                self.status(
                    stream,
                    "status",
                    "NetStream.Unpublish.Success",
                    "Stopped publishing.",
                );
            }
            self.idle_again(now);
        } else if about.is_some_and(|n| n == 0.0 || n == f64::from(MESSAGE_STREAM)) {
            self.unplay(now);
        }
        self.answer(command.transaction, Value::Undefined)
    }

    /// Nothing is published or played any more; it may be asked for again.
    pub(super) fn idle_again(&mut self, now: Instant) {
        self.state = State::Connected;
        self.budget_from = self.link.received();
        self.expect_publish(now);
    }

    pub(super) fn status(&mut self, stream: u32, level: &str, code: &str, description: &str) {
        let information = status(level, code, description);
        self.link
            .send_command(stream, "onStatus", 0.0, &[Value::Null, information]);
    }
}
