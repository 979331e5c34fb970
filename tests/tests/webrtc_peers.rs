//! WebRTC with a program that is not ours.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]


use system_tests::PATIENCE;
use system_tests::ffmpeg::{self, Publisher};
use system_tests::peers::{self, MediaMtx, judge};
use system_tests::server::Server;
use system_tests::viewer::Viewer;

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
