//! Pictures: time is a frame's number on the grid of the nominal rate.

use media::{FrameRate, Timestamp};

use super::first_tick;

/// How far a stamp may be from the grid: both it and the anchor are rounded to milliseconds.
const SNAP_NANOS: i128 = 1_000_000;

/// Snaps a track's pictures to their grid along the line.
#[derive(Debug)]
pub(super) struct VideoLine {
    rate: Option<FrameRate>,
    timescale: u32,
    /// A stamp and the tick of its frame.
    anchor: Option<(Timestamp, i64)>,
    /// By how many ticks decoding is moved ahead of the stamps, for publishers whose composition times go
    /// below zero: the largest such time so far.
    lead: i64,
    /// Decoding time of the last frame, while times are of this timescale.
    last: Option<i64>,
    /// End of the last frame's decoding, and the latest end of presentation.
    decoded: Timestamp,
    end: Timestamp,
}

impl Default for VideoLine {
    fn default() -> Self {
        Self {
            rate: None,
            timescale: super::VIDEO_TICKS,
            anchor: None,
            lead: 0,
            last: None,
            decoded: Timestamp::ZERO,
            end: Timestamp::ZERO,
        }
    }
}

impl VideoLine {
    pub(super) fn restart(&mut self, rate: Option<FrameRate>, timescale: u32) {
        self.rate = rate;
        self.timescale = timescale;
        self.lead = 0;
        self.last = None;
        self.anchor_anew();
    }

    pub(super) fn anchor_anew(&mut self) {
        self.anchor = None;
    }

    pub(super) fn end(&self) -> Timestamp {
        self.end
    }

    /// Presentation and decoding time of a frame stamped `line` (decoding) with this composition time.
    pub(super) fn place(&mut self, line: Timestamp, composition_ms: i32) -> (Timestamp, Timestamp) {
        let stamped = self.grid_tick(line);
        let composition = self.composition_ticks(composition_ms);
        self.lead = self.lead.max(-composition);
        let least = match self.last {
            Some(last) => last + 1,
            None => first_tick(self.decoded, self.timescale),
        };
        let dts = (stamped - self.lead).max(least);
        let pts = (stamped + composition).max(dts);
        self.last = Some(dts);
        let frame = self
            .frame_ticks()
            .unwrap_or(i64::from(self.timescale) / 30)
            .max(1);
        self.decoded = Timestamp::from_ticks(dts + frame, self.timescale);
        self.end = self.end.max(Timestamp::from_ticks(pts + frame, self.timescale));
        (
            Timestamp::from_ticks(pts, self.timescale),
            Timestamp::from_ticks(dts, self.timescale),
        )
    }

    /// The tick of the grid point within 1 ms of `line`; where there is none, that of `line` itself, and the
    /// grid goes on from there.
    fn grid_tick(&mut self, line: Timestamp) -> i64 {
        if let (Some((stamp, tick)), Some(frame)) = (self.anchor, self.frame_ticks()) {
            let elapsed = i128::from(line.nanos_since(stamp));
            if let Some(n) = self.nearest(elapsed) {
                return tick + n as i64 * frame;
            }
        }
        let tick = line.as_ticks(self.timescale);
        self.anchor = Some((line, tick));
        tick
    }

    fn composition_ticks(&self, ms: i32) -> i64 {
        let nanos = i128::from(ms) * 1_000_000;
        match (self.frame_ticks(), self.nearest(nanos)) {
            (Some(frame), Some(n)) => n as i64 * frame,
            _ => Timestamp::from_millis(ms.into()).as_ticks(self.timescale),
        }
    }

    /// The number of frames that last `nanos`, within the tolerance.
    fn nearest(&self, nanos: i128) -> Option<i128> {
        let rate = self.rate?;
        let (num, den) = (i128::from(rate.num()), i128::from(rate.den()) * 1_000_000_000);
        let n = (nanos * num * 2 + den).div_euclid(den * 2);
        let off = nanos * num - n * den;
        (off.abs() <= SNAP_NANOS * num).then_some(n)
    }

    /// Ticks of a frame, where it has a whole number of them.
    fn frame_ticks(&self) -> Option<i64> {
        let rate = self.rate?;
        let ticks = i64::from(self.timescale) * i64::from(rate.den());
        (ticks % i64::from(rate.num()) == 0).then(|| ticks / i64::from(rate.num()))
    }
}
