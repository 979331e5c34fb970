//! What an input's meters say at one moment, as plain data to be copied anywhere.

use crate::level::Level;

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
    /// Whether someone speaks into it though it is muted: the RMS before the fader is above -40 dBFS.
    pub fn muted_but_heard(&self) -> bool {
        self.muted && self.before.rms_db > HEARD_DB
    }
}
