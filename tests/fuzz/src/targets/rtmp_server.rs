//! A publisher's or a player's bytes at our RTMP server: chunks, commands, data, aggregates.

use std::time::{Duration, Instant};

use rtmp::Limits;
use rtmp::server::{Event, Session};

use super::rtmp_messages::{WORDS, join, opening, split};
use crate::pieces::pieces;
use crate::target::{Parser, Seen, Target};

/// What our server answers to the connect command that it takes.
const CONNECTED: &[u8] = b"NetConnection.Connect.Success";

pub(super) const TARGET: Target = Target {
    name: "rtmp-server",
    corpus: "rtmp-server",
    marker: "the handshake was done and the connect command taken",
    // Messages begun and not complete, as `Limits` allow, and what goes with them.
    memory: 9 << 20,
    split,
    join,
    opening,
    words: WORDS,
    parser: || Box::new(read) as Box<dyn Parser>,
};

fn read(input: &[u8]) -> Seen {
    let now = Instant::now();
    let mut session = Session::new(Limits::default(), now);
    let mut seen = Seen::default();
    for piece in pieces(input) {
        seen.refused |= session.receive(now, piece).is_err();
        while let Some(event) = session.poll_event() {
            answer(&mut session, &event);
        }
        while let Some(out) = session.poll_transmit() {
            seen.past |= out.windows(CONNECTED.len()).any(|part| part == CONNECTED);
        }
        if seen.refused {
            return seen;
        }
    }
    // An hour later even the last deadline is missed.
    seen.refused |= session.handle_timeout(now + Duration::from_secs(3600)).is_err() && !seen.past;
    assert!(
        session.poll_timeout().is_none(),
        "a session that is over waits for nothing"
    );
    seen
}

fn answer(session: &mut Session, event: &Event) {
    match event {
        Event::Publish { .. } => {
            session.accept_publish();
            session.request_reconnect(None);
        }
        Event::Play { .. } => session.accept_play(),
        _ => {}
    }
}
