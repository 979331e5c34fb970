//! The controller and the pacer together, as SRT has them.

use super::tests::{BOUNDS, STEP};
use super::*;
use crate::Pacer;

/// On the wire come headers, padding, tables: so much more.
const OVERHEAD: f64 = 0.18;
/// What the network holds at most, in seconds.
const NETWORK: f64 = 0.2;
/// An encoder comes nearer to its rate by this share at a step, and what is known of the round trip to what it is.
const ENCODER: f64 = 0.2;
const ROUND_TRIP: f64 = 0.3;

/// A line as a fluid of media: it waits in our queue until the pacer lets it go, then in the network.
struct Line {
    controller: Controller,
    pacer: Pacer,
    now: Instant,
    made: f64,
    queue: f64,
    network: f64,
    delivered: f64,
    rtt: f64,
    /// Each step: kilobits a second of media delivered, seconds that wait in all.
    seen: Vec<(f64, f64)>,
}

impl Line {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            controller: Controller::new(Mode::Steady, BOUNDS, now),
            pacer: Pacer::new(BOUNDS.most_kbps, now),
            now,
            made: f64::from(BOUNDS.most_kbps),
            queue: 0.0,
            network: 0.0,
            delivered: 0.0,
            rtt: 0.04,
            seen: Vec::new(),
        }
    }

    /// Runs for `seconds` on a line of `kbps`, headers and all.
    fn run(&mut self, seconds: f64, kbps: f64) {
        let (step, media) = (STEP.as_secs_f64(), kbps / (1.0 + OVERHEAD));
        for _ in 0..(seconds / step).round() as u32 {
            self.now += STEP;
            self.made += (f64::from(self.controller.kbps()) - self.made) * ENCODER;
            self.queue += self.made * step;
            let lets_go = f64::from(self.pacer.kbps()) / (1.0 + OVERHEAD) * step;
            let room = (media * (NETWORK + step) - self.network).max(0.0);
            let left = self.queue.min(lets_go).min(room);
            self.queue -= left;
            self.network += left;
            let gone = self.network.min(media * step);
            self.network -= gone;
            self.delivered += gone;
            self.rtt += (0.04 + self.network / media - self.rtt) * ROUND_TRIP;
            self.look();
            let waits = (self.queue + self.network) / media;
            self.seen.push((gone / step, waits));
        }
    }

    fn look(&mut self) {
        let bytes = |kilobits: f64| (kilobits * 1e3 / 8.0) as u64;
        let sample = Sample {
            delivered: bytes(self.delivered),
            overhead: bytes(self.delivered * OVERHEAD),
            grain: Duration::from_millis(400),
            queued: Duration::from_secs_f64(self.queue / self.made.max(1.0)),
            rtt: Duration::from_secs_f64(self.rtt),
            paced: true,
            ..Sample::new(self.now)
        };
        let action = self.controller.step(&sample, self.made);
        self.pacer.step(&sample, self.controller.kbps(), action);
    }

    /// Kilobits a second of media delivered in the last `seconds`, and the longest that anything waited then.
    fn last(&self, seconds: f64) -> (f64, f64) {
        let steps = (seconds / STEP.as_secs_f64()) as usize;
        let seen = &self.seen[self.seen.len() - steps..];
        let delivered = seen.iter().map(|seen| seen.0).sum::<f64>() / steps as f64;
        (delivered, seen.iter().fold(0.0, |most, seen| seen.1.max(most)))
    }
}

#[test]
fn a_line_that_is_cut_is_used_well_though_what_leaves_is_limited() {
    let mut line = Line::new();
    line.run(10.0, 20_000.0);
    assert_eq!(line.controller.kbps(), BOUNDS.most_kbps);
    line.run(3.0, 900.0);
    let (_, waited) = line.last(3.0);
    assert!(waited < 2.0, "{waited} s");
    line.run(19.0, 900.0);
    let (delivered, waited) = line.last(19.0);
    let carries = 900.0 / (1.0 + OVERHEAD);
    assert!(delivered > carries * 0.85, "{delivered} of {carries}");
    assert!(waited < 1.5, "{waited} s");
    line.run(8.0, 20_000.0);
    assert_eq!(line.controller.kbps(), BOUNDS.most_kbps);
}

#[test]
fn what_an_encoder_makes_later_does_not_fill_the_line_again() {
    let mut line = Line::new();
    line.run(10.0, 20_000.0);
    line.run(10.0, 900.0);
    line.run(20.0, 900.0);
    let (_, waited) = line.last(20.0);
    assert!(waited < 0.5, "{waited} s");
}
