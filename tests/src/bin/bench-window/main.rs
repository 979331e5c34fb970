//! What the window costs and how quickly it answers: the same show with it and without, in turn.
//!
//! Preload cameras, x264, our server and a viewer on this machine; the window on a screen of its own, drawn by
//! software. What is clicked, drawn and late is measured within the page. Nothing is judged here.

mod settings;
mod size;
mod window;

use std::time::Duration;

use api::scene::Scene;
use media::Size;
use system_tests::cpu::Spent;
use system_tests::measured::Running;
use system_tests::stage::Stage;

use settings::Settings;
use window::Figures;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let settings = Settings::from_args()?;
    let stage = stage();
    // Before anything is measured.
    stage.spec()?;
    println!(
        "{}; {} scenes; {} round(s) of {} s with {} clicks",
        stage.describe(),
        stage.scenes.len(),
        settings.rounds,
        settings.seconds,
        settings.clicks
    );
    println!("script    {} bytes compressed", size::script()?);
    for round in 1..=settings.rounds {
        let alone = headless(&stage, &settings).await?;
        println!("{round} headless  {}", cpu(&alone));
        // The first of all finds no kernels of Mesa's; the others find those of the one before.
        let figures = window::measure(&stage, &settings, round == 1).await?;
        print(round, &figures, &alone);
    }
    Ok(())
}

/// Two cameras in four scenes at 640x360.
fn stage() -> Stage {
    let mut stage = Stage::demo(Size::new(640, 360), false);
    let keyed = stage.scenes[0].clone();
    let part = |name: &str, layers: std::ops::Range<usize>| Scene {
        name: name.into(),
        layers: keyed.layers.get(layers).unwrap_or(&keyed.layers).to_vec(),
    };
    stage.scenes.extend([
        part("one layer", 0..1),
        part("two layers", 0..2),
        part("the upper ones", 1..3),
    ]);
    stage
}

async fn headless(stage: &Stage, settings: &Settings) -> Result<Spent, Failure> {
    let running = Running::start(stage, false).await?;
    tokio::time::sleep(Duration::from_secs(settings.settle)).await;
    let meter = running.meter()?;
    tokio::time::sleep(Duration::from_secs(settings.headless)).await;
    let spent = meter.read()?;
    let (report, _) = running.studio.stop().await?;
    println!(
        "          headless: {} of {} program frames late",
        report.program.late, report.program.due
    );
    Ok(spent)
}

fn cpu(spent: &Spent) -> String {
    format!(
        "{:.2} CPU s/s; machine idle {:.0} %, steal {:.1} %",
        spent.each[0],
        spent.idle * 100.0,
        spent.steal * 100.0
    )
}

fn print(round: u64, figures: &Figures, alone: &Spent) {
    let Figures {
        start, spent, page, ..
    } = figures;
    println!(
        "{round} window    {}; {:+.2} CPU s/s against headless",
        cpu(spent),
        spent.each[0] - alone.each[0]
    );
    println!(
        "          live tiles {start:.1} s after the start; {:.1} pictures/s",
        page.fps
    );
    println!(
        "          click to picture, ms: p50 {:.0}, p95 {:.0}, of {}",
        quantile(&page.clicks, 0.5),
        quantile(&page.clicks, 0.95),
        page.clicks.len()
    );
    println!(
        "          page's thread late, ms: p50 {:.0}, p99 {:.0}, p99.9 {:.0}, most {:.0}, of {} beats",
        page.heartbeat[0], page.heartbeat[1], page.heartbeat[2], page.heartbeat[3], page.beats
    );
    println!(
        "          PSS of all processes {:.0} MB; {}",
        figures.pss / 1e6,
        figures.closed
    );
}

/// The value that `part` of `values` are not above.
fn quantile(values: &[f64], part: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let at = (values.len() as f64 * part).ceil() as usize;
    values.get(at.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}
