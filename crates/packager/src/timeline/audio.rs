//! Sound: time is the number of samples.

use media::Timestamp;

use super::first_tick;

/// Counts a track's samples along the line.
#[derive(Debug)]
pub(super) struct AudioLine {
    rate: u32,
    frame: i64,
    /// Where the next frame stands, in samples, while the count is anchored.
    next: Option<i64>,
    /// The last frame placed, ever, so that times rise.
    end: Timestamp,
}

impl Default for AudioLine {
    fn default() -> Self {
        Self {
            rate: 48_000,
            frame: 1024,
            next: None,
            end: Timestamp::ZERO,
        }
    }
}

impl AudioLine {
    pub(super) fn restart(&mut self, rate: u32, frame_samples: u16) {
        self.rate = rate;
        self.frame = i64::from(frame_samples.max(1));
        self.next = None;
    }

    pub(super) fn anchor_anew(&mut self) {
        self.next = None;
    }

    pub(super) fn end(&self) -> Timestamp {
        self.end
    }

    /// The place of a frame stamped `line`: the count's, while that is within half a frame of the stamp.
    pub(super) fn place(&mut self, line: Timestamp) -> Timestamp {
        let stamped = line.as_ticks(self.rate);
        let at = match self.next {
            Some(next) if (stamped - next).abs() * 2 <= self.frame => next,
            // A frame begins after the one before it, though it may begin within its sound.
            Some(next) => stamped.max(next - self.frame + 1),
            None => stamped.max(first_tick(self.end, self.rate)),
        };
        self.next = Some(at + self.frame);
        self.end = Timestamp::from_ticks(at + self.frame, self.rate);
        Timestamp::from_ticks(at, self.rate)
    }
}
