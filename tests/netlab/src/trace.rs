//! How a line runs over time.

use std::time::Duration;

use serde::Deserialize;

use crate::{Terms, model};

/// How long each step of a trace holds.
pub const STEP: Duration = Duration::from_millis(100);

/// What a line is like for one [`STEP`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Kilobits a second.
    pub rate_kbps: f64,
    /// Milliseconds each way.
    pub delay_ms: f64,
    /// Packets of a hundred that are lost.
    pub loss_percent: f64,
}

/// What happens to a line, as people know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Nothing: a good line breathes a little.
    Clean,
    /// Others on the same Wi-Fi channel send as they like.
    WifiContention,
    /// A microwave oven beside it: half of the time on the air is lost.
    Microwave,
    /// A studio on a cart goes away from the access point, and comes back.
    WalkingAway,
    /// A 4G modem that changes cells.
    Handover,
}

/// Steps of [`STEP`], one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    steps: Vec<Step>,
}

impl Trace {
    /// A trace of `kind` that lasts `seconds`; the same `seed` makes the same one.
    pub fn new(kind: Kind, seed: u64, seconds: u32) -> Self {
        let count = (f64::from(seconds) / STEP.as_secs_f64()).ceil() as usize;
        Self {
            steps: model::steps(kind, seed, count),
        }
    }

    /// Its steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The terms at `at` since its begin: what it says, and the rest of `terms`. Behind its end the last step holds.
    pub fn terms(&self, at: Duration, terms: &Terms) -> Terms {
        let number = (at.as_secs_f64() / STEP.as_secs_f64()) as usize;
        let Some(step) = self.steps.get(number).or(self.steps.last()) else {
            return *terms;
        };
        Terms {
            rate_kbps: step.rate_kbps as u32,
            delay_ms: step.delay_ms,
            loss_percent: step.loss_percent,
            ..*terms
        }
    }

    /// Kilobits that it could have carried between two times since its begin.
    pub fn kilobits(&self, from: Duration, to: Duration) -> f64 {
        let number = |at: Duration| (at.as_secs_f64() / STEP.as_secs_f64()) as usize;
        let end = number(to).min(self.steps.len());
        let steps = self.steps.get(number(from).min(end)..end).unwrap_or_default();
        steps.iter().map(|step| step.rate_kbps * STEP.as_secs_f64()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Kind; 5] = [
        Kind::Clean,
        Kind::WifiContention,
        Kind::Microwave,
        Kind::WalkingAway,
        Kind::Handover,
    ];

    #[test]
    fn the_same_seed_makes_the_same_trace_and_another_another() {
        for kind in KINDS {
            let trace = |seed| Trace::new(kind, seed, 600);
            assert_eq!(trace(1), trace(1), "{kind:?}");
            assert_ne!(trace(1), trace(2), "{kind:?}");
            assert_eq!(trace(1).steps().len(), 6_000);
        }
    }

    #[test]
    fn every_step_is_one_that_a_line_can_have() {
        for kind in KINDS {
            for seed in 0..20 {
                for step in Trace::new(kind, seed, 120).steps() {
                    assert!((0.0..=100_000.0).contains(&step.rate_kbps), "{kind:?} {step:?}");
                    assert!((1.0..=500.0).contains(&step.delay_ms), "{kind:?} {step:?}");
                    assert!((0.0..=20.0).contains(&step.loss_percent), "{kind:?} {step:?}");
                }
            }
        }
    }

    #[test]
    fn a_clean_line_carries_a_show_at_every_moment_and_the_others_do_not() {
        let least = |kind| {
            let traces = (0..10).map(|seed| Trace::new(kind, seed, 600));
            let rates =
                traces.flat_map(|trace| trace.steps().iter().map(|s| s.rate_kbps).collect::<Vec<_>>());
            rates.fold(f64::INFINITY, f64::min)
        };
        assert!(least(Kind::Clean) > 5_000.0);
        for kind in &KINDS[1..] {
            assert!(least(*kind) < 2_500.0, "{kind:?}: {}", least(*kind));
        }
    }

    #[test]
    fn what_a_trace_could_carry_is_the_sum_of_its_steps() {
        let trace = Trace::new(Kind::Handover, 3, 10);
        let (whole, half) = (Duration::from_secs(10), Duration::from_secs(5));
        let sum = trace.kilobits(Duration::ZERO, half) + trace.kilobits(half, whole);
        assert!((trace.kilobits(Duration::ZERO, whole) - sum).abs() < 1e-6);
        assert_eq!(trace.kilobits(whole, whole * 2), 0.0);
        let terms = trace.terms(whole * 2, &Terms::default());
        assert_eq!(terms.rate_kbps, trace.steps()[99].rate_kbps as u32);
    }
}
