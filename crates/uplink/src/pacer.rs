//! How fast what waits may leave, where the transport doesn't see to it itself (SRT).
//!
//! A transport that sends again what is missing, and new packets at once, keeps a line full that it has filled. Here the
//! round trip decides: as long as it is near its smallest the line has room, well above it the line is full.

use std::time::Duration;

use crate::{Action, Sample, base::Base};

/// The round trip is to be so much above the smallest: less, and the line has room; more, and it fills.
const ABOVE: Duration = Duration::from_millis(30);
/// By so much the limit changes at a sample where the line has room, and so much more may leave at once; where it fills,
/// twice as much less at most. What leaves at once follows the line, the limit what it carries for a while.
const SLOW: f64 = 0.012;
const FAST: f64 = 0.15;
/// Where something waits for the limit alone it rises by this at a sample, and by that up to this share of what the line
/// carried when it was last full.
const WAITED_FOR: f64 = 0.05;
const BACK: f64 = 0.25;
const KNOWN: f64 = 0.95;
/// It falls no further than to this share of that by itself: if the line carries even less, it will be found full again.
const HELD: f64 = 0.85;
/// More than this waits for the limit.
const WAITS: Duration = Duration::from_millis(20);
/// It may always send so much of what is made: the rest waits, and less is made because of that.
const LEAST: f64 = 0.6;
/// On a good line it may send so much: a key frame leaves sooner.
const MOST: f64 = 2.0;

/// Decides how fast what waits leaves. See the [module](self).
#[derive(Clone, Debug)]
pub struct Pacer {
    /// In kilobits a second.
    most: f64,
    limit: f64,
    /// What the line carried when it was last full, headers and all.
    carried: f64,
    /// 1 where the line has all room, below 0 where it fills.
    room: f64,
    base: Base,
}

impl Pacer {
    /// A connection on which `most_kbps` of pictures and sound are made at most; `at` is when it begins.
    pub fn new(most_kbps: u32, at: std::time::Instant) -> Self {
        let most = f64::from(most_kbps) * MOST;
        Self {
            most,
            limit: most,
            carried: 0.0,
            room: 0.0,
            base: Base::new(at),
        }
    }

    /// The most that may leave, in kilobits a second, headers and what is sent again included.
    pub fn kbps(&self) -> u32 {
        (self.limit * (1.0 + FAST * self.room)).min(self.most).round() as u32
    }

    /// Takes note of what is known, while `made_kbps` are to be made, and of what was done because of it. Call it each 50
    /// to 100 ms.
    pub fn step(&mut self, sample: &Sample, made_kbps: u32, action: Option<Action>) {
        self.base.learn(sample);
        let above = self.base.above(sample.rtt);
        if let Some(Action::Lowered { delivered_kbps, .. }) = action {
            self.carried = f64::from(delivered_kbps) * with_overhead(sample);
            self.limit = self.limit.min(self.carried);
            self.room = 0.0;
        } else {
            self.room = (1.0 - above.as_secs_f64() / ABOVE.as_secs_f64()).max(-2.0);
            self.limit = self.follow(sample.queued > WAITS);
        }
        let least = f64::from(made_kbps) * LEAST;
        self.limit = self.limit.clamp(least.min(self.most), self.most);
    }

    /// The limit as it follows the round trip, where more waits for it or not.
    fn follow(&self, waits: bool) -> f64 {
        let known = self.carried * KNOWN;
        let by = |share: f64| self.limit * (1.0 + share * self.room);
        if !waits || self.room <= 0.0 {
            by(SLOW).max(self.limit.min(self.carried * HELD))
        } else if self.limit < known {
            by(BACK).min(known)
        } else {
            by(WAITED_FOR)
        }
    }
}

/// How much leaves for each byte of media that is delivered, on the whole; at most half as much again.
fn with_overhead(sample: &Sample) -> f64 {
    let overhead = sample.overhead.saturating_sub(sample.sent_again) as f64;
    1.0 + (overhead / (sample.delivered as f64).max(1.0)).min(0.5)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn what_waits_leaves_as_fast_as_the_line_carries() {
        let begin = Instant::now();
        let mut pacer = Pacer::new(2_628, begin);
        let after = |pacer: &mut Pacer, steps: u32, (above, queued): (u64, u64)| {
            for n in 0..steps {
                let sample = Sample {
                    rtt: Duration::from_millis(40 + above),
                    queued: Duration::from_millis(queued),
                    ..Sample::new(begin + Duration::from_millis(50) * n)
                };
                pacer.step(&sample, 720, None);
            }
            pacer.kbps()
        };
        assert_eq!(after(&mut pacer, 20, (0, 0)), 5_256);
        let fell = Action::Lowered {
            from_kbps: 2_628,
            to_kbps: 720,
            delivered_kbps: 900,
            waiting: Duration::from_millis(200),
        };
        let sample = Sample {
            rtt: Duration::from_millis(240),
            ..Sample::new(begin)
        };
        pacer.step(&sample, 720, Some(fell));
        assert_eq!(pacer.kbps(), 900);
        assert!(after(&mut pacer, 1, (200, 300)) < 650, "less at once");
        assert_eq!(
            after(&mut pacer, 60, (200, 300)),
            536,
            "some of what is made waits"
        );
        assert_eq!(after(&mut pacer, 20, (30, 300)), 765, "as it should be");
        assert_eq!(
            after(&mut pacer, 1, (0, 300)),
            983,
            "what waits for it leaves at once"
        );
        assert!(after(&mut pacer, 10, (0, 0)) < 1_120, "nothing waits");
        assert!(after(&mut pacer, 10, (0, 300)) > 1_500, "there is room");
    }
}
