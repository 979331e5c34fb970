use std::time::Duration;

use bytes::{BufMut, BytesMut};
use container::amf0::{self, Value};
use container::flv::{script, video};

use super::*;
use crate::chunk::kind;
use crate::command::object;
use crate::link::id;
use crate::tests::{CLOCK, KEY, Peer, origin, tag};

/// A session and the bare client at its other end.
pub(super) struct Pair {
    pub(super) now: Instant,
    pub(super) session: Session,
    pub(super) peer: Peer,
}

impl Pair {
    fn new() -> Self {
        let now = origin();
        Self {
            now,
            session: Session::new(Limits::default(), now),
            peer: Peer::client(now),
        }
    }

    pub(super) fn exchange(&mut self) -> Result<(), Error> {
        loop {
            let (up, down) = (self.peer.link.transmit(), self.session.poll_transmit());
            if up.is_none() && down.is_none() {
                return Ok(());
            }
            if let Some(bytes) = down {
                self.peer.take(&bytes);
            }
            if let Some(bytes) = up {
                self.session.receive(self.now, &bytes)?;
            }
        }
    }

    pub(super) fn command(
        &mut self,
        stream: u32,
        name: &str,
        transaction: f64,
        args: &[Value],
    ) -> Result<(), Error> {
        self.peer.link.send_command(stream, name, transaction, args);
        self.exchange()
    }

    pub(super) fn connected() -> Self {
        let mut pair = Self::new();
        pair.exchange().unwrap();
        let app = object(&[("app", "live".into()), ("tcUrl", "rtmp://h/live".into())]);
        pair.command(0, "connect", 1.0, &[app]).unwrap();
        pair
    }

    fn asked() -> Self {
        let mut pair = Self::connected();
        pair.command(0, "createStream", 4.0, &[Value::Null]).unwrap();
        pair.command(1, "publish", 5.0, &[Value::Null, KEY.into(), "live".into()])
            .unwrap();
        assert!(matches!(pair.session.poll_event(), Some(Event::Publish { .. })));
        pair
    }

    fn publishing() -> Self {
        let mut pair = Self::asked();
        pair.session.accept_publish();
        pair.exchange().unwrap();
        assert_eq!(pair.peer.code(), "NetStream.Publish.Start");
        pair
    }

    fn message(&mut self, kind: u8, payload: &[u8]) -> Result<(), Error> {
        let payload = Bytes::copy_from_slice(payload);
        self.peer.link.send(
            id::DATA,
            &Message {
                kind,
                timestamp: 40,
                stream: 1,
                payload,
            },
        );
        self.exchange()
    }

    pub(super) fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.session.poll_event()).collect()
    }

    pub(super) fn wait(&mut self, time: Duration) -> Option<&'static str> {
        self.now += time;
        self.session.handle_timeout(self.now).err().map(|e| e.code())
    }
}

pub(super) fn code(result: Result<(), Error>) -> &'static str {
    result.unwrap_err().code()
}

pub(super) const SECOND: Duration = Duration::from_secs(1);

#[test]
fn the_connect_result_asks_for_the_media_clock() {
    let pair = Pair::connected();
    let result = pair.peer.commands.last().unwrap();
    assert_eq!((result.name.as_str(), result.transaction), ("_result", 1.0));
    assert_eq!(pair.peer.code(), "NetConnection.Connect.Success");
    assert_eq!(result.args[1].get("anchorClock"), Some(&Value::Boolean(true)));
    assert_eq!(result.args[1].get("objectEncoding"), Some(&Value::Number(0.0)));
}

#[test]
fn what_obs_and_ffmpeg_send_besides_is_answered() {
    let mut pair = Pair::connected();
    for (n, name) in [
        (2.0, "releaseStream"),
        (3.0, "FCPublish"),
        (4.0, "getStreamLength"),
    ] {
        pair.command(0, name, n, &[Value::Null, KEY.into()]).unwrap();
        assert_eq!(pair.peer.commands.last().unwrap().transaction, n);
    }
    let answers = pair.peer.commands.len();
    pair.command(0, "_checkbw", 9.0, &[Value::Null]).unwrap();
    assert_eq!(
        pair.peer.commands.len(),
        answers,
        "unknown commands are passed over"
    );
    pair.command(0, "createStream", 5.0, &[Value::Null]).unwrap();
    assert_eq!(pair.peer.commands.last().unwrap().number(), Some(1.0));
}

#[test]
fn the_end_of_a_show_is_said_once() {
    let mut pair = Pair::publishing();
    pair.command(0, "FCUnpublish", 6.0, &[Value::Null, KEY.into()])
        .unwrap();
    pair.command(0, "deleteStream", 7.0, &[Value::Null, Value::Number(1.0)])
        .unwrap();
    assert_eq!(pair.events(), [Event::Unpublish]);
    assert!(!pair.session.is_publishing());
}

#[test]
fn another_streams_end_is_not_the_shows() {
    let mut pair = Pair::publishing();
    pair.command(0, "deleteStream", 7.0, &[Value::Null, Value::Number(2.0)])
        .unwrap();
    assert!(pair.events().is_empty() && pair.session.is_publishing());
    pair.command(1, "closeStream", 0.0, &[Value::Null]).unwrap();
    assert_eq!(pair.events(), [Event::Unpublish]);
}

#[test]
fn metadata_loses_set_data_frame() {
    let mut pair = Pair::publishing();
    let metadata = script::on_metadata(&[]);
    let mut sent = BytesMut::new();
    amf0::encode(&"@setDataFrame".into(), &mut sent);
    sent.extend_from_slice(&metadata);
    pair.message(kind::DATA, &sent).unwrap();
    pair.message(kind::DATA_AMF3, &[&[0], &sent[..]].concat())
        .unwrap();
    let expected = Event::Tag(tag(TagKind::Script, 40, &metadata));
    assert_eq!(pair.events(), [expected.clone(), expected]);
}

#[test]
fn the_media_clock_is_an_event_of_its_own() {
    let mut pair = Pair::publishing();
    pair.message(kind::DATA, &script::clock_message(&CLOCK)).unwrap();
    assert_eq!(pair.events(), [Event::Clock(CLOCK)]);
}

#[test]
fn media_before_the_grant_is_left_out() {
    let mut pair = Pair::asked();
    pair.message(kind::VIDEO, &video::frame(true, 0, b"x")).unwrap();
    pair.session.accept_publish();
    pair.message(kind::AUDIO, &[]).unwrap();
    assert!(pair.events().is_empty());
}

fn aggregate(tags: &[Tag]) -> Vec<u8> {
    tags.iter()
        .flat_map(|t| container::flv::write_tag(t).to_vec())
        .collect()
}

#[test]
fn an_aggregate_is_split_and_moved_to_its_own_time() {
    let mut pair = Pair::publishing();
    let tags = [tag(TagKind::Audio, 1000, b"a"), tag(TagKind::Video, 1010, b"v")];
    pair.message(kind::AGGREGATE, &aggregate(&tags)).unwrap();
    let expected = [tag(TagKind::Audio, 40, b"a"), tag(TagKind::Video, 50, b"v")].map(Event::Tag);
    assert_eq!(pair.events(), expected);
}

#[test]
fn an_aggregate_is_limited_too() {
    let tags = |n| aggregate(&vec![tag(TagKind::Audio, 0, b"a"); n]);
    assert!(Pair::publishing().message(kind::AGGREGATE, &tags(1024)).is_ok());
    assert_eq!(
        code(Pair::publishing().message(kind::AGGREGATE, &tags(1025))),
        "rtmp.limit.aggregate"
    );
    let large = aggregate(&[tag(TagKind::Audio, 0, &[0; (64 << 10) + 1])]);
    assert_eq!(
        code(Pair::publishing().message(kind::AGGREGATE, &large)),
        "rtmp.limit.message"
    );
    let cut = &tags(1)[..11];
    assert_eq!(
        code(Pair::publishing().message(kind::AGGREGATE, cut)),
        "rtmp.protocol"
    );
}

#[test]
fn amf_limits_end_the_session_and_odd_data_does_not() {
    let deep = [[3, 0, 1, b'a']; 17].concat();
    let mut name = BytesMut::new();
    amf0::encode(&"onMetaData".into(), &mut name);
    let sent = [&name[..], &deep].concat();
    assert_eq!(
        code(Pair::publishing().message(kind::DATA, &sent)),
        "rtmp.limit.amf"
    );
    assert_eq!(
        code(Pair::publishing().message(kind::COMMAND, &sent)),
        "rtmp.limit.amf"
    );
    let mut pair = Pair::publishing();
    pair.message(kind::DATA, &[&name[..], &[3, 0]].concat()).unwrap();
    assert!(pair.events().is_empty() && pair.session.is_publishing());
}

#[test]
fn a_command_before_connect_a_second_connect_and_a_second_publish_are_refused() {
    let mut early = Pair::new();
    early.exchange().unwrap();
    assert_eq!(code(early.command(0, "createStream", 1.0, &[])), "rtmp.protocol");
    assert_eq!(
        code(Pair::connected().command(0, "connect", 1.0, &[])),
        "rtmp.protocol"
    );
    let again = [Value::Null, "other".into()];
    assert_eq!(
        code(Pair::publishing().command(1, "publish", 5.0, &again)),
        "rtmp.protocol"
    );
}

#[test]
fn message_streams_are_limited_to_16() {
    let mut pair = Pair::connected();
    for n in 0..16 {
        pair.command(0, "createStream", f64::from(n) + 2.0, &[]).unwrap();
    }
    assert_eq!(code(pair.command(0, "createStream", 40.0, &[])), "rtmp.protocol");
}

#[test]
fn bytes_before_a_publish_are_limited_to_128_kib() {
    let mut pair = Pair::connected();
    let ended = (0..200).find_map(|_| pair.message(kind::USER_CONTROL, &[0; 1000]).err());
    assert_eq!(ended.map(|e| e.code()), Some("rtmp.limit.budget"));
    let mut show = Pair::publishing();
    for _ in 0..200 {
        show.message(kind::AUDIO, &[0; 1000]).unwrap();
    }
    show.command(0, "FCUnpublish", 0.0, &[]).unwrap();
    show.command(0, "releaseStream", 8.0, &[]).unwrap();
}

#[test]
fn the_handshake_has_5_seconds() {
    let mut pair = Pair::new();
    assert_eq!(pair.session.poll_timeout(), Some(pair.now + 5 * SECOND));
    assert_eq!(pair.wait(5 * SECOND - Duration::from_millis(1)), None);
    pair.session.receive(pair.now, &[3]).unwrap();
    assert_eq!(pair.wait(Duration::from_millis(1)), Some("rtmp.timeout"));
    assert_eq!(pair.session.poll_timeout(), None);
    assert_eq!(code(pair.session.receive(pair.now, &[3])), "rtmp.closed");
}

#[test]
fn a_publish_must_come_within_10_seconds_of_the_handshake() {
    let mut pair = Pair::new();
    pair.exchange().unwrap();
    assert_eq!(pair.wait(6 * SECOND), None);
    pair.message(kind::USER_CONTROL, &[0; 6]).unwrap();
    assert_eq!(pair.wait(4 * SECOND), Some("rtmp.timeout"));
}

#[test]
fn the_owner_may_take_its_time_and_then_30_seconds_of_silence_end_the_show() {
    let mut pair = Pair::asked();
    assert_eq!(pair.wait(20 * SECOND), None);
    pair.session.accept_publish();
    pair.message(kind::AUDIO, b"a").unwrap();
    assert_eq!(pair.session.poll_timeout(), Some(pair.now + 30 * SECOND));
    assert_eq!(pair.wait(30 * SECOND - Duration::from_nanos(1)), None);
    assert_eq!(pair.wait(Duration::from_nanos(1)), Some("rtmp.timeout"));
}

#[test]
fn another_protocol_is_refused_at_its_first_byte() {
    for first in [6, b'G', 0x16] {
        assert_eq!(
            code(Pair::new().session.receive(origin(), &[first])),
            "rtmp.handshake"
        );
    }
}

#[test]
fn an_announced_chunk_size_out_of_range_ends_the_session() {
    for size in [1, 0x7fff_ffff_u32] {
        let result = Pair::connected().message(kind::SET_CHUNK_SIZE, &size.to_be_bytes());
        assert_eq!(code(result), "rtmp.limit.chunk_size");
    }
    assert_eq!(
        code(Pair::connected().message(kind::SET_CHUNK_SIZE, &[0])),
        "rtmp.protocol"
    );
}

#[test]
fn a_ping_is_answered_with_its_own_stamp() {
    let mut pair = Pair::connected();
    let mut ping = BytesMut::new();
    ping.put_u16(6);
    ping.put_u32(0xdead_beef);
    let payload = ping.freeze();
    pair.peer.link.send(
        id::CONTROL,
        &Message {
            kind: kind::USER_CONTROL,
            timestamp: 0,
            stream: 0,
            payload,
        },
    );
    let bytes = pair.peer.link.transmit().unwrap();
    pair.session.receive(pair.now, &bytes).unwrap();
    let answer = pair.session.poll_transmit().unwrap();
    assert!(answer.ends_with(&[0, 7, 0xde, 0xad, 0xbe, 0xef]));
}

#[test]
fn bytes_are_acknowledged_within_the_peers_window() {
    let mut pair = Pair::publishing();
    pair.message(kind::WINDOW_ACK_SIZE, &100_000u32.to_be_bytes())
        .unwrap();
    for _ in 0..3 {
        pair.message(kind::AUDIO, &[1; 40_000]).unwrap();
    }
    assert!(pair.peer.link.peer_acknowledged() >= 80_000);
}

#[test]
fn a_tiny_window_does_not_make_us_answer_every_byte() {
    let mut pair = Pair::publishing();
    pair.message(kind::WINDOW_ACK_SIZE, &0u32.to_be_bytes()).unwrap();
    let before = pair.peer.link.peer_acknowledged();
    pair.message(kind::AUDIO, &[1; 100]).unwrap();
    assert_eq!(pair.peer.link.peer_acknowledged(), before);
    pair.message(kind::AUDIO, &[1; 5000]).unwrap();
    assert!(pair.peer.link.peer_acknowledged() > before);
}

#[test]
fn close_is_said_once_and_ends_everything() {
    let mut pair = Pair::publishing();
    pair.session.close();
    pair.session.close();
    assert_eq!(pair.events(), [Event::Closed]);
    assert_eq!(pair.session.poll_timeout(), None);
}

#[test]
fn who_speaks_enhanced_rtmp_hears_what_is_handed_on_and_others_hear_nothing() {
    let answer = |properties: &[(&str, Value)]| {
        let mut pair = Pair::new();
        pair.exchange().unwrap();
        pair.command(0, "connect", 1.0, &[object(properties)]).unwrap();
        pair.peer.commands.last().unwrap().object().clone()
    };
    let old = answer(&[("app", "live".into())]);
    assert_eq!(old.get("fourCcList"), None);
    let list = Value::StrictArray(vec!["hvc1".into()]);
    let new = answer(&[("app", "live".into()), ("fourCcList", list)]);
    let forwards =
        |map: &str, codec: &str| new.get(map).and_then(|map| map.get(codec)) == Some(&Value::Number(4.0));
    assert!(forwards("videoFourCcInfoMap", "hvc1") && forwards("audioFourCcInfoMap", "Opus"));
    assert_eq!(
        new.get("capsEx"),
        Some(&Value::Number(15.0)),
        "requests to reconnect, several tracks, modifiers with nanoseconds"
    );
}

#[test]
fn only_who_knows_a_request_to_reconnect_is_asked() {
    let asked = |capabilities: f64| {
        let mut pair = Pair::new();
        pair.exchange().unwrap();
        let properties = [("app", "live".into()), ("capsEx", Value::Number(capabilities))];
        pair.command(0, "connect", 1.0, &[object(&properties)]).unwrap();
        assert!(!pair.session.request_reconnect(None), "nothing goes on yet");
        pair.command(1, "publish", 0.0, &[Value::Null, "k".into(), "live".into()])
            .unwrap();
        pair.session.accept_publish();
        let asked = pair.session.request_reconnect(Some("/other"));
        pair.exchange().unwrap();
        let last = pair.peer.commands.last().unwrap();
        (asked, last.info("code").to_owned(), last.info("tcUrl").to_owned())
    };
    let code = "NetConnection.Connect.ReconnectRequest".to_owned();
    assert_eq!(asked(9.0), (true, code, "/other".into()));
    assert_eq!(
        asked(8.0),
        (false, "NetStream.Publish.Start".into(), String::new())
    );
}

#[test]
fn only_who_makes_key_frames_when_asked_is_asked_for_one() {
    let asked = |announced: Option<Value>| {
        let mut pair = Pair::new();
        pair.exchange().unwrap();
        let mut properties = vec![("app", "live".into())];
        properties.extend(announced.map(|value| ("anchorKeyFrames", value)));
        pair.command(0, "connect", 1.0, &[object(&properties)]).unwrap();
        pair.command(1, "publish", 0.0, &[Value::Null, "k".into(), "live".into()])
            .unwrap();
        assert!(!pair.session.request_key_frame(), "the publish isn't granted yet");
        pair.session.accept_publish();
        let asked = pair.session.request_key_frame();
        pair.exchange().unwrap();
        let last = pair.peer.commands.last().unwrap();
        (asked, last.name.clone())
    };
    assert_eq!(asked(Some(true.into())), (true, "anchorKeyFrame".into()));
    let silence = (false, "onStatus".to_owned());
    assert_eq!(asked(None), silence);
    assert_eq!(asked(Some(false.into())), silence);
    assert_eq!(asked(Some("true".into())), silence);
}
