//! Keeps the show in its file as it changes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use api::studio::Failure;
use tokio::time::Instant;

use super::director::{Director, failure};
use super::works::Finished;
use crate::show::{self, Show};

/// A change is in the file so soon after it; those between go with it.
const SOON: Duration = Duration::from_millis(300);
/// What could not be written is tried again so much later.
const AGAIN: Duration = Duration::from_secs(5);

/// What is still to be written.
pub(super) struct Saving {
    path: Option<PathBuf>,
    due: Option<Instant>,
    writing: bool,
    problem: Option<Failure>,
}

impl Saving {
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        Self {
            path,
            due: None,
            writing: false,
            problem: None,
        }
    }

    /// The folder that the show is kept in.
    pub(super) fn folder(&self) -> Option<PathBuf> {
        let path = self.path.as_ref()?;
        path.parent().map(Path::to_owned)
    }

    /// The show has changed.
    pub(super) fn touch(&mut self) {
        if self.path.is_some() {
            self.due.get_or_insert_with(|| Instant::now() + SOON);
        }
    }

    /// When it is written next.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due.filter(|_| !self.writing)
    }

    /// Why the last change is not in the file.
    pub(super) fn problem(&self) -> Option<&Failure> {
        self.problem.as_ref()
    }

    pub(super) fn saved(&mut self, result: std::io::Result<()>) {
        self.writing = false;
        self.problem = result.err().map(|error| {
            tracing::warn!(%error, code = "show.not_saved", "the show can't be saved; it is tried again");
            self.due.get_or_insert_with(|| Instant::now() + AGAIN);
            failure("show.not_saved", format!("the show can't be saved: {error}"))
        });
    }
}

impl Director {
    /// Writes the show on a thread of its own.
    pub(super) fn save(&mut self) {
        self.saving.due = None;
        let Some(path) = self.saving.path.clone() else {
            return;
        };
        self.saving.writing = true;
        let show = self.snapshot();
        self.works
            .spawn_blocking(move || Finished::Saved(show::save(&path, &show)));
    }

    /// Writes what isn't written yet, at the end.
    pub(super) fn save_at_last(&mut self) {
        let unsaved = self.saving.due.is_some() || self.saving.writing;
        let Some(path) = self.saving.path.clone().filter(|_| unsaved) else {
            return;
        };
        let result = show::save(&path, &self.snapshot());
        self.saving.saved(result);
    }

    /// The show as it is now.
    fn snapshot(&self) -> Show {
        let mut show = self.parts.show.clone();
        show.start = Some(self.parts.stage.on_air().to_owned());
        show.scenes = self.parts.stage.scenes().to_vec();
        show.plan = self.plan.plan().clone();
        for fader in self.parts.patch.desk().faders().iter() {
            let state = fader.state();
            if let Some(source) = show.sources.iter_mut().find(|s| s.name == state.name) {
                (source.gain_db, source.mute) = (state.gain_db, state.mute);
            }
        }
        show
    }
}
