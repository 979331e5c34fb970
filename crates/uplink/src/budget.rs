//! What places share whose packets leave by the same route.
//!
//! A line that is full of its own shows it alone; where the route that all take is full, several wait at once. Then what
//! all of them were delivered together is what the route carries, and a [`Controller`] for the sum decides how much that
//! is from there on. The most important place gets all it may, the others share the rest alike, and where that is too
//! little for a picture the last one pauses rather than starving all.

use std::time::{Duration, Instant};

use crate::{Action, Bounds, Controller, Mode, Sample, share};

/// What is known of a place counts for so long.
const FRESH: Duration = Duration::from_millis(250);
/// What several delivered together in less than this may be chance.
const GRAIN: Duration = Duration::from_millis(300);
/// After all got less, what a place still waits for says nothing of its own line for so long.
const SETTLE: Duration = Duration::from_millis(1_500);

/// Decides for all places of one route. See the [module](self).
#[derive(Clone, Debug)]
pub struct Budget {
    mode: Mode,
    /// None while there is no place.
    total: Option<Controller>,
    /// In order of importance.
    members: Vec<Member>,
    pauses: share::Pauses,
    /// When all got less last.
    fell: Option<Instant>,
}

/// A place's number, as the caller gives it: the smaller, the more important.
pub type Rank = usize;

#[derive(Clone, Debug)]
struct Member {
    rank: Rank,
    bounds: Bounds,
    own: Controller,
    /// What the connection had delivered when last seen, and what was delivered in all.
    last: Option<Sample>,
    carried: u64,
    made_kbps: f64,
    /// What it gets of the route; none while it pauses.
    share: Option<u32>,
}

impl Member {
    fn is_fresh(&self, now: Instant) -> bool {
        let known = |last: &Sample| now - last.at < FRESH && last.estimate_kbps.is_none();
        self.last.as_ref().is_some_and(known)
    }
}

impl Budget {
    /// A route that no place uses yet.
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            total: None,
            members: Vec::new(),
            pauses: share::Pauses::default(),
            fell: None,
        }
    }

    /// Decides as `mode` says from now on.
    pub fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
        let own = self.members.iter_mut().map(|member| &mut member.own);
        own.chain(&mut self.total)
            .for_each(|controller| controller.set_mode(mode));
    }

    /// A place has connected, at `now`. One that had before goes on with the rate that it had.
    pub fn connected(&mut self, rank: Rank, bounds: Bounds, rate_kbps: u32, now: Instant) {
        self.members.retain(|member| member.rank != rank);
        let mut own = Controller::new(self.mode, bounds, now);
        own.resume(rate_kbps, now);
        let at = self.members.partition_point(|member| member.rank < rank);
        let member = Member {
            rank,
            bounds,
            own,
            last: None,
            carried: 0,
            made_kbps: 0.0,
            share: Some(bounds.most_kbps),
        };
        self.members.insert(at, member);
        self.changed(now);
    }

    /// A place is away: the others have what it had.
    pub fn gone(&mut self, rank: Rank, now: Instant) {
        self.members.retain(|member| member.rank != rank);
        self.changed(now);
    }

    /// What a place is to be sent, in kilobits a second of pictures and sound; none while its pictures pause.
    pub fn kbps(&self, rank: Rank) -> Option<u32> {
        let member = self.member(rank)?;
        Some(member.own.kbps().min(member.share?))
    }

    /// Whether the route limits what places get, so that those behind the first have less than they could.
    pub fn is_short(&self) -> bool {
        self.total.as_ref().is_some_and(Controller::is_limiting)
    }

    /// Kilobits a second that a place was delivered lately; none while too little is known.
    pub fn delivered_kbps(&self, rank: Rank) -> Option<u32> {
        self.member(rank)?.own.delivered_kbps()
    }

    /// How long what waits for a place takes, with what the network holds.
    pub fn waiting(&self, rank: Rank) -> Duration {
        self.member(rank)
            .map_or(Duration::ZERO, |member| member.own.waiting())
    }

    fn member(&self, rank: Rank) -> Option<&Member> {
        self.members.iter().find(|member| member.rank == rank)
    }

    /// Takes note of what is known of a place's line at `sample.at`, while `made_kbps` was made for it lately. What was
    /// done about the place alone, or about all of them. Call it for each place each 50 to 100 ms.
    pub fn see(&mut self, rank: Rank, sample: &Sample, made_kbps: f64) -> Option<Action> {
        let index = self.members.iter().position(|member| member.rank == rank)?;
        let member = &mut self.members[index];
        let before = member.last.map_or(sample.delivered, |last| last.delivered);
        member.carried += sample.delivered.saturating_sub(before);
        member.last = Some(*sample);
        // What is made for one that pauses isn't sent.
        member.made_kbps = member.share.map_or(0.0, |_| made_kbps);
        member.own.learn(sample);
        if sample.estimate_kbps.is_some() {
            // Its own congestion control shares the route with others by itself.
            return member.own.decide(made_kbps);
        }
        let (longest, second) = self.waits(sample.at);
        // The slowest may be slow alone, but what two wait for is the route's.
        let together = second >= self.mode.limit() / 2;
        // In step with one of them, so that what the others delivered is always equally old.
        if index == self.leader(sample.at)
            && let Some(action) = self.all(sample.at, if together { longest } else { second })
        {
            return Some(action);
        }
        let settling = self.fell.is_some_and(|fell| sample.at - fell < SETTLE);
        if together || settling {
            return None;
        }
        self.members[index].own.decide(made_kbps)
    }

    /// The first of those that are heard of.
    fn leader(&self, now: Instant) -> usize {
        let fresh = |member: &Member| member.is_fresh(now);
        self.members.iter().position(fresh).unwrap_or(0)
    }

    /// What the slowest place waits for, and the second slowest.
    fn waits(&self, now: Instant) -> (Duration, Duration) {
        let fresh = self.members.iter().filter(|member| member.is_fresh(now));
        let waiting = fresh.map(|member| member.own.waiting());
        waiting.fold((Duration::ZERO, Duration::ZERO), |(first, second), waits| {
            (first.max(waits), second.max(waits.min(first)))
        })
    }

    fn all(&mut self, now: Instant, waiting: Duration) -> Option<Action> {
        let sample = Sample {
            delivered: self.members.iter().map(|member| member.carried).sum(),
            queued: waiting,
            grain: GRAIN,
            ..Sample::new(now)
        };
        let made = self.members.iter().map(|member| member.made_kbps).sum();
        let action = self.total.as_mut()?.step(&sample, made);
        if let Some(Action::Lowered { .. }) = action {
            self.fell = Some(now);
        }
        let waits = self.members.iter().any(|member| member.share.is_none());
        if action.is_some() || waits || self.is_short() {
            self.divide(now);
        }
        action
    }

    /// Other places, or other bounds.
    fn changed(&mut self, now: Instant) {
        let sum = |of: fn(&Bounds) -> u32| self.members.iter().map(|m| of(&m.bounds)).sum::<u32>();
        let bounds = Bounds {
            least_kbps: self.members.first().map_or(0, |m| m.bounds.least_kbps),
            most_kbps: sum(|bounds| bounds.most_kbps),
        };
        match &mut self.total {
            Some(total) => total.allow(bounds, now),
            None => self.total = Some(Controller::new(self.mode, bounds, now)),
        }
        // What was carried is counted from each connection's begin: the sum begins anew.
        if let Some(total) = &mut self.total {
            total.forget();
        }
        self.divide(now);
    }

    fn divide(&mut self, now: Instant) {
        let Some(total) = &self.total else { return };
        let wants: Vec<_> = self.members.iter().map(|member| member.bounds).collect();
        let shares = self.pauses.divide(total.kbps(), &wants, now);
        for (member, share) in self.members.iter_mut().zip(shares) {
            member.share = share;
        }
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
#[path = "budget_tests.rs"]
mod tests;
