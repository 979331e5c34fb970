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
use crate::base::Base;

/// What is known of the last so long counts.
const WINDOW: Duration = Duration::from_millis(600);
/// What was delivered is counted over the last so long at least: a longer while would hold what a line carried before
/// it was cut.
const LATELY: Duration = Duration::from_millis(140);
/// The share of what was delivered that is sent while what waits drains.
const DRAIN: f64 = 0.8;
/// The same where the line is full again where it was before, give or take this much.
const SIP: f64 = 0.9;
const EXPECTED: f64 = 0.15;
/// The curve is flat at this share of the rate at which the line filled.
const PLATEAU: f64 = 0.96;
/// From the plateau to all that is allowed takes so long, in seconds, when nothing happens.
const CLIMB: f64 = 4.0;
/// A round trip above the smallest by this has a queue in it.
const QUEUE: Duration = Duration::from_millis(40);
/// A key frame, larger than the others, may take this long to leave.
const BURST: Duration = Duration::from_millis(150);
/// After the rate fell, what is delivered counts anew, and is judged after so long.
const SETTLE: Duration = Duration::from_millis(400);
/// Then it falls again where more waits than before by this, which is what a round trip may vary.
const GROWN: Duration = Duration::from_millis(50);
/// And where no less waits after so long.
const PATIENCE: Duration = Duration::from_millis(1_200);
/// What waits leaves where so much more is delivered than is made, however long it takes.
const LEAVES: f64 = 1.1;
/// But not below this share at once: what was delivered in so short a time may be chance.
const STEP_DOWN: f64 = 0.75;
const STEP_DOWN_FIRST: f64 = 0.25;
/// Less waiting than this is none.
const DRAINED: Duration = Duration::from_millis(60);
/// A rate so much above what is delivered has run ahead of the line.
const AHEAD: f64 = 1.1;
/// Who sends less than this share of the rate says nothing about the line by it.
const TELLS: f64 = 0.7;
/// The share that is sent of what a transport thinks its line carries: the rest is for what is sent again, and probes.
const HEEDED: f64 = 0.9;
/// Less by as much as would have what waits drain in a second, but not below this.
const HEEDED_LEAST: f64 = 0.5;
/// What it thinks changes all the time: a smaller change of the rate isn't worth one.
const WORTH: f64 = 0.04;

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
    pub(crate) const fn limit(self) -> Duration {
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
    Draining(Drain),
    Climbing(Climb),
}

/// What waits leaves.
#[derive(Clone, Copy, Debug)]
struct Drain {
    /// The rate at which the line was full.
    filled: f64,
    /// When it fell, and what waited.
    fell: Instant,
    waited: Duration,
    /// When that was judged last, what had been delivered then, and what waited.
    judged: Instant,
    delivered: u64,
    waiting: Duration,
}

/// A rise.
#[derive(Clone, Copy, Debug)]
struct Climb {
    since: Instant,
    /// The rate it began with, and that at which the line was full.
    start: f64,
    filled: f64,
}

impl Climb {
    /// The rate at `now`, where `most` is allowed: a cubic curve that is flat where the line was full.
    fn rate(&self, now: Instant, most: f64) -> f64 {
        let plateau = (self.filled * PLATEAU).max(self.start);
        let steep = most / CLIMB.powi(3);
        let flat_at = ((plateau - self.start) / steep).cbrt();
        let since_flat = (now - self.since).as_secs_f64() - flat_at;
        plateau + steep * since_flat.powi(3)
    }
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
            base: Base::new(now),
        }
    }

    /// Decides as `mode` says from now on.
    pub fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }

    /// Kilobits a second of pictures and sound together that are to be sent.
    pub fn kbps(&self) -> u32 {
        self.rate.round() as u32
    }

    /// Goes on with the rate that another had.
    pub(crate) fn resume(&mut self, kbps: u32, now: Instant) {
        let rate = f64::from(kbps.max(self.bounds.least_kbps));
        if rate < f64::from(self.bounds.most_kbps) {
            self.rate = rate;
            self.climb_from(now, rate);
        }
    }

    /// Other bounds from `now` on: where all went through, all of the new goes.
    pub(crate) fn allow(&mut self, bounds: Bounds, now: Instant) {
        let most = f64::from(bounds.most_kbps);
        self.bounds = bounds;
        if !self.is_limiting() || self.rate >= most {
            (self.rate, self.state) = (most, State::Full);
        } else if let State::Climbing(climb) = self.state {
            // The curve depends on what is allowed: it goes on from here.
            self.climb_from(now, climb.filled);
        }
    }

    /// What was counted begins anew.
    pub(crate) fn forget(&mut self) {
        self.lately.clear();
    }

    /// Whether less is sent than is allowed.
    pub(crate) const fn is_limiting(&self) -> bool {
        !matches!(self.state, State::Full)
    }

    fn climb_from(&mut self, now: Instant, filled: f64) {
        self.state = State::Climbing(Climb {
            since: now,
            start: self.rate,
            filled,
        });
    }

    /// Takes note of what is known at `sample.at`, while `sent_kbps` was made of the rate lately. What was done, if
    /// anything was. Call it each 50 to 100 ms.
    pub fn step(&mut self, sample: &Sample, sent_kbps: f64) -> Option<Action> {
        self.learn(sample);
        self.decide(sent_kbps)
    }

    /// Takes note without deciding.
    pub(crate) fn learn(&mut self, sample: &Sample) {
        self.base.learn(sample);
        self.lately.push_back(*sample);
        while self
            .lately
            .front()
            .is_some_and(|oldest| sample.at - oldest.at > WINDOW)
        {
            self.lately.pop_front();
        }
    }

    /// Decides by what it has learned.
    pub(crate) fn decide(&mut self, sent_kbps: f64) -> Option<Action> {
        let sample = *self.lately.back()?;
        if let Some(estimate) = sample.estimate_kbps {
            return self.heed(estimate, sample.queued);
        }
        let now = sample.at;
        let before = self.lately.iter().rev().nth(1);
        let queues = self.base.above(sample.rtt) >= QUEUE;
        let gave_up = queues && before.is_some_and(|before| sample.gave_up > before.gave_up);
        let waiting = self.waits(&sample);
        let full = gave_up || self.waits_for_long(self.mode.limit());
        match self.state {
            State::Draining(drain) if full => self.drain(drain, &sample, waiting),
            _ if full => self.fall(&sample, waiting),
            State::Draining(drain) if waiting < DRAINED => {
                self.climb_from(now, drain.filled);
                None
            }
            State::Climbing(climb) => match self.ahead_of(&sample) {
                Some(delivered) => self.turn_back(delivered, now),
                None if waiting >= DRAINED || sent_kbps < self.rate * TELLS => self.hold(climb, now),
                None => self.climb(climb, now),
            },
            State::Draining(_) | State::Full => None,
        }
    }

    /// A transport that controls congestion itself has decided: the rate follows.
    fn heed(&mut self, estimate_kbps: u32, waiting: Duration) -> Option<Action> {
        let (least, most) = (self.bounds.least_kbps, self.bounds.most_kbps);
        let (from, before) = (self.kbps(), self.rate);
        let share = (HEEDED - waiting.as_secs_f64()).max(HEEDED_LEAST);
        let rate = (f64::from(estimate_kbps) * share).clamp(least.into(), most.into());
        let worth = (rate - before).abs() > before * WORTH || rate >= f64::from(most);
        if !worth || rate == before {
            return None;
        }
        self.rate = rate;
        Some(if rate > before {
            Action::Raised { to_kbps: self.kbps() }
        } else {
            Action::Lowered {
                from_kbps: from,
                to_kbps: self.kbps(),
                delivered_kbps: estimate_kbps,
                waiting,
            }
        })
    }

    /// How long what waits now takes, with what the network holds.
    pub fn waiting(&self) -> Duration {
        self.lately
            .back()
            .map_or(Duration::ZERO, |sample| self.waits(sample))
    }

    fn waits(&self, sample: &Sample) -> Duration {
        let bits = sample.waiting as f64 * 8.0;
        let system = Duration::from_secs_f64(bits / (self.rate * 1e3).max(1.0));
        let network = self.base.above(sample.rtt);
        // A packet that is missing is no queue: the round trip tells the one from the other.
        let missing = if network >= QUEUE {
            sample.missing
        } else {
            Duration::ZERO
        };
        sample.queued + system.max(missing) + network
    }

    /// Kilobits a second that were delivered lately; none while too little is known.
    fn delivered(&self) -> Option<f64> {
        let new = self.lately.back()?;
        let old = self
            .lately
            .iter()
            .rev()
            .find(|old| new.at - old.at >= LATELY.max(new.grain))?;
        let bits = new.delivered.saturating_sub(old.delivered) as f64 * 8.0;
        Some(bits / (new.at - old.at).as_secs_f64() / 1e3)
    }

    /// Kilobits a second that were delivered lately, over 140 to 600 ms; none while too little is known.
    pub fn delivered_kbps(&self) -> Option<u32> {
        self.delivered().map(|kbps| kbps.round() as u32)
    }

    /// Whether more than `limit` has waited for a while: a key frame alone is none.
    fn waits_for_long(&self, limit: Duration) -> bool {
        let now = self.lately.back().map(|newest| newest.at);
        let within = self.lately.iter().rev().take_while(|s| Some(s.at + BURST) >= now);
        let whole = self
            .lately
            .front()
            .is_some_and(|oldest| Some(oldest.at + BURST) <= now);
        whole && within.map(|s| self.waits(s)).all(|waiting| waiting > limit)
    }

    /// While much waits the line shows what it carries: where more waits all the same, that is less than was thought.
    fn drain(&mut self, mut drain: Drain, sample: &Sample, waiting: Duration) -> Option<Action> {
        let since = sample.at - drain.judged;
        if since < SETTLE.max(sample.grain) {
            return None;
        }
        let bits = sample.delivered.saturating_sub(drain.delivered) as f64 * 8.0;
        let delivered = bits / since.as_secs_f64() / 1e3;
        let line_is_full = !sample.paced || self.base.above(sample.rtt) >= QUEUE;
        let grown = waiting > drain.waiting + GROWN && delivered < self.rate;
        let leaves = delivered > self.rate * LEAVES;
        let stays = sample.at - drain.fell >= PATIENCE && waiting >= drain.waited && !leaves;
        if line_is_full && (grown || stays) {
            let filled = delivered.clamp(self.rate * STEP_DOWN / DRAIN, self.rate);
            return self.fall_to(filled, DRAIN, sample, waiting);
        }
        if delivered > self.rate {
            drain.filled = delivered;
        }
        (drain.judged, drain.delivered, drain.waiting) = (sample.at, sample.delivered, waiting);
        self.state = State::Draining(drain);
        None
    }

    /// Whether the line is full again where it was before: little waits then, as the curve is flat there.
    fn was_expected(&self, filled: f64) -> bool {
        matches!(self.state, State::Climbing(climb) if (climb.filled - filled).abs() < EXPECTED * climb.filled)
    }

    fn fall(&mut self, sample: &Sample, waiting: Duration) -> Option<Action> {
        let filled = self.delivered()?.min(self.rate).max(self.rate * STEP_DOWN_FIRST);
        let share = if self.was_expected(filled) { SIP } else { DRAIN };
        self.fall_to(filled, share, sample, waiting)
    }

    /// The line was full at `filled`: a share of that is sent.
    fn fall_to(&mut self, filled: f64, share: f64, sample: &Sample, waiting: Duration) -> Option<Action> {
        let (least, from) = (f64::from(self.bounds.least_kbps), self.kbps());
        self.rate = (filled * share).clamp(least.min(self.rate), self.rate);
        self.state = State::Draining(Drain {
            filled,
            fell: sample.at,
            waited: waiting,
            judged: sample.at,
            delivered: sample.delivered,
            waiting,
        });
        (self.kbps() < from).then(|| Action::Lowered {
            from_kbps: from,
            to_kbps: self.kbps(),
            delivered_kbps: filled.round() as u32,
            waiting,
        })
    }

    /// What is delivered, where the rate has run ahead of it, which shows while something waits: encoders follow the rate
    /// later, by a second or so. TCP delivers in lumps that say less.
    fn ahead_of(&self, sample: &Sample) -> Option<f64> {
        let shows = sample.paced && self.waits_for_long(DRAINED);
        let delivered = self.delivered().filter(|_| shows)?;
        (delivered * AHEAD < self.rate).then_some(delivered)
    }

    /// Back to what the line carries, before it is full of what is made by then; the curve goes on from there.
    fn turn_back(&mut self, delivered: f64, now: Instant) -> Option<Action> {
        let least = f64::from(self.bounds.least_kbps);
        self.rate = (delivered * PLATEAU).clamp(least.min(self.rate), self.rate);
        self.climb_from(now, delivered);
        None
    }

    /// The curve waits: while something waits already, or while the picture stands still and so the line shows nothing.
    fn hold(&mut self, mut climb: Climb, now: Instant) -> Option<Action> {
        let before = self.lately.iter().rev().nth(1);
        climb.since += before.map_or(Duration::ZERO, |before| now - before.at);
        self.state = State::Climbing(climb);
        None
    }

    fn climb(&mut self, climb: Climb, now: Instant) -> Option<Action> {
        let (most, before) = (f64::from(self.bounds.most_kbps), self.kbps());
        self.rate = climb.rate(now, most).clamp(self.rate, most);
        if self.rate >= most {
            self.state = State::Full;
        }
        (self.kbps() > before).then(|| Action::Raised { to_kbps: self.kbps() })
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
#[path = "controller_tests.rs"]
pub(crate) mod tests;

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
#[path = "controller_paced_tests.rs"]
mod paced_tests;
