//! When a key frame is forced: pure.

use media::Timestamp;

/// Forced key frames come at most so often: each costs as many bits as many frames.
const KEY_PAUSE_NANOS: i64 = 500_000_000;
/// Those that servers ask for come at most so often, whoever asks.
const WISH_PAUSE_NANOS: i64 = 1_000_000_000;

/// Whether a key frame is forced at `pts` when the last one was at `last`. What isn't taken of what is `needed` here and
/// `wished` for there stands until its time has come.
pub(super) fn is_due(
    last: Timestamp,
    pts: Timestamp,
    needed: impl FnOnce() -> bool,
    wished: impl FnOnce() -> bool,
) -> bool {
    let since = pts.as_nanos().saturating_sub(last.as_nanos());
    (since >= KEY_PAUSE_NANOS && needed()) || (since >= WISH_PAUSE_NANOS && wished())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gets_its_key_frame_sooner_than_a_server_its_wish() {
        let due = |ms: i64, needed, wished| {
            let last = Timestamp::from_millis(5_000);
            is_due(last, Timestamp::from_millis(5_000 + ms), || needed, || wished)
        };
        assert!(!due(499, true, true));
        assert!(due(500, true, false) && !due(500, false, true));
        assert!(!due(999, false, true));
        assert!(due(1_000, false, true) && !due(1_000, false, false));
    }

    #[test]
    fn what_is_asked_for_too_soon_is_not_forgotten() {
        let asked = std::cell::Cell::new(true);
        let due = |ms| {
            let pts = Timestamp::from_millis(ms);
            is_due(Timestamp::ZERO, pts, || false, || asked.replace(false))
        };
        assert!(!due(400) && !due(999) && asked.get());
        assert!(due(1_000) && !due(2_000));
    }
}
