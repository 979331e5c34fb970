//! What a worker is to make.

use serde::{Deserialize, Serialize};

/// What a process is started for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Task {
    /// To bring a stream into another form for as long as it lasts.
    Transcode(Job),
    /// To make a slate of the picture that comes in, once.
    Slate(SlateJob),
}

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

/// A slate: what viewers get while a show stands still.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlateJob {
    /// A round of H.264.
    pub pictures: Option<SlatePictures>,
    /// A packet of silence.
    pub sound: Option<SlateSound>,
}

/// How the pictures of a slate are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlatePictures {
    /// Width in pixels, even, 16 to 8192.
    pub width: u32,
    /// Height in pixels, even, 16 to 8192.
    pub height: u32,
    /// Pictures in so many seconds, neither of them zero: 30000 and 1001 for 29.97 a second.
    pub rate: (u32, u32),
    /// Pictures from one key frame to the next.
    pub frames: u32,
}

/// The sound whose place silence takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlateSound {
    /// AAC with this AudioSpecificConfig, at most [`LONGEST_SOUND`] bytes.
    Aac(Vec<u8>),
    /// Opus with this header (RFC 7845, 5.1), at most as long.
    Opus(Vec<u8>),
}

/// The longest configuration of sound that is told a worker, in bytes.
pub const LONGEST_SOUND: usize = 256;
