//! The hand-off between a device's thread and the tick: bounded, newest wins, losses counted.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::{Timestamp, VideoFrame};

/// Frames kept: enough for a delay of one frame plus jitter at the tick.
const CAPACITY: usize = 4;

/// A few of a source's newest frames, shared by its thread (`push`) and the tick (`frame_at`).
///
/// When it is full the oldest goes and is counted: a slow tick never holds a device up. The lock is held for
/// a push or a pop of one element, never while pixels are touched.
#[derive(Clone, Debug, Default)]
pub struct FrameQueue {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    frames: VecDeque<VideoFrame>,
    shown: bool,
    counters: QueueCounters,
}

/// What became of the frames pushed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueCounters {
    /// Frames pushed.
    pub received: u64,
    /// Frames that no tick took: pushed out or passed over by a newer one.
    pub skipped: u64,
    /// Ticks that found nothing newer and took the last frame again.
    pub repeated: u64,
    /// Ticks that found no frame at all.
    pub missing: u64,
}

impl FrameQueue {
    /// An empty queue.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the newest frame; the oldest goes when there are more than four.
    pub fn push(&self, frame: VideoFrame) {
        let mut inner = self.lock();
        inner.counters.received += 1;
        inner.frames.push_back(frame);
        if inner.frames.len() > CAPACITY {
            inner.drop_front();
        }
    }

    /// The newest frame not later than `at`; the oldest one kept when all are later; none when nothing came yet.
    /// What is older than the answer is let go.
    pub fn frame_at(&self, at: Timestamp) -> Option<VideoFrame> {
        let mut inner = self.lock();
        while inner.frames.len() > 1 && inner.frames[1].pts <= at {
            inner.drop_front();
        }
        if inner.frames.is_empty() {
            inner.counters.missing += 1;
        } else if inner.shown {
            inner.counters.repeated += 1;
        }
        inner.shown = !inner.frames.is_empty();
        inner.frames.front().cloned()
    }

    /// Forgets all frames: the source was lost.
    pub fn clear(&self) {
        let mut inner = self.lock();
        while !inner.frames.is_empty() {
            inner.drop_front();
        }
    }

    /// What became of the frames so far.
    pub fn counters(&self) -> QueueCounters {
        self.lock().counters
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic while the lock is held leaves at worst one frame more or less: go on.
        self.inner
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Inner {
    fn drop_front(&mut self) {
        if self.frames.pop_front().is_some() && !self.shown {
            self.counters.skipped += 1;
        }
        self.shown = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ColorInfo, PixelFormat, Size};
    use bytes::Bytes;

    fn frame(ms: i64) -> VideoFrame {
        let data = Bytes::from_static(&[0; 6]);
        VideoFrame::packed(
            Timestamp::from_millis(ms),
            Size::new(2, 2),
            PixelFormat::I420,
            ColorInfo::BT709,
            data,
        )
        .unwrap()
    }

    #[test]
    fn the_newest_frame_not_later_than_the_tick_is_taken() {
        let queue = FrameQueue::new();
        assert!(queue.frame_at(Timestamp::ZERO).is_none());
        for ms in [0, 33, 67] {
            queue.push(frame(ms));
        }
        assert_eq!(
            queue.frame_at(Timestamp::from_millis(40)).unwrap().pts,
            Timestamp::from_millis(33)
        );
        assert_eq!(
            queue.frame_at(Timestamp::from_millis(41)).unwrap().pts,
            Timestamp::from_millis(33)
        );
        assert_eq!(
            queue.frame_at(Timestamp::from_millis(90)).unwrap().pts,
            Timestamp::from_millis(67)
        );
        let expected = QueueCounters {
            received: 3,
            skipped: 1,
            repeated: 1,
            missing: 1,
        };
        assert_eq!(queue.counters(), expected);
    }

    #[test]
    fn a_slow_tick_loses_the_oldest_and_counts_it() {
        let queue = FrameQueue::new();
        for n in 0..10 {
            queue.push(frame(n));
        }
        assert_eq!(queue.counters().skipped, 6);
        assert_eq!(
            queue.frame_at(Timestamp::ZERO).unwrap().pts,
            Timestamp::from_millis(6)
        );
    }
}
