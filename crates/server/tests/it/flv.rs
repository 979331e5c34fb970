//! RTMP in, HTTP-FLV out.

use std::process::{Command, Stdio};

use container::flv::TagKind;

use crate::support::TestServer;
use crate::support::media::{Clip, PLAIN, Viewer, is_key, probe, watchable};

/// What publishers send that servers stumble over.
pub(crate) const CLIPS: &[(&str, Clip)] = &[
    ("plain", PLAIN),
    (
        "B-frames",
        Clip {
            args: &[
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=160x90:rate=30",
                "-f",
                "lavfi",
                "-i",
                "sine=r=48000",
                "-g",
                "30",
                "-bf",
                "3",
                "-x264-params",
                "b-adapt=0:b-pyramid=normal",
            ],
        },
    ),
    (
        "29.97 frames a second, 44.1 kHz mono",
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
                "0",
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

#[test]
fn viewers_get_what_was_published_whatever_it_is() {
    for (what, clip) in CLIPS {
        let server = TestServer::start();
        let sent = clip.tags(2);
        let media = watchable(&sent);
        let mut sender = server.publish();
        let mut viewer = Viewer::new(server.get("/live/show.flv"));
        sender.send_all(&sent);
        // Sound behind the last picture waits for the next one, or the end.
        sender.finish();
        let got = viewer.media(media.len());
        let from = (media[0].timestamp, got[0].timestamp);
        for (got, sent) in got.iter().zip(&media) {
            assert!(got.data == sent.data && got.kind == sent.kind, "{what}: {sent:?}");
            assert_eq!(got.timestamp - from.1, sent.timestamp - from.0, "{what}");
        }
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("got.flv");
        std::fs::write(&file, &viewer.file).unwrap();
        for (kind, codec, entry) in [(TagKind::Video, "h264", "v"), (TagKind::Audio, "aac", "a")] {
            let there = media.iter().any(|t| t.kind == kind);
            let args = ["-select_streams", entry, "-show_entries", "stream=codec_name"];
            assert_eq!(probe(&file, &args), if there { codec } else { "" }, "{what}");
        }
        let flags = viewer.file[4];
        let has = |kind| media.iter().any(|t| t.kind == kind);
        assert_eq!(
            (flags & 1 == 1, flags & 4 == 4),
            (has(TagKind::Video), has(TagKind::Audio)),
            "{what}"
        );
    }
}

#[test]
fn ffmpeg_publishes_and_a_late_viewer_begins_at_a_key_frame() {
    let mut server = TestServer::start();
    let mut ffmpeg = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-re"])
        .args(PLAIN.args)
        .args([
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
            "-f",
            "flv",
        ])
        .arg(format!("rtmp://{}/live/{}", server.rtmp, server.key))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    server.wait_log("publishing");
    let mut first = Viewer::new(server.get("/live/show.flv"));
    first.media(60);
    let mut late = Viewer::new(server.get("/live/show.flv"));
    let got = late.media(90);
    ffmpeg.kill().unwrap();
    ffmpeg.wait().unwrap();
    assert!(is_key(&got[0]), "{:?}", got[0]);
    assert!(got.windows(2).all(|w| w[0].timestamp <= w[1].timestamp));
    let join = late.joins()[0];
    assert_eq!(
        (join.timestamp, join.known, join.estimated),
        (got[0].timestamp, true, true)
    );
    let stats = server.stats();
    let video = stats.video.unwrap();
    assert_eq!(
        (video.width, video.height, video.key_interval_ms),
        (160, 90, Some(1000))
    );
    assert!(stats.publisher.unwrap().agent.contains("Lavf"));
    assert_eq!(stats.flv.total, 2);
}

#[test]
fn there_is_nothing_to_see_under_other_names() {
    let server = TestServer::start();
    for path in [
        "/live/show.flv",
        "/live/nobody.flv",
        "/live/..%2fshow.flv",
        "/live/show.mp4",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    let nobody = server.get("/live/nobody.flv");
    assert_eq!(nobody.header("cache-control"), "max-age=1");
    assert!(String::from_utf8(nobody.whole().1).unwrap().contains("not_found"));
    assert_eq!(
        server.text("/live/nobody/status"),
        r#"{"state":"none","begins":null,"live":false,"estimated":true,"rtc":false}"#
    );
}
