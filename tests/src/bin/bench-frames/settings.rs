//! What is measured.

use std::path::PathBuf;

use system_tests::binary;

/// The command line.
pub(crate) struct Settings {
    /// How long it is measured.
    pub(crate) seconds: u64,
    /// How long the show runs before that.
    pub(crate) settle: u64,
    /// Folder for what the receiver got, as FLV files.
    pub(crate) keep: Option<PathBuf>,
    /// What is shown.
    pub(crate) scene: Kind,
    /// What chance begins with.
    pub(crate) seed: u64,
    /// Where the figures go, for programs.
    pub(crate) json: Option<PathBuf>,
}

/// What is shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(crate) enum Kind {
    /// The demo show at 1280x720.
    Demo,
    /// One keyed camera at 1920x1080.
    FullHd,
    /// Four cameras, two of which send JPEG.
    Four,
    /// Cuts among twelve scenes.
    Cuts,
    /// Edits to a scene of 64 layers.
    ManyLayers,
}

impl Settings {
    /// Reads the command line: `--server PATH --studio PATH --preload PATH --seconds N --settle N --seed N
    /// --scene demo|1080p|four|cuts|many-layers --json FILE --keep FOLDER`.
    pub(crate) fn from_args() -> Result<Self, String> {
        let mut settings = Self {
            seconds: 60,
            settle: 3,
            keep: None,
            scene: Kind::Demo,
            seed: 1,
            json: None,
        };
        for (name, value) in binary::options()? {
            let number = || value.parse::<u64>().map_err(|_| format!("{name} needs a number"));
            match name.as_str() {
                "--seconds" => settings.seconds = number()?,
                "--settle" => settings.settle = number()?,
                "--seed" => settings.seed = number()?,
                "--scene" => settings.scene = Kind::parse(&value)?,
                "--json" => settings.json = Some(value.into()),
                "--keep" => settings.keep = Some(value.into()),
                other => return Err(format!("unknown option {other}")),
            }
        }
        Ok(settings)
    }
}

impl Kind {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "demo" => Ok(Self::Demo),
            "1080p" => Ok(Self::FullHd),
            "four" => Ok(Self::Four),
            "cuts" => Ok(Self::Cuts),
            "many-layers" => Ok(Self::ManyLayers),
            other => Err(format!(
                "--scene is demo, 1080p, four, cuts or many-layers, not {other}"
            )),
        }
    }
}
