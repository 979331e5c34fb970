//! The bit rate of one destination: lowered when its line fills, raised again when it has room.
//!
//! A line that carries less than is sent shows it first by what waits: packets in the network (a round trip that grows),
//! then bytes in the system, then pictures in our queue. When these together pass a limit, the rate falls at once to
//! four fifths of what was delivered lately, so that what waits can drain. Then it rises along a cubic curve, as TCP
//! CUBIC's window does (RFC 9438, 4.2): quickly to just below where the line filled, slowly around it, quickly again when
//! nothing happens there.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::Sample;

/// What is known of the last so long counts.
const WINDOW: Duration = Duration::from_millis(400);
/// What was delivered is counted over the last so long at least: a longer while would hold what a line carried before
/// it was cut.
const LATELY: Duration = Duration::from_millis(140);
/// The smallest round trip is that of the last so long, at most twice that.
const BASE_LIFE: Duration = Duration::from_secs(15);
/// The share of what was delivered that is sent while what waits drains.
const DRAIN: f64 = 0.8;
/// The curve is flat at this share of the rate at which the line filled.
const PLATEAU: f64 = 0.96;
/// From the plateau to all that is allowed takes so long, in seconds, when nothing happens.
const CLIMB: f64 = 4.0;
/// A key frame, larger than the others, may take this long to leave.
const BURST: Duration = Duration::from_millis(150);
/// After the rate fell, what is delivered counts anew.
const SETTLE: Duration = Duration::from_millis(200);
/// Less waiting than this is none.
const DRAINED: Duration = Duration::from_millis(60);
/// Who sends less than this share of the rate says nothing about the line by it.
const TELLS: f64 = 0.7;

/// What matters more to the seller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A picture that changes little: more may wait before the rate falls.
    #[default]
    Steady,
    /// As little delay as can be.
    LowestDelay,
}

impl Mode {
    /// How much may wait.
    const fn limit(self) -> Duration {
        Duration::from_millis(match self {
            Self::Steady => 160,
            Self::LowestDelay => 90,
        })
    }
}

/// What the seller allows, in kilobits a second of pictures and sound together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Below this a picture isn't worth sending.
    pub least_kbps: u32,
    /// Never more than this.
    pub most_kbps: u32,
}

/// What the controller did at a [`Sample`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// The line carries less than is sent: the rate fell.
    Lowered {
        /// The rate before, and now, in kilobits a second.
        from_kbps: u32,
        /// As it is now.
        to_kbps: u32,
        /// What the line delivered lately.
        delivered_kbps: u32,
        /// How long what waited would have taken.
        waiting: Duration,
    },
    /// There is room: the rate rose.
    Raised {
        /// As it is now, in kilobits a second.
        to_kbps: u32,
    },
}

/// Decides how much one destination is sent. See the [module](self).
#[derive(Clone, Debug)]
pub struct Controller {
    mode: Mode,
    bounds: Bounds,
    /// In kilobits a second.
    rate: f64,
    state: State,
    /// Samples of the last [`WINDOW`].
    lately: VecDeque<Sample>,
    base: Base,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// All that is allowed goes through.
    Full,
    /// It fell: what waits drains. The rate at which the line was full is remembered.
    Draining { since: Instant, filled: f64 },
    /// It rises, from `start` at `since`.
    Climbing { since: Instant, start: f64, filled: f64 },
}

/// The smallest round trip of the last while, in two halves.
#[derive(Clone, Copy, Debug)]
struct Base {
    since: Instant,
    older: Option<Duration>,
    newer: Option<Duration>,
}

impl Controller {
    /// A destination that begins at `now` with all that is allowed.
    pub fn new(mode: Mode, bounds: Bounds, now: Instant) -> Self {
        Self {
            mode,
            bounds,
            rate: f64::from(bounds.most_kbps),
            state: State::Full,
            lately: VecDeque::new(),
            base: Base {
                since: now,
                older: None,
                newer: None,
            },
        }
    }

    /// Kilobits a second of pictures and sound together that are to be sent.
    pub fn kbps(&self) -> u32 {
        self.rate.round() as u32
    }

    /// The connection is another: what was known of its line isn't any more; the rate stays.
    pub fn reconnected(&mut self, now: Instant) {
        let (rate, bounds) = (self.rate, self.bounds);
        *self = Self::new(self.mode, bounds, now);
        self.rate = rate;
        if rate < f64::from(bounds.most_kbps) {
            self.state = State::Climbing {
                since: now,
                start: rate,
                filled: rate,
            };
        }
    }

    /// Takes note of what is known at `sample.at`, while `sent_kbps` was made of the rate lately. What was done, if
    /// anything was. Call it each 50 to 100 ms.
    pub fn step(&mut self, sample: &Sample, sent_kbps: f64) -> Option<Action> {
        let now = sample.at;
        self.base.learn(sample);
        let gave_up = self
            .lately
            .back()
            .is_some_and(|last| sample.gave_up > last.gave_up);
        self.lately.push_back(*sample);
        while self.lately.front().is_some_and(|oldest| now - oldest.at > WINDOW) {
            self.lately.pop_front();
        }
        let waiting = self.waiting(sample);
        let full = gave_up || self.waits_for_long();
        match self.state {
            State::Draining { since, .. } if full => self.drain(now, since, waiting),
            _ if full => self.fall(now, waiting),
            State::Draining { filled, .. } if waiting < DRAINED => {
                self.state = State::Climbing {
                    since: now,
                    start: self.rate,
                    filled,
                };
                None
            }
            State::Climbing { since, start, filled } => self.climb(now, since, start, filled, sent_kbps),
            State::Draining { .. } | State::Full => None,
        }
    }

    /// How long what waits takes, with what the network holds.
    fn waiting(&self, sample: &Sample) -> Duration {
        let bits = sample.waiting as f64 * 8.0;
        let system = Duration::from_secs_f64(bits / (self.rate * 1e3).max(1.0));
        let network = self.base.above(sample.rtt);
        sample.queued.max(system) + network
    }

    /// Kilobits a second that were delivered lately; none while too little is known.
    fn delivered(&self) -> Option<f64> {
        let new = self.lately.back()?;
        let old = self.lately.iter().rev().find(|old| new.at - old.at >= LATELY)?;
        let bits = new.delivered.saturating_sub(old.delivered) as f64 * 8.0;
        Some(bits / (new.at - old.at).as_secs_f64() / 1e3)
    }

    /// Whether more than the limit has waited for a while: a key frame alone is none.
    fn waits_for_long(&self) -> bool {
        let now = self.lately.back().map(|newest| newest.at);
        let within = self.lately.iter().rev().take_while(|s| Some(s.at + BURST) >= now);
        let whole = self
            .lately
            .front()
            .is_some_and(|oldest| Some(oldest.at + BURST) <= now);
        whole
            && within
                .map(|s| self.waiting(s))
                .all(|waiting| waiting > self.mode.limit())
    }

    /// While much waits the line shows what it carries: once that is of the time after the fall, it counts.
    fn drain(&mut self, now: Instant, since: Instant, waiting: Duration) -> Option<Action> {
        let delivered = self.delivered()?;
        if now - since < SETTLE {
            return None;
        }
        if delivered < self.rate {
            return self.fall(now, waiting);
        }
        self.state = State::Draining {
            since,
            filled: delivered,
        };
        None
    }

    fn fall(&mut self, now: Instant, waiting: Duration) -> Option<Action> {
        let delivered = self.delivered()?;
        let (least, from) = (f64::from(self.bounds.least_kbps), self.kbps());
        let filled = delivered.min(self.rate);
        self.rate = (filled * DRAIN).clamp(least.min(self.rate), self.rate);
        self.state = State::Draining { since: now, filled };
        (self.kbps() < from).then(|| Action::Lowered {
            from_kbps: from,
            to_kbps: self.kbps(),
            delivered_kbps: delivered.round() as u32,
            waiting,
        })
    }

    fn climb(
        &mut self,
        now: Instant,
        since: Instant,
        start: f64,
        filled: f64,
        sent_kbps: f64,
    ) -> Option<Action> {
        let most = f64::from(self.bounds.most_kbps);
        if sent_kbps < self.rate * TELLS {
            // A picture that stands still: the line shows nothing, so the curve waits.
            let step = self
                .lately
                .iter()
                .rev()
                .nth(1)
                .map_or(Duration::ZERO, |last| now - last.at);
            self.state = State::Climbing {
                since: since + step,
                start,
                filled,
            };
            return None;
        }
        let plateau = (filled * PLATEAU).max(start);
        let steep = most / CLIMB.powi(3);
        let flat_at = ((plateau - start) / steep).cbrt();
        let at = (now - since).as_secs_f64() - flat_at;
        let before = self.kbps();
        self.rate = (plateau + steep * at.powi(3)).clamp(self.rate, most);
        if self.rate >= most {
            self.state = State::Full;
        }
        (self.kbps() > before).then(|| Action::Raised { to_kbps: self.kbps() })
    }
}

impl Base {
    fn learn(&mut self, sample: &Sample) {
        if sample.at - self.since > BASE_LIFE {
            (self.older, self.newer, self.since) = (self.newer, None, sample.at);
        }
        if !sample.rtt.is_zero() {
            self.newer = Some(self.newer.map_or(sample.rtt, |least| least.min(sample.rtt)));
        }
    }

    /// How much longer a round trip is than the smallest.
    fn above(&self, rtt: Duration) -> Duration {
        let least = [self.older, self.newer].into_iter().flatten().min();
        least.map_or(Duration::ZERO, |least| rtt.saturating_sub(least))
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
#[path = "controller_tests.rs"]
mod tests;
