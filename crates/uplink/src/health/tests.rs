//! The module's tests, in virtual time: a show on a line as a fluid, followed by the real controller.

mod causes;
mod limits;
mod lines;
mod standings;
mod warnings;

use std::time::{Duration, Instant};

use netlab::{Kind, Trace};

use super::*;
use crate::controller::tests::{BOUNDS, Line, STEP};
use crate::machine::Trouble;
use crate::{Bounds, Mode};

/// What a line is like at one moment: kilobits a second, seconds each way, share of packets lost.
type Terms = (f64, f64, f32);

/// One place on a line, watched.
struct Show {
    line: Line,
    watch: Watch,
    warnings: Warnings,
    /// What happened, by seconds since the begin.
    changes: Vec<(f64, Option<Cause>)>,
    said: Vec<(f64, Said)>,
    standings: Vec<(f64, Standing)>,
}

impl Show {
    fn new(mode: Mode) -> Self {
        Self {
            line: Line::new(mode),
            watch: Watch::default(),
            warnings: Warnings::default(),
            changes: vec![(0.0, None)],
            said: Vec::new(),
            standings: Vec::new(),
        }
    }

    /// A show of `seconds` on a line.
    fn on(seconds: f64, carries: impl Fn(f64) -> Terms) -> Self {
        let mut show = Self::new(Mode::Steady);
        show.run(seconds, carries);
        show
    }

    fn run(&mut self, seconds: f64, carries: impl Fn(f64) -> Terms) {
        let end = self.line.at() + seconds;
        while self.line.at() < end - 1e-9 {
            let rate = |at| (carries(at).0, carries(at).1);
            self.line.run(STEP.as_secs_f64(), rate, |_| 1.0);
            self.look(carries(self.line.at()).2);
        }
    }

    fn look(&mut self, loss: f32) {
        let (at, now) = (self.line.at(), self.line.now);
        let standing = self.watch.see(&self.seen(loss));
        self.standings.push((at, standing));
        let cause = self.watch.cause();
        if self.changes.last().is_none_or(|last| last.1 != cause) {
            self.changes.push((at, cause));
        }
        self.warnings.note(0, cause, now);
        let said = self.warnings.say(now);
        self.said.extend(said.into_iter().map(|said| (at, said)));
    }

    fn seen(&self, loss: f32) -> Seen {
        let controller = &self.line.controller;
        Seen {
            connection: Connection::Live,
            target_kbps: controller.kbps(),
            made_kbps: controller.kbps(),
            delivered_kbps: controller.delivered_kbps(),
            waiting: controller.waiting(),
            loss: Some(loss),
            lowered: self.line.lowered() as u64,
            ..Seen::new(self.line.now, BOUNDS)
        }
    }

    /// When warnings began, and of what.
    fn begins(&self) -> Vec<(f64, Cause)> {
        let begins = self.said.iter().filter_map(|(at, said)| match said {
            Said::Begins { cause, .. } => Some((*at, *cause)),
            Said::Better { .. } => None,
        });
        begins.collect()
    }

    /// When they ended, and of what they were.
    fn betters(&self) -> Vec<(f64, Cause)> {
        let betters = self.said.iter().filter_map(|(at, said)| match said {
            Said::Better { cause, .. } => Some((*at, *cause)),
            Said::Begins { .. } => None,
        });
        betters.collect()
    }

    /// When the advice given became another; what was last given more than 5 min ago is forgotten.
    fn advices(&self) -> Vec<f64> {
        let (mut others, mut given) = (Vec::new(), None);
        for two in self.changes.windows(2) {
            let [(_, before), (at, now)] = [two[0], two[1]];
            given = before.map(|cause| (at, cause)).or(given);
            let other =
                given.filter(|(last, cause)| at - last < 300.0 && now.is_some_and(|now| now != *cause));
            others.extend(other.map(|_| at));
        }
        others
    }

    /// When what was said of the line was taken back: all is well, or something else is the matter that is no worse.
    fn taken_back(&self) -> Vec<f64> {
        let severity = |cause: Option<Cause>| cause.map(Cause::severity);
        let changes = self
            .changes
            .windows(2)
            .map(|two| (two[1].0, severity(two[0].1), severity(two[1].1)));
        let back = changes.filter(|(_, before, now)| now <= before && *before < Some(Severity::Gone));
        back.map(|(at, ..)| at).collect()
    }
}

/// A place with which all is well.
fn well(at: Instant) -> Seen {
    Seen {
        connection: Connection::Live,
        made_kbps: BOUNDS.most_kbps,
        delivered_kbps: Some(BOUNDS.most_kbps),
        ..Seen::new(at, BOUNDS)
    }
}

/// 10 Mbit/s, but `kbps` from 10 s on for `seconds`.
fn dip(kbps: f64, seconds: f64) -> impl Fn(f64) -> Terms {
    move |at| {
        let dips = (10.0..10.0 + seconds).contains(&at);
        (if dips { kbps } else { 10_000.0 }, 0.02, 0.0)
    }
}

/// What a trace says at each moment.
fn along(trace: &Trace) -> impl Fn(f64) -> Terms {
    |at| {
        let steps = trace.steps();
        let step = steps[((at * 10.0) as usize).min(steps.len() - 1)];
        (
            step.rate_kbps,
            step.delay_ms / 1e3,
            (step.loss_percent / 100.0) as f32,
        )
    }
}

/// Whether no two of these times are in one minute.
fn once_a_minute(times: &[f64]) -> bool {
    times.windows(2).all(|two| two[1] - two[0] >= 60.0)
}
