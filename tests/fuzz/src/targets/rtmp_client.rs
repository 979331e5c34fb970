//! A server's bytes at our RTMP client, as publisher and as player.

use std::time::{Duration, Instant};

use bytes::Bytes;
use container::flv::{Tag, TagKind, video};
use rtmp::client::{Event, Session};
use rtmp::{Limits, Target as Address};

use super::rtmp_messages::{WORDS, join, opening, split};
use crate::pieces::pieces;
use crate::target::{Parser, Seen, Target};

pub(super) const TARGET: Target = Target {
    name: "rtmp-client",
    corpus: "rtmp-client",
    marker: "the handshake was done and the answer to connect taken",
    memory: 9 << 20,
    split,
    join,
    opening,
    words: WORDS,
    parser,
};

fn parser() -> Box<dyn Parser> {
    let made = Address::new("rtmp://example.test/live", "made-up-key");
    // The address is right, as the recordings show.
    let Ok(address) = made else { unreachable!() };
    Box::new(move |input: &[u8]| {
        let now = Instant::now();
        let publish = Session::publish(address.clone(), Limits::default(), now);
        let play = Session::play(address.clone(), Limits::default(), now);
        let [publish, play] =
            [publish.offering(&[video::HEVC]), play].map(|session| read(session, now, input));
        Seen {
            past: publish.past || play.past,
            refused: publish.refused && play.refused,
        }
    })
}

fn read(mut session: Session, now: Instant, input: &[u8]) -> Seen {
    let mut seen = Seen::default();
    for piece in pieces(input) {
        seen.refused |= session.receive(now, piece).is_err();
        while let Some(event) = session.poll_event() {
            seen.past |= event == Event::Connected;
            seen.refused |= matches!(event, Event::Rejected { .. } | Event::Unsupported(_));
        }
        if session.is_publishing() {
            // It was granted, so a tag as small as this can be sent.
            assert!(session.send(&tag()).is_ok());
        }
        while session.poll_transmit().is_some() {}
        if session.is_closed() {
            return seen;
        }
    }
    let late = session.handle_timeout(now + Duration::from_secs(3600));
    seen.refused |= late.is_err() && !seen.past;
    session.finish();
    seen
}

fn tag() -> Tag {
    Tag {
        kind: TagKind::Audio,
        timestamp: 0,
        data: Bytes::from_static(&[0xaf, 1, 0]),
    }
}
