//! Scenarios: files that say which lines there are, what is sent over them, and what becomes of them.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use crate::{Error, Kind, Terms, Trace};

/// A direction of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// From the studio.
    Up,
    /// To the studio.
    Down,
}

/// How a show is sent to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// RTMP over TCP.
    Rtmp,
    /// MPEG-TS by SRT.
    Srt,
    /// WebRTC, begun by WHIP.
    Whip,
}

/// A place that a show is sent to: a stream of the server.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// How.
    pub protocol: Protocol,
    /// Kilobits a second of pictures; 128 of sound come to them.
    #[serde(default = "kbps")]
    pub kbps: u32,
    /// Latency of SRT in milliseconds.
    #[serde(default = "latency_ms")]
    pub latency_ms: u32,
    /// Whether its packets vanish from the begin on, and nobody else's.
    #[serde(default)]
    pub black_hole: bool,
    /// Whether it gets the show from the server of the others, which is sent it once.
    #[serde(default)]
    pub passed_on: bool,
}

const fn kbps() -> u32 {
    2_500
}

const fn latency_ms() -> u32 {
    500
}

/// A line at the begin.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ends {
    /// From the studio.
    pub up: Terms,
    /// To the studio.
    pub down: Terms,
    /// How the way from the studio runs over time, instead.
    pub trace: Option<Run>,
}

/// A trace to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// What happens.
    pub kind: Kind,
    /// Another number is another line of that kind.
    pub seed: u64,
}

/// What changes in a direction of a line: what is left out stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// See [`Terms::rate_kbps`].
    pub rate_kbps: Option<u32>,
    /// See [`Terms::queue_ms`].
    pub queue_ms: Option<u32>,
    /// See [`Terms::delay_ms`].
    pub delay_ms: Option<f64>,
    /// See [`Terms::jitter_ms`].
    pub jitter_ms: Option<f64>,
    /// See [`Terms::loss_percent`].
    pub loss_percent: Option<f64>,
    /// See [`Terms::reorder_percent`].
    pub reorder_percent: Option<f64>,
    /// See [`Terms::black_hole`].
    pub black_hole: Option<bool>,
}

impl Change {
    /// `terms`, changed.
    pub fn of(&self, terms: &Terms) -> Terms {
        Terms {
            rate_kbps: self.rate_kbps.unwrap_or(terms.rate_kbps),
            queue_ms: self.queue_ms.unwrap_or(terms.queue_ms),
            delay_ms: self.delay_ms.unwrap_or(terms.delay_ms),
            jitter_ms: self.jitter_ms.unwrap_or(terms.jitter_ms),
            loss_percent: self.loss_percent.unwrap_or(terms.loss_percent),
            reorder_percent: self.reorder_percent.unwrap_or(terms.reorder_percent),
            black_hole: self.black_hole.unwrap_or(terms.black_hole),
        }
    }
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Seconds since the begin.
    pub at: f64,
    /// To which line.
    #[serde(default)]
    pub line: usize,
    /// Its way from the studio changes.
    pub up: Option<Change>,
    /// Its way to the studio changes.
    pub down: Option<Change>,
    /// The studio's system sees it go down, or come up.
    pub carrier: Option<bool>,
    /// The studio's route goes over this line from now on.
    #[serde(default)]
    pub route: bool,
    /// Another program of the studio's computer sends so many kilobits a second from now on; 0: none any more.
    pub foreign_kbps: Option<u32>,
}

/// A scenario.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What happens, in words.
    pub title: String,
    /// How long it is, in seconds.
    pub seconds: u32,
    /// How much of it does for a quick look; all of it without.
    pub short: Option<u32>,
    /// When the fault begins and ends, in seconds: what is judged lies between and behind.
    pub fault: Option<[f64; 2]>,
    /// Whether the seller wants as little delay as can be, rather than a steady picture.
    #[serde(default)]
    pub lowest_delay: bool,
    /// Where the show goes.
    #[serde(rename = "place")]
    pub places: Vec<Place>,
    /// The lines; the route goes over the first at the begin.
    #[serde(rename = "line", default = "one_line")]
    pub lines: Vec<Ends>,
    /// What happens, in order.
    #[serde(rename = "event", default)]
    pub events: Vec<Event>,
}

fn one_line() -> Vec<Ends> {
    vec![Ends::default()]
}

impl Scenario {
    /// Reads one.
    ///
    /// # Errors
    /// [`Error::Scenario`] when the file can't be read, or makes no sense.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let wrong = |why: String| Error::Scenario {
            path: path.to_owned(),
            why,
        };
        let text = std::fs::read_to_string(path).map_err(|e| wrong(e.to_string()))?;
        let scenario: Self = toml::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        scenario.check().map_err(wrong)?;
        Ok(scenario)
    }

    fn check(&self) -> Result<(), String> {
        let end = f64::from(self.seconds);
        if self.places.is_empty() || self.lines.is_empty() {
            return Err("it needs a place and a line".to_owned());
        }
        if let Some(event) = self.events.iter().find(|e| e.line >= self.lines.len()) {
            return Err(format!("there is no line {}", event.line));
        }
        if !self.events.is_sorted_by(|a, b| a.at <= b.at) {
            return Err("its events are not in order".to_owned());
        }
        let times = self
            .events
            .iter()
            .map(|e| e.at)
            .chain(self.fault.into_iter().flatten());
        if let Some(at) = times.into_iter().find(|at| !(0.0..=end).contains(at)) {
            return Err(format!("{at} s is not within it"));
        }
        if self.short.is_some_and(|short| short == 0 || short > self.seconds) {
            return Err("its short form is no part of it".to_owned());
        }
        Ok(())
    }

    /// How long it runs: shortened where it can be, or in full.
    pub fn length(&self, full: bool) -> Duration {
        let seconds = self.short.filter(|_| !full).unwrap_or(self.seconds);
        Duration::from_secs(seconds.into())
    }

    /// The trace of a line, where it has one.
    pub fn trace(&self, line: usize) -> Option<Trace> {
        let run = self.lines.get(line)?.trace?;
        Some(Trace::new(run.kind, run.seed, self.seconds))
    }

    /// Kilobits that the way from the studio could have carried between two times, over the line that is the route
    /// then.
    pub fn kilobits(&self, from: f64, to: f64) -> f64 {
        // In steps of a trace: events lie on them.
        let step = crate::STEP.as_secs_f64();
        let (mut now, mut sum) = (from, 0.0);
        while now + step / 2.0 < to {
            sum += self.rate_kbps(now + step / 2.0) * step;
            now += step;
        }
        sum
    }

    /// Kilobits a second that the way from the studio carries at `at`, beside what other programs send.
    pub fn rate_kbps(&self, at: f64) -> f64 {
        let past = || self.events.iter().take_while(|event| event.at <= at);
        let line = past()
            .filter(|event| event.route)
            .last()
            .map_or(0, |event| event.line);
        let mut terms = self.lines.get(line).map(|ends| ends.up).unwrap_or_default();
        let (mut carrier, mut foreign) = (true, 0);
        for event in past().filter(|event| event.line == line) {
            terms = event.up.map_or(terms, |change| change.of(&terms));
            carrier = event.carrier.unwrap_or(carrier);
            foreign = event.foreign_kbps.unwrap_or(foreign);
        }
        if let Some(trace) = self.trace(line) {
            terms = trace.terms(Duration::from_secs_f64(at), &terms);
        }
        match carrier && !terms.black_hole {
            true => f64::from(terms.rate_kbps.saturating_sub(foreign)),
            false => 0.0,
        }
    }
}

#[cfg(test)]
#[path = "scenario_tests.rs"]
mod tests;
