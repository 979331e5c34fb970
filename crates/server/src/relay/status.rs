//! How a relay stands.

use std::time::Instant;

use api::Fault;
use api::server::RelayState;

#[derive(Debug)]
pub(super) struct Status {
    pub(super) state: RelayState,
    since: Instant,
    pub(super) connections: u64,
    pub(super) bytes: u64,
    pub(super) last_error: Option<Fault>,
}

impl Default for Status {
    fn default() -> Self {
        Self {
            state: RelayState::Waiting,
            since: Instant::now(),
            connections: 0,
            bytes: 0,
            last_error: None,
        }
    }
}

impl Status {
    pub(super) fn enter(&mut self, state: RelayState, now: Instant) {
        if state == self.state {
            return;
        }
        (self.state, self.since) = (state, now);
        if state == RelayState::Running {
            self.connections += 1;
            self.last_error = None;
        }
    }

    pub(super) fn failed(&mut self, fault: Option<Fault>) {
        self.last_error = fault.or(self.last_error.take());
    }

    pub(super) fn state_for(&self, now: Instant) -> u64 {
        let time = now.saturating_duration_since(self.since);
        u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
    }
}
