//! Program frames that reach the receiver, of shows that the machine is just able to do.
//!
//! Preload cameras, the studio without a window, x264, our server, a viewer that keeps what comes: all on this
//! machine. What came is decoded and counted when all has ended. Nothing is judged here.

mod changes;
mod print;
mod settings;

use std::time::Duration;

use api::control::Command;
use media::Size;
use system_tests::cpu::{Meter, Spent};
use system_tests::measured::Running;
use system_tests::player::Mark;
use system_tests::recorder::keep;
use system_tests::stage::{Stage, cuts};

use changes::{Chance, Change};
use settings::{Kind, Settings};

type Failure = Box<dyn std::error::Error>;

/// Changes in a minute.
const CHANGES: u64 = 200;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let settings = Settings::from_args()?;
    let stage = match settings.scene {
        Kind::Demo => Stage::demo(Size::new(1280, 720), false),
        Kind::FullHd => Stage::full_hd(),
        Kind::Four => Stage::four(),
        Kind::Cuts => Stage::cuts(),
        Kind::ManyLayers => Stage::many_layers(),
    };
    // Before anything is measured.
    stage.spec()?;
    print::head(&stage, &settings);
    let kernels = tempfile::tempdir()?;
    let mut running = Running::start_in(&stage, true, |command| {
        // Mesa keeps compiled kernels here: none yet.
        command.env("MESA_SHADER_CACHE_DIR", kernels.path());
        Ok(())
    })
    .await?;
    tokio::time::sleep(Duration::from_secs(settings.settle)).await;
    let meter = running.meter()?;
    let (changes, ()) = tokio::try_join!(change(&mut running, &stage, &settings), lasting(&settings))?;
    let spent = meter.read()?;
    if settings.scene == Kind::Four {
        unseen(&mut running, &settings).await?;
    }
    let mark = (settings.scene >= Kind::Cuts).then_some(cuts::read as Mark);
    let measured = running.finish(mark).await?;
    if let Some(folder) = &settings.keep {
        keep(&measured.tags, &folder.join("frames.flv"))?;
    }
    let length = settings.seconds as usize * 30;
    print::figures(&measured, &spent, length);
    changes::print(&changes, &measured);
    if let Some(file) = &settings.json {
        std::fs::write(file, format!("{:#}\n", measured.json(&spent, length)))?;
    }
    Ok(())
}

async fn lasting(settings: &Settings) -> Result<(), Failure> {
    tokio::time::sleep(Duration::from_secs(settings.seconds)).await;
    Ok(())
}

/// What happens in the show while it is measured.
async fn change(running: &mut Running, stage: &Stage, settings: &Settings) -> Result<Vec<Change>, Failure> {
    let (studio, count) = (&mut running.studio, (CHANGES * settings.seconds / 60) as usize);
    let mut chance = Chance::new(settings.seed);
    Ok(match settings.scene {
        Kind::Cuts => changes::cut(studio, stage, count, &mut chance).await?,
        Kind::ManyLayers => changes::edit_many(studio, stage, count, &mut chance).await?,
        Kind::Demo | Kind::FullHd | Kind::Four => Vec::new(),
    })
}

/// What cameras cost that no scene on air shows, process by process.
async fn unseen(running: &mut Running, settings: &Settings) -> Result<(), Failure> {
    let studio = running.studio.id().ok_or("the studio has ended")?;
    for scene in ["all", "raw"] {
        let show = Command::ShowScene {
            scene: scene.into(),
            fade_ms: 0,
        };
        running.studio.ask(&show).await?;
        tokio::time::sleep(Duration::from_secs(settings.settle)).await;
        let processes = Meter::children(studio);
        let meter = Meter::start(&processes)?;
        tokio::time::sleep(Duration::from_secs(10)).await;
        let Spent { each, .. } = meter.read()?;
        let state = running
            .studio
            .ask(&Command::State {})
            .await?
            .state
            .unwrap_or_default();
        let seen: Vec<_> = state
            .pictures
            .iter()
            .map(|p| format!("{} {}", p.name, if p.visible { "seen" } else { "unseen" }))
            .collect();
        let cores: Vec<_> = each.iter().map(|cpu| format!("{:.1} %", cpu * 100.0)).collect();
        println!(
            "cameras   {}: of a core, by process: {}",
            seen.join(", "),
            cores.join(", ")
        );
    }
    Ok(())
}
