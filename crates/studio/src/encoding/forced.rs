//! When a key frame is forced.

use std::sync::atomic::{AtomicI64, Ordering};

use media::Timestamp;

/// Forced key frames come at most so often: each costs as many bits as many frames.
const KEY_PAUSE_NANOS: i64 = 500_000_000;
/// Those that servers ask for come at most so often, whoever asks.
const WISH_PAUSE_NANOS: i64 = 1_000_000_000;

/// When the last key frame of an encode was forced.
#[derive(Debug)]
pub(super) struct Forced(AtomicI64);

impl Default for Forced {
    fn default() -> Self {
        Self(AtomicI64::new(LONG_AGO))
    }
}

/// Before any picture, and far from where a difference would overflow.
const LONG_AGO: i64 = i64::MIN / 2;

impl Forced {
    /// Whether a key frame is forced at `pts`. What isn't taken of what is `needed` here and `wished` for there stands
    /// until its time has come.
    pub(super) fn is_due(
        &self,
        pts: Timestamp,
        needed: impl FnOnce() -> bool,
        wished: impl FnOnce() -> bool,
    ) -> bool {
        let since = self.since(pts);
        let due = (since >= KEY_PAUSE_NANOS && needed()) || (since >= WISH_PAUSE_NANOS && wished());
        if due {
            self.at(pts);
        }
        due
    }

    /// Whether one may be forced again.
    pub(super) fn may(&self, pts: Timestamp) -> bool {
        self.since(pts) >= KEY_PAUSE_NANOS
    }

    /// One is forced at `pts`.
    pub(super) fn at(&self, pts: Timestamp) {
        self.0.store(pts.as_nanos(), Ordering::Relaxed);
    }

    /// It was lost.
    pub(super) fn lost(&self) {
        self.0.store(LONG_AGO, Ordering::Relaxed);
    }

    fn since(&self, pts: Timestamp) -> i64 {
        pts.as_nanos().saturating_sub(self.0.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gets_its_key_frame_sooner_than_a_server_its_wish() {
        let due = |ms: i64, needed, wished| {
            let forced = Forced::default();
            forced.at(Timestamp::from_millis(5_000));
            forced.is_due(Timestamp::from_millis(5_000 + ms), || needed, || wished)
        };
        assert!(!due(499, true, true));
        assert!(due(500, true, false) && !due(500, false, true));
        assert!(!due(999, false, true));
        assert!(due(1_000, false, true) && !due(1_000, false, false));
    }

    #[test]
    fn what_is_asked_for_too_soon_is_not_forgotten() {
        let asked = std::cell::Cell::new(true);
        let forced = Forced::default();
        forced.at(Timestamp::ZERO);
        let due = |ms| forced.is_due(Timestamp::from_millis(ms), || false, || asked.replace(false));
        assert!(!due(400) && !due(999) && asked.get());
        assert!(due(1_000) && !due(2_000));
    }
}
