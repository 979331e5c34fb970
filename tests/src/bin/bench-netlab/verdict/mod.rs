//! The verdict lab: faults made for real, and what the studio says of each; and that it says nothing where nothing is wrong.

mod faults;
mod matrix;
mod proxy;
mod stage;

use std::path::Path;
use std::time::Duration;

use api::control::Command;
use api::state::HealthLevel;
use system_tests::studio::Studio;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::Failure;
use faults::{FAULTS, Fault};
use stage::Stage;

/// How soon the verdict has to stand.
const SOON: Duration = Duration::from_secs(5);
/// How long it is waited for.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(100);
/// So many shows in which nothing is wrong, and how long each is watched.
const SHOWS: u64 = 20;
const HEALTHY: Duration = Duration::from_secs(20);

/// What was said of a fault.
#[derive(Clone, Debug, Default, PartialEq)]
struct Heard {
    /// What stood after [`SOON`].
    soon: String,
    /// The first that was said, and how long after the fault.
    first: Option<(Duration, String)>,
}

/// Each fault, or the one called `only`, with so many seeds, and where all are wanted healthy shows as well; what support would
/// be sent of each is written to `folder`.
pub(crate) async fn all(seeds: u64, only: Option<&str>, folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    let wanted = FAULTS
        .iter()
        .filter(|fault| only.is_none_or(|only| only == fault.name));
    let wanted: Vec<_> = wanted.collect();
    if wanted.is_empty() {
        let names: Vec<_> = FAULTS.iter().map(|fault| fault.name).collect();
        return Err(format!("there is no such fault; there are: {}", names.join(", ")).into());
    }
    let mut verdicts = Vec::new();
    println!("| fault | at fault | said 5 s later, by seed | first said |");
    println!("| --- | --- | --- | --- |");
    for fault in wanted {
        let mut heard = Vec::new();
        for seed in 0..seeds {
            heard.push(of(fault, seed, folder).await?);
        }
        println!("{}", matrix::row(fault, &heard));
        verdicts.extend(heard.into_iter().map(|heard| (fault, heard)));
    }
    println!("{}", matrix::sum(&verdicts));
    if only.is_none() {
        let mut alarms = Vec::new();
        for seed in 0..SHOWS {
            alarms.extend(healthy(seed).await?);
        }
        println!("{}", matrix::alarms(SHOWS, &alarms));
    }
    println!("What support would be sent of each is in {}.", folder.display());
    Ok(())
}

/// What is said of `fault`.
async fn of(fault: &Fault, seed: u64, folder: &Path) -> Result<Heard, Failure> {
    let mut stage = Stage::set(&fault.how, seed).await?;
    let begun = match stage.began_wrong() {
        Some(begun) => begun,
        None => {
            stage.calm(seed).await?;
            stage.make(&fault.how).await?;
            Instant::now()
        }
    };
    let heard = listen(&mut stage.studio, begun, PATIENCE).await?;
    let bundle = stage.studio.ask(&Command::Bundle { of: None }).await?;
    if let Some(bundle) = bundle.bundle {
        let name = format!(
            "{}-{seed}.txt",
            fault.name.replace(' ', "-").replace('%', "percent")
        );
        std::fs::write(folder.join(name), bundle.text())?;
    }
    stage.end().await?;
    Ok(heard)
}

/// What is said of a show in which nothing is wrong.
async fn healthy(seed: u64) -> Result<Option<String>, Failure> {
    let mut stage = Stage::set(&stage::healthy(), seed).await?;
    stage.calm(seed).await?;
    let heard = listen(&mut stage.studio, Instant::now(), HEALTHY).await?;
    stage.end().await?;
    Ok(heard.first.map(|(_, code)| code))
}

/// Looks at the line of health from `begun` on: for [`SOON`], and further until something is said.
async fn listen(studio: &mut Studio, begun: Instant, patience: Duration) -> Result<Heard, Failure> {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Heard::default();
    loop {
        looks.tick().await;
        let at = begun.elapsed();
        let state = studio
            .ask(&Command::State {})
            .await?
            .state
            .ok_or("there is no state")?;
        let code = state.health.code.trim_start_matches("health.").to_owned();
        if state.health.level != HealthLevel::Good && heard.first.is_none() {
            heard.first = Some((at, code.clone()));
        }
        if at <= SOON {
            heard.soon = code;
        } else if heard.first.is_some() || at > patience {
            return Ok(heard);
        }
    }
}
