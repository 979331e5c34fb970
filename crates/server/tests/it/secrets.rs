//! A stream key is nowhere to be read.

use std::process::Command;

use crate::support::TestServer;
use crate::support::media::PLAIN;
use crate::support::publisher::Sender;

#[test]
fn no_key_is_logged_or_shown_even_at_the_most_talkative() {
    let mut server = TestServer::start_with("", "trace");
    let wrong = "zyxwvutsrqponmlkjihgfedcba765432";
    assert!(Sender::connect(server.rtmp, wrong).is_err());
    assert!(Sender::connect(server.rtmp, &format!("{}x", server.key)).is_err());
    let published = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error"])
        .args(PLAIN.args)
        .args([
            "-t",
            "2",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
        ])
        .args([
            "-f",
            "flv",
            &format!("rtmp://{}/live/{}?token=1", server.rtmp, server.key),
        ])
        .status()
        .unwrap();
    assert!(published.success());
    server.wait_log("publisher left");

    let mut seen = String::new();
    for path in [
        "/live/show/index.m3u8",
        "/live/show/video.m3u8",
        "/live/show/status",
        "/watch/show",
    ] {
        seen += &server.text(path);
    }
    for path in ["/api/streams", "/api/server", "/metrics"] {
        seen += &server.admin_text(path);
    }
    assert!(seen.contains("show"));
    let key = server.key.clone();
    let (_, _, log) = server.stop();
    assert!(log.contains("publishing") && log.contains("publish refused"));
    for secret in [&key[..16], &key[16..], &wrong[..16]] {
        assert!(!seen.contains(secret), "shown");
        assert!(!log.contains(secret), "logged");
    }
}
