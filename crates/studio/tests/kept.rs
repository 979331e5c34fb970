//! A show that is open keeps itself in its file, and begins without what isn't there.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use api::control::{Command, Event, Outcome};
use api::place::LineMode;
use api::state::State;
use studio::session::{self, Config, Session};
use studio::show;

const PATIENCE: Duration = Duration::from_secs(30);

const SHOW: &str = r##"
name = "Small"
canvas = { size = "320x180", rate = 30 }
[[source]]
name = "back"
type = "color"
color = "#102030"
[[source]]
name = "voice"
type = "tone"
hz = 440
[[scene]]
name = "main"
[[scene.layer]]
source = "back"
"##;

async fn open(text: &str, keep: Option<PathBuf>) -> Session {
    let config = Config {
        show: show::parse(Path::new("show.toml"), text).unwrap(),
        keep,
        past: None,
        live: false,
        strict: false,
        preview: None,
    };
    session::open(config).await.unwrap()
}

async fn ask(session: &Session, command: &str) -> Outcome {
    session.handle().ask(serde_json::from_str(command).unwrap()).await
}

async fn state(session: &Session) -> Box<State> {
    match session.handle().ask(Command::State {}).await {
        Outcome::Done(done) => done.state.unwrap(),
        Outcome::Failed(failure) => panic!("{failure:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_is_there_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kept/show.toml");
    let session = open(SHOW, Some(file.clone())).await;
    for command in [
        r##"{"do":"source.add","source":{"name":"red","type":"color","color":"#ff0000"}}"##,
        r#"{"do":"scene.put","scene":{"name":"second","layer":[{"source":"red"},{"source":"back","opacity":0.5}]}}"#,
        r#"{"do":"scene.show","scene":"second"}"#,
        r#"{"do":"sound.set","source":"voice","gain_db":-6,"mute":true}"#,
        r#"{"do":"place.put","place":{"name":"shop","url":"rtmp://127.0.0.1/live","key":"shop","bitrate":1800,"on":false}}"#,
        r#"{"do":"place.put","place":{"name":"stall","url":"rtmp://127.0.0.1/live","key":"stall","least":900,"on":false}}"#,
        // What isn't said stays.
        r#"{"do":"place.put","place":{"name":"stall","url":"rtmp://127.0.0.1/live","key":"","on":false}}"#,
        r#"{"do":"place.move","place":"stall","to":0}"#,
        r#"{"do":"line.mode","mode":"lowest-delay"}"#,
    ] {
        let outcome = ask(&session, command).await;
        assert!(matches!(outcome, Outcome::Done(_)), "{command}: {outcome:?}");
    }
    let refused = [
        (
            r#"{"do":"place.move","place":"gone","to":0}"#,
            "control.no_such_place",
        ),
        (
            r#"{"do":"place.put","place":{"name":"low","url":"rtmp://127.0.0.1/live","key":"k","bitrate":800,"least":801}}"#,
            "show.out_of_range",
        ),
    ];
    for (command, code) in refused {
        match ask(&session, command).await {
            Outcome::Failed(failure) => assert_eq!(failure.code, code, "{command}"),
            done => panic!("{command}: {done:?}"),
        }
    }
    session.finish().await.unwrap();

    let kept = show::load(&file).unwrap();
    assert_eq!(kept.start.as_deref(), Some("second"));
    let places = kept
        .outputs
        .iter()
        .map(|o| (o.name.as_str(), o.video.bitrate, o.least));
    assert_eq!(
        places.collect::<Vec<_>>(),
        [("stall", 2500, 900), ("shop", 1800, 300)]
    );
    let again = open(&std::fs::read_to_string(&file).unwrap(), None).await;
    let state = state(&again).await;
    assert_eq!(state.on_air, "second");
    assert_eq!((state.pictures.len(), state.scenes.len()), (2, 2));
    assert_eq!((state.sounds[0].gain_db, state.sounds[0].mute), (-6.0, true));
    assert!(!state.places[0].on && state.not_saved.is_none());
    assert_eq!(
        (state.line_mode, state.places[0].least),
        (LineMode::LowestDelay, 900)
    );
    again.finish().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_that_cannot_be_saved_goes_on_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    // A file stands where its folder would be.
    std::fs::write(folder.path().join("full"), "").unwrap();
    let session = open(SHOW, Some(folder.path().join("full/show.toml"))).await;
    let mut events = session.handle().events();
    ask(&session, r#"{"do":"sound.set","source":"voice","gain_db":-6}"#).await;
    let said = async {
        loop {
            if let Event::Health { health } = events.recv().await.unwrap()
                && health.code == "health.not_saved"
            {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, said).await.unwrap();
    let state = state(&session).await;
    assert_eq!(state.not_saved.unwrap().code, "show.not_saved");
    assert_eq!(state.sounds[0].gain_db, -6.0);
    session.finish().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_begins_without_the_devices_that_are_not_there() {
    let missing = "[[source]]\nname = \"desk\"\ntype = \"camera\"\ndevice = \"no such camera\"\n[[source]]\nname = \
                   \"lapel\"\ntype = \"microphone\"\ndevice = \"no such microphone\"\n";
    let session = open(&SHOW.replace("[[scene]]", &format!("{missing}[[scene]]")), None).await;
    let state = state(&session).await;
    assert!(
        state
            .sounds
            .iter()
            .any(|s| s.name == "lapel" && s.reason.is_some())
    );
    assert!(state.pictures.iter().any(|p| p.name == "desk"));
    session.finish().await.unwrap();
}
