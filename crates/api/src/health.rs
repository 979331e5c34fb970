//! How well a show gets through: what is the matter, what was done about it, and how it was from the beginning.

use serde::{Deserialize, Serialize};

use crate::machine::{MachineHistory, Shed};

/// Where a place stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Standing {
    /// How good the picture is that goes there: 0 is the least that is worth sending, 100 what the seller chose.
    pub quality: u8,
    /// Whether its line carries that.
    pub strength: Strength,
}

/// Whether a line carries what it is sent, worst first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// Nothing arrives.
    Broken,
    /// Less than it is sent.
    Weak,
    /// What it is sent, but that is less than is wanted.
    Enough,
    /// All that is wanted.
    Strong,
    /// Not known (yet).
    #[default]
    Unknown,
}

/// Who is at fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The seller's computer.
    Machine,
    /// The way from there to the place.
    #[default]
    Uplink,
    /// The place.
    Server,
}

/// What is the matter with a place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Diagnosis {
    /// What it is, for programs: `place.refused`, `place.down`, `place.unreachable`, `place.beyond`, `line.silent`, `server.slow`, `line.busy`,
    /// `line.lossy`, `line.unsteady`, `line.full`, or what is the matter with the computer
    /// ([`Trouble::code`](crate::machine::Trouble::code)).
    pub cause: String,
    /// Who is at fault.
    pub side: Side,
    /// What a seller can do about it: one sentence, in English.
    pub advice: String,
    /// For how many seconds it has been so.
    pub seconds: f64,
}

/// A warning that stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Warning {
    /// The place it is about.
    pub place: String,
    /// What is the matter, and for how long it has been.
    pub diagnosis: Diagnosis,
    /// Whether viewers there see nothing, or a picture that halts; else it is poorer.
    pub bad: bool,
}

/// How a show that is sent was from its beginning, or the last one that was.
///
/// Time is cut into stretches of equal length. Each list of a place has a value for each stretch, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct History {
    /// Seconds from the show's beginning to that of the first stretch.
    pub from: f64,
    /// Seconds of a stretch.
    pub step: f64,
    /// The places, the most important first.
    pub places: Vec<PlaceHistory>,
    /// How the computer was; absent in histories of earlier versions.
    #[serde(default)]
    pub machine: Option<MachineHistory>,
    /// What was done and what happened, oldest first, of all places and the computer.
    pub log: Vec<LogEntry>,
}

/// An earlier show whose history is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PastShow {
    /// Its history's name.
    pub id: String,
    /// What the seller calls the show.
    pub show: String,
    /// When it began to be sent, as ISO 8601 in UTC.
    pub began: String,
}

/// How a place was, stretch by stretch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PlaceHistory {
    /// The place's name.
    pub name: String,
    /// What the seller chose, pictures and sound, in kbit/s.
    pub wanted_kbps: u32,
    /// What it was to be sent, in kbit/s: the least within the stretch.
    pub target_kbps: Vec<u32>,
    /// What was handed to the network, in kbit/s.
    pub sent_kbps: Vec<u32>,
    /// What the server says it has received, in kbit/s; absent where it doesn't say.
    pub received_kbps: Vec<Option<u32>>,
    /// For how long what had to wait did, in milliseconds: the longest within the stretch.
    pub waiting_ms: Vec<u32>,
    /// There and back in milliseconds; the longest within the stretch, absent where that isn't known.
    pub rtt_ms: Vec<Option<u32>>,
    /// Packets that were lost, of a thousand; the most within the stretch, absent where that isn't known.
    pub lost: Vec<Option<u32>>,
    /// Pictures it was not sent.
    pub skipped: Vec<u32>,
    /// Whether its line carried what it was sent: the worst within the stretch.
    pub strength: Vec<Strength>,
}

/// Something that was done about a place, or happened to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct LogEntry {
    /// When it began, in seconds since the show did.
    pub at: f64,
    /// When it ended: later than `at` where a rate rose or fell in steps.
    pub until: f64,
    /// The place; empty where it is of the computer.
    pub place: String,
    /// What it was.
    #[serde(flatten)]
    pub what: Logged,
}

/// What was done about a place, or happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "what", rename_all = "lowercase")]
pub enum Logged {
    /// It is sent less.
    Lowered {
        /// Before, in kbit/s.
        from_kbps: u32,
        /// Since then.
        to_kbps: u32,
    },
    /// It is sent more.
    Raised {
        /// Before, in kbit/s.
        from_kbps: u32,
        /// Since then.
        to_kbps: u32,
    },
    /// The connection was lost, or never came about.
    Lost {
        /// Whether the server said no.
        refused: bool,
    },
    /// It takes the show.
    Reached,
    /// This was found to be the matter.
    Found {
        /// As in [`Diagnosis::cause`].
        cause: String,
    },
    /// This isn't the matter any more.
    Over {
        /// As in [`Diagnosis::cause`].
        cause: String,
    },
    /// Something was given up so that no picture of the show is lost, or taken up again.
    Shed {
        /// What was given up before.
        from: Shed,
        /// What is since then.
        to: Shed,
    },
}
