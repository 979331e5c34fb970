//! What a worker is to make.

use serde::{Deserialize, Serialize};

/// The forms that are wanted. A track that isn't wanted is neither given to the worker nor made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// Pictures as H.264 of the constrained baseline profile.
    pub video: Option<VideoJob>,
    /// Sound as Opus.
    pub audio: Option<AudioJob>,
}

/// Pictures: size, colours and times as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VideoJob {
    /// Kilobits a second, 20 to what H.264's levels allow for the size.
    pub bitrate_kbps: u32,
}

/// Sound of 48 kHz, in packets of 20 ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AudioJob {
    /// Kilobits a second, 16 to 320.
    pub bitrate_kbps: u32,
    /// One or two.
    pub channels: u8,
}
