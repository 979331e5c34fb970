//! What a window and the program behind it tell each other, beside commands and their outcomes.

use serde::{Deserialize, Serialize};

use crate::control::Event;
use crate::state::State;
use crate::studio::Failure;

/// What a page learns when it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Start {
    /// Version of the studio.
    pub version: String,
    /// Where the pictures come from; absent until the show is open.
    pub preview: Option<PreviewAddress>,
}

/// Where a page gets the pictures it shows: a WebSocket of this machine alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PreviewAddress {
    /// Port on 127.0.0.1.
    pub port: u16,
    /// The first message of the page: made at each start, good for this run alone.
    pub token: String,
}

/// What a page is told unasked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "told", rename_all = "lowercase")]
pub enum Told {
    /// What the studio is at.
    Phase {
        /// What.
        phase: Phase,
    },
    /// How the show is: each second, and after each event and command.
    State {
        /// How.
        state: Box<State>,
    },
    /// Something has happened in the show.
    Event {
        /// What.
        event: Event,
    },
    /// The window was to be closed while the show is live: what now?
    Closing {},
}

/// What the studio is at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(tag = "phase", rename_all = "lowercase")]
pub enum Phase {
    /// The show is being opened.
    Opening {},
    /// The seller is asked which show it shall be.
    Offer {
        /// The show there was.
        show: String,
        /// Why it is asked.
        reason: Failure,
    },
    /// The show runs.
    Running {
        /// Where the pictures come from.
        preview: Option<PreviewAddress>,
        /// That the studio has crashed and come back by itself; absent where it hasn't.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        back: Option<Back>,
    },
    /// It could not be opened.
    Failed {
        /// Why.
        failure: Failure,
    },
}

/// A studio that has crashed and come back by itself, with the scene that was on air.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Back {
    /// Whether it goes on the air again.
    pub live: bool,
    /// Why it could not go on the air again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failure: Option<Failure>,
}

/// Which show it shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// The one there was.
    Again,
    /// One made from the attached cameras and microphones.
    Fresh,
    /// The demo show.
    Demo,
}

/// Where a stream key was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum Kept {
    /// In this machine's keyring.
    Keyring,
    /// In an encrypted file: there is no keyring here.
    File,
}
