//! Commands of a client, and what servers answer.

use container::amf0::Value;

use super::{Event, Purpose, Session, State};
use crate::command::{Command, object};
use crate::{enhanced, own};

/// Numbers of our commands, to know the answers by.
const CONNECT: f64 = 1.0;
const RELEASE_STREAM: f64 = 2.0;
const FC_PUBLISH: f64 = 3.0;
const CREATE_STREAM: f64 = 4.0;
const PUBLISH: f64 = 5.0;
const FC_UNPUBLISH: f64 = 6.0;
const DELETE_STREAM: f64 = 7.0;

/// What we call ourselves. Servers look for "FMLE/" to know a live encoder.
const AGENT: &str = "FMLE/3.0 (compatible; Anchor Studio)";
/// Play live if it is there, else wait for it (clause 7.2.2.1; in practice in milliseconds).
const LIVE_OR_WAIT: f64 = -2000.0;
/// Characters of a server's code and description that are kept.
const MAX_TEXT: usize = 256;

impl Session {
    pub(super) fn connect(&mut self) {
        self.state = State::Connecting;
        self.link.announce();
        let mut properties = vec![
            ("app", self.target.app.as_str().into()),
            ("type", "nonprivate".into()),
            ("flashVer", AGENT.into()),
            ("tcUrl", self.target.tc_url.as_str().into()),
        ];
        match self.purpose {
            Purpose::Publish => {
                properties.extend(enhanced::offer(&self.codecs, &self.further));
                properties.push((own::KEY_FRAMES, true.into()));
            }
            Purpose::Play => {
                properties.extend([
                    ("audioCodecs", Value::Number(3575.0)),
                    ("videoCodecs", Value::Number(252.0)),
                    ("videoFunction", Value::Number(1.0)),
                ]);
                properties.extend(enhanced::wish());
            }
        }
        self.link
            .send_command(0, "connect", CONNECT, &[object(&properties)]);
    }

    pub(super) fn command(&mut self, command: &Command) {
        match (command.name.as_str(), self.state) {
            ("_result", State::Connecting) if command.transaction == CONNECT => self.connected(command),
            ("_result", State::Creating) if command.transaction == CREATE_STREAM => self.created(command),
            // Servers that know nothing of FMLE's additions say so; that is no refusal.
            ("_error", _) if [RELEASE_STREAM, FC_PUBLISH].contains(&command.transaction) => {}
            ("_error", _) => self.rejected(command),
            ("onStatus", _) => self.status(command),
            (own::KEY_FRAME, State::Running(_)) if self.purpose == Purpose::Publish => {
                self.events.push_back(Event::KeyFrameWanted);
            }
            ("close", _) => self.over(Event::Closed),
            _ => {}
        }
    }

    fn connected(&mut self, command: &Command) {
        if let Some(codec) = enhanced::refused(&self.codecs, &command.args) {
            return self.over(Event::Unsupported(codec));
        }
        let wish = command.args.iter().find_map(|v| v.get(own::CLOCK)?.as_bool());
        self.wants_clock = wish == Some(true) && self.purpose == Purpose::Publish;
        self.takes_tracks = !self.further.is_empty() && enhanced::takes_further(&self.further, &command.args);
        self.events.push_back(Event::Connected);
        self.state = State::Creating;
        if self.purpose == Purpose::Publish {
            let key = self.key();
            self.link
                .send_command(0, "releaseStream", RELEASE_STREAM, &[Value::Null, key.clone()]);
            self.link
                .send_command(0, "FCPublish", FC_PUBLISH, &[Value::Null, key]);
        }
        self.link
            .send_command(0, "createStream", CREATE_STREAM, &[Value::Null]);
    }

    fn key(&self) -> Value {
        self.target.key.expose().into()
    }

    fn created(&mut self, command: &Command) {
        let number = command.args.get(1).and_then(Value::as_number).unwrap_or(1.0);
        let (stream, key) = (number as u32, self.key());
        self.state = State::Asking(stream);
        match self.purpose {
            Purpose::Publish => {
                self.link
                    .send_command(stream, "publish", PUBLISH, &[Value::Null, key, "live".into()]);
            }
            Purpose::Play => {
                let args = [Value::Null, key, Value::Number(LIVE_OR_WAIT)];
                self.link.send_command(stream, "play", PUBLISH, &args);
            }
        }
    }

    fn status(&mut self, command: &Command) {
        let (level, code) = (command.info("level"), command.info("code"));
        match (code, self.state) {
            _ if level == "error" => self.rejected(command),
            ("NetStream.Publish.Start", State::Asking(stream)) => {
                let (wants_clock, takes_tracks) = (self.wants_clock, self.takes_tracks);
                let granted = Event::Publishing {
                    wants_clock,
                    takes_tracks,
                };
                self.granted(stream, granted);
            }
            ("NetStream.Play.Start", State::Asking(stream)) => self.granted(stream, Event::Playing),
            (enhanced::RECONNECT_REQUEST, State::Running(_)) => self.reconnect(command.info("tcUrl")),
            (
                "NetStream.Play.Stop" | "NetStream.Play.Complete" | "NetStream.Play.UnpublishNotify",
                State::Running(_),
            ) => self.over(Event::Closed),
            _ => {}
        }
    }

    fn reconnect(&mut self, url: &str) {
        match self.target.moved(url) {
            Ok(target) => self.events.push_back(Event::Reconnect(target)),
            Err(error) => tracing::warn!(
                code = error.code(),
                "a request to reconnect is not followed: {error}"
            ),
        }
    }

    fn granted(&mut self, stream: u32, event: Event) {
        self.state = State::Running(stream);
        self.deadline = None;
        self.link.reader.allow_media();
        self.events.push_back(event);
    }

    fn rejected(&mut self, command: &Command) {
        let words = |key| {
            let text = self.target.key.mask(command.info(key));
            text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect()
        };
        let (code, description) = (words("code"), words("description"));
        self.over(Event::Rejected { code, description });
    }

    fn over(&mut self, event: Event) {
        self.state = State::Closed;
        self.deadline = None;
        self.events.push_back(event);
    }

    /// Ends the publish (or play) by our own word. What [`Session::poll_transmit`] still gives should be sent
    /// before the connection is closed.
    pub fn finish(&mut self) {
        if self.state == State::Closed {
            return;
        }
        if let State::Asking(stream) | State::Running(stream) = self.state {
            if self.purpose == Purpose::Publish {
                let key = self.key();
                self.link
                    .send_command(0, "FCUnpublish", FC_UNPUBLISH, &[Value::Null, key]);
            }
            let args = [Value::Null, Value::Number(stream.into())];
            self.link.send_command(0, "deleteStream", DELETE_STREAM, &args);
        }
        self.over(Event::Closed);
    }
}
