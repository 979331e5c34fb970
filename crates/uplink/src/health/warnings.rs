//! What is said of what is the matter, and when.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::{Cause, Severity, Side};

/// The same is said again after this at the earliest.
const SAME: Duration = Duration::from_secs(30);
/// Within this at most [`MANY`] are said.
const MINUTE: Duration = Duration::from_secs(60);
/// How many may begin in a [`MINUTE`].
const MANY: usize = 2;

/// What is to be said of a place, which has the number that the caller gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// A warning begins.
    Begins {
        /// The place's number.
        place: usize,
        /// What is the matter with it.
        cause: Cause,
        /// Since when it is so: before now where the word was held back.
        since: Instant,
    },
    /// The place is better again: a warning that began has ended.
    Better {
        /// The place's number.
        place: usize,
        /// What the warning was of.
        cause: Cause,
    },
}

/// Decides which causes of which places are said, so that what is said is heard.
///
/// - The worst is said first: by the order of [`Cause`], then what has been so for longest.
/// - The same cause of the same place at most once in 30 s, and no more than two warnings a minute in all. What is held
///   back is said when it may be, if it is still so.
/// - Every warning that was said ends exactly once, when its place is better than that; one that wasn't never does.
/// - While a warning stands nothing else is said of its place unless it means more for viewers ([`Severity`]): then both
///   stand, and the worse ends first.
/// - What is the machine's fault is so at every place, and said of one.
///
/// The caller [notes](Self::note) all that has changed, then asks what to [say](Self::say), and asks again at
/// [`next_due`](Self::next_due).
#[derive(Clone, Debug, Default)]
pub struct Warnings {
    places: BTreeMap<usize, Place>,
    /// When warnings began in the last [`MINUTE`]: at most [`MANY`].
    begun: VecDeque<Instant>,
    /// When each subject was last warned of, in the last [`SAME`].
    last: BTreeMap<Subject, Instant>,
}

#[derive(Clone, Debug)]
struct Place {
    cause: Option<Cause>,
    since: Instant,
    /// Warnings that stand, the worst last.
    open: Vec<Cause>,
}

/// What counts as the same: the cause, and the place unless it is the machine's fault.
type Subject = (Option<usize>, Cause);

fn subject(place: usize, cause: Cause) -> Subject {
    ((cause.side() != Side::Machine).then_some(place), cause)
}

impl Warnings {
    /// Takes note of what is the matter with a place from `now` on; none where all is well or it is no longer sent to.
    pub fn note(&mut self, place: usize, cause: Option<Cause>, now: Instant) {
        let known = self.places.entry(place).or_insert(Place {
            cause: None,
            since: now,
            open: Vec::new(),
        });
        if known.cause != cause {
            (known.cause, known.since) = (cause, now);
        }
    }

    /// What is to be said at `now`: what is better, then what begins, the worst first.
    pub fn say(&mut self, now: Instant) -> Vec<Said> {
        let mut said = self.end();
        self.forget(now);
        while let Some((since, place, cause)) = self.next(now) {
            self.begin(place, cause, now);
            said.push(Said::Begins { place, cause, since });
        }
        said
    }

    /// When there will be something to say although nothing changes; none when there won't.
    pub fn next_due(&self) -> Option<Instant> {
        let due = self.held().map(|(since, place, cause)| {
            let same = self.last.get(&subject(place, cause));
            same.map_or(since, |last| *last + SAME)
        });
        let soonest = due.min()?;
        Some(self.full_until().map_or(soonest, |until| until.max(soonest)))
    }

    /// Ends the warnings of places that are better than that.
    fn end(&mut self) -> Vec<Said> {
        let mut said = Vec::new();
        for (&place, known) in &mut self.places {
            let now = known.cause.map(Cause::severity);
            while let Some(cause) = known.open.pop_if(|cause| Some(cause.severity()) > now) {
                said.push(Said::Better { place, cause });
            }
        }
        self.places
            .retain(|_, known| known.cause.is_some() || !known.open.is_empty());
        said
    }

    fn forget(&mut self, now: Instant) {
        self.begun.retain(|begun| now - *begun < MINUTE);
        self.last.retain(|_, last| now - *last < SAME);
    }

    fn begin(&mut self, place: usize, cause: Cause, now: Instant) {
        self.begun.push_back(now);
        self.last.insert(subject(place, cause), now);
        if let Some(known) = self.places.get_mut(&place) {
            known.open.push(cause);
        }
    }

    /// The worst that may be said now.
    fn next(&self, now: Instant) -> Option<(Instant, usize, Cause)> {
        if self.full_until().is_some_and(|until| now < until) {
            return None;
        }
        self.held()
            .filter(|(_, place, cause)| !self.last.contains_key(&subject(*place, *cause)))
            .min_by_key(|(since, place, cause)| (*cause, *since, *place))
    }

    /// What is the matter, and not said.
    fn held(&self) -> impl Iterator<Item = (Instant, usize, Cause)> {
        let found = self
            .places
            .iter()
            .filter_map(|(place, known)| Some((known, *place, known.cause?)));
        found
            .filter(|(known, _, cause)| !known.covers(cause.severity()) && !self.is_said_elsewhere(*cause))
            .map(|(known, place, cause)| (known.since, place, cause))
    }

    fn is_said_elsewhere(&self, cause: Cause) -> bool {
        let is_machine = |cause: &Cause| cause.side() == Side::Machine;
        is_machine(&cause)
            && self
                .places
                .values()
                .any(|known| known.open.iter().any(is_machine))
    }

    /// Until when nothing may begin.
    fn full_until(&self) -> Option<Instant> {
        let first = self.begun.front().filter(|_| self.begun.len() >= MANY);
        first.map(|first| *first + MINUTE)
    }
}

impl Place {
    /// Whether a warning stands that means as much.
    fn covers(&self, severity: Severity) -> bool {
        self.open.iter().any(|open| open.severity() >= severity)
    }
}
