//! What is measured.

use std::path::PathBuf;

use system_tests::binary;

/// The command line.
pub(crate) struct Settings {
    /// How often each is run.
    pub(crate) runs: usize,
    /// How long each run is measured.
    pub(crate) seconds: u64,
    /// How long it runs before that.
    pub(crate) settle: u64,
    /// Folder for what the receiver got, as FLV files.
    pub(crate) keep: Option<PathBuf>,
}

impl Settings {
    /// Reads the command line: `--server PATH --studio PATH --preload PATH --runs N --seconds N --settle N
    /// --keep FOLDER`.
    pub(crate) fn from_args() -> Result<Self, String> {
        let mut settings = Self {
            runs: 3,
            seconds: 20,
            settle: 5,
            keep: None,
        };
        for (name, value) in binary::options()? {
            let number = || value.parse::<u64>().map_err(|_| format!("{name} needs a number"));
            match name.as_str() {
                "--runs" => settings.runs = number()? as usize,
                "--seconds" => settings.seconds = number()?,
                "--settle" => settings.settle = number()?,
                "--keep" => settings.keep = Some(value.into()),
                other => return Err(format!("unknown option {other}")),
            }
        }
        Ok(settings)
    }
}
