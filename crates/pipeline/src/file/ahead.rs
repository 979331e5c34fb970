//! The few frames decoded ahead of the show, between the decoder's thread and the tick.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use media::{SourceCounters, Timestamp, VideoFrame};

/// Frames that wait, the one shown included.
const CAPACITY: usize = 8;

/// A queue whose producer waits and whose consumer never does.
#[derive(Clone, Default)]
pub(super) struct Ahead {
    inner: Arc<(Mutex<Inner>, Condvar)>,
}

#[derive(Default)]
struct Inner {
    frames: VecDeque<VideoFrame>,
    /// The front frame has been shown already.
    shown: bool,
    closed: bool,
    late: u64,
    counters: SourceCounters,
}

impl Ahead {
    /// Adds the next frame, waiting for a place; false when the consumer has gone.
    pub(super) fn push(&self, frame: VideoFrame) -> bool {
        let mut inner = self.lock();
        while inner.frames.len() >= CAPACITY && !inner.closed {
            inner = self.wait(inner);
        }
        if inner.closed {
            return false;
        }
        inner.counters.received += 1;
        inner.frames.push_back(frame);
        self.inner.1.notify_all();
        true
    }

    /// Nothing more is taken or comes: whoever waits goes on.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.inner.1.notify_all();
    }

    /// Whether it was closed.
    pub(super) fn closed(&self) -> bool {
        self.lock().closed
    }

    /// Frames that came so far.
    pub(super) fn received(&self) -> u64 {
        self.lock().counters.received
    }

    /// Waits for the first frame, the end or `patience`; true when a frame has come.
    pub(super) fn wait_for_first(&self, patience: Duration) -> bool {
        let empty = |inner: &mut Inner| inner.frames.is_empty() && !inner.closed;
        let waited = self.inner.1.wait_timeout_while(self.lock(), patience, empty);
        let (inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !inner.frames.is_empty()
    }

    /// The newest frame not later than `at`, the oldest when all are later. `interval_nanos` is one frame's time:
    /// a frame that old should have made place for the next.
    pub(super) fn frame_at(&self, at: Timestamp, interval_nanos: i64) -> Option<VideoFrame> {
        let mut inner = self.lock();
        while inner.frames.len() > 1 && inner.frames[1].pts <= at {
            inner.frames.pop_front();
            inner.counters.skipped += u64::from(!inner.shown);
            inner.shown = false;
        }
        let Some(frame) = inner.frames.front().cloned() else {
            inner.counters.missing += 1;
            return None;
        };
        inner.counters.repeated += u64::from(inner.shown);
        inner.late += u64::from(at.nanos_since(frame.pts) >= interval_nanos);
        inner.shown = true;
        self.inner.1.notify_all();
        Some(frame)
    }

    /// Waits until a frame not earlier than `at` is here, or nothing more comes.
    #[cfg(test)]
    pub(super) fn wait_until(&self, at: Timestamp) {
        let mut inner = self.lock();
        while !inner.closed && inner.frames.back().is_none_or(|last| last.pts < at) {
            inner = self.wait(inner);
        }
    }

    pub(super) fn counters(&self) -> SourceCounters {
        self.lock().counters
    }

    /// Ticks whose frame had not been decoded in time.
    pub(super) fn late(&self) -> u64 {
        self.lock().late
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // What is guarded is whole after every statement.
        self.inner.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, inner: MutexGuard<'a, Inner>) -> MutexGuard<'a, Inner> {
        self.inner.1.wait(inner).unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use media::{ColorInfo, PixelFormat, Size};

    use super::*;

    fn frame(ms: i64) -> VideoFrame {
        let (pts, size, data) = (Timestamp::from_millis(ms), Size::new(2, 2), vec![0; 6].into());
        VideoFrame::packed(pts, size, PixelFormat::I420, ColorInfo::BT709, data).unwrap()
    }

    fn shown(ahead: &Ahead, ms: i64) -> Option<i64> {
        let frame = ahead.frame_at(Timestamp::from_millis(ms), 40_000_000)?;
        Some(frame.pts.as_millis())
    }

    #[test]
    fn the_tick_takes_its_frame_repeats_the_last_and_counts() {
        let ahead = Ahead::default();
        assert_eq!(shown(&ahead, 0), None);
        for ms in [0, 40, 80, 120] {
            assert!(ahead.push(frame(ms)));
        }
        assert_eq!(shown(&ahead, -5), Some(0));
        assert_eq!(shown(&ahead, 20), Some(0));
        assert_eq!(shown(&ahead, 90), Some(80));
        assert_eq!((shown(&ahead, 159), ahead.late()), (Some(120), 0));
        assert_eq!((shown(&ahead, 160), ahead.late()), (Some(120), 1));
        let expected = SourceCounters {
            received: 4,
            skipped: 1,
            repeated: 2,
            missing: 1,
            delay_nanos: 0,
        };
        assert_eq!(ahead.counters(), expected);
    }

    #[test]
    fn the_producer_waits_for_a_place_and_goes_when_the_consumer_has_gone() {
        let ahead = Ahead::default();
        let producer = ahead.clone();
        let pushing = std::thread::scope(|scope| {
            let pushing = scope.spawn(move || (0..).take_while(|n| producer.push(frame(*n))).count());
            assert!(ahead.wait_for_first(Duration::from_secs(20)));
            // Each look lets go of what is older, so that the producer goes on.
            while shown(&ahead, 99) != Some(99) {
                std::thread::yield_now();
            }
            ahead.close();
            pushing.join().unwrap()
        });
        assert!((100..=99 + CAPACITY).contains(&pushing), "{pushing}");
        assert!(ahead.closed());
    }
}
