//! What stands for names that somebody gave: `place 1`, `camera 2`.

use api::health::History;
use api::source::Kind;
use api::state::State;

use crate::{LEFT_OUT, address};

/// What stands for the name of a show.
const SHOW: &str = "the show";
/// What can be numbered.
const NUMBERED: [&str; 11] = [
    "place",
    "scene",
    "camera",
    "microphone",
    "file",
    "image",
    "color",
    "pattern",
    "tone",
    "click",
    "source",
];

/// The names there are, and what stands for each.
#[derive(Debug, Default)]
pub(crate) struct Names {
    places: Vec<String>,
    scenes: Vec<String>,
    sources: Vec<(String, String)>,
}

impl Names {
    /// The names in `state` and `histories`; `kinds` says what the sources are.
    pub(crate) fn of(state: Option<&State>, histories: &[&History], kinds: &[(String, Kind)]) -> Self {
        let mut names = Self::default();
        for (name, kind) in kinds {
            names.add_source(name, word(*kind));
        }
        if let Some(state) = state {
            names.places.extend(state.places.iter().map(|p| p.name.clone()));
            names.scenes.extend(state.scenes.iter().map(|s| s.name.clone()));
            let pictures = state.pictures.iter().map(|p| &p.name);
            for name in pictures.chain(state.sounds.iter().map(|s| &s.name)) {
                names.add_source(name, "source");
            }
        }
        for place in histories.iter().flat_map(|history| &history.places) {
            if !names.places.contains(&place.name) {
                names.places.push(place.name.clone());
            }
        }
        names
    }

    fn add_source(&mut self, name: &str, kind: &str) {
        if self.sources.iter().all(|(known, _)| known != name) {
            let before = self.sources.iter().filter(|(_, told)| told.starts_with(kind));
            let told = format!("{kind} {}", before.count() + 1);
            self.sources.push((name.to_owned(), told));
        }
    }

    /// Nothing for the computer, which has no name.
    fn place(&self, name: &str) -> String {
        if name.is_empty() {
            return String::new();
        }
        numbered(&self.places, name, "place")
    }

    fn scene(&self, name: &str) -> String {
        numbered(&self.scenes, name, "scene")
    }

    fn source(&self, name: &str) -> String {
        let found = self.sources.iter().find(|(known, _)| known == name);
        found.map_or(LEFT_OUT, |(_, told)| told).to_owned()
    }

    /// A place, or else a source.
    fn subject(&self, name: &str) -> String {
        match self.place(name) {
            told if told == LEFT_OUT => self.source(name),
            told => told,
        }
    }

    /// Takes every name out of `state`, and what can hold a secret.
    pub(crate) fn hide_state(&self, state: &mut State) {
        state.on_air = self.scene(&state.on_air);
        state.show = SHOW.into();
        for scene in &mut state.scenes {
            scene.name = self.scene(&scene.name);
            for layer in &mut scene.layers {
                layer.name = None;
                layer.source = layer.source.take().map(|name| self.source(&name));
                layer.scene = layer.scene.take().map(|name| self.scene(&name));
            }
        }
        for picture in &mut state.pictures {
            picture.name = self.source(&picture.name);
        }
        for sound in &mut state.sounds {
            sound.name = self.source(&sound.name);
        }
        for place in &mut state.places {
            place.name = self.place(&place.name);
            place.url = address::described(&place.url);
            (place.key, place.passphrase) = (None, None);
        }
        if let Some(check) = &mut state.check {
            for place in &mut check.places {
                place.name = self.place(&place.name);
            }
            if let Some(once) = &mut check.once {
                let named = once.places.iter_mut().chain([&mut once.through]);
                named.for_each(|name| *name = self.place(name));
            }
            let found = check
                .findings
                .iter_mut()
                .flat_map(|finding| &mut finding.subjects);
            found.for_each(|subject| *subject = self.subject(subject));
        }
        state.companion = state.companion.take().map(|url| address::described(&url));
        for warning in &mut state.warnings {
            warning.place = self.place(&warning.place);
        }
        state.health.subject = state.health.subject.take().map(|name| self.subject(&name));
    }

    /// Takes every name out of `history`.
    pub(crate) fn hide_history(&self, history: &mut History) {
        for place in &mut history.places {
            place.name = self.place(&place.name);
        }
        for entry in &mut history.log {
            entry.place = self.place(&entry.place);
        }
    }
}

/// Whether `text` is one that stands for a name.
pub(crate) fn is_hidden(text: &str) -> bool {
    let numbered = |(kind, number): (&str, &str)| {
        NUMBERED.contains(&kind) && number.len() <= 4 && number.bytes().all(|b| b.is_ascii_digit())
    };
    text.is_empty() || text == SHOW || text.split_once(' ').is_some_and(numbered)
}

fn numbered(all: &[String], name: &str, kind: &str) -> String {
    let at = all.iter().position(|known| known == name);
    at.map_or(LEFT_OUT.to_owned(), |at| format!("{kind} {}", at + 1))
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Camera => "camera",
        Kind::Microphone => "microphone",
        Kind::File => "file",
        Kind::Image => "image",
        Kind::Color => "color",
        Kind::Pattern => "pattern",
        Kind::Tone => "tone",
        Kind::Click => "click",
    }
}
