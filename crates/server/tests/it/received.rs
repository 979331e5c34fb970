//! What the publisher is told has arrived.

use api::server::Received;
use container::flv::TagKind;

use crate::support::media::{PLAIN, Viewer};
use crate::support::{TestServer, add_key, http};

fn ask(server: &TestServer, authorization: &str) -> http::Answer {
    let header = format!("Authorization: {authorization}\r\n");
    let header = if authorization.is_empty() { "" } else { &header };
    http::request_with(http::connect(server.http), "GET", "/received", header, b"")
}

fn received(server: &TestServer, key: &str) -> Received {
    let answer = ask(server, &format!("Bearer {key}"));
    assert_eq!(answer.header("cache-control"), "no-store");
    let (status, body) = answer.whole();
    assert_eq!(status, 200);
    serde_json::from_slice(&body).unwrap()
}

#[test]
fn a_publisher_is_told_what_has_arrived_of_its_own_show() {
    let server = TestServer::start();
    let other = add_key(server.dir.path(), "other");
    let before = received(&server, &server.key);
    assert_eq!((before.bytes, before.pictures), (0, 0), "nothing is sent");
    let mut sender = server.publish();
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    let tags = PLAIN.tags(2);
    sender.send_all(&tags);
    // What a viewer has was received before.
    let seen = viewer.media(tags.len() / 2);
    let pictures = seen.iter().filter(|tag| tag.kind == TagKind::Video).count();
    let now = received(&server, &server.key);
    assert!(now.pictures >= pictures as u64 && pictures > 20, "{now:?}");
    assert!(now.bytes > 10_000 && now.at_micros > before.at_micros, "{now:?}");
    assert_eq!(received(&server, &other).bytes, 0, "of another's nothing is told");
    drop(sender);
}

#[test]
fn without_the_stream_key_nothing_is_told() {
    let server = TestServer::start();
    for wrong in ["", "Bearer wrong", "Basic d3Jvbmc6d3Jvbmc=", "Bearer"] {
        let answer = ask(&server, wrong);
        assert_eq!(
            (answer.status, answer.header("www-authenticate")),
            (401, "Bearer"),
            "{wrong}"
        );
    }
}
