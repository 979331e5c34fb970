//! A show is announced, begins and ends, by its publisher's word and the operator's.

use crate::support::media::{PLAIN, Viewer};
use crate::support::{TestServer, http};

fn say(server: &TestServer, method: &str, key: &str, body: &str) -> (u16, String) {
    let header = format!("Authorization: Bearer {key}\r\n");
    let answer = http::request_with(
        http::connect(server.http),
        method,
        "/show",
        &header,
        body.as_bytes(),
    );
    let (status, body) = answer.whole();
    (status, String::from_utf8(body).unwrap())
}

fn state(server: &TestServer) -> String {
    let status: serde_json::Value = serde_json::from_str(&server.text("/live/show/status")).unwrap();
    format!("{} {}", status["state"].as_str().unwrap(), status["begins"])
}

/// In an hour, whole seconds, as RFC 3339 writes it.
fn in_an_hour() -> String {
    let begins = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    jiff::Timestamp::from_second(begins.as_second())
        .unwrap()
        .to_string()
}

#[test]
fn viewers_are_told_when_it_begins_also_after_a_restart() {
    let server = TestServer::start();
    let key = server.key.clone();
    assert_eq!(state(&server), "none null");
    assert_eq!(say(&server, "PUT", &key, "{}").0, 200);
    assert_eq!(state(&server), "announced null");
    let begins = in_an_hour();
    let (status, told) = say(&server, "PUT", &key, &format!("{{\"begins\":\"{begins}\"}}"));
    assert_eq!(status, 200);
    let expected = format!("announced \"{}\"", begins.replace('Z', ".000Z"));
    assert_eq!(state(&server), expected, "{told}");
    for path in ["/live/show.flv", "/live/show/index.m3u8", "/live/show/index.mpd"] {
        assert_eq!(server.get(path).status, 404, "{path}: nothing is to be seen yet");
    }
    let server = server.again();
    assert_eq!(state(&server), expected);

    let mut sender = server.publish();
    sender.send_all(&PLAIN.pictures(1));
    Viewer::new(server.get("/live/show.flv")).media(10);
    assert_eq!(state(&server), "live null");
    let (status, said) = say(&server, "PUT", &key, "{}");
    assert_eq!(status, 400, "{said}");
    assert!(said.contains("has begun"), "{said}");
}

#[test]
fn strangers_and_nonsense_are_refused() {
    let server = TestServer::start();
    let key = server.key.clone();
    let (status, said) = say(&server, "PUT", "anyone", "{}");
    assert_eq!(status, 401, "{said}");
    assert_eq!(say(&server, "DELETE", "anyone", "").0, 401);
    for body in [
        "",
        "1",
        "{\"begins\":\"soon\"}",
        "{\"starts\":1}",
        "{\"begins\":\"2999-01-01T00:00:00Z\"}",
    ] {
        let (status, said) = say(&server, "PUT", &key, body);
        assert_eq!(status, 400, "{body}: {said}");
    }
    assert_eq!(state(&server), "none null");
    assert_eq!(say(&server, "DELETE", &key, "").0, 200, "nothing to end");
}

#[test]
fn a_show_ends_at_its_publishers_word_and_the_next_begins() {
    let mut server = TestServer::start();
    let key = server.key.clone();
    let mut sender = server.publish();
    sender.send_all(&PLAIN.pictures(5));
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    viewer.media(10);
    server.text("/live/show/video.m3u8");
    assert_eq!(say(&server, "DELETE", &key, "").0, 200);
    assert_eq!(state(&server), "ended null");
    while viewer.next().is_some() {}
    assert!(server.text("/live/show/video.m3u8").contains("#EXT-X-ENDLIST"));
    server.wait_log("gives way");
    drop(sender);
    assert_eq!(
        state(&server),
        "ended null",
        "who is sent away interrupts nothing"
    );

    let mut sender = server.publish();
    sender.send_all(&PLAIN.pictures(1));
    Viewer::new(server.get("/live/show.flv")).media(10);
    assert_eq!(state(&server), "live null");
}

#[test]
fn the_operator_ends_a_show() {
    let server = TestServer::start();
    let end = |name: &str| {
        let path = format!("/api/streams/{name}/end");
        http::request(server.admin, "POST", &path, b"").status
    };
    assert_eq!(end("show"), 404);
    let _sender = server.publish();
    assert_eq!(end("show"), 204);
    assert_eq!(state(&server), "ended null");
    assert_eq!(end("show"), 404);
    assert_eq!(
        http::request(server.http, "POST", "/api/streams/show/end", b"").status,
        404
    );
}

#[test]
fn who_says_goodbye_is_waited_for_less_than_who_is_lost() {
    let config = "[stream]\nend_after_ms = 600000\nend_after_farewell_ms = 0\n";
    let mut server = TestServer::start_with(config, "info");
    let clip = PLAIN.pictures(1);
    let mut sender = server.publish();
    sender.send_all(&clip);
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    viewer.media(10);
    drop(sender);
    server.wait_log("publisher left");
    assert_eq!(state(&server), "interrupted null");
    let mut sender = server.publish();
    sender.send_all(&clip);
    sender.finish();
    server.wait_log("show ended");
    assert_eq!(state(&server), "ended null");
}
