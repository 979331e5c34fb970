//! CMAF (ISO/IEC 23000-19): init segments and chunks of one track, and a reader of such chunks.
//!
//! Boxes are written and read by `mp4-atom`; what is ours is which boxes, and one copy of the samples.

mod chunk;
mod init;
mod read;
#[cfg(test)]
mod tests;

use media::{AudioCodec, CodecParameters, VideoCodec};

use crate::aac::AudioSpecificConfig;
use crate::{ConfigError, av1, hevc, vp9};

pub use chunk::{Sample, chunk};
pub use init::init_segment;
pub use read::{Chunk, read_chunk};

/// Why an init segment or chunk could not be written or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The codec's configuration can't be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A size or count doesn't fit its field.
    #[error("too large for a CMAF box")]
    TooLarge,
    /// The bytes are not one chunk of one track as this module writes them.
    #[error("not a CMAF chunk: {0}")]
    Malformed(&'static str),
}

/// The codec as in the `codecs` parameter of RFC 6381: `avc1.64001f`, `hvc1.1.6.L93.90`, `mp4a.40.2`. A configuration that
/// can't be read gives the codec without its profile.
pub fn codecs(parameters: &CodecParameters) -> String {
    match parameters {
        CodecParameters::Video(p) => match p.codec {
            VideoCodec::H264 => match p.config.get(1..4) {
                Some(p) => format!("avc1.{:02x}{:02x}{:02x}", p[0], p[1], p[2]),
                None => "avc1".into(),
            },
            VideoCodec::Hevc => hevc::codecs(&p.config),
            VideoCodec::Av1 => av1::codecs(&p.config),
            VideoCodec::Vp9 => vp9::codecs(&p.config),
        },
        CodecParameters::Audio(p) if p.codec == AudioCodec::Opus => "opus".into(),
        CodecParameters::Audio(p) => match AudioSpecificConfig::parse(&p.config) {
            Ok(config) => format!("mp4a.40.{}", config.object_type),
            Err(_) => "mp4a.40".into(),
        },
    }
}
