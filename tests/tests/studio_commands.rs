//! A running show is led by lines on its standard input; what they change is judged by the pictures that arrive.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use api::control::Command;
use api::state::State;
use media::VideoFrame;
use system_tests::PATIENCE;
use system_tests::player::{Picture, Player};
use system_tests::server::Server;
use system_tests::studio::{Show, Studio};
use system_tests::viewer::Viewer;

#[path = "studio_commands/live.rs"]
mod live;

/// A white picture and a black one, a grey strip that both show through a scene of its own, and a tone.
const PARTS: &str = r##"
[[source]]
name = "white"
type = "color"
color = "#ffffff"
[[source]]
name = "black"
type = "color"
color = "#000000"
[[source]]
name = "tone"
type = "tone"
hz = 440
[[scene]]
name = "dark"
[[scene.layer]]
source = "black"
[[scene]]
name = "light"
[[scene.layer]]
source = "white"
[[scene]]
name = "light within dark"
[[scene.layer]]
source = "black"
[[scene.layer]]
scene = "light"
rect = { x = 320, y = 180, width = 320, height = 180 }
"##;

/// Luma in the upper right corner in the high byte, in the lower right in the low one: means of 16 samples.
fn corners(frame: &VideoFrame) -> Option<u32> {
    let stride = frame.planes[0].stride;
    let mean = |y: usize| {
        let row = &frame.plane(0)[y * stride + 600..][..16];
        row.iter().map(|&sample| u32::from(sample)).sum::<u32>() / 16
    };
    Some(mean(60) << 8 | mean(330))
}

fn upper(picture: &Picture) -> u32 {
    picture.mark.unwrap() >> 8
}

fn lower(picture: &Picture) -> u32 {
    picture.mark.unwrap() & 0xff
}

/// A show of [`PARTS`], on air and watched.
struct OnAir {
    server: Server,
    studio: Studio,
    viewer: Viewer,
    seen: Player,
}

impl OnAir {
    async fn start(parts: &str) -> Self {
        let server = Server::start().await.unwrap();
        let show = Show::new(parts).output("mine", &server.add_stream("mugs").await.unwrap());
        let events = |command: &mut tokio::process::Command| _ = command.arg("--events");
        let studio = Studio::start_in(&show, events).unwrap();
        let mut seen = Player::new();
        seen.mark = Some(corners);
        let viewer = Viewer::wait(server.http, "mugs", PATIENCE).await.unwrap();
        Self {
            server,
            studio,
            viewer,
            seen,
        }
    }

    /// Carries a command out; the number that the first picture to show it bears, where it changes what is on air.
    async fn ask(&mut self, text: &str) -> std::io::Result<Option<u32>> {
        let command: Command = serde_json::from_str(text).unwrap();
        let done = self.studio.ask(&command).await?;
        // A picture bears its tick's number plus one.
        Ok(done.tick.map(|tick| tick as u32 + 1))
    }

    /// How the show is.
    async fn state(&mut self) -> Box<State> {
        let done = self.studio.ask(&Command::State {}).await.unwrap();
        done.state.unwrap()
    }

    /// Watches until the picture `number` has come, and 10 more.
    async fn watch(&mut self, number: u32) {
        let enough = |seen: &Player| seen.numbers().last().is_some_and(|last| *last > number + 10);
        self.viewer.play(&mut self.seen, PATIENCE, enough).await.unwrap();
    }

    fn picture(&self, number: u32) -> &Picture {
        let found = self.seen.pictures.iter().find(|p| p.number == Some(number));
        found.unwrap_or_else(|| panic!("picture {number} never came: {:?}", self.seen.numbers()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cuts_fades_and_edits_are_on_air_with_the_picture_that_was_named() {
    let mut on_air = OnAir::start(PARTS).await;
    on_air.watch(0).await;
    let cut = on_air
        .ask(r#"{"do":"scene.show","scene":"light"}"#)
        .await
        .unwrap()
        .unwrap();
    on_air.watch(cut).await;
    assert!(upper(on_air.picture(cut - 1)) < 30 && upper(on_air.picture(cut)) > 220);

    let fade = r#"{"do":"scene.show","scene":"dark","fade_ms":500}"#;
    let fade = on_air.ask(fade).await.unwrap().unwrap();
    on_air.watch(fade + 15).await;
    let way: Vec<_> = (fade..fade + 17).map(|n| upper(on_air.picture(n))).collect();
    assert!(way.is_sorted_by(|a, b| a + 1 >= *b), "{way:?}");
    assert!(
        way[0] > 220 && (90..160).contains(&way[7]) && way[16] < 30,
        "{way:?}"
    );

    let within = r#"{"do":"scene.show","scene":"light within dark"}"#;
    let within = on_air.ask(within).await.unwrap().unwrap();
    on_air.watch(within).await;
    let picture = on_air.picture(within);
    assert!(upper(picture) < 30 && lower(picture) > 220);

    // An edit of the scene within reaches the one on air.
    let edit = r#"{"do":"layer.set","scene":"light","layer":"white","set":{"opacity":0.5}}"#;
    let edit = on_air.ask(edit).await.unwrap().unwrap();
    on_air.watch(edit).await;
    assert!(lower(on_air.picture(edit - 1)) > 220);
    assert!((100..150).contains(&lower(on_air.picture(edit))));
    let (report, said) = on_air.studio.stop().await.unwrap();
    assert_eq!(report.program.graphics_lost, 0, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_changes_nothing_and_says_why() {
    let mut on_air = OnAir::start(PARTS).await;
    let layers = vec![r#"{"source":"white"}"#; 10_000].join(",");
    let bomb = format!(r#"{{"do":"scene.put","scene":{{"name":"many","layer":[{layers}]}}}}"#);
    for (command, sentence) in [
        (
            r#"{"do":"scene.show","scene":"night"}"#,
            "there is no scene named 'night'",
        ),
        (
            r#"{"do":"layer.add","scene":"light","layer":{"scene":"light within dark"}}"#,
            "contains itself",
        ),
        (
            r#"{"do":"layer.set","scene":"dark","layer":"black","set":{"rotation":400}}"#,
            "the rotation of 'black' is 400",
        ),
        (
            r#"{"do":"sound.set","source":"tone","gain_db":99}"#,
            "-60 to 20 dB",
        ),
        (r#"{"do":"plan.next"}"#, "no plan"),
        (r#"{"do":"scene.remove","scene":"dark"}"#, "is on air"),
    ] {
        let refused = on_air.ask(command).await.unwrap_err().to_string();
        assert!(refused.contains(sentence), "{command}: {refused}");
    }
    // A line of 200 kB is more than a command has.
    assert!(bomb.len() > 64 * 1024);
    on_air.studio.write(&bomb).await.unwrap();
    on_air.studio.write("nonsense").await.unwrap();
    on_air
        .studio
        .wait_for("control.long_line", 1, PATIENCE)
        .await
        .unwrap();
    on_air
        .studio
        .wait_for("control.unreadable", 1, PATIENCE)
        .await
        .unwrap();
    let state = on_air.state().await;
    assert_eq!((state.on_air.as_str(), state.scenes.len()), ("dark", 3));
    let mute = on_air
        .ask(r#"{"do":"sound.set","source":"tone","gain_db":-6,"mute":true}"#)
        .await;
    assert_eq!(mute.unwrap(), None);
    let state = on_air.state().await;
    assert!(state.sounds[0].mute && state.sounds[0].gain_db == -6.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_show_goes_on_when_the_graphics_device_is_lost() {
    let mut on_air = OnAir::start(PARTS).await;
    on_air.watch(0).await;
    let lost = on_air.ask(r#"{"do":"graphics.restart"}"#).await.unwrap().unwrap();
    on_air
        .studio
        .wait_for("graphics.back", 1, PATIENCE)
        .await
        .unwrap();
    let cut = on_air
        .ask(r#"{"do":"scene.show","scene":"light"}"#)
        .await
        .unwrap()
        .unwrap();
    on_air.watch(cut).await;
    // The last picture stood meanwhile, with its number; what comes now is new.
    let numbers = on_air.seen.numbers();
    assert!(numbers.is_sorted() && numbers.contains(&(cut + 5)), "{numbers:?}");
    assert!(numbers.iter().filter(|n| **n < lost).count() > 0);
    assert!(upper(on_air.picture(cut)) > 220);
    // One picture a tick arrives all the while.
    let times: Vec<_> = on_air.seen.pictures.iter().map(|p| p.pts.as_millis()).collect();
    let gap = times.windows(2).map(|pair| pair[1] - pair[0]).max();
    assert!(gap <= Some(34), "{gap:?}");
    let (report, said) = on_air.studio.stop().await.unwrap();
    assert_eq!(report.program.graphics_lost, 1, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_goes_through_its_scenes_until_somebody_takes_over() {
    let plan = "[plan]\nrepeat = true\n[[plan.step]]\nscene = \"dark\"\nseconds = 0.5\n\
                [[plan.step]]\nscene = \"light\"\nseconds = 0.5\nfade_ms = 100\n";
    let mut on_air = OnAir::start(&format!("{PARTS}{plan}")).await;
    let went_on = |said: &str| said.matches("\"event\":\"on_air\"").count();
    on_air
        .studio
        .wait_for("\"event\":\"on_air\"", 4, PATIENCE)
        .await
        .unwrap();
    on_air
        .ask(r#"{"do":"scene.show","scene":"light within dark"}"#)
        .await
        .unwrap();
    let state = on_air.state().await;
    assert!(!state.plan.running && state.plan.steps == 2);
    assert_eq!(state.on_air, "light within dark");
    let before = went_on(&on_air.studio.said());
    on_air.ask(r#"{"do":"plan.start"}"#).await.unwrap();
    on_air
        .studio
        .wait_for("\"event\":\"on_air\"", before + 1, PATIENCE)
        .await
        .unwrap();
}
