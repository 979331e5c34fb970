//! Support bundles: one file of plain text, for whoever helps a seller.

use serde::{Deserialize, Serialize};

/// A support bundle, as its file says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Bundle {
    /// Its parts, in the order of the file.
    pub parts: Vec<BundlePart>,
}

impl Bundle {
    /// The whole file.
    pub fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }
}

/// One part of a support bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct BundlePart {
    /// What it tells of.
    pub part: Part,
    /// Exactly what is in the file.
    pub text: String,
}

/// What a part of a support bundle tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// All of it, for people.
    Report,
    /// The program and the computer.
    About,
    /// How the show is, where one is open.
    Show,
    /// How the show was, where one was sent.
    History,
    /// What the studio noted.
    Notes,
}

/// Where a support bundle was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SavedBundle {
    /// Its name.
    pub name: String,
    /// The folder it is in.
    pub folder: String,
}
