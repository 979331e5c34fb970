//! Parts and segments: shared bytes and what playlists say of them.

use bytes::Bytes;
use media::{Timestamp, Utc};

/// Hundred-thousandths of a second: the resolution of durations in playlists.
pub(crate) const UNITS: u64 = 100_000;

/// A span of media time in hundred-thousandths of a second, rounded to the nearest.
pub(crate) fn units(ticks: u64, timescale: u32) -> u64 {
    let (n, d) = (u128::from(ticks) * u128::from(UNITS), u128::from(timescale));
    ((n + d / 2) / d) as u64
}

/// One chunk: an LL-HLS part, an LL-DASH chunk.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) data: Bytes,
    /// In [`UNITS`].
    pub(crate) duration: u64,
    /// Whether its first sample can be decoded by itself.
    pub(crate) independent: bool,
}

/// What is known of a segment from its beginning on.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// Media sequence number.
    pub(crate) msn: u64,
    /// Number of the init segment that its parts need.
    pub(crate) version: u32,
    /// Whether the segment before it belongs to another session.
    pub(crate) discontinuity: bool,
    /// Discontinuities up to and including this segment's, since the stream began.
    pub(crate) discontinuities: u64,
    /// Time of day of its first presentation.
    pub(crate) utc: Option<Utc>,
}

/// A complete segment; without parts it is a gap.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) head: Head,
    pub(crate) parts: Vec<Part>,
    /// In [`UNITS`].
    pub(crate) duration: u64,
    pub(crate) bytes: usize,
    /// Where its first presentation, or the gap, begins on the stream's line.
    pub(crate) start: Timestamp,
    /// Its duration in ticks of its track, and how many of them a second has.
    pub(crate) ticks: u64,
    pub(crate) timescale: u32,
    /// When it left the last playlist, on the stream's line.
    pub(crate) left: Option<Timestamp>,
}

impl Segment {
    pub(crate) fn is_gap(&self) -> bool {
        self.parts.is_empty()
    }

    /// Where its last presentation, or the gap, ends on the stream's line.
    pub(crate) fn end(&self) -> Timestamp {
        let nanos = Timestamp::from_ticks(self.ticks as i64, self.timescale).as_nanos();
        Timestamp::from_nanos(self.start.as_nanos() + nanos)
    }

    /// Bits a second.
    pub(crate) fn bitrate(&self) -> u64 {
        (self.bytes as u64 * 8 * UNITS)
            .checked_div(self.duration)
            .unwrap_or(0)
    }
}
