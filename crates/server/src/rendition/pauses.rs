//! When a process is begun that was lost, and when what nobody watches ends.

use std::time::{Duration, Instant};

/// After a loss the next process waits so long, each time twice as long, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A process that lived so long was not lost for a reason that comes again at once.
const LASTING: Duration = Duration::from_secs(60);
/// How long a rendition goes on without viewers.
const UNSEEN: Duration = Duration::from_secs(30);

/// When the next process may begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pauses {
    next: Duration,
    due: Option<Instant>,
}

impl Default for Pauses {
    /// None is to begin.
    fn default() -> Self {
        Self {
            next: FIRST_PAUSE,
            due: None,
        }
    }
}

impl Pauses {
    /// One is to begin at `now`, whatever became of those before.
    pub(super) fn at_once(now: Instant) -> Self {
        Self {
            due: Some(now),
            ..Self::default()
        }
    }

    /// Whether one is to begin at `now`; true once for each.
    pub(super) fn begins(&mut self, now: Instant) -> bool {
        self.due.take_if(|due| now >= *due).is_some()
    }

    /// One that began at `begun`, or never did, is lost at `now`.
    pub(super) fn lost(&mut self, begun: Option<Instant>, now: Instant) {
        if begun.is_some_and(|begun| now.saturating_duration_since(begun) >= LASTING) {
            self.next = FIRST_PAUSE;
        }
        self.due = Some(now + self.next);
        self.next = (self.next * 2).min(LONGEST_PAUSE);
    }
}

/// For how long nobody has watched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unseen(Instant);

impl Unseen {
    /// Somebody watches at `now`.
    pub(super) fn new(now: Instant) -> Self {
        Self(now)
    }

    /// Whether it has been for too long at `now`, when somebody watches or not.
    pub(super) fn too_long(&mut self, watched: bool, now: Instant) -> bool {
        if watched {
            self.0 = now;
        }
        now.saturating_duration_since(self.0) >= UNSEEN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn each_loss_is_followed_by_a_longer_pause_until_one_lasted() {
        let mut now = Instant::now();
        assert!(!Pauses::default().begins(now + secs(3_600)));
        let mut pauses = Pauses::at_once(now);
        assert!(pauses.begins(now) && !pauses.begins(now), "once");
        for pause in [1, 2, 4, 8, 16, 30, 30] {
            pauses.lost(Some(now), now);
            assert!(
                !pauses.begins(now + secs(pause) - Duration::from_millis(1)),
                "{pause} s"
            );
            now += secs(pause);
            assert!(pauses.begins(now), "{pause} s");
        }
        pauses.lost(None, now);
        assert!(
            !pauses.begins(now + secs(29)),
            "one that can't be begun lasts for no time"
        );
        pauses.lost(Some(now), now + secs(60));
        assert!(pauses.begins(now + secs(61)));
    }

    #[test]
    fn what_nobody_watches_for_half_a_minute_has_been_unseen_for_too_long() {
        let begun = Instant::now();
        let mut unseen = Unseen::new(begun);
        assert!(!unseen.too_long(false, begun + secs(29)));
        assert!(!unseen.too_long(true, begun + secs(40)), "somebody came");
        assert!(!unseen.too_long(false, begun + secs(69)));
        assert!(unseen.too_long(false, begun + secs(70)));
    }
}
