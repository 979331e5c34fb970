//! A show published by OBS Studio plays in the viewer's page.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use system_tests::PATIENCE;
use system_tests::browser::{Browser, Options};
use system_tests::obs::Obs;
use system_tests::server::Server;
use system_tests::wait::until;

#[tokio::test(flavor = "multi_thread")]
async fn a_show_of_obs_is_played() {
    let Some(browser) = Browser::start_or_skip(&Options::default()).await else {
        return;
    };
    let server = Server::start().await.unwrap();
    let address = server.add_stream("spring").await.unwrap();
    browser
        .page
        .goto(&server.url("/watch/spring?via=flv"))
        .await
        .unwrap();
    let Some(obs) = Obs::start_or_skip(&address).unwrap() else {
        return;
    };

    let played = until(PATIENCE, async || {
        let stream = server.stream("spring").await?;
        Ok(stream.filter(|stream| stream["beats"]["first_frames"] == 1))
    });
    let stream = played
        .await
        .unwrap_or_else(|error| panic!("{error}: {}", obs.said()));
    assert_eq!(
        (&stream["state"], &stream["sessions"]),
        (&"live".into(), &1.into()),
        "{stream}"
    );
    assert_eq!(
        (&stream["video"]["width"], &stream["video"]["height"]),
        (&320.into(), &180.into()),
        "{stream}"
    );
    assert_eq!(stream["audio"]["codec"], "mp4a.40.2", "{stream}");
    assert_eq!(
        stream["beats"]["newest_first_frame"]["protocol"], "flv",
        "{stream}"
    );
    let agent = stream["publisher"]["agent"].as_str().unwrap();
    assert!(agent.contains("FMLE") || agent.contains("obs"), "{agent}");
    let played = "document.querySelector('video').currentTime > 1 && document.querySelector('video').videoWidth === 320";
    browser.page.wait_for(played, PATIENCE).await.unwrap();
    let (_, key) = address.rsplit_once('/').unwrap();
    assert!(!stream.to_string().contains(key));
}
