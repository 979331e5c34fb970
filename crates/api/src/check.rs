//! A check before the show: what the line to the outside carries, whether each place can be reached, and what else would
//! spoil the show.

use serde::{Deserialize, Serialize};

use crate::state::HealthLevel;

/// How a check is, or how the last one ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CheckState {
    /// Whether it is under way.
    pub running: bool,
    /// How much of it is done, 0 to 1.
    pub progress: f32,
    /// What was measured of the upload so far; absent where it can't be measured.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub upload: Option<UploadCheck>,
    /// The places that are on, the most important first.
    pub places: Vec<PlaceCheck>,
    /// How the show could be sent where the upload is not enough for all places; absent where it is, and while it is under way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub once: Option<Once>,
    /// What would spoil the show, the worst first; complete once it isn't under way any more.
    pub findings: Vec<Finding>,
}

/// A show sent once, to the companion server, which passes it on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Once {
    /// The place of the companion server: the others get its picture.
    pub through: String,
    /// The places that would get it from there.
    pub places: Vec<String>,
    /// What would be sent from here then, in kbit/s.
    pub kbps: u32,
}

/// What was measured of the upload: to the companion server, by what that says it has received.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct UploadCheck {
    /// Half seconds from the beginning, in kbit/s: as sent while it is under way, as received once it is done.
    pub kbps: Vec<u32>,
    /// What the line carries nearly all of the time, in kbit/s; absent until it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub carries_kbps: Option<u32>,
    /// Whether it may carry more, which wasn't tried.
    pub at_least: bool,
    /// What the places that are on are to be sent together from here, in kbit/s.
    pub wanted_kbps: u32,
    /// How many of those sent to from here it carries, counted from the most important; absent until it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub places: Option<u32>,
    /// There and back while nothing was sent, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub quiet_ms: Option<u32>,
    /// There and back while the line was full, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub loaded_ms: Option<u32>,
}

/// Whether a place can be reached. Nothing is sent there by which a show could begin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PlaceCheck {
    /// Its name.
    pub name: String,
    /// Whether it can.
    pub reach: Reach,
    /// Whether it is this computer: then it says nothing of the way to the outside.
    pub here: bool,
    /// Whether it gets the show from the companion server.
    #[serde(default)]
    pub passed_on: bool,
}

/// Whether a place can be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Not known yet.
    #[default]
    Waiting,
    /// It answers as a place of its kind does.
    Reached,
    /// There is no way to ask that could not begin a show.
    Unknown,
    /// Its name is not known, or nothing answers there.
    Unreachable,
    /// It answers, but not within TLS, or with a certificate that is not its own.
    Untrusted,
    /// It answers, but otherwise than a place of its kind does.
    Strange,
}

/// Something that would spoil the show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Finding {
    /// What it is: `check.` and `no_place`, `key_missing`, `key_odd`, `unreachable`, `untrusted`, `strange`, `here`,
    /// `upload_small`, `upload_tight`, `upload_slow`, `upload_unsteady`, `upload_unknown`, `camera_none`, `camera_lost`,
    /// `camera_slow`, `cameras_share`, `microphone_none`, `microphone_lost`, `microphone_silent`, `microphone_muted`, `disk`,
    /// `battery`, `saving`, `busy`, `memory`.
    pub code: String,
    /// How bad it is: never `good`.
    pub level: HealthLevel,
    /// The places or sources it is about.
    pub subjects: Vec<String>,
}
