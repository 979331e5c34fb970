//! What takes its time, on threads of its own, and what is done when it has ended: sources that open, the way out.

use api::control::{Done, Outcome};

use super::director::{Asker, Director, failure, outcome};
use super::stage::Refusal;
use crate::Error;
use crate::air::{Air, Sent};
use crate::show::{self, Fallback, KeyRef, Source, SourceKind};
use crate::sources::{self, FIRST_PICTURE, One};
use crate::tick::Order;

/// What has ended.
pub(super) enum Finished {
    /// The way out stands, or doesn't.
    Live(Result<Air, Error>, Asker),
    /// The way out is closed.
    Ended(Sent, Asker),
    /// A source is open, or isn't.
    Opened(Box<Source>, Result<One, Error>, Asker),
    /// Which places have no key.
    Keys(Vec<String>),
    /// The show is in its file, or why not.
    Saved(std::io::Result<()>),
}

impl Director {
    pub(super) fn finished(&mut self, finished: Finished) {
        match finished {
            Finished::Live(result, answer) => self.is_live(result, answer),
            Finished::Ended(sent, answer) => self.has_ended(sent, answer),
            Finished::Opened(source, result, answer) => self.opened(*source, result, answer),
            Finished::Keys(missing) => self.sending.missing = missing,
            Finished::Saved(result) => self.saving.saved(result),
        }
    }

    /// Looks which places have no key. The keyring may take its time; files and variables don't.
    pub(super) fn look_for_keys(&mut self) {
        let outputs = self.parts.show.outputs.iter();
        let (ring, near): (Vec<_>, Vec<_>) = outputs
            .map(|o| (o.name.clone(), o.key.clone()))
            .partition(|(_, key)| matches!(key, KeyRef::Keyring(_)));
        self.sending.missing = without_key(near);
        if !ring.is_empty() {
            let near = self.sending.missing.clone();
            self.works.spawn_blocking(move || {
                let ring = without_key(ring);
                Finished::Keys(near.into_iter().chain(ring).collect())
            });
        }
    }

    pub(super) fn add_source(&mut self, written: api::source::Source, answer: Asker) {
        let source = match self.acceptable(written) {
            Ok(source) => source,
            Err(refusal) => return drop(answer.send(Outcome::Failed(refusal.into()))),
        };
        self.opening.push(source.name.clone());
        let (show, clock) = (self.parts.show.clone(), self.parts.ground.clock);
        self.works.spawn_blocking(move || {
            let one = sources::open_one(&source, &show, &clock);
            let waited = one.and_then(|one| {
                if let Some((_, facts)) = &one.picture {
                    facts.wait(FIRST_PICTURE)?;
                }
                Ok(one)
            });
            Finished::Opened(Box::new(source), waited, answer)
        });
    }

    /// Refuses what a show file could not say either.
    fn acceptable(&self, written: api::source::Source) -> Result<Source, Refusal> {
        let source = Source::try_from(written).map_err(Refusal::BadSource)?;
        let name = &source.name;
        if name.trim().is_empty() || name.len() > 200 {
            return Err(Refusal::BadSource(
                "a source has a name of 1 to 200 letters".into(),
            ));
        }
        let taken = self
            .parts
            .show
            .sources
            .iter()
            .map(|s| &s.name)
            .chain(&self.opening);
        if taken.into_iter().any(|n| n == name) {
            return Err(Refusal::SourceTaken(name.clone()));
        }
        let mut problems = Vec::new();
        show::source_problems(&source, &mut problems);
        match problems.into_iter().next() {
            Some(problem) => Err(Refusal::Problem(problem)),
            None => Ok(source),
        }
    }

    fn opened(&mut self, source: Source, result: Result<One, Error>, answer: Asker) {
        self.opening.retain(|name| *name != source.name);
        let One { picture, sound } = match result {
            Ok(one) => one,
            Err(error) => return drop(answer.send(Outcome::Failed(failure(error.code(), error)))),
        };
        if let Some(sound) = sound
            && !self.parts.patch.plug(sound)
        {
            return drop(answer.send(Outcome::Failed(Refusal::Busy.into())));
        }
        tracing::info!(source = source.name, "a source was added");
        let name = source.name.clone();
        self.parts.show.sources.push(source);
        self.saving.touch();
        let Some((member, facts)) = picture else {
            return drop(answer.send(Outcome::Done(Done::default())));
        };
        let index = self.parts.stage.add_picture(&name);
        if self.parts.pictures.len() <= index {
            self.parts.pictures.resize_with(index + 1, || None);
        }
        self.parts.pictures[index] = Some(facts);
        let member = Box::new(member);
        let order = |answer| Order::AddSource {
            index,
            member,
            answer,
        };
        self.order(order, answer);
    }

    pub(super) fn remove_source(&mut self, name: &str, answer: Asker) {
        let removed = self.remove(name);
        match removed {
            Ok(Some(index)) => {
                let scenes = self.parts.stage.flats().to_vec();
                let order = |answer| Order::RemoveSource {
                    index,
                    scenes,
                    answer,
                };
                self.order(order, answer);
            }
            other => drop(answer.send(outcome(other.map(|_| Done::default())))),
        }
    }

    /// Forgets the source `name`; the index of its pictures, if it has any.
    fn remove(&mut self, name: &str) -> Result<Option<usize>, Refusal> {
        if !self.parts.show.sources.iter().any(|s| s.name == name) {
            return Err(Refusal::NoSource(name.to_owned()));
        }
        let index = self.parts.stage.remove_picture(name)?;
        if let Some(index) = index {
            self.parts.pictures[index] = None;
        }
        self.parts.patch.pull(name);
        self.parts.silent.retain(|(silent, _)| silent != name);
        let sources = &mut self.parts.show.sources;
        sources.retain(|s| s.name != name);
        for source in sources {
            if let SourceKind::Camera { fallback, .. } = &mut source.kind
                && *fallback == Fallback::Source(name.to_owned())
            {
                *fallback = Fallback::Last;
            }
        }
        // What was before shows it.
        self.history.clear();
        self.saving.touch();
        tracing::info!(source = name, "a source was removed");
        Ok(index)
    }

    pub(super) fn list_devices(&self, answer: Asker) {
        let (sources, canvas) = (self.parts.show.sources.clone(), self.parts.show.canvas.clone());
        tokio::task::spawn_blocking(move || {
            let devices = sources::devices::attached(&canvas, &sources);
            let _ = answer.send(Outcome::Done(Done {
                devices: Some(devices),
                ..Done::default()
            }));
        });
    }
}

/// The names of those whose key can't be fetched.
fn without_key(keys: Vec<(String, KeyRef)>) -> Vec<String> {
    let missing = keys
        .into_iter()
        .filter(|(_, key)| crate::key::fetch(key).is_err());
    missing.map(|(name, _)| name).collect()
}
