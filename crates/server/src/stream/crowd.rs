//! Many viewers by HTTP-FLV and RTMP: what comes within a pause goes out together, in fewer and larger writes.
//!
//! A write costs the system nearly the same however small it is, so the work of a server is its viewers times their writes.
//! The more viewers there are, the longer the pause; with few it is shorter than a picture lasts, and nothing waits.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use crate::config;

/// In a shorter pause nothing gathers.
const SHORTEST: Duration = Duration::from_millis(10);

/// Viewers of all streams by HTTP-FLV and RTMP.
#[derive(Debug)]
pub(crate) struct Crowd {
    viewers: AtomicU64,
    /// How many writes a second are aimed at, for all of them.
    writes: u32,
    longest: Duration,
}

impl Crowd {
    pub(crate) fn new(config: &config::Stream) -> Self {
        Self {
            viewers: AtomicU64::new(0),
            writes: config.writes_per_second.max(1),
            longest: Duration::from_millis(config.gather_ms),
        }
    }

    /// One comes.
    pub(super) fn enter(&self) {
        self.viewers.fetch_add(1, Relaxed);
    }

    /// One goes.
    pub(super) fn leave(&self) {
        self.viewers.fetch_sub(1, Relaxed);
    }

    /// Between two times that a stream's viewers are sent something.
    pub(super) fn pause(&self) -> Duration {
        let seconds = self.viewers.load(Relaxed) as f64 / f64::from(self.writes);
        let pause = Duration::from_secs_f64(seconds).min(self.longest);
        if pause < SHORTEST { Duration::ZERO } else { pause }
    }
}

/// When the viewers of one stream are sent what came, as interrupts are coalesced.
#[derive(Debug, Default)]
pub(super) struct Coalescing {
    last: Option<Instant>,
    /// The next time is known already.
    awaited: bool,
}

/// When they are sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Now,
    /// Then; it has to be told by [`Coalescing::sent`].
    At(Instant),
    /// As was said before.
    Known,
}

impl Coalescing {
    /// Something came at `now`, with `pause` between two times.
    pub(super) fn arrived(&mut self, now: Instant, pause: Duration) -> Due {
        if self.awaited {
            return Due::Known;
        }
        match self.last.map(|last| last + pause) {
            Some(at) if at > now && !pause.is_zero() => {
                self.awaited = true;
                Due::At(at)
            }
            _ => {
                self.last = Some(now);
                Due::Now
            }
        }
    }

    /// What was awaited is sent `now`.
    pub(super) fn sent(&mut self, now: Instant) {
        self.awaited = false;
        self.last = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd(viewers: u64) -> Crowd {
        let crowd = Crowd::new(&config::Stream::default());
        (0..viewers).for_each(|_| crowd.enter());
        crowd
    }

    #[test]
    fn the_pause_grows_with_the_viewers_and_has_an_end() {
        let pause = |viewers| crowd(viewers).pause().as_millis();
        assert_eq!([0, 40, 100, 1_000, 20_000].map(pause), [0, 0, 20, 200, 200]);
        let left = crowd(1_000);
        (0..900).for_each(|_| left.leave());
        assert_eq!(left.pause().as_millis(), 20);
        let never = Crowd {
            longest: Duration::ZERO,
            ..crowd(1_000)
        };
        assert_eq!(never.pause(), Duration::ZERO);
    }

    #[test]
    fn few_viewers_wait_for_nothing() {
        let (mut coalescing, now) = (Coalescing::default(), Instant::now());
        // The last is of a caller whose times go back.
        for ms in [0, 0, 1, 33, 20] {
            let now = now + Duration::from_millis(ms);
            assert_eq!(coalescing.arrived(now, Duration::ZERO), Due::Now);
        }
    }

    #[test]
    fn times_are_a_pause_apart_while_something_comes() {
        let (mut coalescing, begun) = (Coalescing::default(), Instant::now());
        let (pause, at) = (Duration::from_millis(100), |ms| begun + Duration::from_millis(ms));
        assert_eq!(coalescing.arrived(at(0), pause), Due::Now);
        assert_eq!(coalescing.arrived(at(33), pause), Due::At(at(100)));
        assert_eq!(coalescing.arrived(at(66), pause), Due::Known);
        coalescing.sent(at(100));
        assert_eq!(coalescing.arrived(at(101), pause), Due::At(at(200)));
        coalescing.sent(at(200));
        // What comes after a while waits for nothing.
        assert_eq!(coalescing.arrived(at(350), pause), Due::Now);
    }
}
