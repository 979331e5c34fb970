//! The uplink's words on a place, as they cross to a window.

use std::time::Instant;

use api::health::{Diagnosis, LogEntry, Logged, Side, Standing, Strength};
use uplink::health::{self, Cause, Done, Entry, Why};

pub(super) fn standing(standing: health::Standing) -> Standing {
    Standing {
        quality: standing.quality,
        strength: strength(standing.strength),
    }
}

pub(super) const fn strength(strength: health::Strength) -> Strength {
    match strength {
        health::Strength::Broken => Strength::Broken,
        health::Strength::Weak => Strength::Weak,
        health::Strength::Enough => Strength::Enough,
        health::Strength::Strong => Strength::Strong,
        health::Strength::Unknown => Strength::Unknown,
    }
}

/// What has been the matter since `since`, at `now`.
pub(super) fn diagnosis(cause: Cause, since: Instant, now: Instant) -> Diagnosis {
    Diagnosis {
        cause: cause.code().to_owned(),
        side: match cause.side() {
            health::Side::Machine => Side::Machine,
            health::Side::Uplink => Side::Uplink,
            health::Side::Server => Side::Server,
        },
        advice: cause.advice().to_owned(),
        seconds: now.saturating_duration_since(since).as_secs_f64(),
    }
}

/// An entry of the log of `place` in a show that began at `began`.
pub(super) fn entry(place: &str, entry: &Entry, began: Instant) -> LogEntry {
    let seconds = |at: Instant| at.saturating_duration_since(began).as_secs_f64();
    LogEntry {
        at: seconds(entry.since),
        until: seconds(entry.until),
        place: place.to_owned(),
        what: logged(entry.what),
    }
}

fn logged(done: Done) -> Logged {
    match done {
        Done::Lowered { from_kbps, to_kbps } => Logged::Lowered { from_kbps, to_kbps },
        Done::Raised { from_kbps, to_kbps } => Logged::Raised { from_kbps, to_kbps },
        Done::Lost(why) => Logged::Lost {
            refused: why == Why::Refused,
        },
        Done::Reached => Logged::Reached,
        Done::Found(cause) => Logged::Found {
            cause: cause.code().to_owned(),
        },
        Done::Over(cause) => Logged::Over {
            cause: cause.code().to_owned(),
        },
    }
}
