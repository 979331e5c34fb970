//! The check before a show, on this computer: places of every kind, and what is said of them.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use api::check::{CheckState, Reach};
use api::control::Command;
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

#[tokio::test(flavor = "multi_thread")]
async fn places_are_reached_without_a_word_and_each_is_told_by_what_it_answers() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = Certificate::write(folder.path(), &["localhost"]);
    let config = certificate
        .config()
        .replace("[listen]\n", "[listen]\nsrt = \"127.0.0.1:0\"\n");
    let server = Server::start_with(&config, &[]);
    let server = server.await.unwrap();
    let [rtmp, srt, whip, secure] = ["rtmp", "srt", "whip", "secure"].map(|name| server.add_stream(name));
    let (rtmp, srt, whip, secure) = (
        rtmp.await.unwrap(),
        srt.await.unwrap(),
        whip.await.unwrap(),
        secure.await.unwrap(),
    );
    let key = |address: &str| address.rsplit_once('/').unwrap().1.to_owned();
    let show = Show::new(SHOW)
        .companion(&server.url(""))
        .output("rtmp", &rtmp)
        .output_by_srt("srt", &format!("srt://{}", server.srt.unwrap()), &key(&srt), "")
        .output_by_whip("whip", &server.url("/whip"), &key(&whip))
        .output_to(
            "secure",
            &format!("rtmps://localhost:{}/live", server.rtmps.unwrap().port()),
            &key(&secure),
            "{ bitrate = 800 }",
            "",
        )
        .output("nobody", "rtmp://127.0.0.1:9/live/some-key")
        .output("http", &format!("rtmp://{}/live/two words", server.http));
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
    let sessions = async || {
        let mut all = Vec::new();
        for name in ["rtmp", "srt", "whip", "secure"] {
            all.push(
                server
                    .stream(name)
                    .await
                    .unwrap()
                    .map(|stream| stream["sessions"].clone()),
            );
        }
        all
    };
    let before = sessions().await;

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
    assert_eq!(sessions().await, before, "nobody went on the air");
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
