//! Shows that are passed on to other servers as their publishers ask, where a publisher's line carries a show but once.
//!
//! Each is a [`Relay`] like those of the configuration. It ends when its publisher says so, or when nobody asks for it any more
//! and its stream is over.

mod public;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use api::server::{OnwardPlace, RelayStats};
use api::{Code, Fault};
use rtmp::{Secret, Target};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::relay::Relay;
use crate::stream::Hub;
use crate::{App, Name};

/// How long places are kept of a stream that isn't there, after its publisher asked for them.
const KEPT: Duration = Duration::from_secs(60);

/// In a minute each of the most places of a stream may be begun so many times: who changes them more often lets this server knock at
/// others' doors.
const OFTEN: usize = 4;
const MINUTE: Duration = Duration::from_secs(60);

/// What is passed on, by stream.
#[derive(Debug, Default)]
pub(crate) struct Onwards {
    streams: Mutex<BTreeMap<Name, Places>>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

#[derive(Debug)]
struct Places {
    relays: Vec<Going>,
    asked: Instant,
    /// When places were begun in the last [`MINUTE`].
    begun: VecDeque<Instant>,
}

/// A relay that runs until this is dropped.
#[derive(Debug)]
struct Going {
    relay: Arc<Relay>,
    _ends: DropGuard,
}

impl Places {
    fn new(now: Instant) -> Self {
        Self {
            relays: Vec::new(),
            asked: now,
            begun: VecDeque::new(),
        }
    }

    fn lead_to(&self, target: &Target) -> bool {
        self.relays.iter().any(|going| going.relay.leads_to(target))
    }

    /// Takes note of `fresh` more that begin at `now`, `most` of them a minute.
    fn begins(&mut self, fresh: usize, most: usize, now: Instant) -> Result<(), Fault> {
        let old = |begun: &Instant| now.saturating_duration_since(*begun) >= MINUTE;
        while self.begun.front().is_some_and(old) {
            self.begun.pop_front();
        }
        if self.begun.len() + fresh > most {
            let message = "Where the show is passed on was changed too often. Try again in a minute.";
            return Err(Fault::new(Code::LimitReached, message));
        }
        self.begun.extend(std::iter::repeat_n(now, fresh));
        Ok(())
    }
}

impl Onwards {
    /// Passes stream `name` on to `places` from `now` on, and to no others: what goes there already goes on.
    ///
    /// # Errors
    /// [`Code::LimitReached`] for too many, or too often; [`Code::RequestInvalid`] for what is no address of RTMP; nothing changes then.
    pub(crate) fn ask(
        &self,
        app: &Arc<App>,
        name: &Name,
        places: &[OnwardPlace],
        now: Instant,
    ) -> Result<(), Fault> {
        let most = app.config.onward.places;
        if places.len() > most as usize {
            let message = format!("A show is passed on to at most {most} places here. Leave some out.");
            return Err(Fault::new(Code::LimitReached, message));
        }
        let targets = places.iter().map(target).collect::<Result<Vec<_>, _>>()?;
        let mut streams = self.streams();
        let known = streams.entry(name.clone()).or_insert_with(|| Places::new(now));
        let fresh = targets.iter().filter(|target| !known.lead_to(target)).count();
        known.begins(fresh, most as usize * OFTEN, now)?;
        let mut before = std::mem::take(&mut known.relays);
        let relays = targets.into_iter().map(|target| {
            let at = before.iter().position(|going| going.relay.leads_to(&target));
            at.map_or_else(|| self.begin(app, name, target), |at| before.swap_remove(at))
        });
        known.relays = relays.collect();
        known.asked = now;
        Ok(())
    }

    fn begin(&self, app: &Arc<App>, name: &Name, target: Target) -> Going {
        let only = (!app.config.onward.near).then_some(public::is_public as fn(_) -> _);
        let relay = Relay::onward(name.clone(), target, only);
        let stop = self.stop.child_token();
        self.tasks
            .spawn(Arc::clone(&relay).run(Arc::clone(app), stop.clone()));
        Going {
            relay,
            _ends: stop.drop_guard(),
        }
    }

    /// How the places of stream `name` are at `now`, in the order they were asked for.
    pub(crate) fn told(&self, name: &Name, now: Instant) -> Vec<RelayStats> {
        self.streams().get_mut(name).map_or_else(Vec::new, |places| {
            places.asked = now;
            stats(places, now).collect()
        })
    }

    /// How all are at `now`.
    pub(crate) fn all(&self, now: Instant) -> Vec<RelayStats> {
        let streams = self.streams();
        streams.values().flat_map(|places| stats(places, now)).collect()
    }

    /// Ends what is of no stream of `hub` and wasn't asked for lately.
    pub(crate) fn expire(&self, hub: &Hub, now: Instant) {
        self.streams().retain(|name, places| {
            let lately = now.saturating_duration_since(places.asked) < KEPT;
            lately || hub.get(name).is_some_and(|stream| !stream.is_ended())
        });
    }

    /// Ends all of them.
    pub(crate) fn close(&self) {
        self.stop.cancel();
        self.tasks.close();
    }

    /// Waits until all have ended, after [`Onwards::close`].
    pub(crate) async fn ended(&self) {
        self.tasks.wait().await;
    }

    fn streams(&self) -> MutexGuard<'_, BTreeMap<Name, Places>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stats(places: &Places, now: Instant) -> impl Iterator<Item = RelayStats> {
    places.relays.iter().map(move |going| going.relay.stats(now))
}

fn target(place: &OnwardPlace) -> Result<Target, Fault> {
    Target::new(&place.to, Secret::from(place.key.as_str())).map_err(|error| {
        let message = format!("A place that the show is to be passed on to has a wrong address: {error}.");
        Fault::new(Code::RequestInvalid, message)
    })
}
