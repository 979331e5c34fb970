//! From what is seen of a place to what is the matter with it.

use std::time::{Duration, Instant};

use super::shortage::{HEALED, Shortage};
use super::swings::Swings;
use super::{Cause, Connection, Seen, Why};
use crate::held::Held;

/// A first try that has not succeeded for so long.
const FIRST_TRY: Duration = Duration::from_secs(5);
/// On an unsteady line blackouts are a part of that, up to this.
const OUTAGE: Duration = Duration::from_secs(10);
/// Losses count when they have been there for this long, where less passes than is wanted.
const TOLD: Duration = Duration::from_millis(250);
/// A server that was too slow is to blame for what is sent less of, for so long.
const BLAMED: Duration = Duration::from_secs(5);
/// The share of packets from which a line is lossy, and below which it isn't any more.
const LOSSY: [f32; 2] = [0.02, 0.01];

/// Signs of what is the matter with one place, each since when it is there.
#[derive(Clone, Debug, Default)]
pub(super) struct Signs {
    connecting: Held,
    gone: Held,
    machine: Held,
    line: Line,
}

/// Signs of a line, known only while it is connected.
#[derive(Clone, Debug, Default)]
struct Line {
    swings: Swings,
    unsteady: bool,
    shortage: Shortage,
    /// When it was last slow, for what is short since.
    was_slow: Option<Instant>,
    losing: Held,
    lossy: bool,
}

impl Signs {
    /// Takes note of what is seen; the worst that is the matter now.
    pub(super) fn see(&mut self, seen: &Seen) -> Option<Cause> {
        let slow = self.machine.see(seen.machine.is_some(), seen.at, HEALED);
        let machine = seen.machine.filter(|_| slow).map(Cause::Machine);
        let found = [self.outage(seen), machine, self.line.see(seen)];
        found.into_iter().flatten().min()
    }

    /// That nothing arrives, since when ever: a silent connection is given up and becomes one that is away.
    fn outage(&mut self, seen: &Seen) -> Option<Cause> {
        let gone = gone(seen);
        let healed = match gone {
            Some(Cause::Refused) => HEALED,
            _ if self.line.unsteady => OUTAGE,
            _ => HEALED,
        };
        let first = seen.connection == Connection::Connecting;
        if self.connecting.see(first, seen.at, FIRST_TRY) {
            return Some(unanswered(seen));
        }
        let lasts = self.gone.see(gone.is_some(), seen.at, healed);
        gone.filter(|_| lasts)
    }
}

/// Why nothing arrives at this moment.
fn gone(seen: &Seen) -> Option<Cause> {
    match seen.connection {
        Connection::Away(Why::Refused) => Some(Cause::Refused),
        Connection::Away(Why::Down) => Some(Cause::Down),
        Connection::Away(Why::Unanswered) => Some(unanswered(seen)),
        _ if seen.is_silent() => Some(Cause::Silent),
        _ => None,
    }
}

const fn unanswered(seen: &Seen) -> Cause {
    if seen.beyond {
        Cause::Beyond
    } else {
        Cause::Unreachable
    }
}

impl Line {
    fn see(&mut self, seen: &Seen) -> Option<Cause> {
        if !seen.is_live() {
            self.lost();
            return None;
        }
        let short = self.shortage.see(seen);
        self.unsteady = self.swings.see(seen);
        let server = self.is_servers(seen, short);
        let found = [
            (short && server, Cause::ServerSlow),
            (short && seen.shared, Cause::LineBusy),
            (self.loses(seen, short), Cause::LineLossy),
            (self.unsteady, Cause::LineUnsteady),
            (short, Cause::LineFull),
        ];
        found.into_iter().find(|f| f.0).map(|f| f.1)
    }

    /// Whether the server is to blame that it is `short`: what is sent less of because of it is no longer too much for it, for a
    /// while.
    fn is_servers(&mut self, seen: &Seen, short: bool) -> bool {
        if seen.server_slow {
            self.was_slow = Some(seen.at);
        }
        short && self.was_slow.is_some_and(|slow| seen.at - slow < BLAMED)
    }

    /// Another connection may be another line; that it is lost is no reason to call it steady.
    fn lost(&mut self) {
        *self = Self {
            swings: std::mem::take(&mut self.swings),
            unsteady: self.unsteady,
            ..Self::default()
        };
    }

    /// Whether it loses packets; where less passes than is wanted this says why, so it counts sooner.
    fn loses(&mut self, seen: &Seen, short: bool) -> bool {
        let [begins, ends] = LOSSY;
        let loss = seen.loss.unwrap_or_default();
        let long = if short { TOLD } else { HEALED };
        self.lossy = self.losing.see(loss >= begins, seen.at, long) || self.lossy && loss >= ends;
        self.lossy
    }
}
