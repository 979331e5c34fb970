//! What a camera's owner and its thread both know.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use media::FrameRate;

use super::platform::Line;
use super::{CameraCounters, CameraInfo, Choice};
use crate::{Error, Status};

/// How the camera is.
#[derive(Debug)]
pub(super) struct State {
    pub(super) status: Status,
    /// Why there is no picture, where that is known.
    pub(super) problem: Option<Error>,
    pub(super) info: Option<CameraInfo>,
    pub(super) choice: Option<Choice>,
}

/// The counters, each raised by the camera's thread alone.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) taken: AtomicU64,
    pub(super) stamped: AtomicU64,
    pub(super) short: AtomicU64,
    pub(super) broken: AtomicU64,
    pub(super) resized: AtomicU64,
    pub(super) dropped: AtomicU64,
    pub(super) lost: AtomicU64,
}

/// Shared by [`Camera`](super::Camera) and its thread.
pub(super) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    pub(super) counts: Counts,
    delay: AtomicI64,
    visible: AtomicBool,
    stopped: AtomicBool,
    line: Mutex<Option<Line>>,
}

impl Shared {
    pub(super) fn new(rate: FrameRate) -> Self {
        Self {
            state: Mutex::new(State {
                status: Status::Starting,
                problem: None,
                info: None,
                choice: None,
            }),
            changed: Condvar::new(),
            counts: Counts::default(),
            delay: AtomicI64::new(rate.frame_nanos()),
            visible: AtomicBool::new(true),
            stopped: AtomicBool::new(false),
            line: Mutex::new(None),
        }
    }

    /// How it is now.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes how it is, and wakes who waits for that.
    pub(super) fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_all();
    }

    /// Waits until it runs, or until it is known why it doesn't: then that. Neither in `timeout`: `None`.
    pub(super) fn wait(&self, timeout: Duration) -> Option<Result<(), Error>> {
        let end = Instant::now().checked_add(timeout);
        let mut state = self.state();
        loop {
            match (&state.status, &state.problem) {
                (Status::Running, _) => return Some(Ok(())),
                (_, Some(problem)) => return Some(Err(problem.clone())),
                _ => {}
            }
            let left = match end.map(|end| end.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => return None,
                left => left.unwrap_or(Duration::MAX),
            };
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub(super) fn counters(&self) -> CameraCounters {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        CameraCounters {
            taken: get(&self.counts.taken),
            stamped: get(&self.counts.stamped),
            short: get(&self.counts.short),
            broken: get(&self.counts.broken),
            resized: get(&self.counts.resized),
            dropped: get(&self.counts.dropped),
            lost: get(&self.counts.lost),
        }
    }

    pub(super) fn delay(&self) -> Duration {
        Duration::from_nanos(self.delay.load(Ordering::Relaxed).max(0) as u64)
    }

    pub(super) fn set_delay(&self, nanos: i64) {
        self.delay.store(nanos, Ordering::Relaxed);
    }

    pub(super) fn visible(&self) -> bool {
        self.visible.load(Ordering::Acquire)
    }

    /// Whether the pictures are seen; tells the child when that changes. Never waits for it.
    pub(super) fn set_visible(&self, visible: bool) {
        if self.visible.swap(visible, Ordering::AcqRel) != visible
            && let Some(line) = &*self.line()
        {
            line.visible(visible);
        }
    }

    /// The way to the child, or `None` when it is gone. A child that was started meanwhile is told anew whether
    /// its pictures are seen.
    pub(super) fn set_line(&self, line: Option<Line>) {
        let mut place = self.line();
        if let Some(line) = &line {
            match self.stopped() {
                true => line.hang_up(),
                false => line.visible(self.visible()),
            }
        }
        *place = line;
    }

    /// Whether the owner is gone.
    pub(super) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// The owner goes: the child ends, and the camera's thread wakes.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        if let Some(line) = &*self.line() {
            line.hang_up();
        }
    }

    fn line(&self) -> MutexGuard<'_, Option<Line>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
