//! Makes a bundle.

use api::health::History;
use api::source::Kind;
use api::state::State;
use api::support::{Bundle, BundlePart, Part};
use serde::Serialize;
use serde_json::{Value, json};

use crate::layout::laid_out;
use crate::names::Names;
use crate::report::report;
use crate::veil::Veil;
use crate::{About, FORMAT, MAGIC, Note, Opened};

/// What a bundle is made of, as it is: with every name in it.
pub struct Material<'a> {
    /// The program and the computer.
    pub about: About,
    /// How the show is, where one is open.
    pub state: Option<State>,
    /// What the show's sources are.
    pub kinds: Vec<(String, Kind)>,
    /// How a show was from its beginning, where one was sent.
    pub whole: Option<History>,
    /// Its last five minutes, second by second.
    pub recent: Option<History>,
    /// What the studio noted, the oldest first.
    pub notes: Vec<Note>,
    /// Words that may not be said: who uses the computer, its name, folders. Short ones would hide too much: leave them out.
    pub private: Vec<String>,
    /// Whether a platform is one that everybody knows.
    pub is_platform: &'a dyn Fn(&str) -> bool,
}

/// A bundle of what may be said of `material`. What is sent of it is exactly its parts' text.
pub fn make(material: Material<'_>) -> Bundle {
    let veil = Veil {
        private: &material.private,
        is_platform: material.is_platform,
    };
    let (mut state, mut whole, mut recent) = (material.state, material.whole, material.recent);
    let histories: Vec<_> = whole.iter().chain(&recent).collect();
    let names = Names::of(state.as_ref(), &histories, &material.kinds);
    if let Some(state) = &mut state {
        names.hide_state(state);
    }
    for history in whole.iter_mut().chain(&mut recent) {
        names.hide_history(history);
    }
    let notes: Vec<_> = material.notes.iter().map(|note| veiled(&veil, note)).collect();
    bundle(
        veiled(&veil, &material.about),
        state.map(|state| veiled(&veil, &state)),
        whole.map(|whole| veiled(&veil, &json!({"whole": whole, "recent": recent}))),
        notes,
    )
}

fn veiled(veil: &Veil<'_>, said: &impl Serialize) -> Value {
    // Fields, numbers and texts: what can't be written doesn't occur, and would be left out.
    let mut value = serde_json::to_value(said).unwrap_or_default();
    veil.lay(&mut value, "", "");
    value
}

fn bundle(about: Value, state: Option<Value>, history: Option<Value>, notes: Vec<Value>) -> Bundle {
    // The report is written from what is said elsewhere, and from nothing else.
    let opened = Opened::of(about.clone(), state.clone(), history.clone(), notes.clone());
    let mut parts = vec![BundlePart {
        part: Part::Report,
        text: format!("{MAGIC}{FORMAT}\n\n{}\n", report(&opened)),
    }];
    let mut add = |part, text: String| {
        let title = title(part);
        parts.push(BundlePart {
            part,
            text: format!("=== {title} ===\n{text}\n"),
        });
    };
    add(Part::About, laid_out(&about));
    if let Some(state) = state {
        add(Part::Show, laid_out(&state));
    }
    if let Some(history) = history {
        add(Part::History, laid_out(&history));
    }
    let notes: Vec<_> = notes.iter().map(Value::to_string).collect();
    add(Part::Notes, notes.join("\n"));
    Bundle { parts }
}

/// What stands at a part's head.
pub(crate) const fn title(part: Part) -> &'static str {
    match part {
        Part::Report => "report",
        Part::About => "about",
        Part::Show => "show",
        Part::History => "history",
        Part::Notes => "notes",
    }
}

#[cfg(test)]
#[path = "make_tests.rs"]
mod tests;
