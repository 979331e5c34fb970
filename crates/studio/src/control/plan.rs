//! The scenes a show goes through by itself: a state machine in the show's time.

use std::time::Duration;

use api::state::PlanState;
use media::Timestamp;

use crate::show::{Plan, Step};

/// Where the show is in its plan.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    plan: Plan,
    step: usize,
    /// When the next step is due; `None` while the plan rests.
    due: Option<Timestamp>,
}

impl Running {
    /// A plan whose first step is on air from `at` on; it runs if it has a step.
    pub(crate) fn new(plan: Plan, at: Timestamp) -> Self {
        let mut running = Self {
            plan,
            step: 0,
            due: None,
        };
        running.start(at);
        running
    }

    /// The plan.
    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// When the show goes on to the next step by itself.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// The step on air, or the last that was.
    pub(crate) fn step(&self) -> Option<&Step> {
        self.plan.steps.get(self.step)
    }

    /// Goes on by itself from `at`, with the time of the step it is at. Whether there is a plan.
    pub(crate) fn start(&mut self, at: Timestamp) -> bool {
        self.due = self.step().map(|step| at + length(step));
        self.due.is_some()
    }

    /// Stays.
    pub(crate) fn stop(&mut self) {
        self.due = None;
    }

    /// Goes to the next step at `at`; `None` behind the last, where it stops.
    pub(crate) fn advance(&mut self, at: Timestamp) -> Option<&Step> {
        let next = self.step + 1;
        let last = next >= self.plan.steps.len();
        if last && !self.plan.repeat {
            self.due = None;
            return None;
        }
        self.step = if last { 0 } else { next };
        let step = self.plan.steps.get(self.step)?;
        if self.due.is_some() {
            self.due = Some(at + length(step));
        }
        Some(step)
    }

    /// How it is.
    pub(crate) fn state(&self) -> PlanState {
        PlanState {
            steps: self.plan.steps.len(),
            running: self.due.is_some(),
            step: self.step,
        }
    }
}

fn length(step: &Step) -> Duration {
    Duration::try_from_secs_f32(step.seconds).unwrap_or(Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(repeat: bool) -> Plan {
        let step = |scene: &str, seconds| Step {
            scene: scene.into(),
            seconds,
            fade_ms: 0,
        };
        Plan {
            repeat,
            steps: vec![step("a", 2.0), step("b", 3.0)],
        }
    }

    fn s(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn steps_follow_one_another_and_come_round() {
        let mut running = Running::new(plan(true), s(0));
        assert_eq!(running.due(), Some(s(2)));
        assert_eq!(running.advance(s(2)).unwrap().scene, "b");
        assert_eq!(running.due(), Some(s(5)));
        assert_eq!(running.advance(s(5)).unwrap().scene, "a");
    }

    #[test]
    fn without_repeating_the_last_step_stays() {
        let mut running = Running::new(plan(false), s(0));
        assert!(running.advance(s(2)).is_some() && running.advance(s(5)).is_none());
        assert_eq!(
            (running.due(), running.step().unwrap().scene.as_str()),
            (None, "b")
        );
    }

    #[test]
    fn a_plan_that_rests_is_moved_by_hand_and_goes_on_where_it_is() {
        let mut running = Running::new(plan(true), s(0));
        running.stop();
        assert_eq!(running.advance(s(9)).unwrap().scene, "b");
        assert_eq!(running.due(), None);
        assert!(running.start(s(10)));
        assert_eq!(running.due(), Some(s(13)));
        let nothing = Running::new(Plan::default(), s(0));
        assert_eq!((nothing.due(), nothing.state().steps), (None, 0));
    }
}
