//! The places of a show that is sent: how each is, what is the matter with it, and what is said of that. No IO, no clock.

use std::time::{Duration, Instant};

use api::control::Event;
use api::health::{Diagnosis, History, LogEntry, Standing, Warning};
use uplink::health::{Cause, Said, Seen, Severity, Warnings, Watch};
use uplink::machine::Trouble;

use super::wire;
use crate::past::{Record, Span, Stretch};

/// That a place is better again is said for so long.
const BETTER: Duration = Duration::from_secs(5);

/// What is counted of a place each second.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counted {
    /// Handed to the network in that second.
    pub(super) sent_kbps: u32,
    /// Received in a second, as the server says.
    pub(super) received_kbps: Option<u32>,
    /// Pictures it was not sent since the show began.
    pub(super) skipped: u64,
}

/// The places of a show, watched; kept when it has ended, until the next begins.
#[derive(Clone, Debug, Default)]
pub(super) struct Wards {
    began: Option<Instant>,
    sending: bool,
    /// Whether anything was seen of it yet.
    seen: bool,
    wards: Vec<Ward>,
    warnings: Warnings,
    /// Warnings that stand: of which ward, of what, since when that is so; the worst first.
    open: Vec<(usize, Cause, Instant)>,
    better: Option<(String, Instant)>,
}

#[derive(Clone, Debug)]
struct Ward {
    name: String,
    wanted_kbps: u32,
    watch: Watch,
    standing: Standing,
    /// What was seen of this second.
    second: Option<Stretch>,
    skipped: u64,
    record: Record,
    /// The last whole second.
    last: Stretch,
    /// Entries of the log that were taken.
    taken: u64,
}

impl Wards {
    /// A show begins at `now`, to these places, each to be sent so many kbit/s; the most important first.
    pub(super) fn begin(&mut self, places: impl Iterator<Item = (String, u32)>, now: Instant) {
        let ward = |(name, wanted_kbps)| Ward {
            name,
            wanted_kbps,
            watch: Watch::default(),
            standing: Standing::default(),
            second: None,
            skipped: 0,
            record: Record::default(),
            last: Stretch::default(),
            taken: 0,
        };
        *self = Self {
            began: Some(now),
            sending: true,
            wards: places.map(ward).collect(),
            ..Self::default()
        };
    }

    /// It is no longer sent: nothing is the matter any more.
    pub(super) fn end(&mut self) {
        self.sending = false;
        self.open.clear();
        self.better = None;
    }

    /// Takes note of how the places are, in the order of [`Wards::begin`], 4 to 20 times a second; `losing`
    /// is why the computer loses pictures, if it does. What is to be told.
    pub(super) fn see(
        &mut self,
        seen: impl Iterator<Item = Looked>,
        losing: Option<Trouble>,
        now: Instant,
    ) -> Vec<Event> {
        if !self.sending {
            // What was held back of a show that has ended is nobody's any more.
            return Vec::new();
        }
        self.seen = true;
        for (place, (ward, looked)) in self.wards.iter_mut().zip(seen).enumerate() {
            ward.see(looked, losing);
            self.warnings.note(place, ward.watch.cause(), now);
        }
        let said = self.warnings.say(now);
        said.into_iter().map(|said| self.tell(said, now)).collect()
    }

    fn tell(&mut self, said: Said, now: Instant) -> Event {
        match said {
            Said::Begins { place, cause, since } => {
                self.open.push((place, cause, since));
                self.open.sort_by_key(|(place, cause, _)| (*cause, *place));
                self.better = None;
                let warning = self.warning(place, cause, since, now);
                Event::Warning { warning }
            }
            Said::Better { place, cause } => {
                self.open
                    .retain(|(other, open, _)| (*other, *open) != (place, cause));
                let place = self.name(place);
                if self.open.is_empty() {
                    self.better = Some((place.clone(), now));
                }
                let cause = cause.code().to_owned();
                Event::Better { place, cause }
            }
        }
    }

    fn warning(&self, place: usize, cause: Cause, since: Instant, now: Instant) -> Warning {
        Warning {
            place: self.name(place),
            diagnosis: wire::diagnosis(cause, since, now),
            bad: is_bad(cause),
        }
    }

    fn name(&self, place: usize) -> String {
        self.wards
            .get(place)
            .map_or_else(String::new, |ward| ward.name.clone())
    }

    /// A second has passed in which so much was counted, in the order of [`Wards::begin`]. Whether it is one of the show's:
    /// not before anything was seen of it.
    pub(super) fn second(&mut self, counted: impl Iterator<Item = Counted>) -> bool {
        let counts = self.sending && self.seen;
        let wards = self.wards.iter_mut().filter(|_| counts);
        wards
            .zip(counted)
            .for_each(|(ward, counted)| ward.count(&counted));
        counts
    }

    /// How each place was in the last second.
    pub(super) fn last_second(&self) -> Vec<Stretch> {
        self.wards.iter().map(|ward| ward.last).collect()
    }

    /// What has happened and wasn't taken before; what may still change only where the show is `over`.
    pub(super) fn take_log(&mut self, over: bool) -> Vec<LogEntry> {
        let Some(began) = self.began else {
            return Vec::new();
        };
        let mut taken = Vec::new();
        for ward in &mut self.wards {
            let log = ward.watch.log();
            let to = log.count().saturating_sub(u64::from(!over));
            let fresh = usize::try_from(to.saturating_sub(ward.taken)).unwrap_or(usize::MAX);
            let entries = log.after(ward.taken).take(fresh);
            taken.extend(entries.map(|entry| wire::entry(&ward.name, entry, began)));
            ward.taken = ward.taken.max(to);
        }
        taken
    }

    /// What each place is to be sent, in kbit/s.
    pub(super) fn wanted(&self) -> Vec<(String, u32)> {
        let wards = self.wards.iter();
        wards.map(|ward| (ward.name.clone(), ward.wanted_kbps)).collect()
    }

    /// The worst that is the matter now, and where; also what is not worth a warning.
    pub(super) fn worst(&self) -> Option<(&str, Cause)> {
        let wards = self.wards.iter().filter(|_| self.sending);
        let found = wards.filter_map(|ward| Some((ward.watch.cause()?, ward.name.as_str())));
        // Of several places the most important.
        let worst = found.min_by_key(|(cause, _)| *cause);
        worst.map(|(cause, name)| (name, cause))
    }

    /// The warnings that stand, the worst first.
    pub(super) fn warnings(&self, now: Instant) -> Vec<Warning> {
        let open = self.open.iter();
        open.map(|(place, cause, since)| self.warning(*place, *cause, *since, now))
            .collect()
    }

    /// The place that has just become better again.
    pub(super) fn better(&self, now: Instant) -> Option<&str> {
        let lately = self.better.as_ref().filter(|(_, at)| now - *at < BETTER);
        lately.map(|(place, _)| place.as_str())
    }

    /// How the place `name` is.
    pub(super) fn place(&self, name: &str, now: Instant) -> Option<(Standing, Option<Diagnosis>)> {
        let mut wards = self.wards.iter().filter(|_| self.sending);
        let ward = wards.find(|ward| ward.name == name)?;
        let found = ward.watch.diagnosis();
        Some((
            ward.standing,
            found.map(|found| wire::diagnosis(found.cause, found.since, now)),
        ))
    }

    /// How the show was: the whole of it, or the last five minutes.
    pub(super) fn history(&self, whole: bool) -> History {
        let scale = self.wards.first().map(|ward| ward.record.scale(whole));
        let (step, from) = scale.unwrap_or((1.0, 0.0));
        let mut log: Vec<LogEntry> = self.wards.iter().flat_map(|ward| self.log(ward)).collect();
        log.sort_by(|a, b| a.at.total_cmp(&b.at));
        History {
            from,
            step,
            places: self
                .wards
                .iter()
                .map(|ward| ward.record.columns(&ward.name, ward.wanted_kbps, whole))
                .collect(),
            machine: None,
            log,
        }
    }

    fn log(&self, ward: &Ward) -> Vec<LogEntry> {
        let Some(began) = self.began else {
            return Vec::new();
        };
        let entries = ward.watch.log().entries();
        entries
            .map(|entry| wire::entry(&ward.name, entry, began))
            .collect()
    }
}

/// Whether viewers see nothing, or a picture that halts.
pub(super) fn is_bad(cause: Cause) -> bool {
    cause.severity() >= Severity::Halting
}

/// What is seen of a place, and how long a packet takes there and back, where that is known.
pub(super) type Looked = (Seen, Option<Duration>);

impl Ward {
    fn see(&mut self, (seen, rtt): Looked, machine: Option<Trouble>) {
        let seen = Seen { machine, ..seen };
        self.standing = wire::standing(self.watch.see(&seen));
        let now = Stretch {
            target_kbps: seen.target_kbps,
            waiting_ms: millis(seen.waiting),
            rtt_ms: rtt.map(millis),
            lost: seen.loss.map(|loss| (loss * 1e3).round() as u32),
            strength: self.standing.strength,
            ..Stretch::default()
        };
        self.second = Some(self.second.map_or(now, |before| before.and(now, 1.0)));
    }

    fn count(&mut self, counted: &Counted) {
        // Where nothing was seen in a second it is as it was.
        let seen = self.second.take().unwrap_or(self.last);
        let skipped = counted.skipped.saturating_sub(self.skipped);
        self.skipped = counted.skipped;
        self.last = Stretch {
            sent_kbps: counted.sent_kbps as f32,
            received_kbps: counted.received_kbps.map(|kbps| kbps as f32),
            skipped: skipped.min(u32::MAX.into()) as u32,
            ..seen
        };
        self.record.second(self.last);
    }
}

fn millis(duration: Duration) -> u32 {
    duration.as_millis().min(u32::MAX.into()) as u32
}

#[cfg(test)]
#[path = "wards_tests.rs"]
mod tests;
