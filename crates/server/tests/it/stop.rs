//! The server is told to stop.

use std::time::Duration;

use crate::support::media::{PLAIN, Viewer};
use crate::support::{TestServer, http};

#[test]
fn bodies_end_in_order_and_the_process_within_two_seconds() {
    let mut server = TestServer::start_with("", "server=debug");
    let tags = PLAIN.pictures(2);
    let mut sender = server.publish();
    let mut viewer = Viewer::new(server.get("/live/show.flv"));
    sender.send_all(&tags);
    viewer.all(&tags);
    let _idle = http::connect(server.http);
    let playlist = server.text("/live/show/video.m3u8");
    let open = playlist
        .lines()
        .find_map(|l| l.strip_prefix("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"video/"));
    let path = format!(
        "/live/show/video.m3u8?_HLS_msn={}",
        open.unwrap().split('.').next().unwrap()
    );
    let to = server.http;
    let waiting = std::thread::Builder::new()
        .spawn(move || http::request(to, "GET", &path, b"").status)
        .unwrap();
    server.wait_log("a request waits");
    let (status, took, log) = server.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(took < Duration::from_secs(2), "{took:?}");
    // Panics when the body is cut off.
    while viewer.next().is_some() {}
    assert_eq!(waiting.join().unwrap(), 503);
}

#[test]
fn ctrl_c_stops_it_as_well() {
    let mut server = TestServer::start();
    server.signal("INT");
    assert_eq!(server.wait().code(), Some(0));
}
