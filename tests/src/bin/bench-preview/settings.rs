//! What is measured.

use media::Size;
use system_tests::binary;

/// The command line.
pub(crate) struct Settings {
    /// How long each stretch is.
    pub(crate) seconds: u64,
    /// How often the preview is off and on.
    pub(crate) pairs: u64,
    /// How long it shows before anything is measured.
    pub(crate) settle: u64,
    /// Pictures a second that are asked for.
    pub(crate) rate: u32,
    /// Cuts at the end.
    pub(crate) cuts: u64,
    /// Other programs that take what they can of the processor.
    pub(crate) others: usize,
    /// Size of the program.
    pub(crate) size: Size,
}

impl Settings {
    /// Reads the command line: `--server PATH --studio PATH --preload PATH --seconds N --pairs N --settle N --rate N
    /// --cuts N --others N --size WIDTHxHEIGHT`.
    pub(crate) fn from_args() -> Result<Self, String> {
        let mut settings = Self {
            seconds: 60,
            pairs: 2,
            settle: 5,
            rate: 15,
            cuts: 40,
            others: 0,
            size: Size::new(640, 360),
        };
        for (name, value) in binary::options()? {
            let number = || value.parse::<u32>().map_err(|_| format!("{name} needs a number"));
            match name.as_str() {
                "--seconds" => settings.seconds = number()?.into(),
                "--pairs" => settings.pairs = number()?.into(),
                "--settle" => settings.settle = number()?.into(),
                "--rate" => settings.rate = number()?,
                "--cuts" => settings.cuts = number()?.into(),
                "--others" => settings.others = number()? as usize,
                "--size" => settings.size = size(&value)?,
                other => return Err(format!("unknown option {other}")),
            }
        }
        Ok(settings)
    }
}

fn size(text: &str) -> Result<Size, String> {
    let side = |text: &str| text.parse().ok();
    let both = text.split_once('x').and_then(|(w, h)| Some((side(w)?, side(h)?)));
    let (width, height) = both.ok_or("--size is like 1280x720")?;
    Ok(Size::new(width, height))
}
