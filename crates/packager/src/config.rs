//! What a stream's packager is told at its beginning.

use std::time::Duration;

/// Settings of a stream's packager, fixed for its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The key-frame interval the publisher promises, in whole seconds: it becomes the target duration, and
    /// independent segments are claimed. None: the target is the larger of 4 s and the first GOP.
    pub promised_gop: Option<u32>,
    /// Duration of a part of pictures, met as nearly as whole frames allow: 10 frames at 30 a second.
    pub video_part: Duration,
    /// Duration of a part of sound, met likewise: 15 AAC frames at 48 kHz.
    pub audio_part: Duration,
    /// Complete segments in a media playlist, at least 3.
    pub window: usize,
    /// How far back who was late can go, and the most bytes of each track that are kept for it; never less than `window`.
    pub rewind: Duration,
    /// See `rewind`.
    pub rewind_bytes: usize,
    /// The most bytes one segment of one track may hold; packets past it are dropped and counted.
    pub max_segment_bytes: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            promised_gop: None,
            video_part: Duration::from_nanos(333_333_333),
            audio_part: Duration::from_millis(320),
            window: 12,
            rewind: Duration::from_secs(120),
            rewind_bytes: 64 * 1024 * 1024,
            max_segment_bytes: 48 * 1024 * 1024,
        }
    }
}

/// The least target duration without a promise, in seconds.
pub(crate) const LEAST_TARGET: u32 = 4;
/// The longest first GOP that is waited for, in seconds.
pub(crate) const LONGEST_FIRST_GOP: u32 = 12;
/// No segment is shorter, but a session's last.
pub(crate) const LEAST_SEGMENT_NANOS: i64 = 1_000_000_000;
/// How far sound may run ahead of the newest picture before it is taken without waiting for a key frame.
pub(crate) const LONGEST_AUDIO_WAIT_NANOS: i64 = 1_000_000_000;

/// Holes between sessions of up to so many nanoseconds are filled: three frames of sound.
pub(crate) const CLOSE_NANOS: i64 = 64_000_000;
