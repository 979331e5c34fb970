//! MPEG-2 transport streams (ISO/IEC 13818-1 | ITU-T H.222.0), both ways: one program with pictures in H.264 or H.265
//! and sound in AAC or Opus.
//!
//! Packets on either side are [`media::Packet`]s: NAL units behind lengths, raw AAC, Opus. Their times are rounded to 90 kHz.

mod crc;
mod demux;
mod kind;
mod mux;
mod opus;
mod packet;
mod pes;
mod psi;
mod time;

#[cfg(test)]
mod tests;

use media::TrackKind;

use crate::ConfigError;

pub use demux::{
    Counters, Demuxer, Event, MAX_PES, MAX_PROGRAMS, MAX_SECTION, Program, ProgramStream, Unreadable,
};
pub use kind::StreamKind;
pub use mux::{Muxer, PCR_LEAD};

/// Bytes of a transport packet (2.4.3.2).
pub const PACKET: usize = 188;

const SYNC_BYTE: u8 = 0x47;

/// Why tracks or a packet can't be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A codec that isn't written.
    #[error("{0} can't be written into a transport stream")]
    Codec(&'static str),
    /// There is no track, or a second one of a kind.
    #[error("a transport stream is written with one track of pictures, one of sound, or both")]
    Tracks,
    /// A track's configuration can't be read, or says what a transport stream has no place for.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The packet is of a track that wasn't named.
    #[error("the transport stream has no track {1} of {0:?}")]
    NoTrack(TrackKind, u8),
    /// A picture's packet isn't NAL units behind their lengths, from the first byte to the last.
    #[error("an access unit is malformed")]
    AccessUnit,
    /// A frame of sound longer than its header can say, or than any is.
    #[error("a frame of sound of {0} bytes is too large")]
    TooLarge(usize),
}
