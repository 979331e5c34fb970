//! Streams.

use std::path::PathBuf;

use serde::Deserialize;

/// How streams are held and handed on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stream {
    /// How long viewers get the slate, or wait, while their publisher is away, in milliseconds; then those of HTTP-FLV, RTMP,
    /// SRT and WebRTC are let go.
    pub hold_viewers_ms: u64,
    /// How long a publisher may be away before the show has ended, in milliseconds.
    pub end_after_ms: u64,
    /// The same where it said that it is done, and not only its connection ended, in milliseconds.
    pub end_after_farewell_ms: u64,
    /// The picture that viewers get while nothing comes of the publisher, PNG or JPEG, at most 8 MiB; a built-in one
    /// where there is none.
    pub slate: Option<PathBuf>,
    /// How long sound may wait for the next picture to be sent with it, in milliseconds; 0 to 350. Fewer,
    /// larger writes serve more viewers.
    pub merge_ms: u64,
    /// How many times a second viewers by HTTP-FLV and RTMP are sent something, all of them together; at least 100. Where
    /// there are many, what comes waits to go out together: with 5000 writes, 1000 viewers get something each 200 ms.
    pub writes_per_second: u32,
    /// For how long at most, in milliseconds; 0 to 350.
    pub gather_ms: u64,
    /// Bytes of media kept for joining and slow readers, a stream; at least 1 MiB.
    pub ring_bytes: usize,
    /// How far back viewers of HLS and DASH can go, in seconds; 0 to 14 400.
    pub rewind_seconds: u32,
    /// The most memory that is kept for it, for each track of a stream, in megabytes; 1 to 65 536.
    pub rewind_megabytes: u32,
    /// How far a reader may lag before it goes on at the newest key frame, in milliseconds.
    pub reader_lag_ms: u64,
}

impl Default for Stream {
    fn default() -> Self {
        Self {
            hold_viewers_ms: 300_000,
            end_after_ms: 300_000,
            end_after_farewell_ms: 30_000,
            slate: None,
            merge_ms: 50,
            writes_per_second: 5_000,
            gather_ms: 200,
            ring_bytes: 16 << 20,
            rewind_seconds: 120,
            rewind_megabytes: 64,
            reader_lag_ms: 8_000,
        }
    }
}
