//! `cargo xtask fuzz`: so many mutated inputs for each parser, then a table of what came of them.

mod settings;
mod watch;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use fuzz::{Failure, Mutator, Run, Summary, Target, corpus, trial};
use settings::Settings;
use watch::Watch;

/// Inputs between two looks at the time.
const LOOK: u64 = 1024;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("error: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// True when no input did what none may do.
fn run() -> Result<bool, String> {
    let settings = Settings::from_args(std::env::args().skip(1))?;
    if let Some(file) = &settings.replay {
        return replay(&settings, file);
    }
    trial::hush_panics();
    println!("seed {}", settings.seed);
    let watch = Watch::start(settings.out.clone()).map_err(|error| error.to_string())?;
    let mut lines = Vec::new();
    let mut good = true;
    for target in &settings.targets {
        let summary = Course::new(target, &settings, &watch)?.run()?;
        good &= summary.failures == 0;
        lines.push(line(target, &summary));
    }
    println!("\n{}", head());
    lines.iter().for_each(|line| println!("{line}"));
    Ok(good)
}

/// Gives each parser that was named one input; what panics say goes to the screen, with a trace if that is wished.
fn replay(settings: &Settings, file: &PathBuf) -> Result<bool, String> {
    let input = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut good = true;
    for target in &settings.targets {
        let mut run = Run::new(target);
        match run.take(&input) {
            Ok(()) => println!("{}: {:?}", target.name, run.summary()),
            Err(failure) => {
                good = false;
                println!("{}: {failure}", target.name);
            }
        }
    }
    Ok(good)
}

/// One parser's inputs.
struct Course<'a> {
    target: &'static Target,
    settings: &'a Settings,
    watch: &'a Watch,
    began: Instant,
    /// What inputs did, and how many did it.
    failures: BTreeMap<String, u64>,
}

impl<'a> Course<'a> {
    fn new(target: &'static Target, settings: &'a Settings, watch: &'a Watch) -> Result<Self, String> {
        Ok(Self {
            target,
            settings,
            watch,
            began: Instant::now(),
            failures: BTreeMap::new(),
        })
    }

    fn run(mut self) -> Result<Summary, String> {
        let said = |error: std::io::Error| error.to_string();
        let mut run = Run::new(self.target);
        for (name, failure) in run.replay().map_err(said)? {
            println!("{}: {name}: {failure}", self.target.name);
        }
        let recorded = run.summary().inputs;
        let seeds = corpus::seeds(self.target).map_err(said)?;
        let mut mutator = Mutator::new(self.settings.seed);
        while run.summary().inputs < recorded + self.settings.inputs && !self.is_over(run.summary().inputs) {
            let input = mutator.input(self.target, &seeds);
            self.watch.begin(self.target.name, &input);
            if let Err(failure) = run.take(&input) {
                self.keep(&failure, &input)?;
            }
            self.progress(run.summary());
        }
        self.watch.end();
        println!();
        let mut summary = *run.summary();
        if let Err(failure) = run.close() {
            println!("{}: {failure}", self.target.name);
            summary.failures += 1;
        }
        Ok(summary)
    }

    fn is_over(&self, inputs: u64) -> bool {
        let limit = self.settings.seconds.filter(|_| inputs.is_multiple_of(LOOK));
        limit.is_some_and(|limit| self.began.elapsed() >= limit)
    }

    /// Writes the input to a file, the first of each kind of failure.
    fn keep(&mut self, failure: &Failure, input: &[u8]) -> Result<(), String> {
        let kind = match failure {
            // The same place says other numbers for other inputs.
            Failure::Panic(said) => said.replace(|c: char| c.is_ascii_digit(), ""),
            Failure::Memory(_) | Failure::Kept(_) => "memory".into(),
            Failure::Slow(_) => "slow".into(),
        };
        let count = self.failures.entry(kind).or_default();
        *count += 1;
        if *count == 1 {
            let file = watch::write(&self.settings.out, self.target.name, "crash", input)?;
            println!(
                "\n{}: {failure}; the input is {}",
                self.target.name,
                file.display()
            );
        }
        Ok(())
    }

    fn progress(&self, summary: &Summary) {
        if summary.inputs.is_multiple_of(LOOK * 8) {
            let rate = summary.inputs as f64 / self.began.elapsed().as_secs_f64();
            let (name, past) = (self.target.name, summary.past_percent());
            print!(
                "\r{name}: {} inputs, {rate:.0}/s, {past:.1} % past the handshake  ",
                summary.inputs
            );
            let _ = std::io::Write::flush(&mut std::io::stdout());
        }
    }
}

fn head() -> String {
    let columns = [
        "inputs",
        "past %",
        "accepted %",
        "refused %",
        "memory KiB",
        "slowest ms",
        "failures",
    ];
    let cells: Vec<_> = columns.iter().map(|column| format!("{column:>11}")).collect();
    format!("{:<16}{}", "parser", cells.concat())
}

fn line(target: &Target, summary: &Summary) -> String {
    let (past, refused) = (summary.past_percent(), summary.refused_percent());
    format!(
        "{:<16}{:>11}{past:>11.1}{:>11.1}{refused:>11.1}{:>11.1}{:>11.2}{:>11}",
        target.name,
        summary.inputs,
        100.0 - refused,
        summary.memory as f64 / 1024.0,
        summary.slowest.as_secs_f64() * 1e3,
        summary.failures
    )
}
