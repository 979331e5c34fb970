//! A show that is sent once, to the companion server, which passes it on.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use api::control::Command;
use api::place::{PlaceState, PlaceStatus};
use system_tests::PATIENCE;
use system_tests::certificate::Certificate;
use system_tests::server::Server;
use system_tests::studio::{BARS_AND_TONE, Show, Studio, output};
use system_tests::wait::until;
use tokio::time::{Duration, Instant, interval};

/// The picture's settings, and that it goes by the companion server.
const VIDEO: &str = "{ bitrate = 800 }";
const PASSED: &str = "passed_on = true\n";
const NEAR: &str = "[onward]\nnear = true\n";

/// The address of a stream without its key, and that.
fn apart(address: &str) -> (String, String) {
    let (url, key) = address.rsplit_once('/').unwrap();
    (url.to_owned(), key.to_owned())
}

/// A place of `show` that gets it from the companion server.
fn passed(show: Show, name: &str, address: &str) -> Show {
    let (url, key) = apart(address);
    show.output_to(name, &url, &key, VIDEO, PASSED)
}

async fn place(studio: &mut Studio, name: &str) -> PlaceState {
    let state = studio.ask(&Command::State {}).await.unwrap().state.unwrap();
    state.places.into_iter().find(|place| place.name == name).unwrap()
}

/// Waits until the place `name` is so.
async fn becomes(studio: &mut Studio, name: &str, status: PlaceStatus) -> PlaceState {
    let end = Instant::now() + PATIENCE;
    let mut looks = interval(Duration::from_millis(100));
    loop {
        looks.tick().await;
        let place = place(studio, name).await;
        if place.status == status {
            return place;
        }
        assert!(Instant::now() < end, "{place:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_sent_once_is_everywhere_and_one_place_that_dies_costs_the_others_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = Certificate::write(folder.path(), &["localhost"]);
    let config = certificate
        .config()
        .replace("[listen]\n", "[listen]\nhttps = \"127.0.0.1:0\"\n");
    let companion = Server::start_with(&format!("{config}{NEAR}"), &[]).await.unwrap();
    let [tea, silk] = [Server::start().await.unwrap(), Server::start().await.unwrap()];
    let address = companion
        .add_stream("mine")
        .await
        .unwrap()
        .replace("127.0.0.1", "localhost");
    let show = Show::new(BARS_AND_TONE)
        .companion(&format!("https://localhost:{}", companion.https.unwrap().port()))
        .output("mine", &address);
    let show = passed(show, "tea", &tea.add_stream("tea").await.unwrap());
    let show = passed(show, "silk", &silk.add_stream("silk").await.unwrap());
    let studio = Studio::start_in(&show, |command| {
        command.env("SSL_CERT_FILE", &certificate.authority);
        command.arg("--events");
    });
    let mut studio = studio.unwrap();
    for name in ["mine", "tea", "silk"] {
        becomes(&mut studio, name, PlaceStatus::Live).await;
    }
    for (server, name) in [(&tea, "tea"), (&silk, "silk")] {
        let stream = server.stream(name).await.unwrap().unwrap();
        assert_eq!(stream["state"], "live", "{stream}");
    }

    drop(silk);
    let lost = becomes(&mut studio, "silk", PlaceStatus::Away).await;
    assert_eq!(lost.error.unwrap().code, "onward.lost");
    let others = [place(&mut studio, "mine").await, place(&mut studio, "tea").await];
    assert!(
        others.iter().all(|place| place.status == PlaceStatus::Live),
        "{others:?}"
    );
    let refused = Command::PassOn {
        places: vec!["tea".into()],
        on: false,
    };
    let refused = studio.ask(&refused).await.unwrap_err();
    assert!(refused.to_string().contains("tea"), "{refused}");

    studio.ask(&Command::EndLive {}).await.unwrap();
    let ended = until(PATIENCE, async || {
        let stream = tea.stream("tea").await?;
        Ok(stream.filter(|stream| stream["state"] == "interrupted"))
    });
    ended.await.unwrap();
    let mine = companion.stream("mine").await.unwrap().unwrap();
    assert_eq!(mine["state"], "ended", "the companion was told: {mine}");
    let (report, _) = studio.stop().await.unwrap();
    let [mine, tea] = ["mine", "tea"].map(|name| output(&report, name).unwrap());
    assert!(
        mine.frames_sent > 0 && mine.dropped_line + mine.dropped_away == 0,
        "{mine:?}"
    );
    assert!(
        tea.bytes > 10_000 && tea.connections == 1 && tea.frames_sent == 0,
        "{tea:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_passed_on_is_said_before_anything_is_sent() {
    let companion = Server::start().await.unwrap();
    let mine = companion.add_stream("mine").await.unwrap();
    let (url, key) = apart(&mine);
    let show = Show::new(BARS_AND_TONE).companion(&companion.url("")).output_to(
        "mine",
        &url,
        &key,
        VIDEO,
        "on = false\n",
    );
    let show = passed(show, "tea", "rtmp://127.0.0.1:9/live/some-key");
    let mut studio = Studio::start(&show).unwrap();
    let ended = studio.wait_for("onward.not_sent", 1, PATIENCE).await;
    assert!(ended.is_ok(), "{ended:?}");

    // A server that leads nobody into its own network says so of the place.
    let show = Show::new(BARS_AND_TONE)
        .companion(&companion.url(""))
        .output("mine", &mine);
    let show = passed(show, "tea", "rtmp://127.0.0.1:9/live/some-key");
    let mut studio = Studio::start_in(&show, |command| _ = command.arg("--events")).unwrap();
    let refused = becomes(&mut studio, "tea", PlaceStatus::Away).await;
    assert_eq!(refused.error.unwrap().code, "onward.refused");
    assert_eq!(place(&mut studio, "mine").await.status, PlaceStatus::Live);
    studio.stop().await.unwrap();
}
