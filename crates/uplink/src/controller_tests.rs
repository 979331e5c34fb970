use netlab::{Kind, Trace};

use super::*;

/// How often the controller is asked.
pub(crate) const STEP: Duration = Duration::from_millis(50);
pub(crate) const BOUNDS: Bounds = Bounds {
    least_kbps: 300,
    most_kbps: 2_628,
};
/// What the network holds at most.
const NETWORK: f64 = 0.2;

/// A line as a fluid: what is sent waits in the network up to 200 ms of it, then in our queue.
pub(crate) struct Line {
    pub(crate) controller: Controller,
    begin: Instant,
    pub(crate) now: Instant,
    network: f64,
    queue: f64,
    delivered: f64,
    /// Each step: seconds since the begin, rate, seconds that wait in our queue, kilobits delivered.
    seen: Vec<(f64, f64, f64, f64)>,
    actions: Vec<(f64, Action)>,
}

impl Line {
    pub(crate) fn new(mode: Mode) -> Self {
        let begin = Instant::now();
        Self {
            controller: Controller::new(mode, BOUNDS, begin),
            begin,
            now: begin,
            network: 0.0,
            queue: 0.0,
            delivered: 0.0,
            seen: Vec::new(),
            actions: Vec::new(),
        }
    }

    /// Runs for `seconds`; `carries` says the line's rate and its delay at each moment, `makes` what part of the rate the
    /// encoder makes.
    pub(crate) fn run(
        &mut self,
        seconds: f64,
        carries: impl Fn(f64) -> (f64, f64),
        makes: impl Fn(f64) -> f64,
    ) {
        let end = self.at() + seconds;
        while self.at() < end - 1e-9 {
            self.now += STEP;
            let (at, step) = (self.at(), STEP.as_secs_f64());
            let (rate, delay) = carries(at);
            let sent = f64::from(self.controller.kbps()) * makes(at);
            self.queue += sent * step;
            let gone = (self.network + self.queue).min(rate * step);
            let from_network = gone.min(self.network);
            self.network -= from_network;
            self.queue -= gone - from_network;
            let room = (rate * NETWORK - self.network).max(0.0).min(self.queue);
            self.network += room;
            self.queue -= room;
            self.delivered += gone;
            let queued = self.queue / rate.max(1.0);
            let sample = Sample {
                delivered: (self.delivered * 1e3 / 8.0) as u64,
                queued: Duration::from_secs_f64(queued.min(10.0)),
                rtt: Duration::from_secs_f64(2.0 * delay + (self.network / rate.max(1.0)).min(1.0)),
                ..Sample::new(self.now)
            };
            if let Some(action) = self.controller.step(&sample, sent) {
                self.actions.push((at, action));
            }
            self.seen
                .push((at, f64::from(self.controller.kbps()), queued, gone));
        }
    }

    pub(crate) fn at(&self) -> f64 {
        (self.now - self.begin).as_secs_f64()
    }

    fn between(&self, from: f64, to: f64) -> impl Iterator<Item = &(f64, f64, f64, f64)> {
        self.seen.iter().filter(move |seen| (from..to).contains(&seen.0))
    }

    pub(crate) fn lowered(&self) -> usize {
        let lowered = self
            .actions
            .iter()
            .filter(|a| matches!(a.1, Action::Lowered { .. }));
        lowered.count()
    }
}

/// 10 Mbit/s, but 900 kbit/s from 10 to 32 s.
fn cut(at: f64) -> (f64, f64) {
    (
        if (10.0..32.0).contains(&at) {
            900.0
        } else {
            10_000.0
        },
        0.02,
    )
}

#[test]
fn a_cut_is_answered_at_once_used_well_and_forgotten_soon() {
    for mode in [Mode::Steady, Mode::LowestDelay] {
        let mut line = Line::new(mode);
        line.run(50.0, cut, |_| 1.0);
        let first = line.actions[0];
        assert!((10.0..10.5).contains(&first.0), "{mode:?}: {first:?}");
        let settled = line.between(10.7, 11.0).find(|seen| seen.1 > 900.0);
        assert_eq!(settled, None, "{mode:?}: {:?}", line.actions);
        let worst = line.between(10.0, 32.0).map(|seen| seen.2).fold(0.0, f64::max);
        assert!(worst < 0.5, "{mode:?}: {worst} s waited");
        let used: f64 = line.between(13.0, 32.0).map(|seen| seen.3).sum::<f64>() / (19.0 * 900.0);
        assert!(used > 0.85, "{mode:?}: {used}");
        let back = line.between(32.0, 50.0).find(|seen| seen.1 >= 0.99 * 2_628.0);
        assert!(back.unwrap().0 < 40.0, "{mode:?}: {back:?}");
    }
}

#[test]
fn it_never_leaves_what_the_seller_allows() {
    let mut line = Line::new(Mode::Steady);
    line.run(
        60.0,
        |at| {
            if at as u32 % 7 < 3 {
                (50.0, 0.02)
            } else {
                (9_000.0, 0.02)
            }
        },
        |_| 1.0,
    );
    let allowed = f64::from(BOUNDS.least_kbps)..=f64::from(BOUNDS.most_kbps);
    assert!(line.seen.iter().all(|seen| allowed.contains(&seen.1)));
}

#[test]
fn a_picture_that_stands_still_does_not_raise_the_rate() {
    let mut line = Line::new(Mode::Steady);
    line.run(
        20.0,
        |at| if at < 5.0 { (10_000.0, 0.02) } else { (900.0, 0.02) },
        |_| 1.0,
    );
    let before = f64::from(line.controller.kbps());
    line.run(60.0, |_| (900.0, 0.02), |_| 0.1);
    assert!(
        f64::from(line.controller.kbps()) <= before * 1.01 + 1.0,
        "{before}"
    );
    line.run(10.0, |_| (10_000.0, 0.02), |_| 1.0);
    assert_eq!(line.controller.kbps(), BOUNDS.most_kbps);
}

#[test]
fn half_an_hour_of_good_lines_raises_no_alarm() {
    for seed in 0..3 {
        let trace = Trace::new(Kind::Clean, seed, 600);
        let mut line = Line::new(Mode::LowestDelay);
        let carries = |at: f64| {
            let step = trace.steps()[((at * 10.0) as usize).min(5_999)];
            (step.rate_kbps, step.delay_ms / 1e3)
        };
        line.run(600.0, carries, |at| {
            if (at as u32).is_multiple_of(2) { 1.1 } else { 0.9 }
        });
        assert_eq!(line.lowered(), 0, "{:?}", line.actions);
    }
}

#[test]
fn bad_lines_are_followed() {
    for kind in [
        Kind::WifiContention,
        Kind::Microwave,
        Kind::WalkingAway,
        Kind::Handover,
    ] {
        let trace = Trace::new(kind, 1, 600);
        let mut line = Line::new(Mode::Steady);
        let step = |at: f64| trace.steps()[((at * 10.0) as usize).min(5_999)];
        line.run(600.0, |at| (step(at).rate_kbps, step(at).delay_ms / 1e3), |_| 1.0);
        // What could have been sent of what was allowed.
        let could: f64 = trace
            .steps()
            .iter()
            .map(|s| s.rate_kbps.min(2_628.0) / 10.0)
            .sum();
        let used = line.seen.iter().map(|seen| seen.3).sum::<f64>() / could;
        assert!(used > 0.8, "{kind:?}: {used}");
    }
}

#[test]
fn another_connection_begins_with_the_rate_there_was() {
    let mut line = Line::new(Mode::Steady);
    line.run(15.0, cut, |_| 1.0);
    let rate = line.controller.kbps();
    assert!(rate < 1_000);
    line.controller = Controller::new(Mode::Steady, BOUNDS, line.now);
    line.controller.resume(rate, line.now);
    assert_eq!(line.controller.kbps(), rate);
    line.run(8.0, |_| (10_000.0, 0.05), |_| 1.0);
    assert_eq!(line.controller.kbps(), BOUNDS.most_kbps);
}

#[test]
fn a_transport_that_knows_its_line_is_heeded() {
    let now = Instant::now();
    let mut controller = Controller::new(Mode::Steady, BOUNDS, now);
    let mut thinks = |kbps, waits| {
        let sample = Sample {
            estimate_kbps: Some(kbps),
            queued: Duration::from_millis(waits),
            ..Sample::new(now)
        };
        let action = controller.step(&sample, 2_628.0);
        (action, controller.kbps())
    };
    assert_eq!(thinks(16_000, 0), (None, 2_628), "never above what is allowed");
    let (action, rate) = thinks(1_000, 0);
    assert!(matches!(
        action,
        Some(Action::Lowered {
            delivered_kbps: 1_000,
            ..
        })
    ));
    assert_eq!(rate, 900);
    assert_eq!(thinks(1_020, 0), (None, 900), "not worth a change");
    assert!(matches!(
        thinks(1_200, 0),
        (Some(Action::Raised { to_kbps: 1_080 }), 1_080)
    ));
    assert_eq!(thinks(1_200, 300).1, 720, "what waits leaves first");
    assert_eq!(thinks(10, 0).1, BOUNDS.least_kbps);
    assert_eq!(thinks(3_000, 0).1, BOUNDS.most_kbps);
}
