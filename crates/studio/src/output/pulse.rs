//! How a destination's line is, asked twenty times a second, and how much it is sent because of that.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{Interval, MissedTickBehavior, interval};
use uplink::{Action, Bounds, Pacer, Sample};

use super::Destination;
use super::budgets::{Given, Way};
use super::vitals::{Pulsation, Vitals};

/// How often the line is asked.
const EVERY: Duration = Duration::from_millis(50);
/// What is made is counted over this long: more than from one key frame to the next would hide a change.
const COUNTED: Duration = Duration::from_secs(1);
/// What a destination is to be sent when its line is good, in kbit/s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) pictures: u32,
    /// Below this a picture isn't worth sending.
    pub(crate) least: u32,
    pub(crate) sound: u32,
}

impl Wanted {
    pub(crate) fn bounds(self) -> Bounds {
        Bounds {
            least_kbps: self.least.min(self.pictures) + self.sound,
            most_kbps: self.pictures + self.sound,
        }
    }
}

/// Asks the line and decides.
pub(super) struct Pulse {
    destination: Arc<Destination>,
    ticks: Interval,
    /// By which the line leaves this machine, while there is one.
    way: Option<Way>,
    /// What it was given last.
    kbps: u32,
    paused: bool,
    pacer: Pacer,
    /// Bytes that the encoders had made, and when.
    made: VecDeque<(Instant, u64)>,
    /// What the line had given up when last asked.
    gave_up: u64,
    /// The same of bytes that were no media.
    overhead: u64,
    pulsation: Pulsation,
}

impl Pulse {
    pub(super) fn new(destination: &Arc<Destination>) -> Self {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            destination: Arc::clone(destination),
            ticks,
            way: None,
            kbps: destination.wanted.bounds().most_kbps,
            paused: false,
            pacer: Pacer::new(destination.wanted.bounds().most_kbps, Instant::now()),
            made: VecDeque::new(),
            gave_up: 0,
            overhead: 0,
            pulsation: Pulsation::new(Instant::now()),
        }
    }

    /// Another line, to `peer`: what was known of the one before isn't any more; the rate stays. How fast it may send, in
    /// kbit/s.
    pub(super) fn begin(&mut self, peer: Option<SocketAddr>) -> u32 {
        self.end();
        let (rank, bounds) = (self.destination.rank, self.destination.wanted.bounds());
        let way = Way::to(peer, rank);
        self.destination.leaves(way.leaves_for(peer));
        self.destination.budgets.connected(way, rank, bounds, self.kbps);
        (self.way, self.gave_up, self.overhead) = (Some(way), 0, 0);
        self.made.clear();
        self.pulsation = Pulsation::new(Instant::now());
        self.pacer = Pacer::new(bounds.most_kbps, Instant::now());
        self.pacer.kbps()
    }

    /// There is no line: others have what it had.
    pub(super) fn end(&mut self) {
        if let Some(way) = self.way.take() {
            self.destination.budgets.gone(way, self.destination.rank);
        }
        self.destination.feels(Vitals::default());
    }

    /// Until the line is to be asked. Can be dropped.
    pub(super) async fn due(&mut self) {
        self.ticks.tick().await;
    }

    /// Takes note of what the line knows, and tells the encoder what follows from that: how fast the line may send, in
    /// kbit/s, where that has changed.
    pub(super) fn take(&mut self, known: Sample) -> Option<u32> {
        let queue = &self.destination.queue;
        let way = self.way?;
        if known.gave_up > std::mem::replace(&mut self.gave_up, known.gave_up) {
            // What follows a picture that was given up is worth nothing up to a key frame.
            queue.wish_key();
        }
        // What was handed over and has not left yet makes it fall for a moment.
        let overhead = self.overhead.max(known.overhead);
        self.destination.sent_besides(overhead - self.overhead);
        self.overhead = overhead;
        let sample = Sample {
            queued: known.queued + queue.waits(),
            ..known
        };
        let made = self.made(sample.at);
        tracing::debug!(output = self.destination.name, ?sample, made, "the line");
        let (action, given) = self
            .destination
            .budgets
            .see(way, self.destination.rank, &sample, made)?;
        let vitals = self.pulsation.see(&sample, made, &given);
        self.destination.feels(vitals);
        if let Some(Action::Lowered {
            delivered_kbps,
            waiting,
            ..
        }) = action
        {
            let (name, waiting_ms) = (&self.destination.name, waiting.as_millis());
            tracing::info!(output = name, delivered_kbps, waiting_ms, "the line is full");
            if !sample.missing.is_zero() {
                // Some of what is missing won't come in time: so the picture is whole again sooner.
                self.destination.queue.wish_key();
            }
        }
        self.give(given);
        let before = self.pacer.kbps();
        self.pacer.step(&sample, self.kbps, action);
        Some(self.pacer.kbps()).filter(|kbps| *kbps != before)
    }

    /// Kilobits a second that the encoders made lately; all that is wanted while that isn't known.
    fn made(&mut self, now: Instant) -> f64 {
        let bytes = self.destination.queue.pushed();
        self.made.push_back((now, bytes));
        while self.made.front().is_some_and(|(at, _)| now - *at > COUNTED) {
            self.made.pop_front();
        }
        match self.made.front() {
            Some((at, before)) if now - *at > COUNTED / 2 => {
                (bytes - before) as f64 * 8.0 / (now - *at).as_secs_f64() / 1e3
            }
            _ => f64::from(self.destination.wanted.bounds().most_kbps),
        }
    }

    /// Hands it on: to the encoder, and to whoever asks.
    fn give(&mut self, given: Given) {
        let Destination {
            queue, name, wanted, ..
        } = &*self.destination;
        if self.paused != given.kbps.is_none() {
            self.paused = given.kbps.is_none();
            queue.pause(self.paused);
            let says = if self.paused {
                "pauses: more important places need the line"
            } else {
                "goes on"
            };
            tracing::info!(output = name, "the picture {says}");
        }
        let Some(kbps) = given.kbps.filter(|kbps| *kbps != self.kbps) else {
            return;
        };
        queue.wish_kbps(kbps.saturating_sub(wanted.sound).max(1));
        let (before, most) = (std::mem::replace(&mut self.kbps, kbps), wanted.bounds().most_kbps);
        if kbps < before {
            tracing::info!(
                output = name,
                from_kbps = before,
                to_kbps = kbps,
                shared = given.shared,
                "less is sent"
            );
        } else if kbps == most {
            tracing::info!(output = name, to_kbps = kbps, "all is sent again");
        }
        let mut stats = self.destination.lock();
        stats.target_kbps = Some(kbps);
        stats.lowered += u64::from(kbps < before);
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.end();
    }
}
