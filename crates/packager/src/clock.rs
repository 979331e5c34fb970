//! The line from presentation times to the time of day.

use media::{Timestamp, Utc};

/// The newest known pair of place on the line and time of day. Between stamps both pass alike, and between
/// sessions, which the timeline places by the time that passed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    stamp: Option<(Timestamp, Utc)>,
}

impl Clock {
    pub(crate) fn stamp(&mut self, pts: Timestamp, utc: Utc) {
        self.stamp = Some((pts, utc));
    }

    /// Time of day of `pts`; none where nothing was ever said.
    pub(crate) fn utc(&self, pts: Timestamp) -> Option<Utc> {
        let (place, utc) = self.stamp?;
        let micros = pts.nanos_since(place).div_euclid(1_000);
        Some(Utc(utc.as_micros().saturating_add(micros)))
    }
}
