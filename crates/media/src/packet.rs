//! Encoded pictures and sound.

use bytes::Bytes;

use crate::{Timestamp, TrackKind};

/// One access unit of one track. Cloning shares the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Picture or sound.
    pub kind: TrackKind,
    /// Number of the track among those of its kind, from 0.
    pub track: u8,
    /// When it is shown or heard (its first sample).
    pub pts: Timestamp,
    /// When it is decoded; never later than `pts`, and rising within a track.
    pub dts: Timestamp,
    /// Whether decoding can begin here (an IDR picture; every audio packet).
    pub key: bool,
    /// H.264: NAL units, each behind its length in four bytes (ISO/IEC 14496-15), without parameter sets.
    /// AAC: one raw_data_block without ADTS.
    pub data: Bytes,
}

impl Packet {
    /// An access unit of the first track of `kind` that is decoded and shown (or heard) at the same time, `at`.
    pub fn at(kind: TrackKind, at: Timestamp, key: bool, data: Bytes) -> Self {
        Self {
            kind,
            track: 0,
            pts: at,
            dts: at,
            key,
            data,
        }
    }
}
