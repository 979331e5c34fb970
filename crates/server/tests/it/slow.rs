//! A viewer who doesn't keep up holds nobody up.

use std::net::TcpStream;

use bytes::Bytes;
use container::flv::{Tag, TagKind, video};
use socket2::{Domain, Socket, Type};

use crate::support::media::{PLAIN, Viewer, is_key, is_media};
use crate::support::player::Player;
use crate::support::{PATIENCE, TestServer, http};

/// Pictures of 20 kB, a key frame each ten: decoders wouldn't like them, the server doesn't look.
fn large(n: u32, size: usize) -> Tag {
    let mut unit = vec![0; size];
    unit[..4].copy_from_slice(&(size as u32 - 4).to_be_bytes());
    unit[4] = 0x41;
    Tag {
        kind: TagKind::Video,
        timestamp: n * 40,
        data: video::frame(n.is_multiple_of(10), 0, &Bytes::from(unit)),
    }
}

/// A connection that takes little at a time.
fn narrow(server: &TestServer) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.connect(&server.http.into()).unwrap();
    socket.into()
}

const COUNT: u32 = 400;
/// When the last one comes: the stream begins at 1000 ms.
const LAST: u32 = 1_000 + (COUNT - 1) * 40;

/// The configuration of the pictures.
fn configuration() -> Tag {
    let mut tags = PLAIN.tags(1).into_iter();
    tags.find(|tag| tag.kind == TagKind::Video).unwrap()
}

#[test]
fn a_slow_viewer_goes_on_at_a_key_frame_and_others_miss_nothing() {
    let server = TestServer::start_with("[stream]\nring_bytes = 1048576\n", "info");
    let mut sender = server.publish();
    let mut fast = Viewer::new(server.get("/live/show.flv"));
    let mut slow = Viewer::new(http::request_on(narrow(&server), "GET", "/live/show.flv", b""));
    sender.send(&configuration());
    for n in 0..COUNT {
        sender.send(&large(n, 20_000));
        assert_eq!(
            fast.media(1)[0].data.len(),
            20_005,
            "the fast one gets each at once"
        );
    }
    // 8 MB were sent; the ring holds one of them, the connection less.
    let gaps = gaps_until_the_last(std::iter::from_fn(|| slow.next()));
    assert!(gaps >= 1);
    let stats = server.stats().flv;
    assert!(stats.skips >= 1 && stats.skipped_tags >= 200, "{stats:?}");
}

/// How often media were left out before the last came; each time it goes on at a key frame.
fn gaps_until_the_last(tags: impl Iterator<Item = Tag>) -> usize {
    let mut last: Option<u32> = None;
    let mut gaps = 0;
    for tag in tags.filter(is_media) {
        if last.is_some_and(|last| tag.timestamp - last > 40) {
            assert!(is_key(&tag), "goes on at a key frame");
            gaps += 1;
        }
        if tag.timestamp == LAST {
            return gaps;
        }
        last = Some(tag.timestamp);
    }
    panic!("the stream ended");
}

#[test]
fn a_slow_player_of_rtmp_goes_on_at_a_key_frame_and_others_miss_nothing() {
    let server = TestServer::start_with("[stream]\nring_bytes = 1048576\n", "info");
    let mut sender = server.publish();
    sender.send(&configuration());
    let mut slow = Player::connect(server.rtmp, "show").unwrap();
    let mut fast = Viewer::new(server.get("/live/show.flv"));
    for n in 0..COUNT {
        sender.send(&large(n, 20_000));
        fast.media(1);
    }
    let gaps = gaps_until_the_last(std::iter::from_fn(|| slow.next().ok()));
    assert!(gaps >= 1);
    let stats = server.stats().rtmp;
    assert!(stats.skips >= 1 && stats.skipped_tags >= 10, "{stats:?}");
}

#[test]
fn a_viewer_who_takes_nothing_is_closed() {
    let mut server = TestServer::start_with(
        "[limits]\nstall_timeout_ms = 200\n[stream]\nring_bytes = 1048576\n",
        "server=debug",
    );
    let mut sender = server.publish();
    let stalled = Viewer::new(http::request_on(narrow(&server), "GET", "/live/show.flv", b""));
    sender.send(&configuration());
    for n in 0..400 {
        sender.send(&large(n, 20_000));
    }
    server.wait_log("timed out");
    assert_eq!(server.stats().flv.now, 0);
    drop(stalled);
}
