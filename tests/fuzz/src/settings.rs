//! What the command line says.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fuzz::{Target, targets};

/// Inputs for each parser, unless another number is given.
const INPUTS: u64 = 1_000_000;

/// What is to be done.
pub(crate) struct Settings {
    pub(crate) targets: Vec<&'static Target>,
    /// For each parser.
    pub(crate) inputs: u64,
    /// For each parser at most.
    pub(crate) seconds: Option<Duration>,
    pub(crate) seed: u64,
    /// Where inputs go that did harm: a folder for each parser.
    pub(crate) out: PathBuf,
    /// One input instead of mutated ones.
    pub(crate) replay: Option<PathBuf>,
}

impl Settings {
    /// `[PARSER…] [--inputs N] [--seconds S] [--seed X] [--out DIR] [--replay FILE]`.
    pub(crate) fn from_args(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut settings = Self {
            targets: Vec::new(),
            inputs: INPUTS,
            seconds: None,
            seed: now(),
            out: "target/fuzz".into(),
            replay: None,
        };
        while let Some(word) = args.next() {
            if !word.starts_with("--") {
                settings.targets.push(target(&word)?);
                continue;
            }
            let value = args.next().ok_or(format!("{word} needs a value"))?;
            let number = || value.parse::<u64>().map_err(|_| format!("{word} needs a number"));
            match word.as_str() {
                "--inputs" => settings.inputs = number()?,
                "--seconds" => settings.seconds = Some(Duration::from_secs(number()?)),
                "--seed" => settings.seed = number()?,
                "--out" => settings.out = value.into(),
                "--replay" => settings.replay = Some(value.into()),
                _ => return Err(format!("there is no option {word}")),
            }
        }
        if settings.targets.is_empty() {
            settings.targets = targets::ALL.iter().collect();
        }
        Ok(settings)
    }
}

fn target(name: &str) -> Result<&'static Target, String> {
    let names: Vec<_> = targets::ALL.iter().map(|target| target.name).collect();
    targets::find(name).ok_or(format!(
        "there is no parser '{name}'; there are {}",
        names.join(", ")
    ))
}

/// Another seed each time.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs()
}
