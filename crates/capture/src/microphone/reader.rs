//! The mixer's side of a microphone: its samples on the show clock.

use std::time::Duration;

use media::AudioBlock;
use sound::{Playout, PlayoutCounters};

use super::feed::Feed;
use crate::ShowClock;

/// What a device that was opened brings: its samples, and what places and resamples them. Made on the
/// microphone's own thread, as it takes memory and time.
pub(super) struct Opened {
    feed: Feed,
    playout: Playout,
}

impl Opened {
    /// For a device that counts `rate` a second and records `channels` into `feed`.
    pub(super) fn new(feed: Feed, rate: u32, channels: u16) -> Self {
        Self {
            feed,
            playout: Playout::new(rate, channels),
        }
    }
}

/// The longest delay, as long as a device is listened to, and some time to begin.
const BEGINNING: i64 = 2_000_000_000;

/// Reads a device's samples by time.
pub(super) struct Reader {
    clock: ShowClock,
    device: Option<Box<Opened>>,
    /// What the devices before this one went through.
    before: PlayoutCounters,
    allowance: Allowance,
    /// How much longer silence at the very beginning is no loss, in nanoseconds; nothing once it was heard.
    beginning: i64,
    /// The longest stretch before the end of a block that had not arrived, since something last arrived.
    needed: i64,
}

impl Reader {
    pub(super) fn new(clock: ShowClock, delay: Duration) -> Self {
        Self {
            clock,
            device: None,
            before: PlayoutCounters::default(),
            allowance: Allowance::new(delay),
            beginning: BEGINNING,
            needed: 0,
        }
    }

    /// Goes on with a device that was opened anew: it counts on a line of its own, perhaps at a rate of its
    /// own. Gives back the one before, to be dropped where giving back memory is not heard.
    pub(super) fn follow(&mut self, device: Box<Opened>) -> Option<Box<Opened>> {
        self.before = self.counters();
        self.needed = 0;
        self.device.replace(device)
    }

    /// Takes in what arrived and fills `block`.
    pub(super) fn fill(&mut self, block: &mut AudioBlock) {
        // What was not there in time counts when more has come: a lost device is not a late one.
        let grown = self.take() && self.allowance.grows(std::mem::take(&mut self.needed));
        let Some(device) = &mut self.device else {
            block.samples.fill(0.0);
            return;
        };
        if grown {
            device.playout.reanchor();
        }
        if let Some(heard) = device.playout.heard_until() {
            let end = block.pts + block.duration();
            self.needed = self.needed.max(end.nanos_since(heard));
        }
        let sounded = device.playout.fill(block, self.allowance.delay);
        if sounded {
            self.beginning = 0;
        } else if self.beginning <= 0 {
            self.before.missing += block.frames() as u64;
        }
        self.beginning -= block.duration().as_nanos() as i64;
    }

    /// Whether anything arrived.
    fn take(&mut self) -> bool {
        let Some(device) = &mut self.device else {
            return false;
        };
        let (playout, clock) = (&mut device.playout, self.clock);
        let mut arrived = false;
        device.feed.drain(|block| {
            arrived = true;
            playout.lose(block.lost);
            block.samples.iter().for_each(|s| playout.push(s, block.channels));
            playout.arrived(clock.at(block.arrival));
        });
        arrived
    }

    pub(super) fn counters(&self) -> PlayoutCounters {
        let now = self.device.as_ref().map(|d| d.playout.counters());
        self.before + now.unwrap_or_default()
    }

    pub(super) fn drift_ppm(&self) -> f64 {
        self.device.as_ref().map_or(0.0, |d| d.playout.drift_ppm())
    }

    /// Instants a second of the device; 0 before there was one.
    pub(super) fn rate(&self) -> u32 {
        self.device.as_ref().map_or(0, |d| d.playout.rate())
    }

    pub(super) fn delay(&self) -> Duration {
        Duration::from_nanos(self.allowance.delay.max(0) as u64)
    }

    pub(super) fn set_delay(&mut self, delay: Duration) {
        self.allowance = Allowance::new(delay);
        if let Some(device) = &mut self.device {
            device.playout.reanchor();
        }
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
