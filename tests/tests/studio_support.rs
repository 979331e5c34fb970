//! Support bundles of a show that runs: whoever reads one finds the cause, and nothing of whose show it was.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use api::control::Command;
use api::support::{Bundle, Part};
use system_tests::PATIENCE;
use system_tests::preload;
use system_tests::server::Server;
use system_tests::studio::{self, Show, Studio};

/// Stands in whatever a seller can write, choose or be called.
const CANARY: &str = "canary";
const KEY: &str = "canary-key-4711";
/// A show with it in every field that takes words.
const SHOW: &str = r##"
start = "Canary scene"
[[source]]
name = "Canary camera"
type = "camera"
device = "Canary webcam"
fallback = { image = "CARD" }
[[source]]
name = "Canary card"
type = "image"
path = "CARD"
[[source]]
name = "Canary tone"
type = "tone"
hz = 440
[[source]]
name = "canary_bars"
type = "pattern"
[[scene]]
name = "Canary scene"
[[scene.layer]]
name = "Canary layer"
source = "Canary camera"
key = { color = "#00ff00" }
[[scene.layer]]
scene = "canary_scene"
[[scene]]
name = "canary_scene"
[[scene.layer]]
source = "Canary card"
[[scene.layer]]
name = "canary_layer"
source = "canary_bars"
[[plan.step]]
scene = "Canary scene"
seconds = 5000
"##;

/// The file that `bundle` is.
fn written(bundle: &Bundle, folder: &Path) -> std::path::PathBuf {
    let file = folder.join("bundle.txt");
    std::fs::write(&file, bundle.text()).unwrap();
    file
}

async fn read(file: &Path) -> (bool, String, String) {
    let read = studio::command()
        .unwrap()
        .arg("bundle")
        .arg(file)
        .output()
        .await
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (read.status.success(), text(&read.stdout), text(&read.stderr))
}

/// A show of which everything that can be named is named after its seller; `mine` is a place that works, and the companion
/// server is at `companion`.
fn show(home: &Path, companion: &str, mine: &str) -> Show {
    let card = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo/card.png");
    let kept = home.join("canary.png");
    std::fs::copy(&card, &kept).unwrap();
    Show::new(&SHOW.replace("CARD", &kept.display().to_string()))
        .companion(companion)
        .output("Canary place", mine)
        .output("canary_place", &format!("rtmp://127.0.0.1:9/canary-app/{KEY}"))
        .output_to(
            "canary off",
            "rtmps://canary.example/canary",
            KEY,
            "{ bitrate = 800 }",
            "on = false\n",
        )
        .output_by_srt(
            "canary srt",
            "srt://canary.example:9000",
            KEY,
            "canary-passphrase",
        )
}

/// A studio that plays `show` for the seller whose home this is.
fn start(show: &Show, home: &Path) -> Studio {
    Studio::start_in(show, |command| {
        preload::cameras(command, "name=Canary webcam,size=640x360,fps=30").unwrap();
        command
            .env("HOME", home)
            .envs([("USER", CANARY), ("LOGNAME", CANARY)]);
        command.args(["--events", "--history"]).arg(home);
    })
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_of_a_live_show_tells_the_cause_and_nothing_of_whose_it_is() {
    let home = tempfile::Builder::new().prefix("canary-home-").tempdir().unwrap();
    let server = Server::start().await.unwrap();
    let mine = server.add_stream("canary-stream").await.unwrap();
    let secret = mine.rsplit_once('/').unwrap().1.to_owned();
    let show = show(home.path(), &server.url(""), &mine);
    let mut studio = start(&show, home.path());
    studio
        .wait_for("\"event\":\"warning\"", 2, PATIENCE)
        .await
        .unwrap();

    let bundle = studio
        .ask(&Command::Bundle { of: None })
        .await
        .unwrap()
        .bundle
        .unwrap();
    let parts: Vec<_> = bundle.parts.iter().map(|part| part.part).collect();
    assert_eq!(
        parts,
        [Part::Report, Part::About, Part::Show, Part::History, Part::Notes]
    );
    let text = bundle.text();
    let lower = text.to_lowercase();
    let folder = home.path().display().to_string();
    for hidden in [CANARY, &secret, &folder, "anchor-studio-", "127.0.0.1"] {
        assert!(!lower.contains(&hidden.to_lowercase()), "{hidden}: {text}");
    }
    for said in [
        "camera 1",
        "image 1",
        "tone 1",
        "pattern 1",
        "scene 2",
        "640x360",
        "640x360 at 30",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    studio.stop().await.unwrap();

    let (well, report, said) = read(&written(&bundle, home.path())).await;
    assert!(well, "{said}");
    for line in [
        "place.down         place 2",
        "on the air for",
        "place 2: rtmp, this computer",
        "place 3: rtmps, internet",
    ] {
        assert!(report.contains(line), "{line}: {report}");
    }
    assert!(text.contains(&report), "the file begins with it");
}

#[tokio::test]
async fn what_is_no_bundle_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other.txt");
    for (text, code) in [
        ("hello", "bundle.unreadable"),
        ("anchor-support 9\n", "bundle.newer"),
        ("\u{1}\u{0}", "bundle.unreadable"),
    ] {
        std::fs::write(&file, text).unwrap();
        let (well, _, said) = read(&file).await;
        assert!(!well && said.contains(code), "{text}: {said}");
    }
    let (well, _, said) = read(&folder.path().join("nowhere.txt")).await;
    assert!(!well && said.contains("bundle.file"), "{said}");
}
