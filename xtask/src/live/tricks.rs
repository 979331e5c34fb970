//! What keys do while the show runs: a camera pulled, a line made bad, each mended by itself. No IO, no clock.

use std::time::Duration;

use super::line::BAD_FOR;

/// How long a camera stays pulled.
pub(super) const PULLED_FOR: Duration = Duration::from_secs(5);

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Pull,
    Plug,
    SpoilLine,
    MendLine,
    /// There is no camera that this program could pull.
    NoCamera,
    End,
}

/// What is out of order, and until when.
#[derive(Debug, Default)]
pub(super) struct Tricks {
    /// Whether this run's cameras can be pulled from here.
    cameras: bool,
    pulled_until: Option<Duration>,
    bad_until: Option<Duration>,
}

impl Tricks {
    /// Nothing is out of order; `cameras` says whether this run's can be pulled from here.
    pub(super) fn new(cameras: bool) -> Self {
        Self {
            cameras,
            ..Self::default()
        }
    }

    /// Whether there is a camera to pull.
    pub(super) fn cameras(&self) -> bool {
        self.cameras
    }

    /// What a key asks for at `now`. A trick that is on is not done again.
    pub(super) fn key(&mut self, key: u8, now: Duration) -> Option<Deed> {
        match key.to_ascii_lowercase() {
            b'p' if !self.cameras => Some(Deed::NoCamera),
            b'p' if self.pulled_until.is_none() => {
                self.pulled_until = Some(now + PULLED_FOR);
                Some(Deed::Pull)
            }
            b'l' if self.bad_until.is_none() => {
                self.bad_until = Some(now + BAD_FOR);
                Some(Deed::SpoilLine)
            }
            b'q' => Some(Deed::End),
            _ => None,
        }
    }

    /// What is to be mended at `now`; asked until it says nothing.
    pub(super) fn due(&mut self, now: Duration) -> Option<Deed> {
        if self.pulled_until.take_if(|until| *until <= now).is_some() {
            return Some(Deed::Plug);
        }
        self.bad_until
            .take_if(|until| *until <= now)
            .map(|_| Deed::MendLine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    #[test]
    fn a_pulled_camera_is_plugged_in_again_once() {
        let mut tricks = Tricks::new(true);
        assert_eq!(tricks.key(b'p', S), Some(Deed::Pull));
        assert_eq!(tricks.key(b'P', 3 * S), None);
        assert_eq!(tricks.due(5 * S), None);
        assert_eq!(tricks.due(6 * S), Some(Deed::Plug));
        assert_eq!(tricks.due(7 * S), None);
        assert_eq!(tricks.key(b'p', 7 * S), Some(Deed::Pull));
    }

    #[test]
    fn a_bad_line_lasts_twenty_seconds_beside_a_pulled_camera() {
        let mut tricks = Tricks::new(true);
        assert_eq!(tricks.key(b'l', S), Some(Deed::SpoilLine));
        assert_eq!(tricks.key(b'p', 16 * S), Some(Deed::Pull));
        assert_eq!(tricks.key(b'l', 17 * S), None);
        assert_eq!(tricks.due(20 * S), None);
        assert_eq!(tricks.due(21 * S), Some(Deed::Plug));
        assert_eq!(tricks.due(21 * S), Some(Deed::MendLine));
        assert_eq!(tricks.due(21 * S), None);
    }

    #[test]
    fn what_cannot_be_pulled_is_said_and_q_ends() {
        let mut tricks = Tricks::new(false);
        assert_eq!(tricks.key(b'p', S), Some(Deed::NoCamera));
        assert_eq!(tricks.key(b'x', S), None);
        assert_eq!(tricks.key(b'q', S), Some(Deed::End));
    }
}
