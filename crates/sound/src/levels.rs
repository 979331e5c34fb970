//! What an input's meters say at one moment, as plain data to be copied anywhere.

use crate::level::Level;

/// RMS before the fader from which a muted input counts as spoken into: quiet speech near a microphone is
/// louder, a room with its fans is not.
const HEARD_DB: f32 = -40.0;
/// RMS behind the fader below which nobody hears what comes in.
const UNHEARD_DB: f32 = -60.0;

/// The meters of one input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InputLevels {
    /// Before the fader, also while it is muted.
    pub before: Level,
    /// Behind the fader.
    pub after: Level,
    /// Samples that came in at full scale or beyond, since the start.
    pub clipped: u64,
    /// Where its fader stands.
    pub gain_db: f32,
    /// Whether it is muted.
    pub muted: bool,
}

impl InputLevels {
    /// Whether someone speaks into it though it is muted: the RMS before the fader is above -40 dBFS.
    pub fn muted_but_heard(&self) -> bool {
        self.muted && self.is_spoken_into()
    }

    /// Whether someone speaks into it though it is turned down so far that nobody hears it: the RMS before the fader is
    /// above -40 dBFS, and would be below -60 behind it.
    pub fn faded_but_heard(&self) -> bool {
        !self.muted && self.is_spoken_into() && self.before.rms_db + self.gain_db < UNHEARD_DB
    }

    fn is_spoken_into(&self) -> bool {
        self.before.rms_db > HEARD_DB
    }
}
