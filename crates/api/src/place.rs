//! The places a show goes to.

use serde::{Deserialize, Serialize};

use crate::health::{Diagnosis, Standing};
use crate::platform::Advice;
use crate::studio::Failure;

/// A place the show goes to. Its stream key is kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// What the seller calls it; unique.
    pub name: String,
    /// Its address without the key: `rtmp://host/app`, `rtmps://host/app` for a secure connection,
    /// `srt://host:port`, or by WHIP `https://host/path`. Empty: the one that all sellers on its platform have.
    pub url: String,
    /// The platform it is, by its id; absent: none that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The name under which its stream key is kept in this machine's keyring; empty: the key it has already.
    pub key: String,
    /// The name under which its passphrase of SRT is kept likewise; absent: the one it has already, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<String>,
    /// Picture quality in kbit/s, 100 to 50 000.
    #[serde(default = "bitrate")]
    pub bitrate: u32,
    /// A line that carries less gets no picture below this, in kbit/s, 100 to `bitrate`; absent: as it is already, or 300.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<u32>,
    /// Whether the show goes there.
    #[serde(default = "on")]
    pub on: bool,
    /// Whether it gets the show from the companion server, which is sent it once.
    #[serde(default)]
    pub passed_on: bool,
}

const fn bitrate() -> u32 {
    2500
}

const fn on() -> bool {
    true
}

/// How a place is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PlaceState {
    /// Its name.
    pub name: String,
    /// Its address without the key.
    pub url: String,
    /// The platform it is, by its id; absent: none that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub platform: Option<String>,
    /// What its platform may not take of the show as it is.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub advice: Vec<Advice>,
    /// The name of its key; absent where the key comes from a file or the environment.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    /// The name of its passphrase of SRT; absent where it has none, or has it from a file or the environment.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub passphrase: Option<String>,
    /// Whether its key can't be found.
    pub key_missing: bool,
    /// Picture quality in kbit/s.
    pub bitrate: u32,
    /// The least it is lowered to where the line carries less, in kbit/s.
    #[serde(default)]
    pub least: u32,
    /// Whether the show goes there.
    pub on: bool,
    /// Whether it gets the show from the companion server, which is sent it once. `kbps` is then what that one hands on.
    #[serde(default)]
    pub passed_on: bool,
    /// What is going on with it.
    pub status: PlaceStatus,
    /// Whether its line carries what it is to be sent.
    #[serde(default)]
    pub line: PlaceLine,
    /// Where it stands; absent while nothing is sent there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub standing: Option<Standing>,
    /// What is the matter with it; absent while nothing is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub diagnosis: Option<Diagnosis>,
    /// kbit/s that its server says it has received during a second; absent where it doesn't say.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub received_kbps: Option<u32>,
    /// kbit/s handed to the network during the last second.
    pub kbps: u32,
    /// Frames sent.
    pub sent: u64,
    /// Frames it was not sent: the line was too slow, or it was away.
    pub skipped: u64,
    /// What the last failure was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<Failure>,
}

/// Whether a place's line carries what it is to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum PlaceLine {
    /// It does, as far as it is known.
    #[default]
    Enough,
    /// Much less: the picture is coarser there.
    Weak,
    /// So little that it gets no pictures: more important places need the line.
    Paused,
}

/// What is kept where a line carries less than is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum LineMode {
    /// A picture that changes little: more may wait before it gets coarser.
    #[default]
    Steady,
    /// The delay: the picture gets coarser sooner.
    LowestDelay,
}

/// What is going on with a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum PlaceStatus {
    /// Nothing is sent there.
    #[default]
    Off,
    /// It is being connected for the first time.
    Starting,
    /// The show arrives.
    Live,
    /// The connection was lost; it is tried again.
    Away,
}
