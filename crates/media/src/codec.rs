//! What a decoder must know before the first packet.

use bytes::Bytes;

use crate::{FrameRate, Size};

/// Picture or sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackKind {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
}

/// One elementary stream of a show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Number of the track among those of its kind, from 0 (multitrack of Enhanced RTMP counts the same way).
    pub id: u8,
    /// Codec and its configuration.
    pub parameters: CodecParameters,
}

/// The codec of a track, with its configuration record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodecParameters {
    /// H.264 | ISO/IEC 14496-10.
    H264(H264Parameters),
    /// AAC, ISO/IEC 14496-3.
    Aac(AacParameters),
}

impl CodecParameters {
    /// Picture or sound.
    pub const fn kind(&self) -> TrackKind {
        match self {
            Self::H264(_) => TrackKind::Video,
            Self::Aac(_) => TrackKind::Audio,
        }
    }
}

/// Configuration of an H.264 track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct H264Parameters {
    /// AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1).
    pub avcc: Bytes,
    /// Coded size, after cropping.
    pub size: Size,
    /// Nominal frame rate, where the stream says it (VUI timing) or the publisher's metadata does.
    pub rate: Option<FrameRate>,
}

/// Configuration of an AAC track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AacParameters {
    /// AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1).
    pub config: Bytes,
    /// Samples a second.
    pub rate: u32,
    /// Channels.
    pub channels: u8,
    /// Samples of each channel in one packet: 1024, or 960.
    pub frame_samples: u16,
}
