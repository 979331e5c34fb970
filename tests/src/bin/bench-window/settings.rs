//! What is measured.

use system_tests::binary;

/// The command line.
pub(crate) struct Settings {
    /// How long the window is measured, before the clicks.
    pub(crate) seconds: u64,
    /// How long the same show without it.
    pub(crate) headless: u64,
    /// How long a show runs before that.
    pub(crate) settle: u64,
    /// Clicks on scenes in each round.
    pub(crate) clicks: usize,
    /// Times both are measured, in turn.
    pub(crate) rounds: u64,
}

impl Settings {
    /// Reads the command line: `--server PATH --studio PATH --desktop PATH --preload PATH --seconds N
    /// --headless N --settle N --clicks N --rounds N`.
    pub(crate) fn from_args() -> Result<Self, String> {
        let mut settings = Self {
            seconds: 60,
            headless: 60,
            settle: 5,
            clicks: 40,
            rounds: 2,
        };
        for (name, value) in binary::options()? {
            let number = value
                .parse::<u64>()
                .map_err(|_| format!("{name} needs a number"))?;
            match name.as_str() {
                "--seconds" => settings.seconds = number,
                "--headless" => settings.headless = number,
                "--settle" => settings.settle = number,
                "--clicks" => settings.clicks = usize::try_from(number).map_err(|e| e.to_string())?,
                "--rounds" => settings.rounds = number,
                other => return Err(format!("unknown option {other}")),
            }
        }
        Ok(settings)
    }
}
