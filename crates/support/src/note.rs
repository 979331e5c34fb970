//! What the studio noted for its makers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Something that the program noted: by where that stands in its source, and by numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    /// When, in seconds since the studio began.
    pub at: f64,
    /// How bad it is, as in `warn`.
    pub level: String,
    /// Which part of the program, as in `studio::output::drive`.
    pub target: String,
    /// The line of its source.
    #[serde(rename = "row")]
    pub line: u32,
    /// Its numbers, switches and codes.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub with: Map<String, Value>,
}
