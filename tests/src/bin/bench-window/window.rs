//! The show in the window: started, gone live, clicked.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;
use system_tests::browser::Page;
use system_tests::cpu::{Meter, Spent};
use system_tests::desktop::{Desktop, Room};
use system_tests::measured::NAME;
use system_tests::recorder::Recorder;
use system_tests::server::Server;
use system_tests::stage::Stage;

use crate::Failure;
use crate::settings::Settings;

const PATIENCE: Duration = Duration::from_secs(30);
const SCREEN: (u32, u32) = (1280, 720);
const TILES: &str = "window.__studio?.drawn > 0 && __studio.header.tiles.length > 4";

/// What was found.
pub(crate) struct Figures {
    /// Seconds from the start of the process to live tiles.
    pub(crate) start: f64,
    /// Of the window's process and all that it started.
    pub(crate) spent: Spent,
    pub(crate) page: InPage,
    /// Bytes, each shared one in its part (`Pss` of proc(5)), of all processes.
    pub(crate) pss: f64,
    /// What the studio said at its end.
    pub(crate) closed: String,
}

/// What the page measured.
pub(crate) struct InPage {
    pub(crate) fps: f64,
    /// Milliseconds from each click to its first drawn picture.
    pub(crate) clicks: Vec<f64>,
    pub(crate) beats: u64,
    /// p50, p99, p99.9 and the most, in milliseconds.
    pub(crate) heartbeat: [f64; 4],
}

/// Runs `stage` in the window; `fresh`: nothing of it is known to the graphics library.
pub(crate) async fn measure(stage: &Stage, settings: &Settings, fresh: bool) -> Result<Figures, Failure> {
    let server = Server::start().await?;
    let address = server.add_stream(NAME).await?;
    let mut room = Room::new()?;
    let folder = tempfile::tempdir()?;
    let show = stage
        .show(false)?
        .output_at(NAME, &address, &stage.video())
        .write(folder.path())?;
    let mut changed = Ok(());
    room.environment(|command| changed = stage.cameras(command));
    changed?;
    if fresh {
        room.set(
            "MESA_SHADER_CACHE_DIR",
            &folder.path().join("kernels").to_string_lossy(),
        );
    }
    room.arguments(&["--show", &show.to_string_lossy()]);
    let desktop = Desktop::start(&room, SCREEN).await?;
    let page = &desktop.page;
    page.wait_for(TILES, PATIENCE).await?;
    let id = desktop.id().ok_or("the window has ended")?;
    let start = system_tests::cpu::age(id)?;

    let mut recorder = Recorder::start(server.http, NAME);
    page.click("#go-live").await?;
    page.wait_for("document.querySelector('[data-yes]:enabled')", PATIENCE)
        .await?;
    page.click("[data-yes]").await?;
    recorder.pictures(1, PATIENCE).await?;
    tokio::time::sleep(Duration::from_secs(settings.settle)).await;
    page.eval("__studio.reset()").await?;
    let meter = Meter::start(&[id])?;
    tokio::time::sleep(Duration::from_secs(settings.seconds)).await;
    let spent = meter.read()?;
    let fps = number(page, "__studio.fps").await?;
    click(page, settings.clicks).await?;
    let page = read(page, fps).await?;
    let pss = desktop.family().into_iter().filter_map(pss).sum();
    desktop.end(Signal::TERM).await?;
    let said = room.said();
    let closed = said.lines().find(|line| line.contains("the show is closed"));
    let closed = closed
        .and_then(|line| line.split_once("the show is closed "))
        .map_or("", |(_, rest)| rest);
    Ok(Figures {
        start,
        spent,
        page,
        pss,
        closed: closed.to_owned(),
    })
}

/// Clicks on the scenes in turn, each once the one before is drawn.
async fn click(page: &Page, count: usize) -> Result<(), Failure> {
    let clicked = "const [number, done] = arguments;
         const before = __studio.clicks.length;
         const drawn = () => __studio.clicks.length > before ? done(true) : setTimeout(drawn, 10);
         const scenes = [...document.querySelectorAll('[data-scene]')];
         // Not in step with the show's own pace.
         setTimeout(() => { scenes[number % scenes.length].click(); drawn(); }, 200 + (number * 37) % 100);";
    for number in 1..=count {
        page.eval_async(clicked, vec![number.into()]).await?;
    }
    Ok(())
}

async fn read(page: &Page, fps: f64) -> Result<InPage, Failure> {
    let found = page
        .eval("const { heartbeat, clicks } = __studio; return { heartbeat, clicks: clicks.map(({ ms }) => ms) }")
        .await?;
    let late = |name: &str| found["heartbeat"][name].as_f64().unwrap_or(f64::NAN);
    let clicks = found["clicks"].as_array().into_iter().flatten();
    Ok(InPage {
        fps,
        clicks: clicks.filter_map(Value::as_f64).collect(),
        beats: found["heartbeat"]["beats"].as_u64().unwrap_or(0),
        heartbeat: [late("p50"), late("p99"), late("p999"), late("max")],
    })
}

async fn number(page: &Page, what: &str) -> Result<f64, Failure> {
    let value = page.eval(&format!("return {what}")).await?;
    Ok(value.as_f64().ok_or("the page measured nothing")?)
}

/// Memory of a process in bytes, each shared page in its part.
fn pss(id: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
    let line = text.lines().find(|line| line.starts_with("Pss:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024.0)
}
