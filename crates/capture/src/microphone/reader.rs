//! The mixer's side of a microphone: its samples on the show clock.

use std::time::Duration;

use media::AudioBlock;
use sound::{AudioRing, LineFit, RATE, RingCounters};

use super::feed::Feed;
use crate::ShowClock;

/// Instants kept: the longest delay and as much again.
const KEPT: usize = 2 * RATE as usize;

/// Reads a device's samples by time.
pub(super) struct Reader {
    clock: ShowClock,
    feed: Option<Feed>,
    ring: AudioRing,
    line: LineFit,
    allowance: Allowance,
    /// The longest stretch before the end of a block that had not arrived, since something last arrived.
    needed: i64,
}

impl Reader {
    pub(super) fn new(clock: ShowClock, delay: Duration) -> Self {
        Self {
            clock,
            feed: None,
            ring: AudioRing::new(KEPT),
            line: LineFit::new(f64::from(RATE)),
            allowance: Allowance::new(delay),
            needed: 0,
        }
    }

    /// Goes on with a device that was opened anew: it counts on a line of its own.
    pub(super) fn follow(&mut self, feed: Feed) {
        self.feed = Some(feed);
        self.line = LineFit::new(f64::from(RATE));
        self.needed = 0;
    }

    /// Takes in what arrived and fills `block`.
    pub(super) fn fill(&mut self, block: &mut AudioBlock) {
        // What was not there in time counts when more has come: a lost device is not a late one.
        if self.take() && self.allowance.grows(std::mem::take(&mut self.needed)) {
            self.ring.reanchor();
        }
        if let Some(heard) = self.line.at(self.ring.head()) {
            let end = block.pts + block.duration();
            self.needed = self.needed.max(end.nanos_since(heard));
        }
        self.ring.fill(block, &self.line, self.allowance.delay);
    }

    fn take(&mut self) -> bool {
        let (ring, line, clock) = (&mut self.ring, &mut self.line, self.clock);
        let mut arrived = false;
        if let Some(feed) = &mut self.feed {
            feed.drain(|block| {
                arrived = true;
                ring.lose(block.lost);
                block.samples.iter().for_each(|s| ring.push(s, block.channels));
                line.observe(ring.head(), clock.at(block.arrival));
            });
        }
        arrived
    }

    pub(super) fn counters(&self) -> RingCounters {
        self.ring.counters()
    }

    pub(super) fn drift_ppm(&self) -> f64 {
        self.line.drift_ppm()
    }

    pub(super) fn delay(&self) -> Duration {
        Duration::from_nanos(self.allowance.delay.max(0) as u64)
    }

    pub(super) fn set_delay(&mut self, delay: Duration) {
        self.allowance = Allowance::new(delay);
        self.ring.reanchor();
    }
}

/// The delay that keeps silence out: it grows when blocks are asked for too early again and again, and never
/// shrinks, as that would be heard as well.
#[derive(Clone, Debug)]
struct Allowance {
    delay: i64,
    looked: u32,
    late: u32,
    worst: i64,
}

impl Allowance {
    /// Late ones among [`Self::LOOKED`] arrivals that make it grow.
    const LATE: u32 = 3;
    /// Arrivals after which the counting starts again: 10 s and more.
    const LOOKED: u32 = 1_000;
    /// What is added to the worst that was seen.
    const MARGIN: i64 = 5_000_000;
    /// It never grows beyond.
    const MOST: i64 = 1_000_000_000;

    fn new(delay: Duration) -> Self {
        let delay = i64::try_from(delay.as_nanos())
            .unwrap_or(i64::MAX)
            .min(Self::MOST);
        Self {
            delay,
            looked: 0,
            late: 0,
            worst: 0,
        }
    }

    /// Until more arrived, `needed` nanoseconds of what was asked for weren't there. Whether the delay grew.
    fn grows(&mut self, needed: i64) -> bool {
        self.looked += 1;
        if self.looked > Self::LOOKED {
            (self.looked, self.late, self.worst) = (0, 0, 0);
        }
        if needed <= self.delay || needed > Self::MOST {
            return false;
        }
        self.late += 1;
        self.worst = self.worst.max(needed);
        if self.late < Self::LATE {
            return false;
        }
        self.delay = self.worst.saturating_add(Self::MARGIN).min(Self::MOST);
        (self.looked, self.late, self.worst) = (0, 0, 0);
        true
    }
}

#[cfg(test)]
mod tests;
