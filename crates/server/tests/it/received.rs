//! What the publisher is told has arrived.

use std::io::{Read as _, Write as _};

use api::server::{Received, Uploaded};
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

fn upload(server: &TestServer, key: &str, body: &[u8]) -> http::Answer {
    let header = format!("Authorization: Bearer {key}\r\n");
    http::request_with(http::connect(server.http), "POST", "/upload", &header, body)
}

#[test]
fn an_upload_is_counted_and_nobody_sees_it() {
    let server = TestServer::start();
    let body = vec![7; 3 << 20];
    let (status, answer) = upload(&server, &server.key, &body).whole();
    assert_eq!(status, 200);
    let counted: Uploaded = serde_json::from_slice(&answer).unwrap();
    assert_eq!((counted.bytes, counted.each_ms), (body.len() as u64, 500));
    assert_eq!(counted.each.iter().sum::<u64>(), counted.bytes);
    assert_eq!(received(&server, &server.key).bytes, 0, "no show has begun");
    let status = server.text("/live/show/status");
    assert!(status.contains("\"live\":false"), "{status}");
    assert_eq!(upload(&server, "wrong", b"x").status, 401);
}

#[test]
fn one_upload_is_measured_at_once_with_one_key() {
    let server = TestServer::start();
    let header = format!("Authorization: Bearer {}\r\nContent-Length: 1000\r\n", server.key);
    let head = format!("POST /upload HTTP/1.1\r\nHost: x\r\n{header}Expect: 100-continue\r\n\r\n");
    let mut begun = http::connect(server.http);
    begun.write_all(head.as_bytes()).unwrap();
    // The body is asked for once there is a place for it.
    let mut go_on = [0; 25];
    begun.read_exact(&mut go_on).unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100"));
    assert_eq!(upload(&server, &server.key, b"x").status, 429);
    drop(begun);
}
