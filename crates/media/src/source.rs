//! What the tick asks of whatever delivers pictures or sound.

use crate::{AudioBlock, Timestamp, VideoFrame};

/// Counters of a source since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceCounters {
    /// Frames (or blocks of sound) that arrived.
    pub received: u64,
    /// Those no tick took.
    pub skipped: u64,
    /// Ticks that took the last frame again.
    pub repeated: u64,
    /// Ticks (or samples) for which there was nothing.
    pub missing: u64,
    /// Delay the tick allows this source, in nanoseconds: one frame plus its measured jitter.
    pub delay_nanos: i64,
}

/// A source of pictures: a camera, a file, a still. Asked once a tick, from the tick's thread; never blocks.
pub trait VideoSource: Send {
    /// The picture to show at tick `at`, already allowing for the source's own delay; `None` until the first
    /// has arrived or while the source is lost.
    fn frame_at(&mut self, at: Timestamp) -> Option<VideoFrame>;

    /// Told when a scene on air begins or ceases to show this source. One that decodes may rest while it is not
    /// seen, but has a picture again within one frame time of being seen.
    fn set_visible(&mut self, _visible: bool) {}

    /// Counters so far.
    fn counters(&self) -> SourceCounters;
}

/// A source of sound. Asked for consecutive blocks, from the mixer's thread; never blocks.
pub trait AudioSource: Send {
    /// Fills `block` (whose `pts`, `rate`, `channels` and length say what is wanted) with the sound of that
    /// time; what is not there is left silent and counted.
    fn fill(&mut self, block: &mut AudioBlock);

    /// Counters so far.
    fn counters(&self) -> SourceCounters;
}

impl From<crate::QueueCounters> for SourceCounters {
    fn from(c: crate::QueueCounters) -> Self {
        Self {
            received: c.received,
            skipped: c.skipped,
            repeated: c.repeated,
            missing: c.missing,
            delay_nanos: 0,
        }
    }
}
