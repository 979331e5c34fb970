//! A server asks the studio to connect anew: to another server on its host, to itself, to a stranger.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::io;
use std::time::Duration;

use system_tests::PATIENCE;
use system_tests::player::{Player, owned_up};
use system_tests::server::Server;
use system_tests::studio::{self, BARS_AND_TONE, Show, Studio};
use system_tests::viewer::Viewer;

/// Viewers leave soon once there is no publisher.
const CONFIG: &str = "[stream]\nhold_viewers_ms = 1000\n";

/// A server, a show that goes there, and the first second of it as a viewer sees it.
async fn on_air() -> (Server, Studio, Viewer, Player) {
    let server = Server::start_with(CONFIG, &[]).await.unwrap();
    let address = server.add_stream("spring").await.unwrap();
    let show = Show::new(BARS_AND_TONE).output("mine", &address);
    let studio = Studio::start(&show).unwrap();
    let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
    let mut seen = Player::new();
    // A request is heard once the connection is a second old.
    let second = |seen: &Player| seen.pictures.len() >= 40;
    viewer.play(&mut seen, PATIENCE, second).await.unwrap();
    (server, studio, viewer, seen)
}

/// How many times the next picture isn't the one with the next number.
fn gaps(numbers: &[u32]) -> usize {
    let next = |pair: &&[u32]| pair[0] + 1 == pair[1];
    numbers.windows(2).filter(|pair| !next(pair)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_show_moves_to_another_server_and_no_picture_is_missing() {
    let (here, studio, mut viewer, mut seen) = on_air().await;
    let there = here.twin().await.unwrap();
    let to = format!("//{}/live", there.rtmp);
    assert_eq!(here.ask_to_reconnect("spring", Some(&to)).await.unwrap(), 202);

    let mut second = Viewer::wait(there.http, "spring", PATIENCE).await.unwrap();
    let mut goes_on = Player::new();
    second
        .play(&mut goes_on, PATIENCE, |seen| seen.pictures.len() >= 60)
        .await
        .unwrap();
    let end = viewer.play(&mut seen, PATIENCE, |_| false).await.unwrap_err();
    assert_eq!(end.kind(), io::ErrorKind::UnexpectedEof, "{end}");

    let (report, said) = studio.stop().await.unwrap();
    let mine = studio::output(&report, "mine").unwrap();
    assert_eq!((mine.connections, &mine.error), (2, &None), "{said}");
    assert_eq!((mine.dropped_line, mine.dropped_away), (0, 0), "{said}");
    let mut seen = [seen.numbers(), goes_on.numbers()].concat();
    // A slate is dark, which reads as 0.
    seen.retain(|&number| number > 0);
    assert!(gaps(&seen) <= owned_up(&report), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_comes_back_to_the_server_that_asked() {
    let (server, studio, mut viewer, mut seen) = on_air().await;
    assert_eq!(server.ask_to_reconnect("spring", None).await.unwrap(), 202);
    let before = seen.pictures.len();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= before + 150)
        .await
        .unwrap();
    assert_eq!(server.stream("spring").await.unwrap().unwrap()["sessions"], 2);
    let (report, said) = studio.stop().await.unwrap();
    let mine = studio::output(&report, "mine").unwrap();
    assert_eq!((mine.connections, &mine.error), (2, &None), "{said}");
    let seen = seen.numbers();
    assert!(gaps(&seen) <= owned_up(&report), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_goes_to_no_other_host() {
    let (server, mut studio, mut viewer, mut seen) = on_air().await;
    let stranger = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
    let to = format!("rtmp://{}/live", stranger.local_addr().unwrap());
    assert_eq!(server.ask_to_reconnect("spring", Some(&to)).await.unwrap(), 202);
    studio
        .wait_for("a request to reconnect is not followed", 1, PATIENCE)
        .await
        .unwrap();
    let before = seen.pictures.len();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= before + 90)
        .await
        .unwrap();
    let (report, said) = studio.stop().await.unwrap();
    let mine = studio::output(&report, "mine").unwrap();
    assert_eq!((mine.connections, &mine.error), (1, &None), "{said}");
    let nobody = tokio::time::timeout(Duration::ZERO, stranger.accept()).await;
    assert!(nobody.is_err(), "somebody came");
}
