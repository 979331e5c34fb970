//! Viewers who come back: from another tab, and from a device that slept.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use system_tests::PATIENCE;
use system_tests::browser::{Browser, Options, Page};
use system_tests::ffmpeg::{self, Publisher};
use system_tests::server::Server;

/// How long another tab stands before the page.
const BEHIND: Duration = Duration::from_secs(6);
/// How long the device sleeps: longer than the server keeps a viewer who takes nothing.
const ASLEEP: Duration = Duration::from_secs(12);
/// So soon, in ms, whoever is back sees what is live. Wide: the figures are printed.
const BACK_WITHIN: f64 = 8_000.0;

/// A way of delivery, and the delay in ms by which a picture is live.
const WAYS: [(&str, u32); 3] = [("flv", 2_500), ("ll-hls", 3_500), ("whep", 1_500)];

/// Pictures that have to come once it is back, lest what was said before it left is taken for now.
const PICTURES: u32 = 10;

/// Counts how often the page was hidden, and its pictures; a reload would take that away.
const LISTEN: &str = "window.hidden = 0;
    document.addEventListener('visibilitychange', () => (window.hidden += document.hidden ? 1 : 0));
    window.pictures = 0;
    const video = document.querySelector('video');
    const count = () => ((window.pictures += 1), video.requestVideoFrameCallback(count));
    count();";

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_sees_what_is_live() {
    let Some(browser) = Browser::start_or_skip(&Options::default()).await else {
        return;
    };
    let server = Server::start().await.unwrap();
    let publish = server.add_stream("spring").await.unwrap();
    let Some(_publisher) = Publisher::start_or_skip(&publish, ffmpeg::Options::default()).unwrap() else {
        return;
    };
    let page = &browser.page;
    for (via, delay) in WAYS {
        page.goto(&server.url(&format!("/watch/spring?via={via}")))
            .await
            .unwrap();
        page.eval(LISTEN).await.unwrap();
        live(page, delay, 0).await;

        page.stand_behind(BEHIND).await.unwrap();
        judge(page, via, "another tab", delay).await;
        assert_eq!(
            page.eval("return window.hidden;").await.unwrap(),
            1,
            "{via}: it was behind"
        );

        browser.sleep(ASLEEP).await.unwrap();
        judge(page, via, "sleep", delay).await;
        assert_eq!(
            page.eval("return window.hidden;").await.unwrap(),
            1,
            "{via}: never loaded anew"
        );
    }
}

/// Waits until the page has shown more than `before` and the pictures that count, and shows what is no older than `delay`;
/// says when, by its own clock.
async fn live(page: &Page, delay: u32, before: u64) -> f64 {
    let stats = "anchorStats()";
    let fresh =
        format!("{stats}.phase === 'playing' && {stats}.delayMs !== null && {stats}.delayMs < {delay}");
    let shown = format!("pictures >= {before} + {PICTURES}");
    let at = page
        .wait_for(&format!("{shown} && {fresh} && performance.now()"), PATIENCE)
        .await;
    at.unwrap().as_f64().unwrap()
}

async fn judge(page: &Page, via: &str, away: &str, delay: u32) {
    let back = page.eval("return [performance.now(), pictures];").await.unwrap();
    let within = live(page, delay, back[1].as_u64().unwrap()).await - back[0].as_f64().unwrap();
    println!("{via}: back from {away}, live after {within:.0} ms");
    assert!(within <= BACK_WITHIN, "{via}, {away}: {within:.0} ms");
}
