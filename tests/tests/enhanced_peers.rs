//! Enhanced RTMP among programs that are not ours: each picture is known by the number burnt into it.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use system_tests::PATIENCE;
use system_tests::ffmpeg::{Codec, Options, Publisher};
use system_tests::http;
use system_tests::peers::{self, MediaMtx, judge};
use system_tests::server::Server;
use system_tests::viewer::Viewer;
use system_tests::wait::until;
use tokio::process::Command;

/// Pictures that are judged: three seconds.
const PICTURES: usize = 90;

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

/// Pitches of two tracks of sound, in hertz.
const PITCHES: [usize; 2] = [440, 1_000];

#[tokio::test(flavor = "multi_thread")]
async fn ffmpeg_publishes_two_tracks_of_sound_and_hears_both() {
    let Some(ffmpeg) = peers::ffmpeg_or_skip() else {
        return;
    };
    let server = Server::start().await.unwrap();
    let address = server.add_stream("spring").await.unwrap();
    let mut publisher = Command::new(&ffmpeg);
    publisher.args(["-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i"]);
    publisher.arg("testsrc=size=160x90:rate=30,format=yuv420p");
    for pitch in PITCHES {
        publisher.args(["-f", "lavfi", "-i", &format!("sine={pitch}")]);
    }
    publisher.args([
        "-map", "0", "-map", "1", "-map", "2", "-c:v", "libx264", "-g", "30",
    ]);
    publisher.args(["-preset", "ultrafast", "-tune", "zerolatency", "-c:a", "aac"]);
    publisher.args(["-f", "flv"]).arg(&address).kill_on_drop(true);
    let _publishing = publisher.spawn().unwrap();
    drop(Viewer::wait(server.http, "spring", PATIENCE).await.unwrap());
    for (track, pitch) in PITCHES.into_iter().enumerate() {
        let url = format!("http://{}/live/spring.flv?tracks=all", server.http);
        let heard = tokio::time::timeout(PATIENCE, hear(&ffmpeg, &url, track));
        let heard = heard.await.unwrap();
        assert!(
            heard.abs_diff(pitch) <= 5,
            "track {track}: {heard} Hz, sent {pitch}"
        );
    }
    let stats = server.stream("spring").await.unwrap().unwrap();
    assert_eq!(
        (&stats["further_tracks"], &stats["refused_tags"]),
        (&1.into(), &0.into())
    );
}

/// The pitch of a track of sound of `url`, in hertz: how often a second it rises through zero.
async fn hear(ffmpeg: &std::path::Path, url: &str, track: usize) -> usize {
    let mut player = Command::new(ffmpeg);
    player.args(["-nostdin", "-loglevel", "error", "-i", url]);
    player.args(["-map", &format!("0:a:{track}"), "-t", "2", "-ac", "1"]);
    player
        .args(["-ar", "48000", "-f", "s16le", "-"])
        .kill_on_drop(true);
    let played = player.output().await.unwrap();
    assert!(
        played.status.success(),
        "{}",
        String::from_utf8_lossy(&played.stderr)
    );
    let (samples, _) = played.stdout.as_chunks::<2>();
    // The second behind the decoder's first quarter.
    let second = samples.get(12_000..60_000).expect("a second and a half of sound");
    let second: Vec<_> = second.iter().map(|bytes| i16::from_le_bytes(*bytes)).collect();
    second.windows(2).filter(|two| two[0] < 0 && two[1] >= 0).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn h265_is_pulled_from_mediamtx() {
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
    mediamtx.ready("live/spring").await.unwrap();
    let config =
        format!("[[pull]]\nstream = \"spring\"\nfrom = \"rtmp://{there}/live\"\nname = \"spring\"\n");
    let server = Server::start_with(&config, &[]).await.unwrap();
    drop(Viewer::wait(server.http, "spring", PATIENCE).await.unwrap());
    let play = format!("rtmp://{}/live/spring", server.rtmp);
    let played = peers::play(&ffmpeg, &play, options.size, PICTURES);
    let played = tokio::time::timeout(PATIENCE, played).await.unwrap();
    judge(&played.unwrap_or_else(|error| panic!("{error}; {}", publisher.complaints())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_pushed_to_mediamtx_but_no_h265_as_it_does_not_say_that_it_takes_it() {
    let (Some(ffmpeg), Some(mediamtx)) = (peers::ffmpeg_or_skip(), MediaMtx::start_or_skip().await.unwrap())
    else {
        return;
    };
    let there = mediamtx.rtmp;
    let mut config = String::new();
    for name in ["old", "new"] {
        config += &format!(
            "[[push]]\nstream = \"{name}\"\nto = \"rtmp://{there}/live\"\nkey = {{ file = \"{name} key\" }}\n"
        );
    }
    let files = [("old key", "old"), ("new key", "new")];
    let server = Server::start_with(&config, &files).await.unwrap();
    let mut publishers = Vec::new();
    for (name, codec) in [("old", Codec::H264), ("new", Codec::Hevc)] {
        let address = server.add_stream(name).await.unwrap();
        let options = Options {
            codec,
            ..Options::default()
        };
        publishers.push(Publisher::start(&ffmpeg, &address, options).unwrap());
    }
    mediamtx.ready("live/old").await.unwrap();
    let play = format!("rtmp://{there}/live/old");
    let played = peers::play(&ffmpeg, &play, Options::default().size, PICTURES);
    judge(&tokio::time::timeout(PATIENCE, played).await.unwrap().unwrap());
    let said = until(PATIENCE, async || {
        let relays = http::get_json(server.admin, "/api/relays").await?;
        let new = relays
            .as_array()
            .into_iter()
            .flatten()
            .find(|relay| relay["stream"] == "new");
        Ok(new.and_then(|relay| relay["last_error"]["message"].as_str().map(str::to_owned)))
    });
    let said = said.await.unwrap();
    assert!(said.contains("the server takes no hvc1"), "{said}");
}
