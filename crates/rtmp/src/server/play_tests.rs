use bytes::BytesMut;
use container::amf0::Value;
use container::flv::TagKind;

use super::tests::{Pair, SECOND, code};
use super::*;
use crate::tests::tag;

const NAME: &str = "shop?token=hidden";

impl Pair {
    fn play_asked() -> Self {
        let mut pair = Self::connected();
        pair.command(0, "createStream", 4.0, &[Value::Null]).unwrap();
        pair.command(1, "play", 5.0, &[Value::Null, NAME.into(), (-2000.0).into()])
            .unwrap();
        pair
    }

    fn playing() -> Self {
        let mut pair = Self::play_asked();
        assert!(matches!(pair.session.poll_event(), Some(Event::Play { .. })));
        pair.session.accept_play();
        pair.exchange().unwrap();
        assert_eq!(pair.peer.code(), "NetStream.Play.Start");
        assert!(pair.session.is_playing());
        pair
    }
}

#[test]
fn a_play_waits_for_the_owners_word_and_is_told_who_asks_for_what() {
    let mut pair = Pair::play_asked();
    let events = pair.events();
    assert!(!format!("{events:?}").contains("hidden"), "a token is in no log");
    let [Event::Play { app, name, .. }] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!((app.as_str(), name.expose()), ("live", NAME));
    assert!(!pair.session.is_playing());
    assert_eq!(pair.wait(9 * SECOND), None, "the owner takes its time");
}

#[test]
fn what_is_shared_reaches_a_player_between_the_sessions_own_messages() {
    let mut pair = Pair::playing();
    let tags = [
        tag(TagKind::Script, 0, b"\x02\x00\x0aonMetaData\x05"),
        tag(TagKind::Video, 16_777_300, &[0x17; 10_000]),
        tag(TagKind::Audio, 16_777_301, &[0xaf; 300]),
    ];
    let mut shared = BytesMut::new();
    tags.iter().for_each(|tag| write_shared(tag, &mut shared));
    pair.peer.messages.clear();
    pair.peer.take(&shared);
    pair.wait(10 * SECOND);
    pair.exchange().unwrap();
    pair.peer.take(&shared);
    let got: Vec<_> = pair
        .peer
        .messages
        .iter()
        .filter(|m| m.stream == MESSAGE_STREAM)
        .collect();
    assert_eq!(got.len(), 2 * tags.len());
    for (message, tag) in got.iter().zip(tags.iter().cycle()) {
        assert_eq!((message.kind, message.timestamp), (tag.kind as u8, tag.timestamp));
        assert_eq!(message.payload, tag.data);
    }
}

#[test]
fn an_end_is_told_and_ends_the_session() {
    let mut pair = Pair::playing();
    pair.session.end_play();
    pair.exchange().unwrap();
    assert_eq!(pair.peer.code(), "NetStream.Play.Stop");
    assert_eq!(pair.events(), [Event::Closed]);
}

#[test]
fn a_refusal_names_its_reason() {
    let mut pair = Pair::play_asked();
    pair.events();
    pair.session
        .reject("NetStream.Play.StreamNotFound", "There is no such stream.");
    pair.exchange().unwrap();
    assert_eq!(pair.peer.code(), "NetStream.Play.StreamNotFound");
    assert_eq!(pair.events(), [Event::Closed]);
}

#[test]
fn who_stops_may_play_again_within_the_time_of_a_publish() {
    for (name, args) in [
        ("deleteStream", vec![Value::Null, 1.0.into()]),
        ("closeStream", vec![Value::Null]),
    ] {
        let mut pair = Pair::playing();
        pair.command(1, name, 0.0, &args).unwrap();
        assert_eq!(pair.events(), [Event::Stop]);
        assert!(!pair.session.is_playing());
        assert_eq!(pair.wait(9 * SECOND), None);
        pair.command(1, "play", 6.0, &[Value::Null, NAME.into()]).unwrap();
        assert!(matches!(pair.events()[..], [Event::Play { .. }]));
    }
}

#[test]
fn a_silent_player_is_asked_every_10_seconds_and_let_go_after_30() {
    let mut pair = Pair::playing();
    let begun = pair.now;
    for n in 1..3 {
        let at = pair.session.poll_timeout().unwrap();
        assert_eq!(at, begun + n * 10 * SECOND);
        assert_eq!(pair.wait(at - pair.now), None);
        assert!(pair.session.poll_transmit().is_some(), "a ping");
    }
    assert_eq!(pair.wait(10 * SECOND), Some("rtmp.timeout"));
}

#[test]
fn who_answers_or_takes_what_is_sent_is_there() {
    let mut answers = Pair::playing();
    let mut takes = Pair::playing();
    for _ in 0..20 {
        assert_eq!(answers.wait(10 * SECOND), None);
        answers.exchange().unwrap();
        assert_eq!(takes.wait(10 * SECOND), None);
        takes.session.poll_transmit();
        takes.session.sent(takes.now);
    }
    assert!(answers.session.is_playing() && takes.session.is_playing());
}

#[test]
fn one_thing_at_a_time_and_on_the_first_message_stream() {
    let mut pair = Pair::playing();
    let publish = [Value::Null, "k".into(), "live".into()];
    assert_eq!(code(pair.command(1, "publish", 6.0, &publish)), "rtmp.protocol");
    let mut pair = Pair::connected();
    let play = [Value::Null, NAME.into()];
    assert_eq!(code(pair.command(2, "play", 5.0, &play)), "rtmp.protocol");
}

#[test]
fn media_of_a_player_is_nothing() {
    let mut pair = Pair::playing();
    let media = [(kind::VIDEO, &[0x17; 100]), (kind::AUDIO, &[0xaf; 100])];
    for (kind, payload) in media {
        let message = Message {
            kind,
            timestamp: 0,
            stream: 1,
            payload: Bytes::from_static(payload),
        };
        pair.peer.link.send(4, &message);
        pair.exchange().unwrap();
    }
    assert_eq!(pair.events(), []);
}
