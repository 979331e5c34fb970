//! RTMP among servers and players that are not ours: each picture is known by the number burnt into it.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use container::flv::{Reader, TagKind};
use system_tests::PATIENCE;
use system_tests::ffmpeg::{Options, Publisher};
use system_tests::nginx::Nginx;
use system_tests::player::{Player, breaks};
use system_tests::server::Server;
use system_tests::viewer::Viewer;
use system_tests::wait::until;
use tokio::process::Command;

/// Pictures that are judged: four seconds.
const PICTURES: usize = 120;

/// All pictures of a recording, in order and each once.
fn judge(file: &Path) -> Player {
    let mut seen = Player::new();
    seen.take_file(&std::fs::read(file).unwrap()).unwrap();
    assert!(seen.pictures.len() >= PICTURES, "{}", seen.pictures.len());
    assert!(seen.pictures[0].key, "it begins with a key frame");
    assert_eq!(breaks(&seen.pictures), 0, "{:?}", seen.numbers());
    assert!(
        seen.sound
            .iter()
            .any(|b| b.samples.iter().any(|s| s.abs() > 0.05))
    );
    seen
}

fn pictures(file: &Path) -> usize {
    let mut reader = Reader::new();
    reader.push(&std::fs::read(file).unwrap_or_default());
    let tags = std::iter::from_fn(|| reader.next_tag().ok().flatten());
    tags.filter(|tag| tag.kind == TagKind::Video).count()
}

/// Waits until nginx has recorded enough.
async fn recorded(nginx: &Nginx) -> std::path::PathBuf {
    until(PATIENCE, async || {
        let files = nginx.recordings()?;
        // The configuration of the decoder is a tag of its own.
        Ok(files.into_iter().find(|file| pictures(file) > PICTURES + 1))
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn ffmpeg_and_nginx_play_from_our_server() {
    let server = Server::start().await.unwrap();
    let address = server.add_stream("spring").await.unwrap();
    let play = format!("rtmp://{}/live/spring", server.rtmp);
    let Some(publisher) = Publisher::start_or_skip(&address, Options::default()).unwrap() else {
        return;
    };
    // It is live.
    drop(Viewer::wait(server.http, "spring", PATIENCE).await.unwrap());
    let pull = format!("live on; record all; record_path {{path}}; pull {play} name=spring static;");
    let nginx = Nginx::start_with_or_skip(&[("live", &pull)]).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("played.flv");
    let played = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-rtmp_live", "live", "-i", &play])
        .args(["-c", "copy", "-t", "5", "-f", "flv"])
        .arg(&file)
        .output();
    let played = tokio::time::timeout(PATIENCE, played).await.unwrap().unwrap();
    let complaints = String::from_utf8_lossy(&played.stderr);
    assert!(played.status.success(), "{complaints}");
    judge(&file);
    if let Some(nginx) = nginx {
        judge(&recorded(&nginx).await);
    }
    let stats = server.stream("spring").await.unwrap().unwrap();
    assert_eq!(stats["rtmp"]["skips"], 0, "{stats}");
    assert!(publisher.complaints().is_empty(), "{}", publisher.complaints());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_goes_from_nginx_through_our_server_and_back() {
    let keep = "live on; record all; record_path {path};";
    let Some(nginx) = Nginx::start_with_or_skip(&[("live", "live on;"), ("back", keep)])
        .await
        .unwrap()
    else {
        return;
    };
    let place = nginx.publish("spring");
    let Some(publisher) = Publisher::start_or_skip(&place, Options::default()).unwrap() else {
        return;
    };
    let address = nginx.address();
    let config = format!(
        "[[pull]]\nstream = \"spring\"\nfrom = \"rtmp://{address}/live\"\nname = \"spring\"\n\
         [[push]]\nstream = \"spring\"\nto = \"rtmp://{address}/back\"\nkey = {{ file = \"KEY\" }}\n"
    );
    let server = Server::start_with(&config, &[("KEY", "returned")]).await.unwrap();
    let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
    let mut seen = Player::new();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= PICTURES)
        .await
        .unwrap();
    assert_eq!(breaks(&seen.pictures), 0, "{:?}", seen.numbers());
    let back = recorded(&nginx).await;
    assert!(
        back.file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("returned"),
        "{back:?}"
    );
    judge(&back);
    assert!(publisher.complaints().is_empty(), "{}", publisher.complaints());
}
