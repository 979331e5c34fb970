//! Shows by SRT: from the studio to our server and to one that is not ours, and what strangers send and play.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::process::Stdio;

use system_tests::PATIENCE;
use system_tests::ffmpeg::{Options, Publisher};
use system_tests::obs::Obs;
use system_tests::peers::{self, MediaMtx, judge};
use system_tests::player::{Player, breaks, owned_up};
use system_tests::server::Server;
use system_tests::studio::{self, BARS_AND_TONE, Show, Studio};
use system_tests::viewer::Viewer;
use system_tests::wait::until;
use tokio::process::Command;

/// The latency is long, so that a busy machine loses nothing.
const LISTEN: &str = "[listen]\nsrt = \"127.0.0.1:0\"\n[srt]\nlatency_ms = 2000\n";
/// Pictures that are judged: three seconds.
const PICTURES: usize = 90;

/// A server by SRT, its address, and the key of the stream `spring`.
async fn server(config: &str, files: &[(&str, &str)]) -> (Server, String, String) {
    let server = Server::start_with(&format!("{LISTEN}{config}"), files)
        .await
        .unwrap();
    let address = server.add_stream("spring").await.unwrap();
    let (_, key) = address.rsplit_once('/').unwrap();
    let url = format!("srt://{}", server.srt.unwrap());
    (server, url, key.to_owned())
}

async fn watch(server: &Server, pictures: usize) -> Player {
    let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
    let mut seen = Player::new();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= pictures)
        .await
        .unwrap();
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_goes_by_srt_with_its_clock_and_under_a_passphrase() {
    let config = "passphrase = { file = \"PASSPHRASE\" }\n";
    let (server, url, key) = server(config, &[("PASSPHRASE", "correct horse")]).await;
    let show = Show::new(BARS_AND_TONE).companion(&server.url("")).output_by_srt(
        "mine",
        &url,
        &key,
        "correct horse",
    );
    let studio = Studio::start(&show).unwrap();
    let seen = watch(&server, PICTURES).await;
    let stream = server.stream("spring").await.unwrap().unwrap();
    let (report, said) = studio.stop().await.unwrap();
    let mine = studio::output(&report, "mine").unwrap();
    assert_eq!((mine.connections, &mine.error), (1, &None), "{said}");
    assert!(
        breaks(&seen.pictures) <= owned_up(&report),
        "{:?}",
        seen.numbers()
    );
    assert!(seen.pictures.iter().all(|p| p.clock.is_some() == p.key));
    let transport = &stream["publisher"]["srt"];
    assert_eq!(transport["latency_ms"], 2000, "the larger of both: {stream}");
    assert!(!said.contains(&key) && !said.contains("horse"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_stranger_learns_the_time_of_a_show() {
    let (server, url, key) = server("", &[]).await;
    let show = Show::new(BARS_AND_TONE).output_by_srt("mine", &url, &key, "");
    let studio = Studio::start(&show).unwrap();
    let seen = watch(&server, PICTURES).await;
    drop(studio);
    assert!(seen.pictures.iter().all(|picture| picture.clock.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_and_mended_by_itself() {
    let (server, url, key) = server("", &[]).await;
    let nobody = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let away = format!("srt://{}", nobody.local_addr().unwrap());
    let show = Show::new(BARS_AND_TONE)
        .output_by_srt("wrong key", &url, "no such key", "")
        .output_by_srt("wrong passphrase", &url, &key, "not the same")
        .output_by_srt("away", &away, "key", "")
        .output_by_srt("mine", &url, &key, "");
    let mut studio = Studio::start(&show).unwrap();
    for words in [
        "output=\"wrong key\" code=\"srt.rejected\"",
        "output=\"wrong passphrase\" code=\"srt.passphrase\"",
        "output=\"away\" code=\"srt.timeout\"",
    ] {
        studio.wait_for(words, 1, PATIENCE).await.unwrap();
    }
    // The server goes away and comes back.
    let server = server.start_again().await.unwrap();
    let seen = watch(&server, PICTURES).await;
    let (report, said) = studio.stop().await.unwrap();
    let mine = studio::output(&report, "mine").unwrap();
    assert_eq!(mine.connections, 2, "{said}");
    assert!(
        breaks(&seen.pictures) <= owned_up(&report),
        "{:?}",
        seen.numbers()
    );
    assert!(
        said.contains("check the stream key") && said.contains("check the passphrase"),
        "{said}"
    );
    assert!(said.contains("nothing answers at 127.0.0.1 port"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ffmpeg_and_srt_live_transmit_publish_and_play() {
    let (server, url, key) = server("", &[]).await;
    let publish = format!("{url}?streamid=#!::m=publish,r={key}");
    let Some(publisher) = Publisher::start_or_skip(&publish, Options::default()).unwrap() else {
        return;
    };
    let seen = watch(&server, PICTURES).await;
    assert_eq!(breaks(&seen.pictures), 0, "{:?}", seen.numbers());

    let size = Options::default().size;
    let play = format!("{url}?streamid=#!::m=request,r=spring");
    let played = peers::play("ffmpeg".as_ref(), &play, size, PICTURES);
    judge(&tokio::time::timeout(PATIENCE, played).await.unwrap().unwrap());
    // srt-live-transmit plays from our server and hands on by UDP, where ffmpeg listens.
    let free = std::net::UdpSocket::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let Ok(_relay) = Command::new("srt-live-transmit")
        .args([&play, &format!("udp://{free}")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
    else {
        return system_tests::skip("srt-live-transmit (srt-tools) is not installed");
    };
    let udp = format!("udp://{free}?timeout=20000000");
    let played = peers::play("ffmpeg".as_ref(), &udp, size, PICTURES);
    let played = tokio::time::timeout(PATIENCE, played).await.unwrap().unwrap();
    // It is tuned in to in the middle of a GOP: what comes before the first key frame isn't decoded.
    judge(&played);
    assert!(publisher.complaints().is_empty(), "{}", publisher.complaints());
}

#[tokio::test(flavor = "multi_thread")]
async fn obs_publishes_by_srt() {
    let (server, url, key) = server("", &[]).await;
    let Some(obs) = Obs::start_or_skip(&format!("{url}?streamid={key}/")).unwrap() else {
        return;
    };
    let live = until(PATIENCE, async || {
        let stream = server.stream("spring").await?;
        Ok(stream.filter(|stream| stream["video"]["frames"].as_u64() > Some(60)))
    });
    let stream = live
        .await
        .unwrap_or_else(|error| panic!("{error}: {}", obs.said()));
    assert_eq!(stream["video"]["width"], 320, "{stream}");
    assert_eq!(stream["audio"]["codec"], "mp4a.40.2", "{stream}");
    assert_eq!(stream["refused_tags"], 0, "{stream}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_goes_to_mediamtx_by_srt() {
    let Some(mediamtx) = MediaMtx::start_or_skip().await.unwrap() else {
        return;
    };
    let url = format!("srt://{}", mediamtx.srt);
    let show = Show::new(BARS_AND_TONE).output_by_srt("theirs", &url, "publish:spring", "");
    let studio = Studio::start(&show).unwrap();
    mediamtx.ready("spring").await.unwrap();
    let play = format!("{url}?streamid=read:spring");
    let played = peers::play("ffmpeg".as_ref(), &play, Options::default().size, PICTURES);
    judge(&tokio::time::timeout(PATIENCE, played).await.unwrap().unwrap());
    let (report, said) = studio.stop().await.unwrap();
    let theirs = studio::output(&report, "theirs").unwrap();
    assert_eq!((theirs.connections, &theirs.error), (1, &None), "{said}");
}
