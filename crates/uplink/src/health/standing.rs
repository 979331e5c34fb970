//! Where a place stands, on two axes.

use std::time::Duration;

use super::{Connection, Seen};
use crate::held::Held;

/// Nothing is acknowledged for so long: the line is broken.
const BROKEN: Duration = Duration::from_secs(1);
/// It must have been better for so long to be called so.
const SURE: Duration = Duration::from_secs(2);
/// The share of packets whose loss is seen in the picture.
const LOSSY: f32 = 0.02;

/// Where a place stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How good the picture is that goes there: 0 is the least that the seller allows, 100 the most.
    pub quality: u8,
    /// Whether the line can carry that.
    pub strength: Strength,
}

/// Whether a line can carry what it is sent, worst first. It worsens at once and betters after 2 s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Nothing arrives: not connected any more, or nothing was acknowledged for 1 s.
    Broken,
    /// Less than it is sent: much waits (300 ms), pictures are skipped, or packets are lost.
    Weak,
    /// What it is sent, but that is less than is wanted; or some of it waits.
    Enough,
    /// All that is wanted.
    Strong,
    /// Not connected yet, or it doesn't tell.
    #[default]
    Unknown,
}

/// Reads the two axes.
#[derive(Clone, Debug, Default)]
pub(super) struct Gauge {
    strength: Strength,
    silent: Held,
    better: Held,
    skipped: u64,
}

impl Gauge {
    pub(super) fn see(&mut self, seen: &Seen) -> Standing {
        let now = self.strength(seen);
        let rises = now > self.strength && self.strength != Strength::Unknown;
        if self.better.see(rises, seen.at, SURE) || !rises {
            self.strength = now;
        }
        Standing {
            quality: quality(seen),
            strength: self.strength,
        }
    }

    fn strength(&mut self, seen: &Seen) -> Strength {
        let silent = self.silent.see(seen.nothing_passes(), seen.at, BROKEN);
        let skips = seen.skipped > self.skipped;
        self.skipped = seen.skipped;
        let lost = seen.loss.is_some_and(|loss| loss >= LOSSY);
        match seen.connection {
            Connection::Connecting => Strength::Unknown,
            Connection::Away(_) => Strength::Broken,
            Connection::Live if silent => Strength::Broken,
            Connection::Live if skips || lost || seen.much_waits() => Strength::Weak,
            Connection::Live if seen.passes().is_none() => Strength::Unknown,
            Connection::Live if seen.wants_all() && seen.little_waits() => Strength::Strong,
            Connection::Live => Strength::Enough,
        }
    }
}

/// Where the target is between the least and the most, in hundredths.
fn quality(seen: &Seen) -> u8 {
    let (least, most) = (seen.bounds.least_kbps, seen.bounds.most_kbps);
    let above = u64::from(seen.target_kbps.saturating_sub(least));
    let room = u64::from(most.saturating_sub(least));
    (above * 100).checked_div(room).unwrap_or(100).min(100) as u8
}
