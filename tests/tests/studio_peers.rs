//! One show to two servers at once, one of them nginx; what happens to one doesn't concern the other.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

use container::flv::{Reader, TagKind};
use serde_json::Value;
use system_tests::PATIENCE;
use system_tests::nginx::Nginx;
use system_tests::player::{Player, breaks, owned_up};
use system_tests::server::Server;
use system_tests::studio::{self, BARS_AND_TONE, Show, Studio};
use system_tests::viewer::Viewer;
use system_tests::wait::until;

/// Waits until nginx has been published to `times` times and has `count` pictures of the last one.
async fn recorded(nginx: &Nginx, times: usize, count: usize) {
    let pictures = |path: &Path| -> std::io::Result<usize> {
        let mut reader = Reader::new();
        reader.push(&std::fs::read(path)?);
        let tags = std::iter::from_fn(|| reader.next_tag().ok().flatten());
        Ok(tags.filter(|tag| tag.kind == TagKind::Video).count())
    };
    until(PATIENCE, async || {
        let files = nginx.recordings()?;
        let last = files.last().filter(|_| files.len() == times);
        let enough = last
            .map(|path| pictures(path))
            .transpose()?
            .is_some_and(|n| n > count);
        Ok(enough.then_some(()))
    })
    .await
    .unwrap();
}

/// The decoded recording, judged: all pictures in order, key frames at most 2 s apart, sound throughout.
fn judge(file: &Path, allowed: usize) -> Player {
    let mut seen = Player::new();
    seen.take_file(&std::fs::read(file).unwrap()).unwrap();
    assert!(breaks(&seen.pictures) <= allowed, "{:?}", seen.numbers());
    let keys = seen.pictures.iter().filter(|p| p.key);
    let mut times: Vec<_> = keys.map(|p| p.pts.as_millis()).collect();
    let last = seen.pictures.last().unwrap().pts.as_millis();
    times.push(last);
    // A picture that never reached the encoder lengthens its GOP by its own time.
    let longest = 2_001 + 34 * i64::try_from(allowed).unwrap();
    assert!(seen.pictures[0].key, "it begins with a key frame");
    assert!(
        times.windows(2).all(|pair| pair[1] - pair[0] <= longest),
        "{times:?}"
    );

    let starts: Vec<_> = seen.sound.iter().map(|block| block.pts.as_millis()).collect();
    assert!(
        starts
            .windows(2)
            .all(|pair| (20..=23).contains(&(pair[1] - pair[0]))),
        "{starts:?}"
    );
    assert!(
        (starts[0] - seen.pictures[0].pts.as_millis()).abs() <= 60,
        "{starts:?}"
    );
    assert!((starts.last().unwrap() - last).abs() <= 250, "{last} {starts:?}");
    assert!(
        seen.sound
            .iter()
            .any(|block| block.samples.iter().any(|sample| sample.abs() > 0.05))
    );
    // nginx is a stranger: it learns nothing of the show's clock.
    assert!(seen.pictures.iter().all(|picture| picture.clock.is_none()));
    seen
}

/// What ffmpeg makes of a recording; `None` where it isn't installed.
fn probe(file: &Path) -> Option<Value> {
    let played = Command::new("ffmpeg")
        .args(["-v", "error", "-xerror", "-i"])
        .arg(file)
        .args(["-f", "null", "-"])
        .output()
        .ok()?;
    let complaints = String::from_utf8_lossy(&played.stderr).into_owned();
    assert!(played.status.success() && complaints.is_empty(), "{complaints}");
    let entries = "stream=codec_name,width,height,sample_rate,nb_read_packets";
    let probed = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-count_packets",
            "-of",
            "json",
            "-show_entries",
            entries,
        ])
        .arg(file)
        .output()
        .ok()?;
    serde_json::from_slice(&probed.stdout).ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_server_returns_and_the_other_never_notices() {
    let Some(mut nginx) = Nginx::start_or_skip().await.unwrap() else {
        return;
    };
    let server = Server::start().await.unwrap();
    let ours = server.add_stream("spring").await.unwrap();
    let show = Show::new(BARS_AND_TONE)
        .companion(&server.url(""))
        .output("ours", &ours)
        .output("nginx", &nginx.publish("spring"));
    let mut studio = Studio::start(&show).unwrap();
    let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
    let mut seen = Player::new();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= 30)
        .await
        .unwrap();
    recorded(&nginx, 1, 75).await;

    nginx.kill().unwrap();
    studio
        .wait_for("output=\"nginx\" code=", 1, PATIENCE)
        .await
        .unwrap();
    let before = seen.pictures.len();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= before + 45)
        .await
        .unwrap();
    nginx.start_again().await.unwrap();
    studio
        .wait_for("connected output=\"nginx\"", 2, PATIENCE)
        .await
        .unwrap();
    recorded(&nginx, 2, 75).await;
    let before = seen.pictures.len();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= before + 30)
        .await
        .unwrap();
    let (report, said) = studio.stop().await.unwrap();

    let allowed = owned_up(&report);
    let (one, other) = (
        studio::output(&report, "ours").unwrap(),
        studio::output(&report, "nginx").unwrap(),
    );
    assert_eq!((one.connections, one.failed_tries), (1, 0), "{one:?}");
    assert_eq!((one.dropped_line, &one.error), (0, &None), "{said}");
    assert_eq!(other.connections, 2, "{said}");
    assert!(breaks(&seen.pictures) <= allowed, "{:?}", seen.numbers());
    assert!(
        seen.pictures
            .iter()
            .all(|picture| picture.clock.is_some() == picture.key)
    );

    let files = nginx.recordings().unwrap();
    let parts: Vec<_> = files.iter().map(|file| judge(file, allowed)).collect();
    let (first, second) = (parts[0].numbers(), parts[1].numbers());
    assert!(first.last() < second.first(), "{first:?} {second:?}");
    println!(
        "{allowed} breaks allowed; nginx has {} and {} pictures",
        first.len(),
        second.len()
    );
    if let Some(probed) = probe(&files[1]) {
        let (video, audio) = (&probed["streams"][0], &probed["streams"][1]);
        assert_eq!(
            (&video["codec_name"], &video["width"]),
            (&Value::from("h264"), &Value::from(640))
        );
        assert_eq!(
            (&audio["codec_name"], &audio["sample_rate"]),
            (&Value::from("aac"), &Value::from("48000"))
        );
        assert_eq!(video["nb_read_packets"], second.len().to_string());
    }
}
