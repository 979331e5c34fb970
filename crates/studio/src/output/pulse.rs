//! How a destination's line is, asked twenty times a second, and how much it is sent because of that.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::time::{Interval, MissedTickBehavior, interval};
use uplink::{Action, Bounds, Controller, Mode, Sample};

use super::Destination;
use super::line::Line;

/// How often the line is asked.
const EVERY: Duration = Duration::from_millis(50);
/// What is made is counted over this long: more than from one key frame to the next would hide a change.
const COUNTED: Duration = Duration::from_secs(1);
/// Below this a picture isn't worth sending, in kbit/s.
const LEAST_KBPS: u32 = 300;

/// What a destination is to be sent when its line is good, in kbit/s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) pictures: u32,
    pub(crate) sound: u32,
}

impl Wanted {
    fn bounds(self) -> Bounds {
        Bounds {
            least_kbps: LEAST_KBPS.min(self.pictures) + self.sound,
            most_kbps: self.pictures + self.sound,
        }
    }
}

/// Asks the line and decides.
pub(super) struct Pulse {
    wanted: Wanted,
    ticks: Interval,
    controller: Controller,
    /// Bytes that the encoders had made, and when.
    made: VecDeque<(Instant, u64)>,
}

impl Pulse {
    pub(super) fn new(wanted: Wanted) -> Self {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            wanted,
            ticks,
            controller: Controller::new(Mode::Steady, wanted.bounds(), Instant::now()),
            made: VecDeque::new(),
        }
    }

    /// Another line: what was known of the one before isn't any more.
    pub(super) fn begin(&mut self) {
        self.controller.reconnected(Instant::now());
        self.made.clear();
    }

    /// Until the line is to be asked. Can be dropped.
    pub(super) async fn due(&mut self) {
        self.ticks.tick().await;
    }

    /// Asks it, and tells the encoder what follows from that.
    pub(super) fn ask(&mut self, line: &Line, destination: &Destination) {
        let Some(known) = line.sample() else { return };
        let queue = &destination.queue;
        let sample = Sample {
            queued: known.queued + queue.waits(),
            ..known
        };
        let made = self.made(sample.at, queue.pushed());
        if let Some(action) = self.controller.step(&sample, made) {
            queue.wish_kbps(self.controller.kbps().saturating_sub(self.wanted.sound));
            self.say(action, destination);
        }
    }

    /// Kilobits a second that the encoders made lately; all that is wanted while that isn't known.
    fn made(&mut self, now: Instant, bytes: u64) -> f64 {
        self.made.push_back((now, bytes));
        while self.made.front().is_some_and(|(at, _)| now - *at > COUNTED) {
            self.made.pop_front();
        }
        match self.made.front() {
            Some((at, before)) if now - *at > COUNTED / 2 => {
                (bytes - before) as f64 * 8.0 / (now - *at).as_secs_f64() / 1e3
            }
            _ => f64::from(self.wanted.bounds().most_kbps),
        }
    }

    fn say(&self, action: Action, destination: &Destination) {
        let (name, most) = (&destination.name, self.wanted.bounds().most_kbps);
        let mut stats = destination.lock();
        stats.target_kbps = Some(self.controller.kbps());
        match action {
            Action::Lowered {
                to_kbps,
                delivered_kbps,
                waiting,
                ..
            } => {
                stats.lowered += 1;
                let waiting_ms = waiting.as_millis();
                tracing::info!(
                    output = name,
                    to_kbps,
                    delivered_kbps,
                    waiting_ms,
                    "the line is full"
                );
            }
            Action::Raised { to_kbps } if to_kbps == most => {
                tracing::info!(output = name, to_kbps, "the line carries all again");
            }
            Action::Raised { .. } => {}
        }
    }
}
