//! DASH and low-latency DASH from the segments that HLS has.

use std::io::Read as _;

use container::flv::TagKind;

use crate::hls::published;
use crate::support::media::PLAIN;
use crate::support::{TestServer, http};

/// The values of an attribute in a manifest, in order.
fn values(manifest: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    let pieces = manifest.split(&start).skip(1);
    pieces
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

/// Asks with further header lines.
fn get_with(server: &TestServer, path: &str, headers: &str) -> http::Answer {
    http::request_with(http::connect(server.http), "GET", path, headers, b"")
}

/// The number of the segment that grows.
fn growing_number(server: &TestServer) -> u64 {
    let list = server.text("/live/show/video.m3u8");
    let (_, hint) = list.split_once("PRELOAD-HINT:TYPE=PART,URI=\"video/").unwrap();
    hint.split('.').next().unwrap().parse().unwrap()
}

#[test]
fn a_manifest_leads_to_the_segments_that_playlists_have() {
    let mut server = TestServer::start();
    let mut sender = server.publish();
    sender.send_all(&PLAIN.tags(9));
    sender.finish();
    server.wait_log("publisher left");
    let answer = server.get("/live/show/index.mpd");
    assert_eq!(
        (answer.header("content-type"), answer.header("cache-control")),
        ("application/dash+xml", "public, max-age=1")
    );
    let manifest = String::from_utf8(answer.whole().1).unwrap();
    for init in values(&manifest, "initialization") {
        assert_eq!(server.get(&format!("/live/show/{init}")).status, 200);
    }
    let first: u64 = values(&manifest, "startNumber")[0].parse().unwrap();
    for rendition in ["video", "audio"] {
        let listed = server.text(&format!("/live/show/{rendition}.m3u8"));
        let segments = listed.matches("#EXTINF").count() as u64;
        assert!(segments >= 2 && listed.contains(&format!("{rendition}/{first}.m4s")));
        for number in first..first + segments {
            let segment = server.get(&format!("/live/show/{rendition}/{number}.m4s"));
            assert_eq!(
                (segment.status, segment.header("content-type")),
                (200, format!("{rendition}/mp4").as_str())
            );
        }
    }
    assert_eq!(server.get("/live/show/rewind.mpd").status, 200);
    assert_eq!(server.get("/live/show/rewind.m3u8").status, 200);
    assert_eq!(server.get("/live/show/video-rewind.m3u8").status, 200);
    assert_eq!(server.get("/live/show/video.mpd").status, 404);
}

#[test]
fn clause_5_3_9_5_3_the_segment_that_grows_is_sent_as_it_comes_and_the_next_is_waited_for() {
    let mut server = TestServer::start_with("", "server=debug");
    let tags = PLAIN.pictures(6);
    let before = |ms| {
        let pictures = |t: &container::flv::Tag| t.kind == TagKind::Video && t.timestamp < ms;
        tags.iter().rposition(pictures).unwrap() + 1
    };
    let (begun, more) = (before(2_500), before(3_500));
    let mut sender = published(&server, &tags[..begun]);
    let number = growing_number(&server);
    let path = format!("/live/show/video/{number}.m4s");
    let mut growing = server.get(&path);
    assert_eq!(
        (growing.status, growing.header("transfer-encoding")),
        (200, "chunked")
    );
    let mut got = growing.piece().unwrap();
    sender.send_all(&tags[begun..more]);
    got.extend(growing.piece().unwrap());
    // A key frame each second: the one that begins at the third has begun, and no other will.
    server.text(&format!(
        "/live/show/video.m3u8?_HLS_msn={}&_HLS_part=0",
        number + 1
    ));
    let next = format!("/live/show/video/{}.m4s", number + 2);
    let to = server.http;
    let waits = std::thread::Builder::new()
        .spawn(move || http::request(to, "GET", &next, b""))
        .unwrap();
    server.wait_log("a request waits");
    sender.send_all(&tags[more..]);
    while let Some(piece) = growing.piece() {
        got.extend(piece);
    }
    let whole = server.get(&path).whole().1;
    assert!(
        whole == got,
        "{} bytes as it came, {} of it whole",
        got.len(),
        whole.len()
    );
    let mut next = waits.join().unwrap();
    assert_eq!(next.status, 200);
    assert!(next.piece().unwrap().len() > 100);
    sender.finish();
    while next.piece().is_some() {}
    let after = format!("/live/show/video/{}.m4s", number + 9);
    assert_eq!(server.get(&after).status, 404);
}

#[test]
fn growing_segments_take_places_of_those_who_wait() {
    let server = TestServer::start_with("[limits]\nhls_waiters = 1\n", "server=debug");
    let sender = published(&server, &PLAIN.pictures(3));
    let path = format!("/live/show/video/{}.m4s", growing_number(&server));
    let growing = server.get(&path);
    assert_eq!(growing.status, 200);
    let crowded = server.get(&path);
    assert_eq!((crowded.status, crowded.header("retry-after")), (429, "1"));
    sender.finish();
    assert_eq!(growing.whole().0, 200);
}

#[test]
fn texts_are_packed_and_not_sent_twice() {
    let mut server = TestServer::start();
    published(&server, &PLAIN.pictures(5)).finish();
    server.wait_log("publisher left");
    for text in [
        "index.m3u8",
        "video.m3u8",
        "video.m3u8?_HLS_skip=YES",
        "index.mpd",
    ] {
        let path = format!("/live/show/{text}");
        let plain = server.get(&path);
        assert_eq!(
            (plain.header("content-encoding"), plain.header("vary")),
            ("", "accept-encoding")
        );
        let tag = plain.header("etag").to_owned();
        let plain = plain.whole().1;
        let packed = get_with(&server, &path, "Accept-Encoding: gzip, br\r\n");
        assert_eq!(packed.header("content-encoding"), "gzip");
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&packed.whole().1[..])
            .read_to_end(&mut unpacked)
            .unwrap();
        assert!(unpacked == plain, "{text}");
        let known = get_with(&server, &path, &format!("If-None-Match: {tag}\r\n"));
        assert_eq!((known.status, known.header("etag")), (304, &*tag), "{text}");
    }
}

#[test]
fn a_range_of_a_segment_can_be_had() {
    let mut server = TestServer::start();
    published(&server, &PLAIN.pictures(5)).finish();
    server.wait_log("publisher left");
    let list = server.text("/live/show/video.m3u8");
    let uri = list.lines().find(|l| l.ends_with(".m4s")).unwrap();
    let path = format!("/live/show/{uri}");
    let whole = server.get(&path);
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let whole = whole.whole().1;
    let part = get_with(&server, &path, "Range: bytes=100-299\r\n");
    assert_eq!(
        part.header("content-range"),
        format!("bytes 100-299/{}", whole.len())
    );
    assert_eq!(part.whole(), (206, whole[100..300].to_vec()));
}

#[test]
fn a_player_waits_for_a_publisher_who_is_away() {
    let mut server = TestServer::start_with("", "server=debug");
    let tags = PLAIN.pictures(3);
    let sender = published(&server, &tags);
    let next = growing_number(&server) + 1;
    sender.finish();
    server.wait_log("publisher left");
    let (to, path) = (server.http, format!("/live/show/video/{next}.m4s"));
    let asking = move || http::request(to, "GET", &path, b"");
    let waits = std::thread::Builder::new().spawn(asking).unwrap();
    server.wait_log("a request waits");
    let mut sender = server.publish();
    sender.send_all(&tags);
    let mut answer = waits.join().unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.piece().unwrap().len() > 100);
    sender.finish();
}
