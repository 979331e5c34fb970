//! The process around the studio's: starts it, and starts it again when it has crashed.
//!
//! It draws nothing, holds nothing and waits. That a show goes on within seconds must not hang on whatever brought the
//! studio down, nor on a seller who looks into a camera.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as system;

#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
use other as system;

use std::collections::VecDeque;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What a studio ends with that panicked: what Rust itself ends with then.
pub(crate) const PANICKED: u8 = 101;

/// A studio that crashes more often than this within [`WHILE`] is left alone: it would crash again.
const OFTEN: usize = 3;
const WHILE: Duration = Duration::from_secs(60);

/// What this process is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Role {
    /// The studio.
    Studio {
        /// The one before it has crashed.
        revived: bool,
    },
    /// It has watched over the studio, which has ended: so does this.
    Over(ExitCode),
}

/// Becomes two processes, of which one watches over the other and never comes back before that has ended for good. To be
/// called before there is another thread. Where the system can't do so, or there is one already, nobody watches.
pub(crate) fn watch_over() -> Role {
    system::watch_over(&mut Guard::default()).unwrap_or_else(|error| {
        eprintln!("The studio will not be started again if it crashes: {error}.");
        Role::Studio { revived: false }
    })
}

/// How a studio ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// As it was asked to, or with a reason that it has told.
    Well(u8),
    /// It has crashed.
    Crashed,
}

/// Decides whether the studio is started again. No IO, no clock.
#[derive(Debug, Default)]
struct Guard {
    crashes: VecDeque<Instant>,
}

impl Guard {
    /// The studio has ended at `at`: with what this process ends, too; it doesn't where that is none.
    fn ended(&mut self, how: Ended, at: Instant) -> Option<u8> {
        if let Ended::Well(code) = how {
            return Some(code);
        }
        self.crashes.push_back(at);
        self.crashes.retain(|crash| at - *crash < WHILE);
        (self.crashes.len() > OFTEN).then_some(PANICKED)
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
mod tests {
    use super::*;

    #[test]
    fn what_has_crashed_is_started_again_unless_it_does_so_again_and_again() {
        let (mut guard, begin) = (Guard::default(), Instant::now());
        let mut crash = |seconds| guard.ended(Ended::Crashed, begin + Duration::from_secs(seconds));
        assert_eq!([0, 10, 20].map(&mut crash), [None; 3]);
        assert_eq!(crash(85), None, "the first ones are forgotten");
        assert_eq!([86, 87, 88].map(&mut crash), [None, None, Some(PANICKED)]);
        assert_eq!(guard.ended(Ended::Well(3), begin), Some(3));
    }
}
