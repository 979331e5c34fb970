//! The server goes away in the middle of a show, or stands still: the show goes on and comes back by itself.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use media::ShowId;
use rustix::process::Signal;
use system_tests::PATIENCE;
use system_tests::player::{Picture, Player, breaks, owned_up};
use system_tests::server::Server;
use system_tests::studio::{self, BARS_AND_TONE, Show, Studio};
use system_tests::viewer::Viewer;

/// A fresh try is made each second. The figure to reach is 1.5 s on a quiet machine; this one may be busy.
const BACK: Duration = Duration::from_millis(2_500);
/// How far UTC by the stamps may drift from UTC by the numbers, in microseconds.
const DRIFT: i64 = 5_000;

async fn on_air(server: &Server) -> Studio {
    let address = server.add_stream("spring").await.unwrap();
    let show = Show::new(BARS_AND_TONE)
        .companion(&server.url(""))
        .output("mine", &address);
    Studio::start(&show).unwrap()
}

/// Which show a stamped picture is of, which UTC number 0 would have, and the GOP.
fn origin(picture: &Picture) -> Option<(ShowId, i64, u64)> {
    let clock = picture.clock.as_ref()?;
    let since = i64::from(picture.number?) * 1_000_000 / 30;
    Some((clock.show, clock.utc.as_micros() - since, clock.gop))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_that_returns_is_published_to_again() {
    let mut server = Server::start().await.unwrap();
    let mut studio = on_air(&server).await;
    let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
    let mut seen = Player::new();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= 75)
        .await
        .unwrap();

    server.stop().await.unwrap();
    studio
        .wait_for("output=\"mine\" code=\"rtmp.refused\"", 1, PATIENCE)
        .await
        .unwrap();
    let before = seen.pictures.len();
    let server = server.start_again().await.unwrap();
    let back = Instant::now();
    studio
        .wait_for("connected output=\"mine\"", 2, PATIENCE)
        .await
        .unwrap();
    let away = back.elapsed();
    let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= before + 75)
        .await
        .unwrap();
    let (report, said) = studio.stop().await.unwrap();

    println!("published again {away:?} after the server was back");
    assert!(away <= BACK, "{away:?}: {said}");
    let mine = studio::output(&report, "mine").unwrap();
    assert_eq!((mine.connections, mine.dropped_line), (2, 0), "{said}");
    assert!(
        mine.dropped_away > 0 && mine.failed_tries >= 1 && mine.away_seconds > 0.0,
        "{mine:?}"
    );

    let (first, second) = seen.pictures.split_at(before);
    let allowed = owned_up(&report);
    assert!(
        breaks(first) <= allowed && breaks(second) <= allowed,
        "{:?}",
        seen.numbers()
    );
    assert!(first[before - 1].number < second[0].number);
    let origins: Vec<_> = seen.pictures.iter().filter_map(origin).collect();
    assert!(origins.len() >= 2 && second.iter().any(|picture| picture.clock.is_some()));
    for pair in origins.windows(2) {
        let ((show, utc, gop), (next_show, next_utc, next_gop)) = (pair[0], pair[1]);
        assert!(show == next_show && gop < next_gop, "{origins:?}");
        assert!((utc - next_utc).abs() <= DRIFT, "{origins:?}");
    }
    // What each connection was told first puts the same UTC to its pictures.
    assert_eq!(seen.joins.len(), 2);
    for (join, pictures) in seen.joins.iter().zip([first, second]) {
        assert!(join.known && join.synchronised && !join.estimated, "{join:?}");
        let key = pictures.iter().find_map(|p| Some((p.clock?, p.pts))).unwrap();
        let by_stamp = key.0.utc.as_micros() - key.1.as_micros();
        let by_join = join.utc.as_micros() - i64::from(join.timestamp) * 1_000;
        assert!((by_stamp - by_join).abs() <= DRIFT, "{join:?} {key:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stands_still_loses_nothing_unsaid() {
    let server = Server::start().await.unwrap();
    let studio = on_air(&server).await;
    let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
    let mut seen = Player::new();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= 30)
        .await
        .unwrap();

    server.signal(Signal::STOP).unwrap();
    // Not a wait: the standstill itself.
    tokio::time::sleep(Duration::from_secs(3)).await;
    server.signal(Signal::CONT).unwrap();
    // As many as fell into the standstill, and two seconds more.
    let before = seen.pictures.len();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= before + 150)
        .await
        .unwrap();
    let stream = server.stream("spring").await.unwrap().unwrap();
    let (report, said) = studio.stop().await.unwrap();

    let mine = studio::output(&report, "mine").unwrap();
    assert_eq!((mine.connections, &mine.error), (1, &None), "{said}");
    assert_eq!(
        (&stream["state"], &stream["sessions"]),
        (&"live".into(), &1.into()),
        "{stream}"
    );
    let numbers = seen.numbers();
    assert!(numbers.windows(2).all(|pair| pair[0] <= pair[1]), "{numbers:?}");
    let lost = (numbers[numbers.len() - 1] - numbers[0] + 1) as usize - seen.pictures.len();
    println!("{lost} pictures lost, {} dropped", mine.dropped_line);
    let dropped = usize::try_from(mine.dropped_line).unwrap();
    assert!(
        lost <= dropped + owned_up(&report),
        "{lost} lost: {mine:?} {numbers:?}"
    );
    assert!(
        dropped > 0 || breaks(&seen.pictures) <= owned_up(&report),
        "{numbers:?}"
    );
}
