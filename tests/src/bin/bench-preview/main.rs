//! The preview's figures: what it shows, and what it costs the show.
//!
//! A page of our own (a WebSocket client that says at once that it has drawn) looks at the program and four tiles of
//! the demo show with two preload cameras, which is encoded and pushed to our server meanwhile. The preview is on and
//! off in turn; then the scenes are cut, to see how soon the page is shown the new one. Nothing is judged here.

mod page;
mod settings;
mod spent;

use std::time::Duration;

use api::control::Command;
use api::machine::MachineState;
use api::scene::{Layer, Scene};
use api::state::{FramesState, State};
use media::Size;
use system_tests::busy::{Busy, Manners};
use system_tests::counter::percentile;
use system_tests::cpu::Meter;
use system_tests::measured::Running;
use system_tests::stage::Stage;

use page::{Page, Seen};
use settings::Settings;
use spent::proportional_set;

type Failure = Box<dyn std::error::Error>;

/// How long the studio may take to say where its preview is.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let settings = Settings::from_args()?;
    let stage = stage(settings.size);
    stage.spec()?;
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!(
        "{}; {} x {} s off and on, on {cores} core(s)",
        stage.describe(),
        settings.pairs,
        settings.seconds
    );
    let mut running = Running::start_in(&stage, false, |command| {
        command.arg("--preview");
        Ok(())
    })
    .await?;
    running
        .studio
        .wait_for(r#""event":"preview""#, 1, PATIENCE)
        .await?;
    let mut page = Page::open(&running.studio.said()).await?;
    // Once, so that what is made only the first time is made.
    page.look(&settings, &stage.scenes).await?;
    page.watch(Duration::from_secs(settings.settle)).await?;
    let _others = Busy::start(settings.others, Manners::Plain)?;
    let (mut off, mut on) = (Vec::new(), Vec::new());
    for _ in 0..settings.pairs {
        off.push(phase(&mut running, &mut page, &settings, None).await?);
        on.push(phase(&mut running, &mut page, &settings, Some(&stage.scenes)).await?);
    }
    print_phases("off", settings.seconds, &off);
    print_phases("on", settings.seconds, &on);
    print_costs(&off, &on);
    let seen: Vec<Seen> = on.into_iter().flat_map(|phase| phase.seen).collect();
    print_seen(&seen, settings.seconds * settings.pairs);
    cut(&mut running, &mut page, &settings, &stage.scenes).await?;
    running.finish(None).await?;
    Ok(())
}

/// The demo's scene, and both cameras by themselves.
fn stage(size: Size) -> Stage {
    let mut stage = Stage::demo(size, false);
    let alone = |camera: &str| Scene {
        name: format!("{camera} alone"),
        layers: vec![Layer {
            source: Some(camera.to_owned()),
            ..Layer::default()
        }],
    };
    stage.scenes.extend(["table", "host"].map(alone));
    stage
}

/// A stretch of the show with the preview off or on.
struct Phase {
    seen: Vec<Seen>,
    studio: f64,
    page: f64,
    steal: f64,
    idle: f64,
    frames: FramesState,
    /// How the machine was in the end.
    machine: MachineState,
    memory: u64,
}

async fn phase(
    running: &mut Running,
    page: &mut Page,
    settings: &Settings,
    scenes: Option<&[Scene]>,
) -> Result<Phase, Failure> {
    match scenes {
        Some(scenes) => page.look(settings, scenes).await?,
        None => page.look_away().await?,
    }
    page.watch(Duration::from_secs(1)).await?;
    let studio = running.studio.id().ok_or("the studio has ended")?;
    let before = state(running).await?.program_frames;
    let meter = Meter::start(&[studio, std::process::id()])?;
    let seen = page.watch(Duration::from_secs(settings.seconds)).await?;
    let spent = meter.read()?;
    let end = state(running).await?;
    let after = end.program_frames;
    Ok(Phase {
        seen,
        studio: spent.each[0],
        page: spent.each[1],
        steal: spent.steal,
        idle: spent.idle,
        frames: FramesState {
            due: after.due - before.due,
            late: after.late - before.late,
            repeated: after.repeated - before.repeated,
        },
        machine: end.machine,
        memory: proportional_set(studio),
    })
}

async fn state(running: &mut Running) -> Result<State, Failure> {
    let state = running.studio.ask(&Command::State {}).await?.state;
    Ok(*state.ok_or("no state")?)
}

fn print_phases(name: &str, seconds: u64, phases: &[Phase]) {
    for phase in phases {
        println!(
            "preview {name:<3} studio {:.3} CPU s/s, this page {:.3}; of {} program frames {} late, {} repeated; \
             {:.1} pictures a second here, drawing took {:.0} % of the time it may, the fullest queue was at {:.0} %, given up: {:?}; PSS {} MiB; machine idle {:.0} %, steal {:.1} %",
            phase.studio,
            phase.page,
            phase.frames.due,
            phase.frames.late,
            phase.frames.repeated,
            phase.seen.len() as f64 / seconds as f64,
            phase.machine.draw * 100.0,
            phase.machine.encode * 100.0,
            phase.machine.shed,
            phase.memory >> 20,
            phase.idle * 100.0,
            phase.steal * 100.0
        );
    }
}

fn print_costs(off: &[Phase], on: &[Phase]) {
    let costs: Vec<f64> = off
        .iter()
        .zip(on)
        .map(|(off, on)| on.studio - off.studio)
        .collect();
    let mean = costs.iter().sum::<f64>() / costs.len().max(1) as f64;
    println!("costs       {mean:.3} CPU s/s more when on, pair by pair {costs:.3?}");
}

fn print_seen(seen: &[Seen], seconds: u64) {
    let count = seen.len() as f64;
    let bytes: usize = seen.iter().map(|s| s.bytes).sum();
    println!(
        "pictures    {:.2} a second, {:.0} bytes each; atlas {}x{}",
        count / seconds as f64,
        bytes as f64 / count,
        seen.last().map_or(0, |s| s.header.width),
        seen.last().map_or(0, |s| s.header.height)
    );
    let spread = |name: &str, of: &dyn Fn(&Seen) -> f64| {
        let values: Vec<f64> = seen.iter().map(of).collect();
        let at = |percent| percentile(&values, percent).unwrap_or(f64::NAN);
        println!(
            "{name:<11} ms {:.1} p50, {:.1} p99, {:.1} max",
            at(50.0),
            at(99.0),
            at(100.0)
        );
    };
    spread("age", &|s| s.age_ms);
    spread("shrink", &|s| s.header.took.shrink_ms.into());
    spread("compose", &|s| s.header.took.compose_ms.into());
    spread("encode", &|s| s.header.took.encode_ms.into());
}

/// Cuts to and fro; from asking to the first picture whose header names the new scene.
async fn cut(
    running: &mut Running,
    page: &mut Page,
    settings: &Settings,
    scenes: &[Scene],
) -> Result<(), Failure> {
    page.look(settings, scenes).await?;
    page.watch(Duration::from_secs(1)).await?;
    let mut waits = Vec::new();
    for n in 0..settings.cuts {
        // Not in step with the pictures.
        page.watch(Duration::from_millis(400 + 37 * (n % 9))).await?;
        let scene = &scenes[(n as usize + 1) % scenes.len()].name;
        let show = Command::ShowScene {
            scene: scene.clone(),
            fade_ms: 0,
        };
        let asked = std::time::Instant::now();
        let (_, seen) = tokio::try_join!(
            async { running.studio.ask(&show).await.map_err(Failure::from) },
            page.until(|header| header.on_air == *scene)
        )?;
        waits.push((seen - asked).as_secs_f64() * 1e3);
    }
    let at = |percent| percentile(&waits, percent).unwrap_or(f64::NAN);
    println!(
        "cuts        {}: to the first picture that names the scene, ms {:.0} p50, {:.0} p95, {:.0} max",
        waits.len(),
        at(50.0),
        at(95.0),
        at(100.0)
    );
    Ok(())
}
