//! The viewer's page, its reports and the time.

use crate::support::media::PLAIN;
use crate::support::{TestServer, http};

const BEAT: &str = r#"{"sid":"abc","event":"first_frame","protocol":"flv","since_open_ms":812,
    "delay_ms":1240.5,"delay_error_ms":12,"estimated":false}"#;

#[test]
fn the_page_may_do_what_it_must_and_no_more() {
    let server = TestServer::start();
    let page = server.get("/watch/show");
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
    let policy = page.header("content-security-policy").to_owned();
    for rule in [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "blob:",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe-eval"));
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(page.whole().1.starts_with(b"<!doctype html>"));
    for path in [
        "/watch/a%2fb",
        "/assets/../watch.html",
        "/assets/%2e%2e/watch.html",
        "/watch/",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
}

#[test]
fn the_page_is_framed_where_the_configuration_says_so() {
    let ancestors = |config: &str| {
        let server = TestServer::start_with(config, "info");
        let page = server.get("/watch/show");
        let policy = page.header("content-security-policy").to_owned();
        policy.split("frame-ancestors ").nth(1).unwrap().to_owned()
    };
    assert_eq!(ancestors(""), "'self'");
    let sites = "[page]\nframes = [\"https://shop.example\", \"http://localhost:3000\"]\n";
    assert_eq!(
        ancestors(sites),
        "'self' https://shop.example http://localhost:3000"
    );
}

#[test]
fn scripts_come_as_small_as_they_are_understood() {
    let server = TestServer::start();
    let links = server.get("/watch/show").header("link").to_owned();
    let player = links
        .split_once("</assets/")
        .unwrap()
        .1
        .split_once('>')
        .unwrap()
        .0;
    let path = format!("/assets/{player}");
    let plain = server.get(&path);
    assert_eq!(
        (plain.header("content-encoding"), plain.header("vary")),
        ("", "accept-encoding")
    );
    let packed = ["br", "gzip"].map(|coding| {
        let answer = http::request_with(
            http::connect(server.http),
            "GET",
            &path,
            &format!("Accept-Encoding: {coding}\r\n"),
            b"",
        );
        assert_eq!(answer.header("content-encoding"), coding);
        assert_eq!(answer.header("content-type"), plain.header("content-type"));
        answer.whole().1.len()
    });
    let whole = plain.whole().1.len();
    assert!(
        packed[0] < packed[1] && packed[1] < whole / 3,
        "{packed:?} of {whole}"
    );
}

#[test]
fn a_page_names_what_its_player_begins_with() {
    let server = TestServer::start();
    let links = |path: &str| server.get(path).header("link").to_owned();
    let asked = links("/watch/show?via=ll-hls");
    assert!(
        !asked.contains(".m3u8"),
        "of a show that isn't there nothing is fetched: {asked}"
    );
    let mut sender = server.publish();
    sender.send_all(&PLAIN.tags(4));
    // It is answered once there is something to list.
    assert_eq!(server.get("/live/show/video.m3u8").status, 200);
    let asked = links("/watch/show?via=ll-hls");
    for name in ["status", "index.m3u8", "video.m3u8", "audio.m3u8"] {
        assert!(
            asked.contains(&format!(
                "</live/show/{name}>; rel=preload; as=fetch; crossorigin"
            )),
            "{asked}"
        );
    }
    let first = asked
        .split(", ")
        .filter(|link| link.contains(".m4s") || link.contains(".mp4"));
    let first: Vec<_> = first.map(|link| link[1..].split_once('>').unwrap().0).collect();
    assert_eq!(first.len(), 3, "{asked}");
    for path in first {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
}

#[test]
fn reports_of_the_page_are_counted_within_limits() {
    let server = TestServer::start();
    let post = |body: &[u8]| http::request(server.http, "POST", "/watch/show/beat", body).status;
    assert_eq!(post(BEAT.as_bytes()), 404, "no such stream yet");
    let _sender = server.publish();
    assert_eq!(post(BEAT.as_bytes()), 204);
    assert_eq!(post(b"{}"), 400);
    assert_eq!(post(&[b' '; 5000]), 400);
    let beats = server.stats().beats;
    assert_eq!((beats.first_frames, beats.refused), (1, 2));
    assert_eq!(beats.newest_first_frame.unwrap().delay_ms, Some(1240.5));
    let metrics = server.admin_text("/metrics");
    assert!(
        metrics.contains("anchor_viewer_first_frames_total{stream=\"show\"} 1\n"),
        "{metrics}"
    );
}

#[test]
fn a_page_that_reports_too_often_is_told() {
    use std::io::{Read as _, Write as _};
    let server = TestServer::start();
    let _sender = server.publish();
    let mut stream = http::connect(server.http);
    let one = format!(
        "POST /watch/show/beat HTTP/1.1\r\nHost: t\r\nContent-Length: {}\r\n\r\n{BEAT}",
        BEAT.len()
    );
    stream.write_all(one.repeat(40).as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    let granted = answers.matches("HTTP/1.1 204").count();
    assert!(
        answers.contains("HTTP/1.1 429") && granted >= 4,
        "{granted} granted"
    );
}

#[test]
fn the_time_is_told_in_utc_and_never_kept() {
    let server = TestServer::start();
    let time = server.get("/time");
    assert_eq!(
        (
            time.header("cache-control"),
            time.header("access-control-allow-origin")
        ),
        ("no-store", "*")
    );
    let text = String::from_utf8(time.whole().1).unwrap();
    assert!(
        text.len() == 27 && text.ends_with('Z') && text.as_bytes()[10] == b'T',
        "{text}"
    );
    let head = http::request(server.http, "HEAD", "/time", b"");
    assert!(head.status == 200 && head.header("date").ends_with("GMT"));
}

#[test]
fn viewers_see_nothing_of_the_operators() {
    let server = TestServer::start();
    for path in ["/api/streams", "/api/server", "/metrics"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
}
