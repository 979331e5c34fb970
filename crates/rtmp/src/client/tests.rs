use std::time::Duration;

use container::amf0::Value;
use container::flv::video;

use super::*;
use crate::command::{self, status};
use crate::tests::{CLOCK, KEY, Peer, origin, tag, target};

/// A session and the bare server at its other end.
struct Pair {
    now: Instant,
    session: Session,
    peer: Peer,
}

impl Pair {
    fn new(begin: fn(Target, Limits, Instant) -> Session) -> Self {
        let now = origin();
        let mut pair = Self {
            now,
            session: begin(target(), Limits::default(), now),
            peer: Peer::server(now),
        };
        pair.exchange().unwrap();
        pair
    }

    fn exchange(&mut self) -> Result<(), Error> {
        loop {
            let (up, down) = (self.session.poll_transmit(), self.peer.link.transmit());
            if up.is_none() && down.is_none() {
                return Ok(());
            }
            if let Some(bytes) = up {
                self.peer.take(&bytes);
            }
            if let Some(bytes) = down {
                self.session.receive(self.now, &bytes)?;
            }
        }
    }

    fn say(&mut self, stream: u32, name: &str, transaction: f64, args: &[Value]) {
        self.peer.link.send_command(stream, name, transaction, args);
        self.exchange().unwrap();
    }

    fn status(&mut self, level: &str, code: &str) {
        self.say(7, "onStatus", 0.0, &[Value::Null, status(level, code, "words")]);
    }

    /// Connected, and message stream 7 created.
    fn created(begin: fn(Target, Limits, Instant) -> Session) -> Self {
        let mut pair = Self::new(begin);
        pair.say(
            0,
            "_result",
            1.0,
            &[Value::Null, status("status", "NetConnection.Connect.Success", "")],
        );
        pair.say(0, "_result", 4.0, &[Value::Null, Value::Number(7.0)]);
        pair
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.session.poll_event()).collect()
    }
}

#[test]
fn a_publisher_sends_what_an_encoder_sends() {
    let pair = Pair::created(Session::publish);
    let names = ["connect", "releaseStream", "FCPublish", "createStream", "publish"];
    assert_eq!(pair.peer.names(), names);
    let connect = pair.peer.commands[0].object();
    assert_eq!(connect.get("app").and_then(Value::as_str), Some("live"));
    assert_eq!(
        connect.get("tcUrl").and_then(Value::as_str),
        Some("rtmp://example.test/live")
    );
    let publish = pair.peer.commands.last().unwrap();
    assert_eq!(publish.args[1..], [KEY.into(), "live".into()]);
}

#[test]
fn strangers_are_sent_no_media_clock() {
    let mut pair = Pair::created(Session::publish);
    pair.status("status", "NetStream.Publish.Start");
    assert_eq!(
        pair.events(),
        [
            Event::Connected,
            Event::Publishing {
                wants_clock: false,
                takes_tracks: false
            }
        ]
    );
    pair.session.send_clock(&CLOCK).unwrap();
    pair.exchange().unwrap();
    assert!(pair.peer.messages.is_empty());
}

#[test]
fn metadata_goes_as_set_data_frame_and_media_as_it_is() {
    let mut pair = Pair::created(Session::publish);
    pair.status("status", "NetStream.Publish.Start");
    pair.session
        .send(&tag(TagKind::Script, 0, &script::on_metadata(&[])))
        .unwrap();
    pair.session
        .send(&tag(TagKind::Video, 40, &video::frame(true, 0, b"x")))
        .unwrap();
    pair.exchange().unwrap();
    let [metadata, frame] = &pair.peer.messages[..] else {
        panic!("two messages were sent");
    };
    assert!(
        metadata
            .payload
            .starts_with(b"\x02\0\x0d@setDataFrame\x02\0\x0aonMetaData")
    );
    assert_eq!((frame.kind, frame.timestamp, frame.stream), (kind::VIDEO, 40, 7));
}

#[test]
fn nothing_is_sent_before_the_grant_or_after_the_end() {
    let mut pair = Pair::created(Session::publish);
    let frame = tag(TagKind::Video, 0, b"x");
    assert_eq!(
        pair.session.send(&frame).unwrap_err().code(),
        "rtmp.not_publishing"
    );
    pair.status("status", "NetStream.Publish.Start");
    pair.session.finish();
    assert_eq!(
        pair.session.send(&frame).unwrap_err().code(),
        "rtmp.not_publishing"
    );
    pair.peer.take(&pair.session.poll_transmit().unwrap());
    assert_eq!(pair.peer.names()[5..], ["FCUnpublish", "deleteStream"]);
}

#[test]
fn a_no_is_a_rejection_wherever_it_comes() {
    let rejected = |code: &str| Event::Rejected {
        code: code.into(),
        description: "words".into(),
    };
    let mut at_connect = Pair::new(Session::publish);
    let words = status("error", "NetConnection.Connect.Rejected", "words");
    at_connect.say(0, "_error", 1.0, &[Value::Null, words]);
    assert_eq!(at_connect.events(), [rejected("NetConnection.Connect.Rejected")]);
    let mut at_publish = Pair::created(Session::publish);
    at_publish.status("error", "NetStream.Publish.BadName");
    assert_eq!(
        at_publish.events(),
        [Event::Connected, rejected("NetStream.Publish.BadName")]
    );
    let mut in_the_show = Pair::created(Session::publish);
    in_the_show.status("status", "NetStream.Publish.Start");
    in_the_show.events();
    in_the_show.status("error", "NetStream.Publish.Denied");
    assert_eq!(in_the_show.events(), [rejected("NetStream.Publish.Denied")]);
}

#[test]
fn a_server_without_fmles_additions_is_no_refusal() {
    let mut pair = Pair::created(Session::publish);
    pair.say(
        0,
        "_error",
        2.0,
        &[Value::Null, status("error", "NetConnection.Call.Failed", "")],
    );
    pair.status("status", "NetStream.Publish.Start");
    assert!(pair.session.is_publishing());
}

#[test]
fn a_player_gets_tags_until_the_end() {
    let mut pair = Pair::created(Session::play);
    assert_eq!(pair.peer.names(), ["connect", "createStream", "play"]);
    pair.status("status", "NetStream.Play.Start");
    let frame = video::frame(true, 0, &[9; 200_000]);
    let (kind, payload) = (kind::VIDEO, frame.clone());
    pair.peer.link.send(
        id::VIDEO,
        &Message {
            kind,
            timestamp: 80,
            stream: 7,
            payload,
        },
    );
    pair.exchange().unwrap();
    pair.status("status", "NetStream.Play.Stop");
    let tag = Event::Tag(tag(TagKind::Video, 80, &frame));
    assert_eq!(
        pair.events(),
        [Event::Connected, Event::Playing, tag, Event::Closed]
    );
}

#[test]
fn the_servers_word_is_waited_for_and_a_quiet_show_is_not_ended() {
    let mut pair = Pair::created(Session::publish);
    let limit = pair.now + Duration::from_secs(10);
    assert_eq!(pair.session.poll_timeout(), Some(limit));
    assert_eq!(
        pair.session.handle_timeout(limit).unwrap_err().code(),
        "rtmp.timeout"
    );
    let mut show = Pair::created(Session::publish);
    show.status("status", "NetStream.Publish.Start");
    assert_eq!(show.session.poll_timeout(), None);
    let mut player = Pair::created(Session::play);
    player.status("status", "NetStream.Play.Start");
    assert_eq!(
        player.session.poll_timeout(),
        Some(player.now + Duration::from_secs(30))
    );
}

#[test]
fn a_tag_too_large_for_rtmp_is_refused() {
    let mut pair = Pair::created(Session::publish);
    pair.status("status", "NetStream.Publish.Start");
    let large = tag(TagKind::Video, 0, &vec![0; 1 << 24]);
    assert_eq!(
        pair.session.send(&large).unwrap_err().code(),
        "rtmp.limit.message"
    );
}

#[test]
fn a_server_that_takes_another_codec_is_published_to_and_one_that_does_not_is_left() {
    let begin = |target, limits, now| Session::publish(target, limits, now).offering(&[video::HEVC]);
    let mut pair = Pair::new(begin);
    let connect = pair.peer.commands[0].object().clone();
    let map = connect.get("videoFourCcInfoMap").unwrap();
    assert_eq!(map.get("hvc1"), Some(&Value::Number(2.0)), "it can encode it");
    let success = status("status", "NetConnection.Connect.Success", "");
    pair.say(0, "_result", 1.0, &[Value::Null, success]);
    assert_eq!(pair.events(), [Event::Unsupported(video::HEVC)]);
    assert!(pair.session.is_closed());

    let mut pair = Pair::new(begin);
    let takes = command::object(&[("fourCcList", Value::StrictArray(vec!["hvc1".into()]))]);
    pair.say(0, "_result", 1.0, &[Value::Null, takes]);
    assert_eq!(pair.events(), [Event::Connected]);

    let plain = Pair::new(Session::publish);
    let connect = plain.peer.commands[0].object();
    assert_eq!(
        connect.get("fourCcList"),
        None,
        "some servers refuse who says more than they know"
    );
}

#[test]
fn a_request_to_reconnect_is_passed_on_unless_it_is_to_another_host() {
    let mut pair = Pair::created(Session::publish);
    pair.status("status", "NetStream.Publish.Start");
    pair.events();
    let mut asked = |url: Option<&str>| {
        let mut information = vec![
            ("level", "status".into()),
            ("code", "NetConnection.Connect.ReconnectRequest".into()),
        ];
        information.extend(url.map(|url| ("tcUrl", url.into())));
        pair.say(0, "onStatus", 0.0, &[Value::Null, command::object(&information)]);
        match &pair.events()[..] {
            [Event::Reconnect(target)] => Some(target.tc_url.clone()),
            [] => None,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(asked(None).as_deref(), Some("rtmp://example.test/live"));
    assert_eq!(
        asked(Some("/live/b")).as_deref(),
        Some("rtmp://example.test/live/b")
    );
    assert_eq!(asked(Some("rtmp://example.tset/live")), None);
    assert!(pair.session.is_publishing(), "the publish goes on meanwhile");
}

#[test]
fn a_wish_for_a_key_frame_is_heard_while_publishing_alone() {
    let mut pair = Pair::created(Session::publish);
    let connect = pair.peer.commands[0].object();
    assert_eq!(connect.get("anchorKeyFrames"), Some(&Value::Boolean(true)));
    pair.say(7, "anchorKeyFrame", 0.0, &[Value::Null]);
    assert_eq!(pair.events(), [Event::Connected], "nothing is published yet");
    pair.status("status", "NetStream.Publish.Start");
    pair.events();
    pair.say(7, "anchorKeyFrame", 0.0, &[Value::Null]);
    assert_eq!(pair.events(), [Event::KeyFrameWanted]);

    let mut player = Pair::created(Session::play);
    assert_eq!(player.peer.commands[0].object().get("anchorKeyFrames"), None);
    player.status("status", "NetStream.Play.Start");
    player.events();
    player.say(7, "anchorKeyFrame", 0.0, &[Value::Null]);
    assert!(player.events().is_empty());
}

#[test]
fn a_player_says_which_codecs_it_takes() {
    let pair = Pair::created(Session::play);
    let connect = pair.peer.commands[0].object();
    let takes = |map: &str, codec: &str| connect.get(map).and_then(|map| map.get(codec)).is_some();
    assert!(takes("videoFourCcInfoMap", "hvc1") && takes("audioFourCcInfoMap", "Opus"));
    assert_eq!(
        connect.get("capsEx"),
        Some(&Value::Number(14.0)),
        "several tracks, modifiers; it isn't moved"
    );
}
