//! The check before a show, on this computer: places of every kind, and what is said of them.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use api::check::{CheckState, Reach};
use api::control::Command;
use serde_json::Value;
use system_tests::PATIENCE;
use system_tests::certificate::Certificate;
use system_tests::preload;
use system_tests::server::Server;
use system_tests::studio::{Show, Studio};
use tokio::time::{Duration, Instant, interval};

const CAMERAS: &str = "name=Desk,size=640x360,fps=30,bus=usb-0000:00:14.0-1;name=Door,size=640x360,fps=30,bus=usb-0000:00:14.0-2.3";
const SHOW: &str = r#"
[[source]]
name = "desk"
type = "camera"
device = "Desk"
[[source]]
name = "door"
type = "camera"
device = "Door"
[[scene]]
name = "main"
[[scene.layer]]
source = "desk"
[[scene.layer]]
source = "door"
"#;

/// How the check is once it has ended.
async fn ended(studio: &mut Studio) -> CheckState {
    let end = Instant::now() + PATIENCE;
    let mut looks = interval(Duration::from_millis(200));
    loop {
        looks.tick().await;
        let state = studio.ask(&Command::State {}).await.unwrap().state.unwrap();
        let check = state.check.unwrap();
        if !check.running {
            return check;
        }
        assert!(Instant::now() < end, "{check:?}");
    }
}

/// The names of [`places`] that reach a server of ours.
const OURS: [&str; 4] = ["rtmp", "srt", "whip", "secure"];

/// A server, and a show with a place of each kind there and two that are none. The certificate is in `folder`.
async fn places(folder: &Path) -> (Server, Show) {
    let certificate = Certificate::write(folder, &["localhost"]);
    let config = certificate
        .config()
        .replace("[listen]\n", "[listen]\nsrt = \"127.0.0.1:0\"\n");
    let server = Server::start_with(&config, &[]).await.unwrap();
    let mut keys = Vec::new();
    for name in OURS {
        let address = server.add_stream(name).await.unwrap();
        keys.push(address.rsplit_once('/').unwrap().1.to_owned());
    }
    let [rtmp, srt, whip, secure] = keys.try_into().unwrap();
    let port = server.rtmps.unwrap().port();
    let show = Show::new(SHOW)
        .companion(&server.url(""))
        .output("rtmp", &format!("rtmp://{}/live/{rtmp}", server.rtmp))
        .output_by_srt("srt", &format!("srt://{}", server.srt.unwrap()), &srt, "")
        .output_by_whip("whip", &server.url("/whip"), &whip)
        .output_to(
            "secure",
            &format!("rtmps://localhost:{port}/live"),
            &secure,
            "{ bitrate = 800 }",
            "",
        )
        .output("nobody", "rtmp://127.0.0.1:9/live/some-key")
        .output("http", &format!("rtmp://{}/live/two words", server.http));
    (server, show)
}

/// How often each place of ours was sent to.
async fn sessions(server: &Server) -> Vec<Option<Value>> {
    let mut all = Vec::new();
    for name in OURS {
        let stream = server.stream(name).await.unwrap();
        all.push(stream.map(|stream| stream["sessions"].clone()));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn places_are_reached_without_a_word_and_each_is_told_by_what_it_answers() {
    let folder = tempfile::tempdir().unwrap();
    let (server, show) = places(folder.path()).await;
    let mut studio = Studio::start_in(&show, |command| {
        preload::cameras(command, CAMERAS).unwrap();
        command.arg("--events");
    })
    .unwrap();
    studio
        .wait_for("connected output=\"rtmp\"", 1, PATIENCE)
        .await
        .unwrap();
    let refused = studio.ask(&Command::StartCheck {}).await.unwrap_err();
    assert!(refused.to_string().contains("on the air"), "{refused}");
    studio.ask(&Command::EndLive {}).await.unwrap();
    let before = sessions(&server).await;

    studio.ask(&Command::StartCheck {}).await.unwrap();
    let check = ended(&mut studio).await;
    let places: Vec<_> = check
        .places
        .iter()
        .map(|p| (p.name.as_str(), p.reach, p.here))
        .collect();
    let expected = [
        ("rtmp", Reach::Reached, true),
        ("srt", Reach::Reached, true),
        ("whip", Reach::Reached, true),
        ("secure", Reach::Untrusted, false),
        ("nobody", Reach::Unreachable, false),
        ("http", Reach::Strange, false),
    ];
    assert_eq!(places, expected);
    assert_eq!(
        check.upload, None,
        "what stays on this computer says nothing of a line"
    );
    let found: Vec<_> = check
        .findings
        .iter()
        .map(|f| (f.code.as_str(), f.subjects.join(" ")))
        .collect();
    for (code, subjects) in [
        ("check.unreachable", "nobody"),
        ("check.untrusted", "secure"),
        ("check.strange", "http"),
        ("check.key_odd", "http"),
        ("check.here", "rtmp srt whip"),
        ("check.upload_unknown", ""),
        ("check.cameras_share", "desk door"),
        ("check.microphone_none", ""),
    ] {
        assert!(found.contains(&(code, subjects.to_owned())), "{code}: {found:?}");
    }
    assert!(
        !found.iter().any(|(code, _)| code.starts_with("check.camera_")),
        "{found:?}"
    );
    assert_eq!(sessions(&server).await, before, "nobody went on the air");
    studio.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_knows_its_server_and_gives_way_to_the_show_and_to_who_stops_it() {
    let server = Server::start().await.unwrap();
    let address = server.add_stream("spring").await.unwrap();
    // Where nothing answers, a check takes a while.
    let show = Show::new(SHOW)
        .output("mine", &address)
        .output("far", "rtmp://192.0.2.1/live/some-key");
    let mut studio = Studio::start_in(&show, |command| {
        preload::cameras(command, CAMERAS).unwrap();
        command.arg("--events");
    })
    .unwrap();
    studio
        .wait_for("connected output=\"mine\"", 1, PATIENCE)
        .await
        .unwrap();
    studio.ask(&Command::EndLive {}).await.unwrap();
    for (url, kept) in [
        ("live.example.com", None),
        ("http://192.0.2.1:8080", Some("http://192.0.2.1:8080")),
    ] {
        let url = Some(url.to_owned());
        let set = studio.ask(&Command::SetCompanion { url }).await;
        assert_eq!(set.is_ok(), kept.is_some(), "{set:?}");
        let state = studio.ask(&Command::State {}).await.unwrap().state.unwrap();
        assert_eq!(state.companion.as_deref(), kept);
    }
    studio.ask(&Command::StartCheck {}).await.unwrap();
    studio.ask(&Command::StopCheck {}).await.unwrap();
    let stopped = ended(&mut studio).await;
    assert!(
        stopped.progress < 1.0 && stopped.findings.is_empty(),
        "{stopped:?}"
    );
    studio.ask(&Command::StartCheck {}).await.unwrap();
    studio.ask(&Command::StartLive {}).await.unwrap();
    let given_up = ended(&mut studio).await;
    assert!(given_up.findings.is_empty(), "{given_up:?}");
    studio.stop().await.unwrap();
}
