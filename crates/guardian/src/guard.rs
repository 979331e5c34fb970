//! Whether the studio is started again. No IO, no clock.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::End;

/// What a program ends with that panicked: what Rust itself ends with then.
pub(crate) const PANICKED: u8 = 101;

/// A studio that crashes more often than this within [`WHILE`] is left alone: it would crash again.
const OFTEN: usize = 3;
const WHILE: Duration = Duration::from_secs(60);

/// The crashes of a while.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    crashes: VecDeque<Instant>,
}

impl Guard {
    /// The studio has ended at `at`: the code to end with, too; none where it is to be started again.
    pub(crate) fn ended(&mut self, end: End, at: Instant) -> Option<u8> {
        match end {
            End { code: Some(code), .. } => Some(code),
            // What crashes as it ends was to end.
            End { asked: true, .. } => Some(PANICKED),
            End { asked: false, .. } => self.crashed(at),
        }
    }

    fn crashed(&mut self, at: Instant) -> Option<u8> {
        self.crashes.push_back(at);
        self.crashes.retain(|crash| at - *crash < WHILE);
        (self.crashes.len() > OFTEN).then_some(PANICKED)
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
mod tests {
    use super::*;

    const CRASH: End = End {
        code: None,
        asked: false,
    };

    #[test]
    fn it_is_started_again_but_not_without_end() {
        let begin = Instant::now();
        let mut guard = Guard::default();
        let mut crash = |second| guard.ended(CRASH, begin + Duration::from_secs(second));
        assert_eq!([0, 20, 40].map(&mut crash), [None; 3]);
        assert_eq!(crash(85), None, "two of them are long ago");
        assert_eq!(
            [86, 87, 88].map(&mut crash),
            [None, Some(PANICKED), Some(PANICKED)]
        );
    }

    #[test]
    fn one_that_ended_by_its_own_word_or_was_asked_to_is_not() {
        let begin = Instant::now();
        let mut guard = Guard::default();
        for code in [0, 1, 3] {
            assert_eq!(guard.ended(End::by_code(code, false), begin), Some(code as u8));
        }
        let asked = End { asked: true, ..CRASH };
        assert_eq!(guard.ended(asked, begin), Some(PANICKED));
        assert_eq!(guard.ended(End::by_code(PANICKED.into(), false), begin), None);
        assert_eq!(guard.ended(End::by_code(-1_073_741_819, false), begin), None);
    }
}
