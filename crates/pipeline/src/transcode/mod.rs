//! Packets of one form to packets of another, on the caller's thread.
//!
//! [`Sound`] makes Opus of AAC, [`Pictures`] H.264 without B-frames of any codec. Each takes a packet and gives at once
//! all that has become ready. A packet that can't be decoded is counted and left out, and the first of them is said in
//! the log; an error is returned only by what can't go on.

#[cfg(test)]
mod fixture;
mod line;
mod pictures;
mod sound;

use media::{CodecParameters, Packet};

use crate::{Error, decode, element};

pub use pictures::{Pictures, PicturesConfig};
pub use sound::Sound;

/// What came of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// What a decoder must know of the packets from here on.
    Configured(CodecParameters),
    /// A packet.
    Packet(Packet),
}

/// Makes an element of each kind that transcoding needs, so that GStreamer has loaded them all. Decoders that are not
/// installed are missed by the stream that needs them.
///
/// # Errors
/// [`Error::Init`], and [`Error::MissingElement`] for what every stream needs.
pub fn load(pictures: bool, sound: bool) -> Result<(), Error> {
    element::init()?;
    if pictures {
        for name in ["videoconvert", "x264enc"] {
            element::make(name)?;
        }
        use media::VideoCodec::{Av1, H264, Hevc, Vp9};
        for codec in [H264, Hevc, Av1, Vp9] {
            if let Err(missing) = decode::decoder(codec) {
                tracing::debug!("{codec:?} can't be decoded: {missing}");
            }
        }
    }
    if sound {
        for name in ["avdec_aac", "audioconvert", "audioresample", "opusenc"] {
            element::make(name)?;
        }
    }
    Ok(())
}

/// Packets left out, of which the first is said.
#[derive(Debug, Default)]
struct Skipped(u64);

impl Skipped {
    fn count(&mut self, what: &str, why: &Error) {
        if self.0 == 0 {
            tracing::warn!("a packet of {what} can't be decoded: {why}");
        }
        self.0 += 1;
    }
}
