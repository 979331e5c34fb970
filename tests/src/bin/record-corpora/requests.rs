//! Requests to the viewers' listener: Chromium on the viewer's page, and curl; and what HLS gives them.

use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use media::{FrameRate, Size};
use serde_json::json;
use system_tests::browser::{Browser, Options};
use system_tests::ffmpeg::{self, Publisher};
use system_tests::http;
use system_tests::viewer::Viewer;
use tokio::process::Command;

use crate::corpus::Corpus;
use crate::tap::Tap;
use crate::{KEY, NAME, server};

const PATIENCE: Duration = Duration::from_secs(60);
/// Connections of a browser that are kept, and bytes of each.
const CONNECTIONS: usize = 4;
const MOST: usize = 4096;

/// Records them.
pub(crate) async fn record(corpus: &Corpus) -> Result<(), Box<dyn Error>> {
    let server = server().await?;
    let to = format!("rtmp://{}/live/{KEY}", server.rtmp);
    let options = ffmpeg::Options {
        size: Size::new(320, 180),
        rate: FrameRate::whole(10),
        gop: 10,
        kbps: 60,
        ..ffmpeg::Options::default()
    };
    let _publisher = Publisher::start(Path::new("ffmpeg"), &to, options)?;
    drop(Viewer::wait(server.http, NAME, PATIENCE).await?);
    for way in ["flv", "ll-hls"] {
        let tap = Tap::start(server.http).await?;
        let Some(browser) = Browser::start_or_skip(&Options::default()).await else {
            break;
        };
        browser
            .page
            .goto(&format!("http://{}/watch/{NAME}?via={way}", tap.address))
            .await?;
        let plays = "document.querySelector('video').currentTime > 4";
        browser.page.wait_for(plays, PATIENCE).await?;
        drop(browser);
        browsed(corpus, way, &tap)?;
    }
    let tap = Tap::start(server.http).await?;
    curl(tap.address).await?;
    let all: Vec<u8> = tap.sessions().into_iter().flat_map(|(up, _)| up).collect();
    corpus.keep("http", "curl", &all)?;
    media(corpus, server.http).await
}

/// Keeps the browser's connections, and the queries of the playlists that it asked for.
fn browsed(corpus: &Corpus, way: &str, tap: &Tap) -> Result<(), Box<dyn Error>> {
    let sessions = tap.sessions();
    let asked = sessions.iter().map(|(up, _)| up).filter(|up| !up.is_empty());
    for (number, up) in asked.clone().take(CONNECTIONS).enumerate() {
        corpus.keep(
            "http",
            &format!("chromium-{way}-{number}"),
            &up[..up.len().min(MOST)],
        )?;
    }
    let text: String = asked.map(|up| String::from_utf8_lossy(up).into_owned()).collect();
    let queries = text.lines().filter_map(|line| {
        let address = line.strip_prefix("GET ")?.strip_suffix(" HTTP/1.1")?;
        Some(address.split_once(".m3u8?")?.1)
    });
    for (number, query) in queries.take(CONNECTIONS).enumerate() {
        corpus.keep("hls-query", &format!("chromium-{number}"), query.as_bytes())?;
    }
    Ok(())
}

/// What curl asks for, one request a connection.
async fn curl(address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let beat =
        json!({ "sid": "p-1", "event": "stall", "protocol": "flv", "since_open_ms": 12.5 }).to_string();
    let url = |path: &str| format!("http://{address}{path}");
    for (path, options) in [
        ("/time", &[][..]),
        ("/time", &["--head"]),
        ("/healthz", &["--compressed"]),
        ("/live/spring/status", &[]),
        ("/live/spring/index.m3u8", &["--http1.0"]),
        ("/live/spring/video.m3u8?_HLS_skip=YES", &[]),
        ("/live/spring/video/init-1.mp4", &["--range", "0-99"]),
        ("/watch/spring", &["--compressed"]),
        ("/watch/spring/beat", &["--json", &beat]),
        (
            "/watch/spring/beat",
            &["--header", "transfer-encoding: chunked", "--json", &beat],
        ),
        ("/live/spring.flv", &["--max-time", "1"]),
    ] {
        let options = options.iter().copied();
        // One of them ends by its time; what is asked is what counts.
        let quiet = ["--silent", "--output", "/dev/null"];
        Command::new("curl")
            .args(quiet)
            .args(options)
            .arg(url(path))
            .status()
            .await?;
    }
    Ok(())
}

/// Segments and parts of our own packager, newest last.
async fn media(corpus: &Corpus, address: SocketAddr) -> Result<(), Box<dyn Error>> {
    for rendition in ["video", "audio"] {
        let playlist = http::get(address, &format!("/live/{NAME}/{rendition}.m3u8")).await?;
        let text = String::from_utf8_lossy(&playlist.body).into_owned();
        let segment = text
            .lines()
            .find(|line| line.ends_with(".m4s") && !line.starts_with('#'));
        let segment = segment.ok_or("the playlist has no segment")?;
        let answer = http::get(address, &format!("/live/{NAME}/{segment}")).await?;
        corpus.keep("cmaf", &format!("anchor-{rendition}.m4s"), &answer.body)?;
    }
    Ok(())
}
