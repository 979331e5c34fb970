//! What is measured.

use std::fmt;
use std::io;

use system_tests::binary;
use system_tests::faketime::FalseClock;

/// The command line.
pub(crate) struct Settings {
    /// How long each way is watched.
    pub(crate) seconds: u64,
    /// How long a viewer is there before that.
    pub(crate) settle: u64,
    /// How often two viewers join by WebRTC a stream that nobody has watched.
    pub(crate) joins: u64,
    /// What the studio's wall clock does.
    pub(crate) clock: Clock,
}

/// What the studio's wall clock does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    Honest,
    /// It is off by so many seconds.
    Off(i64),
    /// It steps by an hour while the viewer watches.
    Step,
}

impl Settings {
    /// Reads the command line: `--server PATH --studio PATH --seconds N --settle N --joins N --clock honest|step|SECONDS`.
    pub(crate) fn from_args() -> Result<Self, String> {
        let mut settings = Self {
            seconds: 60,
            settle: 10,
            joins: 5,
            clock: Clock::Honest,
        };
        for (name, value) in binary::options()? {
            let number = || value.parse::<u64>().map_err(|_| format!("{name} needs a number"));
            match name.as_str() {
                "--seconds" => settings.seconds = number()?,
                "--settle" => settings.settle = number()?,
                "--joins" => settings.joins = number()?,
                "--clock" => settings.clock = Clock::parse(&value)?,
                other => return Err(format!("unknown option {other}")),
            }
        }
        Ok(settings)
    }
}

impl Clock {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "honest" => Ok(Self::Honest),
            "step" => Ok(Self::Step),
            seconds => seconds
                .parse()
                .map(Self::Off)
                .map_err(|_| "--clock is honest, step or a number of seconds".to_owned()),
        }
    }

    /// The clock to put before the studio.
    pub(crate) fn start(self) -> io::Result<Option<FalseClock>> {
        let off = match self {
            Self::Honest => return Ok(None),
            Self::Off(seconds) => seconds,
            Self::Step => 0,
        };
        let clock = FalseClock::new_or_skip(off)?;
        clock
            .map(Some)
            .ok_or_else(|| io::Error::other("libfaketime is not installed"))
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Honest => f.write_str("the machine's"),
            Self::Off(seconds) => write!(f, "{seconds:+} s"),
            Self::Step => f.write_str("steps by an hour in the middle of each"),
        }
    }
}
