//! The newest pictures and sound of a stream as packets, for any number of viewers.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use media::{Timestamp, TrackKind};
use rtc::Unit;
use tokio::sync::Notify;

/// Bytes kept at most: two groups of pictures of a show of 10 Mbit/s.
const MOST_BYTES: usize = 8 << 20;
/// Access units kept at most.
const MOST_UNITS: usize = 4_096;
/// What a viewer gets at once at most. More would take longer to arrive than the next key frame.
const JOIN_BYTES: usize = 2 << 20;
/// How old the newest key frame may be for a viewer to begin with it, in nanoseconds.
const JOIN_AGE: i64 = 6_000_000_000;
/// Pictures of the past are shown to who comes this far apart, in nanoseconds: at once, but one after the other.
const SQUEEZED: i64 = 1_000_000;

/// The newest access units.
#[derive(Debug, Default)]
pub(crate) struct Units {
    held: Mutex<Held>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Held {
    units: VecDeque<Unit>,
    /// Number of the first one kept.
    first: u64,
    bytes: usize,
    /// Numbers of the newest key frame and the one before.
    keys: [Option<u64>; 2],
    closed: bool,
}

/// One viewer's place.
#[derive(Debug)]
pub(crate) struct UnitReader {
    units: Arc<Units>,
    next: u64,
}

impl Units {
    /// Adds the next unit.
    pub(crate) fn push(&self, unit: Unit) {
        self.held().push(unit);
        self.news.notify_waiters();
    }

    /// Nothing follows.
    pub(crate) fn close(&self) {
        self.held().closed = true;
        self.news.notify_waiters();
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn push(&mut self, unit: Unit) {
        let number = self.first + self.units.len() as u64;
        self.bytes += unit.len();
        if unit.key && unit.kind == TrackKind::Video {
            self.keys = [Some(number), self.keys[0]];
            // Who lags by more than a group of pictures goes on at a key frame.
            let before = self.keys[1].unwrap_or(self.first);
            while self.first < before {
                self.pop();
            }
        }
        self.units.push_back(unit);
        while self.bytes > MOST_BYTES || self.units.len() > MOST_UNITS {
            self.pop();
        }
    }

    fn pop(&mut self) {
        if let Some(unit) = self.units.pop_front() {
            self.first += 1;
            self.bytes -= unit.len();
        }
    }

    fn end(&self) -> u64 {
        self.first + self.units.len() as u64
    }

    /// The pictures since the newest key frame.
    fn group(&self) -> Vec<Unit> {
        let Some(key) = self.keys[0].filter(|key| *key >= self.first) else {
            return Vec::new();
        };
        let group = self.units.iter().skip((key - self.first) as usize);
        let pictures = group.filter(|unit| unit.kind == TrackKind::Video);
        pictures.cloned().collect()
    }
}

impl UnitReader {
    /// A place at the newest unit.
    pub(crate) fn new(units: Arc<Units>) -> Self {
        let next = units.held().end();
        Self { units, next }
    }

    /// What a viewer who comes now begins with, and the times at which to show it: the pictures since the newest key
    /// frame, at once. Nothing when they are too many or too old: the next key frame will do.
    pub(crate) fn join(&mut self) -> Vec<(Unit, Timestamp)> {
        let held = self.units.held();
        self.next = held.end();
        let group = held.group();
        drop(held);
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            return Vec::new();
        };
        let (age, newest) = (last.pts.nanos_since(first.pts), last.pts.as_nanos());
        let bytes: usize = group.iter().map(Unit::len).sum();
        if bytes > JOIN_BYTES || age > JOIN_AGE {
            return Vec::new();
        }
        let count = group.len() as i64;
        let at = |index: usize| Timestamp::from_nanos(newest - (count - 1 - index as i64) * SQUEEZED);
        let squeezed = group.into_iter().enumerate();
        squeezed.map(|(index, unit)| (unit, at(index))).collect()
    }

    /// The next unit; waits for it. None when nothing follows. A call that is dropped has taken nothing.
    pub(crate) async fn next(&mut self) -> Option<Unit> {
        let units = Arc::clone(&self.units);
        loop {
            let mut news = pin!(units.news.notified());
            news.as_mut().enable();
            {
                let held = units.held();
                if self.next < held.first {
                    self.next = held.keys[0].unwrap_or(held.first).max(held.first);
                }
                if let Some(unit) = held.units.get((self.next - held.first) as usize) {
                    self.next += 1;
                    return Some(unit.clone());
                }
                if held.closed {
                    return None;
                }
            }
            news.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn unit(ms: i64, kind: TrackKind, key: bool, bytes: usize) -> Unit {
        Unit {
            kind,
            pts: Timestamp::from_millis(ms),
            key,
            taken: Instant::now(),
            payloads: Arc::from([Arc::from(vec![0; bytes])]),
        }
    }

    fn picture(ms: i64, key: bool) -> Unit {
        unit(ms, TrackKind::Video, key, 1_000)
    }

    #[tokio::test]
    async fn who_comes_sees_the_newest_picture_at_once() {
        let units = Arc::new(Units::default());
        let mut early = UnitReader::new(Arc::clone(&units));
        assert!(early.join().is_empty());
        for n in 0..90 {
            units.push(picture(n * 33, n % 60 == 0));
            units.push(unit(n * 33, TrackKind::Audio, true, 100));
        }
        let mut late = UnitReader::new(Arc::clone(&units));
        let joined = late.join();
        assert_eq!(joined.len(), 30, "since the key frame at 60");
        assert!(joined[0].0.key);
        let times: Vec<_> = joined.iter().map(|(_, at)| at.as_millis()).collect();
        assert_eq!((times[0], times[29]), (89 * 33 - 29, 89 * 33));
        units.push(picture(3_000, false));
        assert_eq!(late.next().await.unwrap().pts.as_millis(), 3_000);
        assert_eq!(
            early.next().await.unwrap().pts.as_millis(),
            0,
            "two groups are kept"
        );
        units.close();
        assert!(late.next().await.is_none());
    }

    #[tokio::test]
    async fn who_lags_goes_on_at_a_key_frame_and_memory_is_bounded() {
        let units = Arc::new(Units::default());
        let mut slow = UnitReader::new(Arc::clone(&units));
        for n in 0..300 {
            units.push(picture(n * 33, n % 60 == 0));
        }
        let next = slow.next().await.unwrap();
        assert!(next.key && next.pts.as_millis() == 240 * 33);
        for n in 0..3_000 {
            units.push(unit(10_000 + n, TrackKind::Video, false, 10_000));
        }
        assert!(units.held().bytes <= MOST_BYTES);
        assert!(slow.join().is_empty(), "too much at once");
        for n in 0..9_000 {
            units.push(unit(n, TrackKind::Audio, true, 1));
        }
        assert_eq!(units.held().units.len(), MOST_UNITS);
    }
}
