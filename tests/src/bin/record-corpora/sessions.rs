//! Sessions of RTMP: who publishes to our server and plays from it, and our clients at other servers.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use container::flv::{Reader, Tag};
use media::{FrameRate, Size};
use rtmp::Target;
use rtmp::io::{Player, Publisher};
use system_tests::ffmpeg::{self, Codec, Options};
use system_tests::nginx::Nginx;
use system_tests::obs::Obs;
use system_tests::peers::{self, MediaMtx};
use system_tests::viewer::Viewer;
use system_tests::wait::until;
use tokio::process::Command;
use tokio::time::timeout;

use crate::corpus::{Corpus, LARGEST};
use crate::tap::Tap;
use crate::{KEY, NAME, server};

const PATIENCE: Duration = Duration::from_secs(60);
type Outcome = Result<(), Box<dyn Error>>;

fn options(codec: Codec) -> Options {
    Options {
        size: Size::new(320, 180),
        rate: FrameRate::whole(10),
        gop: 10,
        kbps: 60,
        codec,
        ..Options::default()
    }
}

/// Encoders publish to our server.
pub(crate) async fn publishers(corpus: &Corpus) -> Outcome {
    let newer = peers::ffmpeg_or_skip();
    let older = Some(Path::new("ffmpeg").to_owned());
    for (name, program, codec) in [
        ("ffmpeg-5.1-publishes-h264", older, Codec::H264),
        ("ffmpeg-8.1-publishes-hevc", newer.clone(), Codec::Hevc),
        ("ffmpeg-8.1-publishes-av1", newer, Codec::Av1),
    ] {
        let Some(program) = program else { continue };
        let (server, tap) = tapped().await?;
        let _publisher = ffmpeg::Publisher::start(&program, &address(tap.address, KEY), options(codec))?;
        corpus.keep_rtmp("rtmp-server", name, &full(&tap, |(up, _)| up).await?)?;
        drop(server);
    }
    let (_server, tap) = tapped().await?;
    if let Some(_obs) = Obs::start_or_skip(&address(tap.address, KEY))? {
        corpus.keep_rtmp(
            "rtmp-server",
            "obs-29-publishes-h264",
            &full(&tap, |(up, _)| up).await?,
        )?;
    }
    Ok(())
}

/// ffmpeg plays from our server.
pub(crate) async fn player(corpus: &Corpus) -> Outcome {
    let (server, tap) = tapped().await?;
    let to = address(server.rtmp, KEY);
    let _publisher = ffmpeg::Publisher::start(Path::new("ffmpeg"), &to, options(Codec::H264))?;
    drop(Viewer::wait(server.http, NAME, PATIENCE).await?);
    let played = Command::new("ffmpeg")
        .args([
            "-nostdin",
            "-v",
            "error",
            "-rtmp_live",
            "live",
            "-i",
            &address(tap.address, NAME),
        ])
        .args(["-c", "copy", "-t", "2", "-f", "null", "-"])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .status();
    timeout(PATIENCE, played).await??;
    let (up, _) = tap.sessions().into_iter().next().unwrap_or_default();
    Ok(corpus.keep_rtmp("rtmp-server", "ffmpeg-5.1-plays", &up)?)
}

/// Our own clients publish and play, at our server and at others.
pub(crate) async fn clients(corpus: &Corpus) -> Outcome {
    let (server, tap) = tapped().await?;
    // It is asked to connect anew, which no other server does.
    let asked = async {
        match server.ask_to_reconnect(NAME, Some("/live")).await? {
            202 => Ok(()),
            status => Err(io::Error::other(format!("the server answered {status}"))),
        }
    };
    client(corpus, "anchor", &tap, [KEY, NAME], async { Ok(()) }, asked).await?;
    if let Some(nginx) = Nginx::start_with_or_skip(&[("live", "live on;")]).await? {
        let tap = Tap::start(nginx.address()).await?;
        client(corpus, "nginx", &tap, [NAME, NAME], async { Ok(()) }, async {
            Ok(())
        })
        .await?;
    }
    if let Some(mediamtx) = MediaMtx::start_or_skip().await? {
        let tap = Tap::start(mediamtx.rtmp).await?;
        let begun = mediamtx.ready("live/spring");
        client(corpus, "mediamtx", &tap, [NAME, NAME], begun, async { Ok(()) }).await?;
    }
    Ok(())
}

/// Publishes, and plays once it has `begun`, through `tap`; `asked` is done before the end.
async fn client(
    corpus: &Corpus,
    name: &str,
    tap: &Tap,
    [key, stream]: [&str; 2],
    begun: impl Future<Output = io::Result<()>>,
    asked: impl Future<Output = io::Result<()>>,
) -> Outcome {
    let url = format!("rtmp://{}/live", tap.address);
    let tags = show(corpus)?;
    let mut publisher = Publisher::connect(Target::new(&url, key)?, PATIENCE).await?;
    let play = async {
        begun.await?;
        let mut player = Player::connect(Target::new(&url, stream)?, PATIENCE).await?;
        for _ in 0..12 {
            player.next_tag().await?;
        }
        Ok::<_, Box<dyn Error>>(())
    };
    let publish = async {
        // A player may come to any of them, so the show is shown over and over.
        for round in 0.. {
            for tag in &tags {
                let timestamp = tag.timestamp + round * 3000;
                publisher
                    .send(&Tag {
                        timestamp,
                        ..tag.clone()
                    })
                    .await?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Ok::<_, Box<dyn Error>>(())
    };
    tokio::select! {
        played = timeout(PATIENCE, play) => played??,
        published = publish => published?,
    }
    asked.await?;
    // The request to reconnect, where there is one, comes before the end.
    let _ = timeout(Duration::from_secs(1), publisher.closed()).await;
    publisher.close().await?;
    for (what, (_, down)) in ["publish", "play"].into_iter().zip(tap.sessions()) {
        corpus.keep_rtmp("rtmp-client", &format!("{name}-answers-{what}"), &down)?;
    }
    Ok(())
}

/// What our clients publish.
fn show(corpus: &Corpus) -> Result<Vec<Tag>, Box<dyn Error>> {
    let mut reader = Reader::new();
    reader.push(&std::fs::read(corpus.file("flv", "ffmpeg-h264-aac.flv")?)?);
    let mut tags = Vec::new();
    while let Some(tag) = reader.next_tag()? {
        tags.push(tag);
    }
    Ok(tags)
}

/// A server and a tap in front of its RTMP.
async fn tapped() -> io::Result<(system_tests::server::Server, Tap)> {
    let server = server().await?;
    let tap = Tap::start(server.rtmp).await?;
    Ok((server, tap))
}

fn address(at: SocketAddr, key: &str) -> String {
    format!("rtmp://{at}/live/{key}")
}

/// Waits until the first session's direction `pick` has been recorded to the end of its room.
async fn full(tap: &Tap, pick: impl Fn((Vec<u8>, Vec<u8>)) -> Vec<u8>) -> io::Result<Vec<u8>> {
    until(PATIENCE, async || {
        let first = tap.sessions().into_iter().next().map(&pick);
        Ok(first.filter(|bytes| bytes.len() == LARGEST))
    })
    .await
}
