//! What the studio says of the places it sends to, while a show runs and afterwards.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use api::control::Command;
use api::health::{History, Logged, Strength};
use api::state::{HealthLevel, State};
use system_tests::PATIENCE;
use system_tests::busy::{Busy, Manners};
use system_tests::preload::Cameras;
use system_tests::server::Server;
use system_tests::studio::{BARS_AND_TONE, Show, Studio};

const WARNING: &str = "\"event\":\"warning\"";
/// What one does to the computer another would take for its own.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
/// A camera, behind the last scene's layers.
const DESK: &str = r#"
[[source]]
name = "desk"
type = "camera"
device = "Desk"
"#;
const BETTER: &str = "\"event\":\"better\"";

fn start(show: &Show, histories: &Path) -> Studio {
    let studio = Studio::start_in(show, |command| {
        command.args(["--events", "--history"]).arg(histories);
    });
    studio.unwrap()
}

async fn state(studio: &mut Studio) -> State {
    *studio.ask(&Command::State {}).await.unwrap().state.unwrap()
}

async fn history(studio: &mut Studio, of: Option<String>) -> History {
    let whole = true;
    let done = studio.ask(&Command::History { whole, of }).await.unwrap();
    *done.history.unwrap()
}

/// The causes that were found and are over at `place`, in a history's log.
fn causes<'a>(history: &'a History, place: &str) -> [Vec<&'a str>; 2] {
    let mut causes = [Vec::new(), Vec::new()];
    // Of the computer there may be others: who else uses it isn't known here.
    for entry in history.log.iter().filter(|entry| entry.place == place) {
        match &entry.what {
            Logged::Found { cause } => causes[0].push(cause.as_str()),
            Logged::Over { cause } => causes[1].push(cause.as_str()),
            _ => {}
        }
    }
    causes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_does_not_answer_is_said_until_it_does_and_all_of_it_is_kept() {
    let histories = tempfile::tempdir().unwrap();
    let server = Server::start().await.unwrap();
    let mut other = Server::start().await.unwrap();
    let [mine, gone] = [&server, &other].map(|server| server.add_stream("spring"));
    let (mine, gone) = (mine.await.unwrap(), gone.await.unwrap());
    other.stop().await.unwrap();
    let show = Show::new(BARS_AND_TONE)
        .companion(&server.url(""))
        .output("mine", &mine)
        .output("gone", &gone);
    let mut studio = start(&show, histories.path());

    studio.wait_for(WARNING, 1, PATIENCE).await.unwrap();
    let now = state(&mut studio).await;
    let [warning] = &now.warnings[..] else {
        panic!("{now:?}");
    };
    assert_eq!((warning.place.as_str(), warning.bad), ("gone", true));
    assert_eq!(warning.diagnosis.cause, "place.down");
    let health = (now.health.level, now.health.code.as_str());
    assert_eq!(health, (HealthLevel::Bad, "health.place.down"));
    let [well, away] = &now.places[..] else {
        panic!("{now:?}");
    };
    assert_eq!(
        (well.diagnosis.as_ref(), well.standing.unwrap().quality),
        (None, 100)
    );
    assert_eq!(away.standing.unwrap().strength, Strength::Broken);

    let _other = other.start_again().await.unwrap();
    studio.wait_for(BETTER, 1, PATIENCE).await.unwrap();
    assert!(state(&mut studio).await.warnings.is_empty());
    let now = history(&mut studio, None).await;
    assert_eq!(causes(&now, "gone"), [["place.down"], ["place.down"]]);
    assert!(
        now.places[0]
            .received_kbps
            .iter()
            .flatten()
            .any(|kbps| *kbps > 100)
    );
    assert!(
        now.places[1].received_kbps.iter().all(Option::is_none),
        "nobody says it"
    );
    let earlier = studio.ask(&Command::Histories {}).await.unwrap();
    assert_eq!(earlier.histories, Some(Vec::new()), "this one is no earlier one");
    studio.stop().await.unwrap();

    // What was kept is read by the next studio as it was.
    let mut next = start(&show, histories.path());
    next.wait_for("connected output=\"mine\"", 1, PATIENCE)
        .await
        .unwrap();
    let kept = next.ask(&Command::Histories {}).await.unwrap().histories.unwrap();
    let [kept] = &kept[..] else {
        panic!("{kept:?}");
    };
    assert_eq!(kept.show, "Test");
    let then = history(&mut next, Some(kept.id.clone())).await;
    assert_eq!(causes(&then, "gone"), causes(&now, "gone"));
    let seconds = |history: &History| history.places[0].sent_kbps.len();
    assert!(seconds(&then) >= seconds(&now), "{then:?}");
    let whole = true;
    let of = Some("../show".to_owned());
    let refused = next.ask(&Command::History { whole, of }).await.unwrap_err();
    assert!(refused.to_string().contains("no such history"), "{refused}");
    next.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_takes_the_processor_is_found_until_it_is_gone() {
    let _alone = ALONE.lock().await;
    let histories = tempfile::tempdir().unwrap();
    let mut studio = start(&Show::new(BARS_AND_TONE), histories.path());
    let cores = std::thread::available_parallelism().unwrap().get();
    let busy = Busy::start(cores, Manners::Polite).unwrap();
    let machine = until_state(&mut studio, is_busy).await.machine;
    let [all, own] = [machine.cpu, machine.cpu_own].map(Option::unwrap);
    assert!(all > 0.8 && own < all && machine.busiest.is_some(), "{machine:?}");
    let shares = [machine.memory_free.unwrap(), machine.draw];
    assert!(
        shares.iter().all(|share| (0.0..=1.0).contains(share)),
        "{machine:?}"
    );
    assert!(machine.disk_free.is_some_and(|bytes| bytes > 0), "{machine:?}");
    studio.wait_for("health.machine.", 1, PATIENCE).await.unwrap();
    drop(busy);
    until_state(&mut studio, |state| !is_busy(state)).await;
    studio.stop().await.unwrap();
}

fn is_busy(state: &State) -> bool {
    let troubles = &state.machine.troubles;
    troubles.iter().any(|trouble| trouble.code == "machine.busy")
}

/// How things are once they are as `wanted`.
async fn until_state(studio: &mut Studio, wanted: impl Fn(&State) -> bool) -> State {
    let end = tokio::time::Instant::now() + PATIENCE;
    // Each second it reads how the computer is, and counts what came.
    let mut seconds = tokio::time::interval(std::time::Duration::from_secs(1));
    loop {
        seconds.tick().await;
        let state = state(studio).await;
        if wanted(&state) {
            return state;
        }
        assert!(tokio::time::Instant::now() < end, "{state:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_in_the_dark_is_found_until_there_is_light() {
    let _alone = ALONE.lock().await;
    let cameras = Cameras::new("name=Desk,size=640x360,fps=30").unwrap();
    let parts = format!("{BARS_AND_TONE}[[scene.layer]]\nsource = \"desk\"\n{DESK}");
    let mut studio = Studio::start_in(&Show::new(&parts), |command| {
        command.arg("--events");
        cameras.apply(command);
    })
    .unwrap();
    let camera = cameras.camera(0);
    camera.dark(true);
    studio.wait_for("health.camera_slow", 1, PATIENCE).await.unwrap();
    let desk = |state: &State| {
        let mut pictures = state.pictures.iter();
        pictures.find(|picture| picture.name == "desk").cloned().unwrap()
    };
    let now = desk(&state(&mut studio).await);
    assert_eq!(now.wanted_rate, Some(30.0));
    assert!(
        now.rate.is_some_and(|rate| (10.0..21.0).contains(&rate)),
        "{now:?}"
    );
    camera.dark(false);
    let light = |state: &State| state.health.code != "health.camera_slow" && desk(state).rate > Some(24.0);
    until_state(&mut studio, light).await;
    studio.stop().await.unwrap();
}
