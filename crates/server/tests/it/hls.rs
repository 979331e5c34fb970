//! HLS and low-latency HLS from the same packets.

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::thread::JoinHandle;

use container::flv::{Tag, TagKind};

use crate::support::media::{Clip, PLAIN, Viewer, probe, watchable};
use crate::support::publisher::Sender;
use crate::support::{TestServer, http};

const CLIPS: &[(&str, Clip)] = &[
    ("plain", PLAIN),
    (
        "B-frames at 29.97 frames a second, 44.1 kHz mono",
        Clip {
            args: &[
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=160x90:rate=30000/1001",
                "-f",
                "lavfi",
                "-i",
                "sine=r=44100",
                "-ac",
                "1",
                "-g",
                "30",
                "-bf",
                "3",
                "-x264-params",
                "b-adapt=0",
            ],
        },
    ),
    (
        "video only",
        Clip {
            args: &[
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=160x90:rate=25",
                "-g",
                "25",
                "-bf",
                "0",
            ],
        },
    ),
    (
        "audio only",
        Clip {
            args: &["-f", "lavfi", "-i", "sine=r=48000"],
        },
    ),
];

/// Addresses in a media playlist.
fn uris(playlist: &str) -> Vec<String> {
    let quoted = |line: &str| {
        line.split_once("URI=\"")
            .and_then(|(_, r)| Some(r.split_once('"')?.0.to_owned()))
    };
    playlist
        .lines()
        .filter_map(|line| match line {
            l if l.starts_with("#EXT-X-MAP") || l.starts_with("#EXT-X-PART:") => quoted(l),
            l if l.starts_with('#') || l.is_empty() => None,
            l => Some(l.to_owned()),
        })
        .collect()
}

#[test]
fn playlists_segments_and_parts_agree_whatever_is_published() {
    for (what, clip) in CLIPS {
        let mut server = TestServer::start();
        let sent = clip.tags(4);
        let mut sender = server.publish();
        sender.send_all(&sent);
        sender.finish();
        server.wait_log("publisher left");
        let index = server.get("/live/show/index.m3u8");
        assert_eq!(
            index.header("content-type"),
            "application/vnd.apple.mpegurl",
            "{what}"
        );
        let index = String::from_utf8(index.whole().1).unwrap();
        for (rendition, kind) in [("video", TagKind::Video), ("audio", TagKind::Audio)] {
            let frames = watchable(&sent).iter().filter(|t| t.kind == kind).count();
            assert_eq!(
                index.contains(&format!("{rendition}.m3u8")),
                frames > 0,
                "{what}\n{index}"
            );
            if frames > 0 {
                check_rendition(&server, rendition, frames, what);
            }
        }
    }
}

/// Every address is served; a segment is its parts; the whole holds every frame that was sent.
pub(crate) fn check_rendition(server: &TestServer, rendition: &str, frames: usize, what: &str) {
    let playlist = server.text(&format!("/live/show/{rendition}.m3u8"));
    let mut parts: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut file = Vec::new();
    for uri in uris(&playlist) {
        let answer = server.get(&format!("/live/show/{uri}"));
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, &*format!("{rendition}/mp4")),
            "{uri}"
        );
        let cache = answer.header("cache-control").to_owned();
        let length: usize = answer.header("content-length").parse().unwrap();
        let (_, body) = answer.whole();
        assert_eq!(body.len(), length);
        let stem = uri.trim_end_matches(".m4s");
        match stem.split_once('.') {
            _ if uri.ends_with(".mp4") => file.extend(body),
            Some((segment, _)) => parts.entry(segment.to_owned()).or_default().extend(body),
            None => {
                assert!(cache.contains("immutable"), "{cache}");
                if let Some(of_parts) = parts.get(stem) {
                    assert!(*of_parts == body, "{what}: {uri} is not its parts");
                }
                file.extend(body);
            }
        }
    }
    assert!(
        !parts.is_empty() && playlist.contains("#EXT-X-PROGRAM-DATE-TIME:20"),
        "{what}\n{playlist}"
    );
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("got.mp4");
    std::fs::write(&path, file).unwrap();
    let counted = probe(
        &path,
        &["-count_packets", "-show_entries", "stream=nb_read_packets"],
    );
    let counted: usize = counted.parse().unwrap();
    // Of sound, what is heard before the first picture is shown isn't packaged: up to 100 ms with B-frames.
    let before = if rendition == "audio" && what.contains("B-frames") {
        5
    } else {
        0
    };
    assert!(
        (frames - before..=frames).contains(&counted),
        "{what}: {counted} of {frames}\n{playlist}"
    );
}

/// A stream of which the server has taken all of `tags`.
pub(crate) fn published(server: &TestServer, tags: &[Tag]) -> Sender {
    let mut sender = server.publish();
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    sender.send_all(tags);
    viewer.all(tags);
    sender
}

/// Asks on a thread of its own.
fn ask(server: &TestServer, path: String) -> JoinHandle<http::Answer> {
    ask_by(http::connect(server.http), path)
}

/// The same by a connection that is there.
pub(crate) fn ask_by(stream: TcpStream, path: String) -> JoinHandle<http::Answer> {
    let asking = move || http::request_on(stream, "GET", &path, b"");
    std::thread::Builder::new().spawn(asking).unwrap()
}

/// The segment and part that come next.
pub(crate) fn next(playlist: &str) -> (u64, u32) {
    let hint = playlist
        .lines()
        .find(|l| l.starts_with("#EXT-X-PRELOAD-HINT"))
        .unwrap();
    let (_, rest) = hint.split_once("URI=\"video/").unwrap();
    let mut numbers = rest.split('.');
    let mut number = || numbers.next().unwrap().parse::<u64>().unwrap();
    (number(), number() as u32)
}

#[test]
fn a_request_for_what_comes_next_waits_for_it() {
    let mut server = TestServer::start_with("", "server=debug");
    let tags = PLAIN.pictures(4);
    let cut = tags
        .iter()
        .rposition(|t| t.kind == TagKind::Video && t.timestamp < 3_000)
        .unwrap()
        + 1;
    let mut sender = published(&server, &tags[..cut]);
    let (msn, part) = next(&server.text("/live/show/video.m3u8"));
    let reload = ask(
        &server,
        format!("/live/show/video.m3u8?_HLS_msn={msn}&_HLS_part={part}"),
    );
    server.wait_log("a request waits");
    let hinted = ask(&server, format!("/live/show/video/{msn}.{part}.m4s"));
    server.wait_log("a request waits");
    assert_eq!(server.stats().hls.waiting, 2);
    sender.send_all(&tags[cut..]);
    let reload = reload.join().unwrap();
    assert_eq!(
        (reload.status, reload.header("cache-control")),
        (200, "public, max-age=24")
    );
    let (_, text) = reload.whole();
    assert!(
        String::from_utf8(text)
            .unwrap()
            .contains(&format!("video/{msn}.{part}.m4s\""))
    );
    let (status, bytes) = hinted.join().unwrap().whole();
    assert!(status == 200 && bytes.len() > 100);
    assert_eq!(server.stats().hls.waiting, 0);
}

#[test]
fn wrong_requests_are_told_from_early_ones() {
    let server = TestServer::start();
    let _sender = published(&server, &PLAIN.pictures(3));
    let (msn, _) = next(&server.text("/live/show/video.m3u8"));
    let status = |path: &str| server.get(&format!("/live/show/{path}")).status;
    assert_eq!(status("video.m3u8?_HLS_part=1"), 400, "a part without a segment");
    assert_eq!(
        status(&format!("video.m3u8?_HLS_msn={}", msn + 9)),
        400,
        "too far ahead"
    );
    assert_eq!(status("video.m3u8?_HLS_msn=x"), 400);
    assert_eq!(
        status(&format!("video.m3u8?_HLS_msn={}", msn - 1)),
        200,
        "an old one gets the whole playlist"
    );
    assert_eq!(status(&format!("video/{}.0.m4s", msn + 50)), 404);
    assert_eq!(status("other.m3u8"), 404);
    assert_eq!(status("other/1.m4s"), 404);
    assert_eq!(status("video/init-99.mp4"), 404);
    let skipped = server.text("/live/show/video.m3u8?_HLS_skip=YES");
    assert!(skipped.starts_with("#EXTM3U"));
}

#[test]
fn waiting_requests_are_capped() {
    let mut server = TestServer::start_with("[limits]\nhls_waiters = 1\n", "server=debug");
    let sender = published(&server, &PLAIN.pictures(3));
    let (msn, _) = next(&server.text("/live/show/video.m3u8"));
    let path = format!("/live/show/video.m3u8?_HLS_msn={msn}");
    let waiting = ask(&server, path.clone());
    server.wait_log("a request waits");
    let crowded = server.get(&path);
    assert_eq!((crowded.status, crowded.header("retry-after")), (429, "1"));
    sender.finish();
    assert_eq!(
        waiting.join().unwrap().status,
        200,
        "the last segment is closed with the session"
    );
}
