//! The network lab's scenarios: a studio behind lines that are cut, lose packets, vanish or change, and what reaches
//! its server.
//!
//! `--scenarios FOLDER`, `--only NAME`, `--runs N`, `--full yes`, `--obs yes` (OBS beside it where it is installed,
//! in those with one place that it can send to), `--check RATE,…` (the check before a show instead), `--verdict SEEDS` (faults made for real, and what is said of each, instead). Needs user and network namespaces; where they are
//! refused it says what it could not run.

mod arrivals;
mod check;
mod foreign;
mod judge;
mod obs;
mod run;
mod show;
mod verdict;
mod warned;

use std::path::{Path, PathBuf};

use netlab::{Lab, Scenario};
use system_tests::binary;

use run::Outcome;

type Failure = Box<dyn std::error::Error>;

/// The command line.
struct Settings {
    folder: PathBuf,
    only: Option<String>,
    runs: u32,
    full: bool,
    obs: bool,
    /// Rates of lines for the check before a show, in kbit/s; then nothing else runs.
    check: Vec<u32>,
    /// Seeds of each fault of the verdict lab; then nothing else runs.
    verdict: u64,
    /// Where it is written what the studio says.
    logs: PathBuf,
}

fn main() -> Result<(), Failure> {
    foreign::Foreign::be()?;
    let settings = settings()?;
    let scenarios = match settings.verdict {
        0 => load(&settings)?,
        _ => Vec::new(),
    };
    if let Err(error) = Lab::enter() {
        println!("No scenario could be run: {error}.");
        scenarios.iter().for_each(|(name, _)| println!("  {name}"));
        return Ok(());
    }
    let runtime = tokio::runtime::Runtime::new()?;
    if !settings.check.is_empty() {
        return runtime.block_on(check::all(&settings.check));
    }
    if settings.verdict > 0 {
        let folder = settings.logs.with_file_name("verdict");
        let all = verdict::all(settings.verdict, settings.only.as_deref(), &folder);
        return runtime.block_on(all);
    }
    runtime.block_on(all(&settings, &scenarios))
}

fn settings() -> Result<Settings, String> {
    let mut settings = Settings {
        folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("netlab/scenarios"),
        only: None,
        runs: 1,
        full: false,
        obs: false,
        check: Vec::new(),
        verdict: 0,
        logs: logs().map_err(|error| error.to_string())?,
    };
    for (name, value) in binary::options()? {
        match name.as_str() {
            "--scenarios" => settings.folder = value.into(),
            "--only" => settings.only = Some(value),
            "--runs" => settings.runs = value.parse().map_err(|_| "--runs needs a number")?,
            "--full" => settings.full = value == "yes",
            "--check" => {
                let rates = value.split(',').map(str::parse);
                settings.check = rates
                    .collect::<Result<_, _>>()
                    .map_err(|_| "--check needs rates")?;
            }
            "--verdict" => settings.verdict = value.parse().map_err(|_| "--verdict needs a number")?,
            "--obs" => settings.obs = value == "yes",
            other => return Err(format!("unknown option {other}")),
        }
    }
    Ok(settings)
}

/// A folder in the build directory.
fn logs() -> std::io::Result<PathBuf> {
    let folder = std::env::current_exe()?.with_file_name("netlab");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The scenarios that were asked for, by name.
fn load(settings: &Settings) -> Result<Vec<(String, Scenario)>, Failure> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(&settings.folder)? {
        let path = entry?.path();
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if settings.only.as_ref().is_none_or(|only| *only == name) {
            all.push((name, Scenario::load(&path)?));
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(all)
}

async fn all(settings: &Settings, scenarios: &[(String, Scenario)]) -> Result<(), Failure> {
    println!(
        "640x360 at 30 frames/s; freeze and delay at a receiver with a buffer of 500 ms; used: of what the line carried \
         from 3 s after the fault's begin; warned: from its begin (of a place that vanishes: from the show's) to the first warning"
    );
    println!(
        "| scenario | place | pictures | missing | longest freeze | longest delay | used | live again | full rate again | warned |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut failed = false;
    for (name, scenario) in scenarios {
        for _ in 0..settings.runs {
            let length = scenario.length(settings.full);
            let log = settings.logs.join(format!("{name}.log"));
            let mut runs = vec![run::run(scenario, length, &log).await];
            if settings.obs {
                runs.push(obs::run(scenario, length).await);
            }
            for outcomes in runs {
                match outcomes {
                    Ok(outcomes) => outcomes.iter().for_each(|outcome| print(name, outcome)),
                    Err(error) => {
                        failed = true;
                        println!("| {name} | {error} |");
                    }
                }
            }
        }
    }
    println!("What the studio said of each is in {}.", settings.logs.display());
    if failed {
        return Err("not every scenario could be run".into());
    }
    Ok(())
}

fn print(name: &str, outcome: &Outcome) {
    let Outcome {
        by,
        protocol,
        black_hole,
        figures,
        warned,
    } = outcome;
    let protocol = format!("{by}{}", format!("{protocol:?}").to_uppercase());
    let vanishes = if *black_hole { ", vanishes" } else { "" };
    let said = |value: Option<f64>, unit: &str, digits: usize| match value {
        Some(value) => format!("{value:.digits$} {unit}"),
        None => "-".to_owned(),
    };
    println!(
        "| {name} | {protocol}{vanishes} | {} | {} | {} | {} | {} | {} | {} | {warned} |",
        figures.pictures,
        figures.missing,
        said(figures.freeze, "ms", 0),
        said(figures.delay, "ms", 0),
        said(figures.share.map(|share| share * 100.0), "%", 0),
        said(figures.live, "s", 1),
        said(figures.full, "s", 1)
    );
}
