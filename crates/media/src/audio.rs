//! Samples in memory.

use std::time::Duration;

use crate::Timestamp;

/// Some samples of sound, interleaved, -1.0 to 1.0.
#[derive(Clone, Debug, Default)]
pub struct AudioBlock {
    /// Time of the first sample, on the show clock.
    pub pts: Timestamp,
    /// Samples a second of each channel.
    pub rate: u32,
    /// Channels; `samples.len()` is a multiple of it.
    pub channels: u16,
    /// The samples, channel by channel within each instant.
    pub samples: Vec<f32>,
}

impl AudioBlock {
    /// A block of `frames` instants of silence.
    pub fn silence(pts: Timestamp, rate: u32, channels: u16, frames: usize) -> Self {
        Self {
            pts,
            rate,
            channels,
            samples: vec![0.0; frames * usize::from(channels)],
        }
    }

    /// Number of instants (samples of each channel).
    pub fn frames(&self) -> usize {
        self.samples.len() / usize::from(self.channels.max(1))
    }

    /// How long the block sounds.
    pub fn duration(&self) -> Duration {
        let nanos = Timestamp::from_ticks(self.frames() as i64, self.rate.max(1)).as_nanos();
        Duration::from_nanos(nanos as u64)
    }
}
