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
    /// Pictures, of any codec.
    Video(VideoParameters),
    /// Sound, of any codec.
    Audio(AudioParameters),
}

impl CodecParameters {
    /// Picture or sound.
    pub const fn kind(&self) -> TrackKind {
        match self {
            Self::Video(_) => TrackKind::Video,
            Self::Audio(_) => TrackKind::Audio,
        }
    }
}

/// A codec of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VideoCodec {
    /// H.264 | ISO/IEC 14496-10.
    H264,
    /// H.265 | ISO/IEC 23008-2.
    Hevc,
    /// AV1 (Alliance for Open Media).
    Av1,
    /// VP9.
    Vp9,
}

/// Configuration of a track of pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoParameters {
    /// The codec.
    pub codec: VideoCodec,
    /// The decoder's configuration: AVC- or HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1 and 8.3.3.1), or
    /// AV1CodecConfigurationRecord, or VPCodecConfigurationRecord.
    pub config: Bytes,
    /// Coded size, after cropping.
    pub size: Size,
    /// Nominal frame rate, where the stream says it (VUI timing) or the publisher's metadata does.
    pub rate: Option<FrameRate>,
}

/// A codec of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AudioCodec {
    /// AAC, ISO/IEC 14496-3.
    Aac,
    /// Opus, RFC 6716.
    Opus,
}

/// Configuration of a track of sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioParameters {
    /// The codec.
    pub codec: AudioCodec,
    /// The decoder's configuration: AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1), or Opus' identification header
    /// (RFC 7845, 5.1).
    pub config: Bytes,
    /// Samples a second; of Opus always 48 000.
    pub rate: u32,
    /// Channels.
    pub channels: u8,
    /// Samples of each channel in one packet: of AAC 1024 or 960, of Opus 120 to 5760.
    pub frame_samples: u16,
}
