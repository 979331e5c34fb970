//! HLS for devices that know only transport streams.

use std::process::Command;

use container::flv::{Tag, TagKind};

use crate::enhanced::unit;
use crate::hls::published;
use crate::support::TestServer;
use crate::support::media::{PLAIN, WITH_B_FRAMES, probe, tags};

/// What is published, in turn.
fn shows() -> Vec<(&'static str, Vec<Tag>)> {
    vec![
        ("plain", PLAIN.tags(6)),
        ("B-frames", WITH_B_FRAMES.tags(6)),
        ("H.265", tags(include_bytes!("clips/hevc_aac.flv"))),
    ]
}

/// A server on which a show was published and has ended its session.
fn after(show: &[Tag]) -> TestServer {
    let mut server = TestServer::start();
    let mut sender = server.publish();
    sender.send_all(show);
    sender.finish();
    server.wait_log("publisher left");
    server
}

#[test]
fn rfc_8216_3_2_segments_follow_each_other_and_each_can_be_begun_with() {
    for (what, show) in shows() {
        let server = after(&show);
        let list = server.text("/live/show/ts.m3u8");
        let uris: Vec<_> = list.lines().filter(|l| l.ends_with(".ts")).collect();
        let least = if what == "H.265" { 1 } else { 2 };
        assert!(uris.len() >= least, "{what}\n{list}");
        let dir = tempfile::tempdir().unwrap();
        let mut whole = Vec::new();
        for (n, uri) in uris.iter().enumerate() {
            let answer = server.get(&format!("/live/show/{uri}"));
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (200, "video/mp2t")
            );
            let bytes = answer.whole().1;
            assert!(
                bytes.len().is_multiple_of(188) && bytes[..3] == [0x47, 0x40, 0],
                "the PAT is first"
            );
            let alone = dir.path().join(format!("{n}.ts"));
            std::fs::write(&alone, &bytes).unwrap();
            decodes(&alone);
            whole.extend(bytes);
        }
        let path = dir.path().join("all.ts");
        std::fs::write(&path, whole).unwrap();
        decodes(&path);
        let is_picture = |t: &&Tag| t.kind == TagKind::Video && unit(t).is_some();
        let pictures = show.iter().filter(is_picture).count();
        let entries = [
            "-count_packets",
            "-select_streams",
            "v",
            "-show_entries",
            "stream=nb_read_packets",
        ];
        // ffprobe prints a stream once for the program it is in, and once by itself.
        let counted = probe(&path, &entries);
        assert_eq!(
            counted.lines().next().unwrap().trim_end_matches(','),
            pictures.to_string(),
            "{what}"
        );
    }
}

/// ffmpeg decodes the file and has nothing to complain of, lost packets included.
fn decodes(file: &std::path::Path) {
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "warning", "-i"])
        .arg(file)
        .args(["-f", "null", "-"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[test]
fn a_segment_that_grows_is_no_transport_stream_yet() {
    let server = TestServer::start();
    let _sender = published(&server, &PLAIN.pictures(3));
    let list = server.text("/live/show/ts.m3u8");
    let newest = list.lines().last().unwrap();
    assert_eq!(server.get(&format!("/live/show/{newest}")).status, 200);
    let number: u64 = newest[3..].trim_end_matches(".ts").parse().unwrap();
    assert_eq!(
        server.get(&format!("/live/show/ts/{}.ts", number + 1)).status,
        404
    );
    assert_eq!(server.get(&format!("/live/show/ts/{number}.0.ts")).status, 404);
    assert!(!list.contains("ENDLIST") && list.starts_with("#EXTM3U\n#EXT-X-VERSION:3\n"));
}

#[test]
fn codecs_that_they_dont_carry_have_no_such_playlist() {
    for clip in [
        &include_bytes!("clips/av1_opus.flv")[..],
        include_bytes!("clips/vp9_opus.flv"),
    ] {
        let server = after(&tags(clip));
        assert_eq!(server.get("/live/show/index.m3u8").status, 200);
        assert_eq!(server.get("/live/show/ts.m3u8").status, 404);
    }
}
