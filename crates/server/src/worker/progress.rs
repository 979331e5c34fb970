//! Whether a worker comes to anything: decided with `now` passed in.

use std::time::{Duration, Instant};

/// What a process may take until it is ready: the first start on a machine looks at all of GStreamer's plug-ins.
const START: Duration = Duration::from_secs(30);
/// How long it may take media and give nothing.
const SILENCE: Duration = Duration::from_secs(10);

/// How a worker came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stall {
    /// It didn't get ready.
    Start,
    /// It took media and gave nothing.
    Silence,
}

/// What is awaited of a worker, and since when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    ready: bool,
    /// Since the start, until it is ready; then since the first media that nothing followed.
    since: Option<Instant>,
}

impl Progress {
    /// A process was started.
    pub(super) const fn new(now: Instant) -> Self {
        Self {
            ready: false,
            since: Some(now),
        }
    }

    /// It said that it is ready.
    pub(super) fn ready(&mut self) {
        (self.ready, self.since) = (true, None);
    }

    /// It took a packet.
    pub(super) fn took(&mut self, now: Instant) {
        if self.ready {
            self.since.get_or_insert(now);
        }
    }

    /// It gave a packet.
    pub(super) fn gave(&mut self) {
        if self.ready {
            self.since = None;
        }
    }

    /// Whether it has come to nothing.
    pub(super) fn stalled(&self, now: Instant) -> Option<Stall> {
        let (stall, patience) = match self.ready {
            false => (Stall::Start, START),
            true => (Stall::Silence, SILENCE),
        };
        let waited = now.saturating_duration_since(self.since?);
        (waited >= patience).then_some(stall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_must_get_ready_in_half_a_minute() {
        let begun = Instant::now();
        let mut progress = Progress::new(begun);
        progress.took(begun);
        assert_eq!(progress.stalled(begun + Duration::from_millis(29_999)), None);
        assert_eq!(progress.stalled(begun + START), Some(Stall::Start));
        progress.ready();
        assert_eq!(progress.stalled(begun + Duration::from_secs(3_600)), None);
    }

    #[test]
    fn silence_counts_from_the_first_packet_that_nothing_followed() {
        let begun = Instant::now();
        let at = |secs| begun + Duration::from_secs(secs);
        let mut progress = Progress::new(begun);
        progress.ready();
        assert_eq!(progress.stalled(at(100)), None, "nothing was asked of it");
        progress.took(at(100));
        progress.took(at(109));
        assert_eq!(progress.stalled(at(109)), None);
        assert_eq!(progress.stalled(at(110)), Some(Stall::Silence));
        progress.gave();
        assert_eq!(progress.stalled(at(1_000)), None);
        progress.took(at(1_000));
        assert_eq!(progress.stalled(at(1_010)), Some(Stall::Silence));
    }
}
