//! WebRTC with a program that is not ours.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use system_tests::PATIENCE;
use system_tests::browser::{self, Browser};
use system_tests::ffmpeg::{self, Publisher};
use system_tests::peers::{self, MediaMtx, judge};
use system_tests::player::Player;
use system_tests::server::Server;
use system_tests::studio::{self, BARS_AND_TONE, Show, Studio};
use system_tests::viewer::Viewer;
use system_tests::wait::until;
use system_tests::{skip, whip};

/// Pictures that are judged: three seconds.
const PICTURES: usize = 90;

#[tokio::test(flavor = "multi_thread")]
async fn mediamtx_watches_by_whep() {
    let Some(ffmpeg) = peers::ffmpeg_or_skip() else {
        return;
    };
    let server = Server::start().await.unwrap();
    let address = server.add_stream("spring").await.unwrap();
    let options = ffmpeg::Options::default();
    let Some(publisher) = Publisher::start_or_skip(&address, options).unwrap() else {
        return;
    };
    drop(Viewer::wait(server.http, "spring", PATIENCE).await.unwrap());
    let path = format!("  spring:\n    source: whep://{}/whep/spring\n", server.http);
    let Some(mediamtx) = MediaMtx::start_with_or_skip(&path).await.unwrap() else {
        return;
    };
    mediamtx.ready("spring").await.unwrap();
    let play = format!("rtmp://{}/spring", mediamtx.rtmp);
    let played = peers::play(&ffmpeg, &play, options.size, PICTURES);
    let played = tokio::time::timeout(PATIENCE, played).await.unwrap();
    judge(&played.unwrap_or_else(|error| panic!("{error}; {}", publisher.complaints())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_goes_by_whip_to_mediamtx() {
    let (Some(ffmpeg), Some(mediamtx)) = (peers::ffmpeg_or_skip(), MediaMtx::start_or_skip().await.unwrap())
    else {
        return;
    };
    let url = format!("http://{}/spring/whip", mediamtx.webrtc);
    let show = Show::new(BARS_AND_TONE).output_by_whip("mine", &url, "whatever");
    let studio = Studio::start(&show).unwrap();
    mediamtx.ready("spring").await.unwrap();
    let play = format!("rtmp://{}/spring", mediamtx.rtmp);
    let played = peers::play(&ffmpeg, &play, ffmpeg::Options::default().size, PICTURES);
    let numbers = tokio::time::timeout(PATIENCE, played).await.unwrap();
    let (report, said) = studio.stop().await.unwrap();
    let numbers = numbers.unwrap_or_else(|error| panic!("{error}: {said}"));
    in_order(&numbers);
    assert_eq!(studio::output(&report, "mine").unwrap().connections, 1, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_goes_by_whip_with_its_clock() {
    let server = Server::start().await.unwrap();
    let address = server.add_stream("spring").await.unwrap();
    let (_, key) = address.rsplit_once('/').unwrap();
    let show = Show::new(BARS_AND_TONE).companion(&server.url(""));
    let studio = Studio::start(&show.output_by_whip("mine", &server.url("/whip"), key)).unwrap();
    let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
    let mut seen = Player::new();
    let watched = viewer.play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= PICTURES);
    watched.await.unwrap();
    let stream = server.stream("spring").await.unwrap().unwrap();
    let (_, said) = studio.stop().await.unwrap();
    let numbers: Vec<_> = seen.pictures.iter().map(|picture| picture.number).collect();
    in_order(&numbers);
    assert!(seen.pictures.iter().all(|p| p.clock.is_some() == p.key));
    assert_eq!(stream["audio"]["codec"], "opus", "{stream}");
    assert!(!said.contains(key));
}

#[tokio::test(flavor = "multi_thread")]
async fn chromium_publishes_by_whip() {
    let Some(browser) = Browser::start_or_skip(&browser::Options::default()).await else {
        return;
    };
    let server = Server::start().await.unwrap();
    let address = server.add_stream("spring").await.unwrap();
    let (_, key) = address.rsplit_once('/').unwrap();
    browser.page.goto(&server.url("/watch/spring")).await.unwrap();
    match whip::publish(&browser, &server.url("/whip"), key)
        .await
        .unwrap()
        .as_str()
    {
        "connected" => {}
        lacks if lacks.contains("no encoder") => return skip(lacks),
        other => panic!("{other}"),
    }
    let stream = until(PATIENCE, async || {
        let stream = server.stream("spring").await?;
        // Browsers make a second key frame only when they are asked.
        Ok(stream.filter(|stream| stream["video"]["key_interval_ms"].is_u64()))
    });
    let stream = stream.await.unwrap();
    assert_eq!(
        (&stream["state"], &stream["audio"]["codec"]),
        (&"live".into(), &"opus".into()),
        "{stream}"
    );
    assert_eq!(whip::end(&browser).await.unwrap(), 200);
    let ended = until(PATIENCE, async || {
        let stream = server.stream("spring").await?;
        Ok(stream.filter(|stream| stream["state"] != "live"))
    });
    ended.await.unwrap();
}

/// Each picture can be read, and none comes before an earlier one: a busy machine may leave some out.
fn in_order(numbers: &[Option<u32>]) {
    let next = |pair: &[Option<u32>]| pair[0].is_some() && pair[0] < pair[1];
    assert!(numbers.windows(2).all(next), "{numbers:?}");
}
