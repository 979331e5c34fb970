//! What an input's meters say at one moment, as plain data to be copied anywhere.

use crate::level::Level;

/// RMS before the fader from which an input counts as spoken into: quiet speech near a microphone is
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
    /// Whether someone speaks into it and nobody hears it: the RMS before the fader is above -40 dBFS, and it is muted, or
    /// turned down so far that it would be below -60 behind the fader.
    pub fn spoken_unheard(&self) -> bool {
        let unheard = self.muted || self.before.rms_db + self.gain_db < UNHEARD_DB;
        self.before.rms_db > HEARD_DB && unheard
    }
}
