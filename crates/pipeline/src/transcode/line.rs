//! Sound on one line of samples: the source's times are believed as long as they fit the count.

use media::Timestamp;

/// How far the source's times may be off the count, in milliseconds.
const SLACK_MS: u32 = 20;
/// The longest gap that is filled with silence, and the longest overlap that is cut away, in seconds.
const LONGEST_S: u32 = 1;

/// Where a block belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It begins at this time, without its first `cut` samples. What lies between the end of the block before and that
    /// time is silence.
    At {
        /// When.
        pts: Timestamp,
        /// Samples that overlap the block before.
        cut: usize,
    },
    /// The line begins anew with it.
    Anew,
}

/// Samples counted from an origin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    rate: u32,
    origin: Timestamp,
    samples: i64,
}

impl Line {
    /// A line that begins at `origin`.
    pub(super) const fn new(rate: u32, origin: Timestamp) -> Self {
        Self {
            rate,
            origin,
            samples: 0,
        }
    }

    /// Where a block of `frames` samples belongs whose source says `pts`; it is taken for placed.
    pub(super) fn place(&mut self, pts: Timestamp, frames: usize) -> Place {
        let since = pts.as_nanos().saturating_sub(self.origin.as_nanos());
        let off = Timestamp::from_nanos(since).as_ticks(self.rate) - self.samples;
        if off.abs() > i64::from(self.rate * LONGEST_S) {
            return Place::Anew;
        }
        let slack = i64::from(self.rate * SLACK_MS / 1_000);
        let (silence, cut) = match off {
            off if off > slack => (off, 0),
            off if off < -slack => (0, frames.min(-off as usize)),
            _ => (0, 0),
        };
        self.samples += silence;
        let ticks = Timestamp::from_ticks(self.samples, self.rate).as_nanos();
        let pts = Timestamp::from_nanos(self.origin.as_nanos() + ticks);
        self.samples += (frames - cut) as i64;
        Place::At { pts, cut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    fn line() -> Line {
        Line::new(RATE, at(5_000_000))
    }

    #[test]
    fn times_that_jitter_are_counted_instead() {
        let mut line = line();
        for (n, jitter) in [0, 300, -500, 19_000, -19_000, 0].into_iter().enumerate() {
            let exact = 5_000_000 + n as i64 * 20_000;
            let place = line.place(at(exact + jitter), 960);
            assert_eq!(
                place,
                Place::At {
                    pts: at(exact),
                    cut: 0
                }
            );
        }
    }

    #[test]
    fn a_gap_is_left_open_and_an_overlap_cut_away() {
        let mut line = line();
        line.place(at(5_000_000), 960);
        let late = Place::At {
            pts: at(5_520_000),
            cut: 0,
        };
        assert_eq!(line.place(at(5_520_000), 960), late);
        // The line stands at 5.54 s: of a block at 5.51 s the first 30 ms were there.
        let early = Place::At {
            pts: at(5_540_000),
            cut: 960,
        };
        assert_eq!(line.place(at(5_510_000), 960), early);
        let next = Place::At {
            pts: at(5_540_000),
            cut: 0,
        };
        assert_eq!(line.place(at(5_530_000), 960), next);
    }

    #[test]
    fn more_than_a_second_off_begins_it_anew() {
        let mut line = line();
        line.place(at(5_000_000), 960);
        for micros in [6_020_100, 4_019_900, i64::MIN / 1_000, i64::MAX / 1_000] {
            assert_eq!(line.place(at(micros), 960), Place::Anew, "{micros}");
        }
    }
}
