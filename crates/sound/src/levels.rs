//! What the meters say at one moment, as plain data to be copied anywhere.

use crate::level::Level;

/// Inputs a snapshot has room for; those beyond are mixed but not in it.
pub const MOST_METERED: usize = 32;

/// RMS before the fader from which a muted input counts as spoken into: quiet speech near a microphone is
/// louder, a room with its fans is not.
const HEARD_DB: f32 = -40.0;

/// The meters of one input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InputLevels {
    /// Before the fader, also while it is muted.
    pub before: Level,
    /// Behind the fader.
    pub after: Level,
    /// Samples that came in at full scale or beyond, since the start.
    pub clipped: u64,
    /// Whether it is muted.
    pub muted: bool,
}

impl InputLevels {
    const SILENCE: Self = Self {
        before: Level::SILENCE,
        after: Level::SILENCE,
        clipped: 0,
        muted: false,
    };

    /// Whether someone speaks into it though it is muted: the RMS before the fader is above -40 dBFS.
    pub fn muted_but_heard(&self) -> bool {
        self.muted && self.before.rms_db > HEARD_DB
    }
}

/// All meters of a mixer at one moment. Plain data without pointers: about 1.3 kB to copy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// The program, behind the limiter.
    pub program: Level,
    /// How far the limiter turns the program down, in dB, 0 or more.
    pub reduction_db: f32,
    inputs: [InputLevels; MOST_METERED],
    count: usize,
}

impl Levels {
    pub(crate) fn new(program: Level, reduction_db: f32, inputs: impl Iterator<Item = InputLevels>) -> Self {
        let mut levels = Self {
            program,
            reduction_db,
            inputs: [InputLevels::SILENCE; MOST_METERED],
            count: 0,
        };
        for (place, input) in levels.inputs.iter_mut().zip(inputs) {
            *place = input;
            levels.count += 1;
        }
        levels
    }

    /// The inputs in the order of their faders, [`MOST_METERED`] at most.
    pub fn inputs(&self) -> &[InputLevels] {
        &self.inputs[..self.count]
    }
}

impl Default for Levels {
    /// Silence of no inputs.
    fn default() -> Self {
        Self::new(Level::SILENCE, 0.0, std::iter::empty())
    }
}
