//! A publisher is lost and returns; viewers keep their connection.

use container::flv::TagKind;
use rtmp::Error;

use crate::support::TestServer;
use crate::support::media::{PLAIN, Viewer, is_key, is_media, watchable};
use crate::support::publisher::Sender;

#[test]
fn a_publisher_dies_within_a_frame_and_comes_back() {
    let mut server = TestServer::start();
    let tags = PLAIN.tags(2);
    let mut sender = server.publish();
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    let cut = tags.iter().rposition(is_key).unwrap();
    sender.send_all(&tags[..cut]);
    sender.die_within(&tags[cut]);
    server.wait_log("publisher left");
    assert_eq!(
        server.text("/live/show/status"),
        r#"{"state":"interrupted","begins":null,"live":true,"estimated":true,"rtc":false}"#
    );

    let before = viewer.media(watchable(&tags[..cut]).len());

    let mut sender = server.publish();
    sender.send_all(&tags);
    let again = std::iter::from_fn(|| viewer.next()).take_while(|t| !is_media(t));
    let kinds: Vec<_> = again.map(|t| t.kind).collect();
    assert!(
        kinds.starts_with(&[TagKind::Script, TagKind::Script, TagKind::Video, TagKind::Audio]),
        "{kinds:?}"
    );
    let after = viewer.media(60);
    assert!(after[0].timestamp > before.last().unwrap().timestamp);
    assert!(after.windows(2).all(|w| w[0].timestamp <= w[1].timestamp));
    assert!(
        after[0].timestamp - before.last().unwrap().timestamp < 200,
        "no gap to wait at"
    );
    assert_eq!(viewer.joins().len(), 2, "the clock is told anew");

    let stats = server.stats();
    assert_eq!((stats.sessions, stats.flv.now), (2, 1));
    assert!(
        stats
            .last_error
            .is_some_and(|e| e.code == api::Code::PublisherLost)
    );
}

#[test]
fn an_end_by_the_publishers_own_word_is_an_interruption_too() {
    let mut server = TestServer::start();
    let tags = PLAIN.tags(1);
    let mut sender = server.publish();
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    sender.send_all(&tags);
    sender.finish();
    server.wait_log("publisher left");
    viewer.media(watchable(&tags).len());
    let stats = server.stats();
    assert_eq!(
        (stats.state, stats.flv.now),
        (api::server::StreamState::Interrupted, 1)
    );
    assert_eq!(stats.last_error, None);
}

#[test]
fn viewers_are_let_go_when_the_publisher_stays_away() {
    let mut server = TestServer::start_with("[stream]\nhold_viewers_ms = 0\nend_after_ms = 0\n", "info");
    let tags = PLAIN.tags(1);
    let mut sender = server.publish();
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    sender.send_all(&tags);
    viewer.media(10);
    sender.finish();
    server.wait_log("show ended");
    assert!(
        std::iter::from_fn(|| viewer.next()).count() < tags.len(),
        "the body ends in order"
    );
    assert_eq!(server.stats().state, api::server::StreamState::Ended);
    let _next_show = server.publish();
    assert_eq!(server.stats().state, api::server::StreamState::Live);
}

#[test]
fn a_second_publisher_is_refused_while_the_first_sends() {
    let server = TestServer::start();
    let tags = PLAIN.tags(1);
    let mut first = server.publish();
    first.send_all(&tags);
    let Err(Error::Rejected { code, description }) = Sender::connect(server.rtmp, &server.key) else {
        panic!("granted");
    };
    assert_eq!(code, "NetStream.Publish.BadName");
    assert!(description.contains("Another publisher is live"), "{description}");
    assert_eq!(server.stats().sessions, 1);
}
