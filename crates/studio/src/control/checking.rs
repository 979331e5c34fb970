//! The check before a show, while a show is open.

use std::collections::HashMap;
use std::sync::Arc;

use api::check::CheckState;
use api::control::Done;
use tokio::task::{JoinError, JoinSet};

use super::director::Director;
use super::stage::Refusal;
use crate::check::{self, Checked, Facts, Plan, Progress};
use crate::show::SourceKind;
use crate::sources;

/// The check that is under way, and the last one.
#[derive(Default)]
pub(super) struct Checking {
    task: JoinSet<(Checked, Vec<String>)>,
    under_way: Option<(Plan, Arc<Progress>)>,
    /// The loudest that each source of sound was meanwhile, in dBFS.
    loudest: HashMap<String, f32>,
    last: Option<CheckState>,
}

impl Checking {
    /// What came of it, once it has ended. Cancelling loses nothing.
    pub(super) async fn next(&mut self) -> Option<Result<(Checked, Vec<String>), JoinError>> {
        self.task.join_next().await
    }

    /// Ends the one that is under way: what it knows so far stays.
    pub(super) fn stop(&mut self) {
        if let Some((plan, progress)) = self.under_way.take() {
            // What it would still say is of no use to the next one.
            self.task = JoinSet::new();
            let state = progress.state(plan.wanted().iter().sum());
            self.last = Some(CheckState {
                running: false,
                ..state
            });
        }
    }

    /// A second has passed, in which sounds were so loud.
    pub(super) fn hear<'a>(&mut self, sounds: impl Iterator<Item = (&'a str, f32)>) {
        if self.under_way.is_none() {
            return;
        }
        for (name, peak_db) in sounds {
            let loudest = self.loudest.entry(name.to_owned()).or_insert(f32::NEG_INFINITY);
            *loudest = loudest.max(peak_db);
        }
    }

    /// How it is, or how the last one ended.
    pub(super) fn state(&self) -> Option<CheckState> {
        let now = self.under_way.as_ref();
        let now = now.map(|(plan, progress)| progress.state(plan.wanted().iter().sum()));
        now.or_else(|| self.last.clone())
    }
}

impl Director {
    pub(super) fn start_check(&mut self) -> Result<Done, Refusal> {
        if self.sending.air().is_some() || self.sending.is_changing() {
            return Err(Refusal::CheckWhileLive);
        }
        if self.checking.under_way.is_some() {
            return Ok(Done::default());
        }
        let show = &self.parts.show;
        let plan = Plan {
            outputs: show.outputs.iter().filter(|output| output.on).cloned().collect(),
            companion: show.companion.clone(),
        };
        let progress = Progress::begin(&plan);
        let cameras = self.cameras_by_device();
        let (task, told) = (plan.clone(), Arc::clone(&progress));
        self.checking.task.spawn(async move {
            let sharing = tokio::task::spawn_blocking(move || sources::devices::sharing(&cameras));
            let (checked, sharing) = tokio::join!(check::check(task, told), sharing);
            (checked, sharing.unwrap_or_default())
        });
        self.checking.loudest.clear();
        self.checking.under_way = Some((plan, progress));
        Ok(Done::default())
    }

    /// The cameras: the name of each one's source, and the device that it asks for.
    fn cameras_by_device(&self) -> Vec<(String, String)> {
        let sources = self.parts.show.sources.iter();
        sources
            .filter_map(|source| match &source.kind {
                SourceKind::Camera { device, .. } => Some((source.name.clone(), device.clone())),
                _ => None,
            })
            .collect()
    }

    /// The check has ended.
    pub(super) fn checked(&mut self, ended: Result<(Checked, Vec<String>), JoinError>) {
        // It has panicked, which was printed.
        let Ok((checked, sharing)) = ended else {
            return self.checking.stop();
        };
        let Some((plan, _)) = self.checking.under_way.take() else {
            return;
        };
        let facts = self.facts_for_check(sharing);
        let (upload, findings) = check::findings(&plan, &checked, &facts);
        let once = check::once(&plan, &checked, upload.as_ref());
        tracing::info!(
            findings = findings.len(),
            carries_kbps = upload.as_ref().and_then(|upload| upload.carries_kbps),
            "the check before the show has ended"
        );
        self.checking.last = Some(CheckState {
            running: false,
            progress: 1.0,
            upload,
            places: checked.places,
            once,
            findings,
        });
    }

    fn facts_for_check(&self, sharing: Vec<String>) -> Facts {
        let state = self.state();
        let kinds = &self.parts.show.sources;
        let is = |name: &str, wanted: fn(&SourceKind) -> bool| {
            kinds
                .iter()
                .any(|source| source.name == name && wanted(&source.kind))
        };
        let is_camera = |name: &str| is(name, |kind| matches!(kind, SourceKind::Camera { .. }));
        let is_microphone = |name: &str| is(name, |kind| matches!(kind, SourceKind::Microphone { .. }));
        let microphones = state
            .sounds
            .into_iter()
            .filter(|sound| is_microphone(&sound.name));
        let loudest = |name: &str| {
            self.checking
                .loudest
                .get(name)
                .copied()
                .unwrap_or(f32::NEG_INFINITY)
        };
        Facts {
            cameras: state
                .pictures
                .into_iter()
                .filter(|picture| is_camera(&picture.name))
                .collect(),
            microphones: microphones
                .map(|sound| {
                    let loudest = loudest(&sound.name);
                    (sound, loudest)
                })
                .collect(),
            sharing,
            machine: state.machine,
        }
    }
}
