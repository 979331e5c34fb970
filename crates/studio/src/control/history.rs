//! What Take back goes back to: the show as it was before each of the last actions. No IO, no clock.

use std::collections::VecDeque;
use std::time::Duration;

use api::scene::Scene;
use media::Timestamp;

/// Actions that can be taken back, the last first.
const DEEP: usize = 32;
/// Moves of one fader that follow each other so soon are one action.
const DRAG: Duration = Duration::from_millis(1500);

/// What an action may have changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Before {
    /// The scene on air.
    pub(crate) on_air: String,
    /// All scenes.
    pub(crate) scenes: Vec<Scene>,
    /// The faders: name, gain in dB, muted.
    pub(crate) faders: Vec<(String, f32, bool)>,
}

/// What kind an action is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Another scene on air, or other scenes.
    Scenes,
    /// A fader was moved.
    Fader(String),
}

/// The last actions.
#[derive(Debug, Default)]
pub(crate) struct History {
    before: VecDeque<Before>,
    last: Option<(Action, Timestamp)>,
}

impl History {
    /// Remembers how the show was before `action` at `now`.
    pub(crate) fn note(&mut self, action: Action, before: Before, now: Timestamp) {
        let goes_on = matches!((&self.last, &action), (Some((last, at)), Action::Fader(_))
            if *last == action && now.saturating_since(*at) < DRAG);
        self.last = Some((action, now));
        if goes_on {
            return;
        }
        if self.before.len() == DEEP {
            self.before.pop_front();
        }
        self.before.push_back(before);
    }

    /// How the show was before the last action, which is forgotten.
    pub(crate) fn take(&mut self) -> Option<Before> {
        self.last = None;
        self.before.pop_back()
    }

    /// Whether there is an action to take back.
    pub(crate) fn is_empty(&self) -> bool {
        self.before.is_empty()
    }

    /// Forgets everything: what it knows doesn't fit the show any more.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(on_air: &str) -> Before {
        Before {
            on_air: on_air.into(),
            ..Before::default()
        }
    }

    #[test]
    fn actions_are_taken_back_the_last_first() {
        let mut history = History::default();
        let at = Timestamp::from_millis;
        history.note(Action::Scenes, before("a"), at(0));
        history.note(Action::Scenes, before("b"), at(10));
        assert_eq!(history.take(), Some(before("b")));
        assert_eq!(history.take(), Some(before("a")));
        assert!(history.take().is_none() && history.is_empty());
        (0..100).for_each(|n| history.note(Action::Scenes, before(&n.to_string()), at(n)));
        assert_eq!(history.take(), Some(before("99")));
        assert_eq!(std::iter::from_fn(|| history.take()).count(), DEEP - 1);
    }

    #[test]
    fn a_drag_of_one_fader_is_one_action() {
        let mut history = History::default();
        let fader = |name: &str| Action::Fader(name.into());
        let at = Timestamp::from_millis;
        history.note(fader("a"), before("start"), at(0));
        history.note(fader("a"), before("1"), at(1000));
        history.note(fader("a"), before("2"), at(2000));
        history.note(fader("b"), before("3"), at(2100));
        history.note(fader("a"), before("4"), at(2200));
        history.note(fader("a"), before("5"), at(4000));
        let taken: Vec<_> = std::iter::from_fn(|| history.take()).map(|b| b.on_air).collect();
        assert_eq!(taken, ["5", "4", "3", "start"]);
    }
}
