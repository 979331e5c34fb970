//! Watches one place.

use std::time::{Duration, Instant};

use super::signs::Signs;
use super::standing::Gauge;
use super::{Cause, Log, Seen, Severity, Standing};
use crate::held::Held;

/// What was the matter is over when it has not been so for this long.
const OVER: Duration = Duration::from_secs(5);
/// On a jittery line it is over after this.
const CALM: Duration = Duration::from_secs(60);
/// A line is a jittery one when something else was over less than this before.
const RESTLESS: Duration = Duration::from_secs(300);

/// What is the matter with a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// What it is; its advice is what to show.
    pub cause: Cause,
    /// When it was found.
    pub since: Instant,
}

/// Watches one place: where it stands, and what is the matter with it. See the [module](super).
#[derive(Clone, Debug, Default)]
pub struct Watch {
    signs: Signs,
    gauge: Gauge,
    log: Log,
    diagnosis: Option<Diagnosis>,
    /// That what is found isn't what is told.
    differs: Held,
    /// When something was last over.
    eased: Option<Instant>,
}

impl Watch {
    /// Takes note of what is seen of the place, 4 to 20 times a second: where it stands.
    pub fn see(&mut self, seen: &Seen) -> Standing {
        let found = self.signs.see(seen);
        let long = self.patience(found, seen.at);
        let differs = self.differs.see(found != self.cause(), seen.at, long);
        if is_worse(found, self.cause()) {
            self.change(found, seen.at);
        } else if differs {
            self.eased = Some(seen.at);
            self.change(found, seen.at);
        }
        self.log.see(seen, self.cause());
        self.gauge.see(seen)
    }

    /// What is the matter, and since when; none while all is well.
    pub fn diagnosis(&self) -> Option<Diagnosis> {
        self.diagnosis
    }

    /// What is the matter: what [`Warnings`](super::Warnings) want to know.
    pub fn cause(&self) -> Option<Cause> {
        self.diagnosis.map(|diagnosis| diagnosis.cause)
    }

    /// What was done about it.
    pub fn log(&self) -> &Log {
        &self.log
    }

    fn change(&mut self, found: Option<Cause>, since: Instant) {
        self.diagnosis = found.map(|cause| Diagnosis { cause, since });
        self.differs = Held::default();
    }

    /// How long what is told must not have been so to give way to what is found, which is no worse.
    fn patience(&self, found: Option<Cause>, at: Instant) -> Duration {
        let Some(told) = self.diagnosis else {
            return OVER;
        };
        let eased = self.eased.is_some_and(|eased| told.since - eased < RESTLESS);
        let fresh = found.is_some() && at - told.since < CALM;
        // That nothing arrives is a fact.
        if (eased || fresh) && told.cause.severity() < Severity::Gone {
            CALM
        } else {
            OVER
        }
    }
}

fn is_worse(found: Option<Cause>, told: Option<Cause>) -> bool {
    found.map(Cause::severity) > told.map(Cause::severity)
}
