//! Times of sound, by counting samples.

use media::Timestamp;

/// A time that the stream said, and the samples since.
#[derive(Debug, Default)]
pub(super) struct SampleClock(Option<(Timestamp, i64)>);

impl SampleClock {
    /// The stream says the time of the next frame.
    pub(super) fn set(&mut self, time: Timestamp) {
        self.0 = Some((time, 0));
    }

    /// Nothing is known of the next frame's time.
    pub(super) fn lose(&mut self) {
        self.0 = None;
    }

    /// The time of a frame of `samples` samples at `rate`, if it is known; goes on behind it.
    pub(super) fn count(&mut self, samples: u32, rate: u32) -> Option<Timestamp> {
        let (said, passed) = self.0.as_mut()?;
        let since = Timestamp::from_ticks(*passed, rate);
        *passed += i64::from(samples);
        Some(*said + since.saturating_since(Timestamp::ZERO))
    }
}
