//! The two sessions against each other, step by step, in a time that only the test moves.

use std::time::{Duration, Instant};

use bytes::Bytes;
use container::flv::{Tag, TagKind, audio, script, video};
use media::{MediaClock, ShowId, Utc};
use proptest::prelude::*;

use crate::chunk::{Message, kind};
use crate::command::Command;
use crate::handshake::Side;
use crate::link::Link;
use crate::{Limits, Target, client, server};

pub(crate) const KEY: &str = "top-secret-key";

/// Where a test's own time begins. Instants can't be made out of nothing.
#[allow(clippy::disallowed_methods)]
pub(crate) fn origin() -> Instant {
    Instant::now()
}

pub(crate) fn target() -> Target {
    Target::new("rtmp://example.test/live", KEY).unwrap()
}

pub(crate) fn tag(kind: TagKind, timestamp: u32, data: &[u8]) -> Tag {
    Tag {
        kind,
        timestamp,
        data: Bytes::copy_from_slice(data),
    }
}

/// A publishing client and the server it talks to.
struct Pair {
    now: Instant,
    client: client::Session,
    server: server::Session,
}

impl Pair {
    fn new() -> Self {
        let now = origin();
        Self {
            now,
            client: client::Session::publish(target(), Limits::default(), now),
            server: server::Session::new(Limits::default(), now),
        }
    }

    /// Carries bytes both ways, in pieces of `piece`, until neither has any.
    fn exchange(&mut self, piece: usize) {
        loop {
            let (up, down) = (self.client.poll_transmit(), self.server.poll_transmit());
            if up.is_none() && down.is_none() {
                return;
            }
            for bytes in up.unwrap_or_default().chunks(piece) {
                self.server.receive(self.now, bytes).unwrap();
            }
            for bytes in down.unwrap_or_default().chunks(piece) {
                self.client.receive(self.now, bytes).unwrap();
            }
        }
    }

    /// A pair that publishes.
    fn publishing(piece: usize) -> Self {
        let mut pair = Self::new();
        pair.exchange(piece);
        assert_eq!(pair.client.poll_event(), Some(client::Event::Connected));
        let Some(server::Event::Publish {
            app,
            key,
            tc_url,
            agent,
            reconnects,
            key_frames,
        }) = pair.server.poll_event()
        else {
            panic!("no publish was asked for");
        };
        assert_eq!((app.as_str(), key.expose()), ("live", KEY));
        assert_eq!(tc_url, "rtmp://example.test/live");
        assert!(agent.contains("Anchor") && reconnects && key_frames);
        pair.server.accept_publish();
        pair.exchange(piece);
        let granted = client::Event::Publishing {
            wants_clock: true,
            takes_tracks: false,
        };
        assert_eq!(pair.client.poll_event(), Some(granted));
        pair
    }

    fn server_events(&mut self) -> Vec<server::Event> {
        std::iter::from_fn(|| self.server.poll_event()).collect()
    }
}

/// The bare far end of a session: sends what it likes, keeps what it gets.
pub(crate) struct Peer {
    pub(crate) link: Link,
    pub(crate) commands: Vec<Command>,
    pub(crate) messages: Vec<Message>,
    now: Instant,
}

impl Peer {
    pub(crate) fn client(now: Instant) -> Self {
        Self::new(Side::Client, now)
    }

    pub(crate) fn server(now: Instant) -> Self {
        Self::new(Side::Server, now)
    }

    fn new(side: Side, now: Instant) -> Self {
        let link = Link::new(side, Limits::default(), now);
        Self {
            link,
            commands: vec![],
            messages: vec![],
            now,
        }
    }

    /// Takes what the session sends.
    pub(crate) fn take(&mut self, bytes: &[u8]) {
        let mut input = bytes;
        self.link.arrived(self.now, bytes.len());
        if !self.link.shake(&mut input).unwrap() {
            return;
        }
        while let Some(message) = self.link.next(&mut input).unwrap() {
            if message.kind == kind::COMMAND {
                let command = Command::parse(&message, &Limits::default().amf);
                self.commands.push(command.unwrap());
            } else {
                self.messages.push(message);
            }
        }
    }

    /// Names of the commands so far.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.commands.iter().map(|c| c.name.as_str()).collect()
    }

    /// The newest command's information object's code.
    pub(crate) fn code(&self) -> &str {
        self.commands.last().map_or("", |c| c.info("code"))
    }
}

pub(crate) const CLOCK: MediaClock = MediaClock {
    utc: Utc(1_795_247_999_123_456),
    show: ShowId([7; 16]),
    gop: 3,
    synchronised: true,
};

#[test]
fn a_show_goes_through_and_ends_by_the_clients_word() {
    let mut pair = Pair::publishing(1);
    let sent = [
        tag(TagKind::Script, 0, &script::on_metadata(&[])),
        tag(TagKind::Video, 0, &video::sequence_header(b"avcc")),
        tag(TagKind::Audio, 0, &audio::sequence_header(&[0x11, 0x90])),
        tag(TagKind::Video, 0x0100_0000, &video::frame(true, 0, &[5; 100_000])),
    ];
    for tag in &sent {
        pair.client.send(tag).unwrap();
    }
    pair.client.send_clock(&CLOCK).unwrap();
    pair.client.finish();
    assert_eq!(pair.client.poll_event(), Some(client::Event::Closed));
    // The client's session is over: only the server takes bytes still.
    pair.server
        .receive(pair.now, &pair.client.poll_transmit().unwrap())
        .unwrap();
    let mut expected: Vec<_> = sent.into_iter().map(server::Event::Tag).collect();
    expected.extend([server::Event::Clock(CLOCK), server::Event::Unpublish]);
    assert_eq!(pair.server_events(), expected);
    assert!(!pair.server.is_publishing());
}

#[test]
fn a_key_frame_is_asked_for_while_the_publish_goes_on() {
    let mut pair = Pair::publishing(7);
    assert!(pair.server.request_key_frame() && pair.server.request_key_frame());
    pair.exchange(7);
    let wanted = client::Event::KeyFrameWanted;
    assert_eq!(pair.client.poll_event(), Some(wanted.clone()));
    assert_eq!(pair.client.poll_event(), Some(wanted));
    assert_eq!(pair.client.poll_event(), None);
    pair.server.close();
    assert!(!pair.server.request_key_frame());
}

#[test]
fn a_refused_publish_tells_the_client_why_without_the_key() {
    let mut pair = Pair::new();
    pair.exchange(500);
    pair.server_events();
    pair.server
        .reject("NetStream.Publish.BadName", "top-secret-key is not known");
    pair.exchange(500);
    let rejected = client::Event::Rejected {
        code: "NetStream.Publish.BadName".into(),
        description: "*** is not known".into(),
    };
    assert_eq!(pair.client.poll_event(), Some(client::Event::Connected));
    assert_eq!(pair.client.poll_event(), Some(rejected));
    assert!(pair.client.is_closed());
    assert_eq!(pair.server_events(), [server::Event::Closed]);
}

#[test]
fn a_publish_may_follow_another_on_one_connection() {
    let mut pair = Pair::publishing(4096);
    let frame = tag(TagKind::Video, 0, &video::frame(true, 0, &[5; 1 << 20]));
    pair.client.send(&frame).unwrap();
    pair.client.finish();
    pair.server
        .receive(pair.now, &pair.client.poll_transmit().unwrap())
        .unwrap();
    assert_eq!(pair.server_events().pop(), Some(server::Event::Unpublish));
    // What came during the show doesn't count against the next one.
    assert_eq!(pair.server.receive(pair.now, &[]).ok(), Some(()));
    assert_eq!(
        pair.server.poll_timeout(),
        Some(pair.now + Duration::from_secs(10))
    );
}

#[test]
fn no_key_is_in_any_debug() {
    let mut pair = Pair::new();
    pair.exchange(4096);
    let event = pair.server.poll_event().unwrap();
    let shown = format!("{event:?} {:?} {:?} {:?}", pair.client, pair.server, target());
    assert!(!shown.contains(KEY) && shown.contains("Publish"), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn tags_arrive_as_they_were_sent(
        list in prop::collection::vec((prop_oneof![Just(TagKind::Audio), Just(TagKind::Video)], any::<u32>(), 1usize..9000), 1..8),
        piece in 1usize..3000,
    ) {
        let mut pair = Pair::publishing(piece);
        let sent: Vec<_> = list.iter().map(|&(kind, time, len)| tag(kind, time, &vec![len as u8; len])).collect();
        for tag in &sent {
            pair.client.send(tag).unwrap();
            pair.exchange(piece);
        }
        let expected: Vec<_> = sent.into_iter().map(server::Event::Tag).collect();
        prop_assert_eq!(pair.server_events(), expected);
    }

    #[test]
    fn arbitrary_bytes_after_the_handshake_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..2000), piece in 1usize..200, publishing: bool,
    ) {
        let mut pair = if publishing { Pair::publishing(4096) } else { Pair::new() };
        if !publishing {
            // Handshake alone: 3073 bytes from the client, then the arbitrary ones.
            let hello = pair.client.poll_transmit().unwrap();
            pair.server.receive(pair.now, &hello).unwrap();
            pair.server.receive(pair.now, &[0; 1536]).unwrap();
        }
        let ended = bytes.chunks(piece).find_map(|b| pair.server.receive(pair.now, b).err());
        let ended_client = bytes.chunks(piece).find_map(|b| pair.client.receive(pair.now, b).err());
        for error in ended.into_iter().chain(ended_client) {
            prop_assert!(error.code().starts_with("rtmp."));
        }
    }

    #[test]
    fn arbitrary_first_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
        let mut pair = Pair::new();
        let result = pair.server.receive(pair.now, &bytes);
        let wrong = bytes.first().is_some_and(|b| *b != 3);
        prop_assert!(!wrong || result.is_err_and(|e| e.code() == "rtmp.handshake"));
    }
}
