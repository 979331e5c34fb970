//! Shows that are yet to begin, and what viewers are told of any show.

use std::sync::Arc;
use std::time::{Duration, Instant};

use api::server::StreamState;
use api::{Code, Fault};
use media::Utc;

use super::hub::Hub;
use super::{State, Stream};
use crate::name::Name;

/// A show can be announced for a time this far ahead at most.
pub const MOST_AHEAD: Duration = Duration::from_secs(31 * 24 * 3600);
/// So long after the time it was announced for, or after it was announced without one, a show that hasn't begun is no
/// longer awaited.
const AWAITED: Duration = Duration::from_secs(12 * 3600);

/// What viewers are told of a show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// How it stands.
    pub state: StreamState,
    /// When it is to begin, where that was announced and it hasn't begun.
    pub begins: Option<Utc>,
    /// Whether there is something to be seen now: the show, or its slate, which may be about to begin.
    pub watchable: bool,
}

impl Stream {
    /// What viewers are told of it.
    pub fn shown(&self) -> Shown {
        let held = self.held();
        let (state, begins) = match held.state {
            State::Announced(begins) => (StreamState::Announced, begins),
            // It is connected, but nothing comes.
            State::Live(_) if held.live.hold.is_some() => (StreamState::Interrupted, None),
            State::Live(_) => (StreamState::Live, None),
            State::Interrupted => (StreamState::Interrupted, None),
            State::Ended => (StreamState::Ended, None),
        };
        Shown {
            state,
            begins,
            watchable: held.is_watchable(),
        }
    }

    /// Whether it was announced, and has not begun at `utc`; `now` is the same moment.
    pub(super) fn is_awaited(&self, now: Instant, utc: Utc) -> Option<bool> {
        let begins = self.announced()?;
        let since = self.held().since;
        let awaited = i64::try_from(AWAITED.as_micros()).unwrap_or(i64::MAX);
        Some(match begins {
            Some(begins) => utc.as_micros() < begins.as_micros().saturating_add(awaited),
            None => now.saturating_duration_since(since) < AWAITED,
        })
    }
}

impl Hub {
    /// Tells the viewers of `name` that a show will begin, and when where that is known. One that was announced already
    /// is announced anew.
    ///
    /// # Errors
    /// [`RequestInvalid`](Code::RequestInvalid) when the show has begun, or `begins` is more than [`MOST_AHEAD`] away.
    pub fn announce(&self, name: &Name, begins: Option<Utc>, now: Instant, utc: Utc) -> Result<(), Fault> {
        let ahead = begins.map_or(0, |begins| begins.as_micros().saturating_sub(utc.as_micros()));
        if ahead > i64::try_from(MOST_AHEAD.as_micros()).unwrap_or(i64::MAX) {
            let message = "A show can be announced a month ahead at most.";
            return Err(Fault::new(Code::RequestInvalid, message));
        }
        let mut streams = self.streams();
        if streams.get(name).is_some_and(|stream| stream.has_begun()) {
            let message = "The show has begun already. End it before the next one is announced.";
            return Err(Fault::new(Code::RequestInvalid, message));
        }
        let stream = self.stream(name, now);
        stream.held().state = State::Announced(begins);
        streams.insert(name.clone(), Arc::new(stream));
        Ok(())
    }

    /// Ends the show `name`, or takes its announcement back. False where there was none, or it had ended.
    pub fn end(&self, name: &Name, now: Instant) -> bool {
        let mut streams = self.streams();
        let Some(stream) = streams.get(name) else {
            return false;
        };
        if stream.announced().is_some() {
            streams.remove(name);
            return true;
        }
        stream.end(now)
    }

    /// The shows that are announced, and when they are to begin.
    pub(crate) fn announced(&self) -> Vec<(Name, Option<Utc>)> {
        let streams = self.streams();
        let announced = |(name, stream): (&Name, &Arc<Stream>)| Some((name.clone(), stream.announced()?));
        streams.iter().filter_map(announced).collect()
    }
}

impl Stream {
    /// When it is to begin, if that is known; none where it isn't announced.
    pub(crate) fn announced(&self) -> Option<Option<Utc>> {
        match self.held().state {
            State::Announced(begins) => Some(begins),
            State::Live(_) | State::Interrupted | State::Ended => None,
        }
    }

    /// Whether it is live, or interrupted.
    pub(crate) fn has_begun(&self) -> bool {
        matches!(self.held().state, State::Live(_) | State::Interrupted)
    }
}

#[cfg(test)]
mod tests;
