//! What was done about a place, and why.

use std::time::{Duration, Instant};

use super::{Cause, Connection, Seen, Why};
use crate::kept::Kept;

/// Falls that follow one another within this are one.
const ONE_FALL: Duration = Duration::from_secs(1);

/// What was done or happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The target fell, from and to so many kilobits a second.
    Lowered {
        /// As it was before.
        from_kbps: u32,
        /// As it is since.
        to_kbps: u32,
    },
    /// It rose.
    Raised {
        /// As it was before.
        from_kbps: u32,
        /// As it is since.
        to_kbps: u32,
    },
    /// The connection was lost, or refused.
    Lost(Why),
    /// The place takes the show.
    Reached,
    /// This was found to be the matter.
    Found(Cause),
    /// This isn't the matter any more.
    Over(Cause),
}

/// One entry of a [`Log`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it began.
    pub since: Instant,
    /// When it ended: later than `since` where a rate rose or fell in steps.
    pub until: Instant,
    /// What it was.
    pub what: Done,
}

/// The last 64 things that were done about a place or happened to it, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Log {
    entries: Kept<Entry>,
    before: Option<(Seen, Option<Cause>)>,
}

impl Log {
    /// Its entries, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.entries()
    }

    /// How many entries there ever were.
    pub fn count(&self) -> u64 {
        self.entries.count()
    }

    /// Its entries but for the first `number` that there ever were, oldest first. The last one may still change.
    pub fn after(&self, number: u64) -> impl Iterator<Item = &Entry> {
        self.entries.after(number)
    }

    /// Takes note of what has changed since the last look.
    pub(super) fn see(&mut self, seen: &Seen, cause: Option<Cause>) {
        let before = self.before.replace((*seen, cause));
        let (was, had) = before.unwrap_or((Seen::new(seen.at, seen.bounds), None));
        let connection = (was.connection != seen.connection).then_some(seen.connection);
        let over = had.filter(|_| had != cause);
        let found = cause.filter(|_| had != cause);
        let done = [
            connection.and_then(reached),
            before.and_then(|_| rate(was.target_kbps, seen.target_kbps)),
            over.map(Done::Over),
            found.map(Done::Found),
        ];
        done.into_iter()
            .flatten()
            .for_each(|what| self.note(what, seen.at));
    }

    fn note(&mut self, what: Done, at: Instant) {
        if self.entries.last_mut().is_some_and(|last| last.goes_on(what, at)) {
            return;
        }
        let (since, until) = (at, at);
        self.entries.put(Entry { since, until, what });
    }
}

impl Entry {
    /// Takes in what goes on with it: whether it did.
    fn goes_on(&mut self, what: Done, at: Instant) -> bool {
        let to = match (&mut self.what, what) {
            (Done::Raised { to_kbps, .. }, Done::Raised { to_kbps: now, .. }) => (to_kbps, now),
            (Done::Lowered { to_kbps, .. }, Done::Lowered { to_kbps: now, .. })
                if at - self.until < ONE_FALL =>
            {
                (to_kbps, now)
            }
            _ => return false,
        };
        (*to.0, self.until) = (to.1, at);
        true
    }
}

fn reached(connection: Connection) -> Option<Done> {
    match connection {
        Connection::Connecting => None,
        Connection::Live => Some(Done::Reached),
        Connection::Away(why) => Some(Done::Lost(why)),
    }
}

fn rate(from_kbps: u32, to_kbps: u32) -> Option<Done> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    match to_kbps.cmp(&from_kbps) {
        Less => Some(Done::Lowered { from_kbps, to_kbps }),
        Equal => None,
        Greater => Some(Done::Raised { from_kbps, to_kbps }),
    }
}
