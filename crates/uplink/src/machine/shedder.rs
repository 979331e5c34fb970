//! What is given up, and when it comes back.

use std::time::{Duration, Instant};

use crate::held::Held;

/// Strain that lasts so long is no hiccup: one is seen for little longer than [`MOMENT`](super::strain::MOMENT).
const SURE: Duration = Duration::from_millis(750);
/// A step has so long to help.
const HELPS: Duration = Duration::from_millis(1_500);
/// What was given up comes back after so long without strain, the first time.
const CALM: Duration = Duration::from_secs(10);
/// The longest that it takes.
const LONGEST: Duration = Duration::from_secs(300);
/// What came back and has to go again within this came back too early.
const EARLY: Duration = Duration::from_secs(60);

/// What is given up, the least first; each with those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shed {
    /// Nothing.
    #[default]
    Nothing,
    /// The preview comes five times a second at most.
    PreviewSlow,
    /// It comes once a second: a seller must still see what is on air.
    PreviewStill,
    /// Filters are left out of the program.
    Filters,
}

/// What could be given up because it is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sheddable {
    /// Someone looks at a preview.
    pub preview: bool,
    /// A scene on air has filters that it can do without.
    pub filters: bool,
}

impl Shed {
    const STEPS: [Self; 4] = [
        Self::Nothing,
        Self::PreviewSlow,
        Self::PreviewStill,
        Self::Filters,
    ];

    fn helps(self, there: Sheddable) -> bool {
        match self {
            Self::Nothing => true,
            Self::PreviewSlow | Self::PreviewStill => there.preview,
            Self::Filters => there.filters,
        }
    }

    /// The next step that would help.
    fn more(self, there: Sheddable) -> Option<Self> {
        Self::STEPS
            .into_iter()
            .find(|step| *step > self && step.helps(there))
    }

    /// The step before, of those that make a difference.
    fn less(self, there: Sheddable) -> Self {
        let before = Self::STEPS.into_iter().rev();
        let mut before = before.filter(|step| *step < self && step.helps(there));
        before.next().unwrap_or_default()
    }
}

/// Decides what is given up.
#[derive(Clone, Debug)]
pub(super) struct Shedder {
    shed: Shed,
    strained: Held,
    calm: Held,
    /// When the last step was taken, and when the last was taken back.
    stepped: Option<Instant>,
    eased: Option<Instant>,
    patience: Duration,
}

impl Default for Shedder {
    fn default() -> Self {
        Self {
            shed: Shed::Nothing,
            strained: Held::default(),
            calm: Held::default(),
            stepped: None,
            eased: None,
            patience: CALM,
        }
    }
}

impl Shedder {
    pub(super) fn shed(&self) -> Shed {
        self.shed
    }

    /// Takes note of whether there is strain, and what could be given up.
    pub(super) fn see(&mut self, strained: bool, there: Sheddable, at: Instant) {
        let long_well = self.eased.is_some_and(|eased| at - eased >= EARLY);
        if self.shed == Shed::Nothing && long_well {
            // That it came back was no mistake.
            (self.patience, self.eased) = (CALM, None);
        }
        let lasts = self.strained.see(strained, at, SURE);
        let calm = self.calm.see(!strained, at, self.patience);
        let helped = self.stepped.is_none_or(|stepped| at - stepped >= HELPS);
        if lasts && helped {
            self.give_up(there, at);
        } else if calm && self.shed > Shed::Nothing {
            self.take_up(there, at);
        }
    }

    fn give_up(&mut self, there: Sheddable, at: Instant) {
        let Some(more) = self.shed.more(there) else {
            return;
        };
        (self.shed, self.stepped) = (more, Some(at));
        if self.eased.take().is_some_and(|eased| at - eased < EARLY) {
            self.patience = (self.patience * 2).min(LONGEST);
        }
    }

    fn take_up(&mut self, there: Sheddable, at: Instant) {
        self.shed = self.shed.less(there);
        (self.eased, self.calm) = (Some(at), Held::default());
    }
}
