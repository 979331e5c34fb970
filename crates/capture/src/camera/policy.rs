//! When a camera's child process is started, when it is given up: decisions without IO or clock.

use std::time::Duration;

use media::Timestamp;

/// A camera that runs and gives no picture for this long stalls.
const STALL: Duration = Duration::from_millis(500);
/// Slow cameras are given so many of their own frames.
const STALL_FRAMES: u32 = 3;
/// How long the first opening may take from the child's start to the first picture.
pub(super) const FIRST: Duration = Duration::from_secs(8);
/// How long at least any later one may take.
const AGAIN: Duration = Duration::from_secs(1);
/// A child that waits for its camera says so more often than this.
const WAITING: Duration = Duration::from_secs(2);
/// A camera that another program has is tried again after this.
const BUSY: Duration = Duration::from_secs(1);
/// One that was refused is tried again after this, a few times: it may have been on its way out or in.
const REFUSED: Duration = Duration::from_millis(250);
/// And after so many refusals less often.
const OFTEN: u32 = 8;
/// This often.
const SELDOM: Duration = Duration::from_secs(1);

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Start a child.
    Start,
    /// Kill the child: it gave no picture for so long after it had, or never did.
    Kill(Silence),
    /// Nothing for so long, unless something is heard.
    Wait(Duration),
}

/// How a child was silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// It ran and stalled.
    Stalled,
    /// It never gave a picture in this time.
    Never(Duration),
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The camera went while it ran.
    Lost,
    /// Another program has it.
    Busy,
    /// It was refused, or the child broke.
    Refused,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// No child until then.
    Idle(Timestamp),
    /// Started then, silent at the latest then.
    Starting { since: Timestamp, until: Timestamp },
    /// The last sign of life.
    Running(Timestamp),
}

/// One camera's decisions.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    state: State,
    stall: Duration,
    /// How long the camera took the last time from its child's start to its first picture.
    learned: Option<Duration>,
    /// Openings that gave no picture, since the last that did.
    failures: u32,
}

impl Policy {
    pub(super) fn new() -> Self {
        Self {
            state: State::Idle(Timestamp::from_nanos(i64::MIN)),
            stall: STALL,
            learned: None,
            failures: 0,
        }
    }

    /// What is to be done at `now`. What is answered counts as done.
    pub(super) fn next(&mut self, now: Timestamp) -> Action {
        match self.state {
            State::Idle(until) if now < until => Action::Wait(until.saturating_since(now)),
            State::Idle(_) => {
                let until = now + self.patience();
                self.state = State::Starting { since: now, until };
                Action::Start
            }
            State::Starting { since, until } if now >= until => {
                self.failures = self.failures.saturating_add(1);
                self.state = State::Idle(now);
                Action::Kill(Silence::Never(until.saturating_since(since)))
            }
            State::Starting { until, .. } => Action::Wait(until.saturating_since(now)),
            State::Running(last) if now >= last + self.stall => {
                self.state = State::Idle(now);
                Action::Kill(Silence::Stalled)
            }
            State::Running(last) => Action::Wait((last + self.stall).saturating_since(now)),
        }
    }

    /// The child waits for its camera to be plugged in.
    pub(super) fn absent(&mut self, now: Timestamp) {
        if let State::Starting { .. } = self.state {
            let until = now + WAITING;
            self.state = State::Starting { since: now, until };
        }
    }

    /// The child found its camera, which gives a picture each `frame`, and opens it.
    pub(super) fn found(&mut self, frame: Duration, now: Timestamp) {
        self.stall = STALL.max(frame.saturating_mul(STALL_FRAMES).min(FIRST));
        if let State::Starting { since, .. } = self.state {
            let until = now + self.patience();
            self.state = State::Starting { since, until };
        }
    }

    /// A good picture came, or another sign that the camera lives; whether it is the first.
    pub(super) fn alive(&mut self, now: Timestamp) -> bool {
        let first = match self.state {
            State::Starting { since, .. } => {
                self.learned = Some(now.saturating_since(since));
                self.failures = 0;
                true
            }
            State::Running(_) => false,
            State::Idle(_) => return false,
        };
        self.state = State::Running(now);
        first
    }

    /// The child ended by itself.
    pub(super) fn ended(&mut self, end: End, now: Timestamp) {
        let pause = match end {
            End::Lost => Duration::ZERO,
            End::Busy => BUSY,
            End::Refused if self.failures >= OFTEN => SELDOM,
            End::Refused => REFUSED,
        };
        if end != End::Lost {
            self.failures = self.failures.saturating_add(1);
        }
        self.state = State::Idle(now + pause);
    }

    /// How long an opening may take. A camera that was opened once is as quick the next time; one that isn't
    /// is given a little more each time.
    fn patience(&self) -> Duration {
        let usual = self.learned.map_or(FIRST, |time| AGAIN.max(time * 2));
        (usual + usual / 8 * self.failures.min(64)).min(FIRST)
    }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
