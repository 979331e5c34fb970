//! Strangers who want too much.

use std::io::{Read as _, Write as _};

use rtmp::Error;

use crate::support::publisher::Sender;
use crate::support::{TestServer, http};

#[test]
fn a_wrong_key_is_refused_with_a_sentence_and_not_for_ever() {
    let mut server = TestServer::start();
    let wrong = || match Sender::connect(server.rtmp, "abcdefghijklmnopqrstuvwxyz234567") {
        Err(Error::Rejected { code, description }) => (code, description),
        other => panic!("{:?}", other.err()),
    };
    for _ in 0..10 {
        let (code, description) = wrong();
        assert_eq!(code, "NetStream.Publish.BadName");
        assert!(
            description.contains("doesn't know the stream key"),
            "{description}"
        );
    }
    let (_, description) = wrong();
    assert!(
        description.contains("Too many wrong stream keys"),
        "{description}"
    );
    server.wait_log("publish.too_many_attempts");
    assert_eq!(server.server_stats().wrong_keys, 11);
    assert_eq!(server.admin_text("/api/streams"), "[]");
    assert!(
        Sender::connect(server.rtmp, &server.key).is_ok(),
        "a right key is not held up"
    );
}

#[test]
fn another_application_is_refused() {
    let server = TestServer::start();
    let url = format!("rtmp://{}/other", server.rtmp);
    assert!(matches!(
        Sender::connect_to(&url, &server.key),
        Err(Error::Rejected { description, .. }) if description.contains("rtmp://HOST/live")
    ));
}

#[test]
fn garbage_for_publishers_is_closed_and_nothing_else_suffers() {
    let server = TestServer::start();
    for garbage in [&[0xff_u8; 4096][..], b"GET / HTTP/1.1\r\n\r\n", &[3; 9000]] {
        let mut stream = http::connect(server.rtmp);
        // The server may close before it has read all.
        let _ = stream.write_all(garbage);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.len() < 8192);
    }
    let _sender = server.publish();
    assert_eq!(server.text("/healthz"), "ok");
    assert_eq!(server.server_stats().wrong_keys, 0);
}

#[test]
fn a_request_that_takes_its_time_is_closed() {
    let server = TestServer::start_with("[limits]\nheader_timeout_ms = 200\n", "info");
    for begun in ["", "GET /healthz HTTP/1.1\r\nHost: te", "GET"] {
        let mut stream = http::connect(server.http);
        stream.write_all(begun.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
            "{answer}"
        );
    }
    assert_eq!(server.text("/healthz"), "ok");
}

#[test]
fn a_body_that_takes_its_time_is_refused() {
    let server = TestServer::start_with("[limits]\nheader_timeout_ms = 200\n", "info");
    for path in ["/watch/show/beat", "/whep/show", "/show"] {
        let mut stream = http::connect(server.http);
        let head = format!("POST {path} HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nbegun");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{path}: {answer}");
        assert!(answer.contains("The request took too long."), "{answer}");
    }
    let large = vec![b'x'; 100_000];
    let refused = http::request(server.http, "POST", "/whep/show", &large);
    assert_eq!(refused.status, 413);
}

#[test]
fn a_head_too_large_is_refused() {
    let server = TestServer::start();
    let path = format!("/{}", "a".repeat(17_000));
    assert!((400..=431).contains(&http::request(server.http, "GET", &path, b"").status));
    let many = "X: y\r\n".repeat(100);
    let mut stream = http::connect(server.http);
    stream
        .write_all(format!("GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n{many}\r\n").as_bytes())
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[test]
fn connections_are_counted_and_refused_beyond_the_limit() {
    let server = TestServer::start_with("[limits]\nhttp_connections = 3\n", "info");
    let held: Vec<_> = (0..3)
        .map(|_| {
            let answer = server.get("/healthz");
            assert_eq!(answer.status, 200);
            answer
        })
        .collect();
    let mut refused = http::connect(server.http);
    let _ = refused.write_all(b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n");
    let mut answer = Vec::new();
    let _ = refused.read_to_end(&mut answer);
    assert!(answer.is_empty());
    let stats = server.server_stats();
    assert_eq!((stats.http_connections, stats.refused_connections), (3, 1));
    drop(held);
}
