//! Enhanced RTMP among programs that are not ours: each picture is known by the number burnt into it.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use system_tests::ffmpeg::{Codec, Options, Publisher};
use system_tests::peers::{self, MediaMtx};
use system_tests::server::Server;
use system_tests::viewer::Viewer;

const PATIENCE: Duration = Duration::from_secs(30);
/// Pictures that are judged: three seconds.
const PICTURES: usize = 90;

/// One picture after the other.
fn judge(numbers: &[Option<u32>]) {
    let next = |pair: &[Option<u32>]| pair[0].is_some_and(|number| pair[1] == Some(number + 1));
    assert!(numbers.windows(2).all(next), "{numbers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ffmpeg_publishes_and_plays_every_codec() {
    let Some(ffmpeg) = peers::ffmpeg_or_skip() else {
        return;
    };
    let server = Server::start().await.unwrap();
    for (codec, name) in [(Codec::Hevc, "hevc"), (Codec::Av1, "av1"), (Codec::Vp9, "vp9")] {
        let address = server.add_stream(name).await.unwrap();
        let options = Options {
            codec,
            ..Options::default()
        };
        let publisher = Publisher::start(&ffmpeg, &address, options).unwrap();
        drop(Viewer::wait(server.http, name, PATIENCE).await.unwrap());
        let play = format!("rtmp://{}/live/{name}", server.rtmp);
        let played = peers::play(&ffmpeg, &play, options.size, PICTURES);
        let played = tokio::time::timeout(PATIENCE, played).await.unwrap();
        judge(&played.unwrap_or_else(|error| panic!("{codec:?}: {error}; {}", publisher.complaints())));
        let stats = server.stream(name).await.unwrap().unwrap();
        assert_eq!(stats["refused_tags"], 0, "{stats}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h265_goes_from_mediamtx_through_our_server_and_back() {
    let (Some(ffmpeg), Some(mediamtx)) = (peers::ffmpeg_or_skip(), MediaMtx::start_or_skip().await.unwrap())
    else {
        return;
    };
    let options = Options {
        codec: Codec::Hevc,
        ..Options::default()
    };
    let there = mediamtx.rtmp;
    let publisher = Publisher::start(&ffmpeg, &format!("rtmp://{there}/live/spring"), options).unwrap();
    let config = format!(
        "[[pull]]\nstream = \"spring\"\nfrom = \"rtmp://{there}/live\"\nname = \"spring\"\n\
         [[push]]\nstream = \"spring\"\nto = \"rtmp://{there}/back\"\nkey = {{ file = \"KEY\" }}\n"
    );
    mediamtx.ready("live/spring").await.unwrap();
    let _server = Server::start_with(&config, &[("KEY", "spring")]).await.unwrap();
    mediamtx.ready("back/spring").await.unwrap();
    let play = format!("rtmp://{there}/back/spring");
    let played = peers::play(&ffmpeg, &play, options.size, PICTURES);
    let played = tokio::time::timeout(PATIENCE, played).await.unwrap();
    judge(&played.unwrap_or_else(|error| panic!("{error}; {}", publisher.complaints())));
}
