//! What parsers of others, from the registries of npm and Rust, read in the playlists and manifests of a show.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use quick_m3u8::config::ParsingOptionsBuilder;
use quick_m3u8::{HlsLine, Reader};
use serde_json::Value;
use system_tests::PATIENCE;
use system_tests::ffmpeg::{Options, Publisher};
use system_tests::http;
use system_tests::server::Server;
use system_tests::wait::until;

/// Complete segments that are waited for: what is irregular at first has become regular, and the oldest have left.
const SEGMENTS: usize = 14;

/// What `parser` reads in `text`, which stands at `url`. It has nothing to warn of.
fn parsed(parser: &str, url: &str, text: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("js");
    assert!(
        folder.join("node_modules").is_dir(),
        "npm ci, in {}",
        folder.display()
    );
    let mut node = Command::new("node")
        .args(["parsers.js", parser, url])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    node.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "{parser} refuses\n{text}");
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        read["warnings"].as_array().map(Vec::len),
        Some(0),
        "{read}\n{text}"
    );
    read
}

/// A show that has been on for a while.
struct Show {
    server: Server,
    _publisher: Publisher,
}

impl Show {
    async fn begin() -> Option<Self> {
        let server = Server::start().await.unwrap();
        let publish = server.add_stream("spring").await.unwrap();
        let short = Options {
            gop: 30,
            ..Options::default()
        };
        let publisher = Publisher::start_or_skip(&publish, short).unwrap()?;
        let show = Self {
            server,
            _publisher: publisher,
        };
        let begun = || async {
            let list = show.try_text("video-rewind.m3u8").await;
            Ok(list.filter(|list| list.matches("#EXTINF").count() >= SEGMENTS))
        };
        until(PATIENCE, begun).await.unwrap();
        Some(show)
    }

    async fn try_text(&self, file: &str) -> Option<String> {
        let answer = http::get(self.server.http, &format!("/live/spring/{file}"))
            .await
            .ok()?;
        (answer.status == 200).then(|| String::from_utf8(answer.body).unwrap())
    }

    async fn text(&self, file: &str) -> String {
        let text = self.try_text(file).await;
        text.unwrap_or_else(|| panic!("no {file}"))
    }

    fn url(&self, file: &str) -> String {
        self.server.url(&format!("/live/spring/{file}"))
    }

    async fn size(&self, url: &str) -> usize {
        let path = url.split_once("/live/").unwrap().1;
        let answer = http::get(self.server.http, &format!("/live/{path}"))
            .await
            .unwrap();
        assert_eq!(answer.status, 200, "{url}");
        answer.body.len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parsers_of_others_read_what_is_there() {
    let Some(show) = Show::begin().await else { return };
    for rendition in ["video", "audio"] {
        playlists(&show, rendition).await;
    }
    transport(&show).await;
    manifest(&show, "index.mpd").await;
    manifest(&show, "rewind.mpd").await;
}

/// hls-parser, m3u8-parser and quick-m3u8 agree on a media playlist.
async fn playlists(show: &Show, rendition: &str) {
    let file = format!("{rendition}.m3u8");
    let text = show.text(&file).await;
    let url = show.url(&file);
    let read = ["hls-parser", "m3u8-parser"].map(|parser| parsed(parser, &url, &text));
    let listed = text.matches("#EXTINF").count();
    for one in &read {
        let segments = one["segments"].as_array().unwrap();
        assert_eq!(segments.len(), listed);
        assert_eq!(
            (one["target"].as_u64(), one["reports"].as_u64()),
            (Some(4), Some(1))
        );
        assert!(
            segments.iter().all(|s| s["utc"].is_string()),
            "a time of day each"
        );
        let newest = segments.last().unwrap();
        let parts: f64 = newest["parts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p.as_f64().unwrap())
            .sum();
        assert!(
            (parts - newest["duration"].as_f64().unwrap()).abs() < 0.001,
            "{newest}"
        );
    }
    for field in ["target", "part", "first", "discontinuities", "reports", "growing"] {
        assert_eq!(read[0][field], read[1][field], "{field}");
    }
    let tags = known_tags(&text);
    assert_eq!(tags, text.lines().filter(|line| line.starts_with("#EXT")).count());
    let skipped = show.text(&format!("{file}?_HLS_skip=YES")).await;
    let [hls, m3u8] = ["hls-parser", "m3u8-parser"].map(|parser| parsed(parser, &url, &skipped));
    assert_eq!(hls["skipped"], m3u8["skipped"]);
}

/// How many tags of a playlist quick-m3u8 knows and can read.
fn known_tags(text: &str) -> usize {
    let options = ParsingOptionsBuilder::new().with_parsing_for_all_tags().build();
    let mut reader = Reader::from_str(text, options);
    let mut known = 0;
    while let Some(line) = reader.read_line().unwrap() {
        match line {
            HlsLine::KnownTag(_) => known += 1,
            HlsLine::Uri(_) => {}
            other => panic!("{other:?}"),
        }
    }
    known
}

/// Both agree on the playlist of transport streams, and the newest is one.
async fn transport(show: &Show) {
    let text = show.text("ts.m3u8").await;
    let read = ["hls-parser", "m3u8-parser"].map(|parser| parsed(parser, &show.url("ts.m3u8"), &text));
    let segments = text.matches("#EXTINF").count();
    assert!(segments >= 10, "{text}");
    for one in &read {
        assert_eq!(one["segments"].as_array().unwrap().len(), segments);
    }
    assert_eq!(show.size(&show.url(text.lines().last().unwrap())).await % 188, 0);
}

/// mpd-parser finds every segment of a manifest, and each can be had.
async fn manifest(show: &Show, file: &str) {
    let text = show.text(file).await;
    let mpd = dash_mpd_core::parse(&text).unwrap();
    assert_eq!(mpd.periods.len(), text.matches("<Period ").count());
    assert!(mpd.availabilityStartTime.is_some() && mpd.publishTime.is_some());
    assert!(
        mpd.periods
            .iter()
            .all(|p| p.start.is_some() && p.adaptations.len() == 2)
    );
    let read = parsed("mpd-parser", &show.url(file), &text);
    for (kind, codec) in [("video", "avc1."), ("audio", "mp4a.40.2")] {
        let track = &read[kind][0];
        assert!(track["codecs"].as_str().unwrap().starts_with(codec), "{track}");
        let segments = track["segments"].as_array().unwrap();
        assert!(segments.len() >= 10, "{kind}: {}\n{text}", segments.len());
        // The newest may be a moment away, and the oldest gone by now.
        for segment in segments.iter().rev().skip(1).take(5) {
            assert!(show.size(segment["uri"].as_str().unwrap()).await > 1_000);
        }
        let init = segments[0]["init"].as_str().unwrap();
        assert!(show.size(init).await > 300);
    }
}
