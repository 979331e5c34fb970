//! What people get wrong is said in a sentence with its code, where it stands, and never with the key.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Output, Stdio};

use system_tests::PATIENCE;
use system_tests::server::Server;
use system_tests::sound_fixture::SoundFixture;
use system_tests::studio::{self, BARS_AND_TONE, Show, Studio};
use system_tests::viewer::Viewer;
use system_tests::wait::until;
use system_tests::{http, player, preload, skip};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;

const NOWHERE: &str = "rtmp://127.0.0.1:9/live/none";
const SECRET: &str = "live_8151_secret";

/// Runs `command` to its end.
async fn finish(mut command: Command) -> Output {
    let running = command.kill_on_drop(true).output();
    timeout(PATIENCE, running).await.unwrap().unwrap()
}

/// Runs `anchor-studio VERB show.toml` on the show file `text`; answers what it says when it refuses.
async fn refused(verb: &str, text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("show.toml"), text).unwrap();
    let mut command = studio::command().unwrap();
    command.current_dir(folder.path()).args([verb, "show.toml"]);
    refusal(finish(command).await)
}

fn refusal(output: Output) -> String {
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{said}");
    said
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn has(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "{word:?} is not in: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_camera_is_answered_with_those_there_are() {
    let parts = BARS_AND_TONE.replace("type = \"pattern\"", "type = \"camera\"\ndevice = \"Table\"");
    let mut studio = Studio::start_in(&Show::new(&parts).output("mine", NOWHERE), |command| {
        preload::cameras(command, "name=Desk,size=640x360,fps=30;name=门口").unwrap();
    })
    .unwrap();
    let (status, said) = studio.ended(PATIENCE).await.unwrap();
    assert_eq!(status.code(), Some(1), "{said}");
    let sentence =
        "source 'bars': there is no camera “Table”; there are “Desk” (/dev/video0), “门口” (/dev/video1)";
    has(&said, &[sentence, "[capture.camera.unknown]"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_microphone_is_answered_with_those_there_are() {
    if let Some(missing) = SoundFixture::missing() {
        return skip(missing);
    }
    let fixture = SoundFixture::start(&["Headset", "Table microphone"]).unwrap();
    let parts = BARS_AND_TONE.replace(
        "type = \"tone\"\nhz = 440",
        "type = \"microphone\"\ndevice = \"Lapel\"",
    );
    let mut studio = Studio::start_in(&Show::new(&parts).output("mine", NOWHERE), |command| {
        fixture.environment(command.as_std_mut());
    })
    .unwrap();
    let (status, said) = studio.ended(PATIENCE).await.unwrap();
    assert_eq!(status.code(), Some(1), "{said}");
    // ALSA names PulseAudio itself beside them.
    let devices = "“Headset” (mic1), “Table microphone” (mic2)";
    has(
        &said,
        &[
            "source 'tone': there is no microphone “Lapel”; there are ",
            devices,
        ],
    );
    has(&said, &["[capture.microphone.unknown]"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_show_file_is_said_where_it_stands() {
    let mut command = studio::command().unwrap();
    command.args(["run", "/nowhere/show.toml"]);
    let said = refusal(finish(command).await);
    has(
        &said,
        &["the show file /nowhere/show.toml can't be read", "[show.file]"],
    );

    let folder = tempfile::tempdir().unwrap();
    let file = Show::new(BARS_AND_TONE)
        .output("mine", NOWHERE)
        .write(folder.path())
        .unwrap();
    let good = std::fs::read_to_string(file).unwrap();
    let line = 1 + good.lines().position(|line| line == "hz = 440").unwrap();
    for verb in ["check", "run"] {
        let said = refused(verb, &good.replace("hz = 440", "hz = 440\n  hertz = 4")).await;
        let place = format!("show.toml: line {}, column 3: unknown field `hertz`", line + 1);
        has(&said, &[&place, "[show.syntax]"]);

        let said = refused(
            verb,
            &good.replace("type = \"pattern\"", "type = \"file\"\npath = \"table.mp4\""),
        )
        .await;
        let sentence = "source 'bars' needs the file table.mp4, which is not there";
        has(&said, &[sentence, "[show.missing_file]"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_the_show_file_is_refused_and_not_repeated() {
    let url = "rtmp://127.0.0.1:9/live";
    let bad = [
        (url, format!("\"{SECRET}\""), "show.syntax"),
        (url, SECRET.to_owned(), "show.syntax"),
        (url, format!("\"{SECRET}"), "show.syntax"),
        (url, format!("{{ text = \"{SECRET}\" }}"), "show.syntax"),
        (
            url,
            format!("{{ env = \"KEY\" }}\nstream_key = \"{SECRET}\""),
            "show.syntax",
        ),
        (
            &format!("{url}/{SECRET}"),
            "{ env = \"KEY\" }".to_owned(),
            "show.key_in_url",
        ),
        (
            &format!("{url}?key={SECRET}"),
            "{ env = \"KEY\" }".to_owned(),
            "show.key_in_url",
        ),
        (
            "rtmp://me:live_8151_secret@127.0.0.1/live",
            "{ env = \"KEY\" }".to_owned(),
            "show.key_in_url",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (url, key, code) in bad {
        let file = Show::new(BARS_AND_TONE)
            .output_with("mine", url, &key)
            .write(folder.path())
            .unwrap();
        let text = std::fs::read_to_string(file).unwrap();
        for verb in ["check", "run"] {
            let said = refused(verb, &text).await;
            has(&said, &[&format!("[{code}]")]);
            assert!(!said.contains("8151"), "{said}");
            if code == "show.key_in_url" || key == format!("\"{SECRET}\"") {
                has(&said, &["anchor-studio key set NAME"]);
            }
        }
    }
}

/// A wrong key at the server, beside a right one.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_said_and_disturbs_nothing_else() {
    let server = Server::start().await.unwrap();
    let right = server.add_stream("spring").await.unwrap();
    let wrong = format!("rtmp://{}/live/{SECRET}", server.rtmp);
    let show = Show::new(BARS_AND_TONE)
        .output("right", &right)
        .output("wrong", &wrong);
    let mut studio = Studio::start(&show).unwrap();
    studio.wait_for("rtmp.rejected", 1, PATIENCE).await.unwrap();

    let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
    let mut seen = player::Player::new();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= 60)
        .await
        .unwrap();
    until(PATIENCE, async || {
        let metrics = http::get(server.admin, "/metrics").await?;
        let wrong = text(&metrics.body);
        let count = wrong
            .lines()
            .find_map(|line| line.strip_prefix("anchor_wrong_keys_total "));
        Ok(count.and_then(|n| n.parse::<f64>().ok()).filter(|&n| n >= 3.0))
    })
    .await
    .unwrap();

    let (report, said) = studio.stop().await.unwrap();
    let wrong = studio::output(&report, "wrong").unwrap();
    let failure = wrong.error.as_ref().unwrap();
    assert_eq!((failure.code.as_str(), wrong.connections), ("rtmp.rejected", 0));
    has(
        &failure.sentence,
        &["'wrong' does not take the show", "check the stream key"],
    );
    assert!((2..=8).contains(&wrong.failed_tries), "{wrong:?}");
    assert_eq!(
        said.matches("rtmp.rejected").count(),
        1,
        "it is said once: {said}"
    );
    let right = studio::output(&report, "right").unwrap();
    assert_eq!(
        (right.connections, right.failed_tries, &right.error),
        (1, 0, &None)
    );
    let breaks = player::breaks(&seen.pictures);
    assert!(breaks <= player::owned_up(&report), "{:?}", seen.numbers());
    assert!(!format!("{said}{report:?}").contains("8151"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_tried_every_second() {
    // Taken and given back: nothing listens there.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let show = Show::new(BARS_AND_TONE)
        .companion(&format!("http://{free}"))
        .output("mine", &format!("rtmp://{free}/live/key"));
    let mut command = studio::command().unwrap();
    command
        .arg("run")
        .arg(show.write(folder.path()).unwrap())
        .args(["--for", "4.5"]);
    let output = finish(command).await;
    let said = text(&output.stderr);
    assert!(output.status.success(), "{said}");
    has(
        &said,
        &[
            "companion.silent",
            "rtmp.refused",
            "nothing answers at 127.0.0.1 port",
        ],
    );
    assert_eq!(said.matches("rtmp.refused").count(), 1, "it is said once: {said}");

    let report: api::studio::ShowReport = serde_json::from_slice(&output.stdout).unwrap();
    let mine = studio::output(&report, "mine").unwrap();
    assert_eq!(mine.error.as_ref().unwrap().code, "rtmp.refused");
    // One at the start, then one each second.
    let expected = mine.away_seconds.floor() + 1.0;
    assert!(
        (mine.failed_tries as f64 - expected).abs() <= 1.0 && mine.failed_tries >= 2,
        "{mine:?}"
    );
    assert!(mine.dropped_away > 0 && mine.frames_sent == 0, "{mine:?}");
    assert!(!report.clock.synchronised);
}

/// A home of its own without a keyring.
fn alone(command: &mut Command, home: &Path) {
    command
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_RUNTIME_DIR", home)
        .env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}", home.join("no-bus").display()),
        );
}

async fn set_key(home: &Path, name: &str, key: &str) -> Output {
    let mut command = studio::command().unwrap();
    alone(&mut command, home);
    let command = command.args(["key", "set", name]).env("RUST_LOG", "trace");
    let command = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = command.kill_on_drop(true).spawn().unwrap();
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(key.as_bytes()).await.unwrap();
    drop(stdin);
    timeout(PATIENCE, process.wait_with_output())
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_stored_privately_used_and_seen_nowhere() {
    let server = Server::start().await.unwrap();
    let address = server.add_stream("spring").await.unwrap();
    let (url, key) = address.rsplit_once('/').unwrap();
    let home = tempfile::tempdir().unwrap();
    let stored = set_key(home.path(), "shop", &format!("{key}\n")).await;
    let said = format!("{}{}", text(&stored.stdout), text(&stored.stderr));
    assert!(stored.status.success(), "{said}");
    let file = home.path().join("config/anchor-studio/keys/shop.sealed");
    has(&said, &[file.to_str().unwrap(), "is encrypted in"]);
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let sealed = std::fs::read(&file).unwrap();
    assert!(!sealed.windows(key.len()).any(|part| part == key.as_bytes()));

    let show = Show::new(BARS_AND_TONE).companion(&server.url("")).output_with(
        "mine",
        url,
        "{ keyring = \"shop\" }",
    );
    let mut studio = Studio::start_in(&show, |command| {
        alone(command, home.path());
        command.env("RUST_LOG", "debug,studio=trace,rtmp=trace");
    })
    .unwrap();
    studio.wait_for("connected", 1, PATIENCE).await.unwrap();
    let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
    let mut seen = player::Player::new();
    viewer
        .play(&mut seen, PATIENCE, |seen| seen.pictures.len() >= 15)
        .await
        .unwrap();
    let line = std::fs::read(format!("/proc/{}/cmdline", studio.id().unwrap())).unwrap();
    has(&text(&line), &["anchor-studio", "show.toml"]);
    let (report, log) = studio.stop().await.unwrap();
    assert_eq!(studio::output(&report, "mine").unwrap().connections, 1);
    for shown in [said, text(&line), log, format!("{report:?}")] {
        assert!(
            !shown.contains(key),
            "the key is seen: {}",
            shown.replace(key, "KEY")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_none_is_not_stored() {
    let home = tempfile::tempdir().unwrap();
    let empty = refusal(set_key(home.path(), "shop", " \n").await);
    has(&empty, &["no key was given", "[key.empty]"]);
    let name = refusal(set_key(home.path(), "../shop", SECRET).await);
    has(&name, &["can't name a key", "[key.name]"]);
    assert!(!name.contains(SECRET));
    assert!(!home.path().join("config").exists());

    let show =
        Show::new(BARS_AND_TONE).output_with("mine", "rtmp://127.0.0.1:9/live", "{ keyring = \"shop\" }");
    let mut studio = Studio::start_in(&show, |command| alone(command, home.path())).unwrap();
    let (status, said) = studio.ended(PATIENCE).await.unwrap();
    assert_eq!(status.code(), Some(1));
    let sentence = "output 'mine': there is no stream key 'shop'; store it with `anchor-studio key set shop`";
    has(&said, &[sentence, "[key.missing]"]);
}
