//! Pictures of any codec to H.264 that any viewer decodes at once.

use std::collections::VecDeque;

use container::h264;
use media::{
    CodecParameters, ColorInfo, FrameRate, Packet, Siting, Timestamp, VideoCodec, VideoFrame, VideoParameters,
};

use super::{Made, Skipped};
use crate::Error;
use crate::decode::FrameDecoder;
use crate::encode::{FrameCoder, VideoConfig};

/// Pictures that may be in the decoder: more than any codec keeps back.
const HELD: usize = 64;
/// The largest picture, in pixels: 4096x2304.
const LARGEST: usize = 4096 * 2304;
/// The rate of a source that says none.
const USUAL_RATE: FrameRate = FrameRate::whole(30);

/// What the pictures shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PicturesConfig {
    /// Kilobits a second, 20 to what H.264's levels allow for the size.
    pub bitrate_kbps: u32,
}

/// Packets of pictures in, H.264 of the constrained baseline profile out: no B-frames, size, colours and times as they
/// were, key frames where the source has them and where they are asked for.
///
/// A packet's `pts` is that of its picture, and its `dts` the same.
pub struct Pictures {
    track: VideoParameters,
    siting: Siting,
    config: PicturesConfig,
    /// None before the first key frame, and after a failure until the next.
    decoder: Option<FrameDecoder>,
    coder: Option<FrameCoder>,
    /// Whether the encoder's parameters have been told.
    told: bool,
    /// Key frames in the decoder.
    keys: VecDeque<Timestamp>,
    asked: bool,
    skipped: Skipped,
}

impl Pictures {
    /// For packets of `track`.
    ///
    /// # Errors
    /// [`Error::MissingElement`] without a decoder of the codec, [`Error::Unsupported`] for pictures larger than
    /// 4096x2304, [`Error::Element`] when the track's configuration is refused.
    pub fn new(track: VideoParameters, config: PicturesConfig) -> Result<Self, Error> {
        check(&track)?;
        // So that what can't be made is said before anything comes.
        FrameDecoder::new(&track)?;
        Ok(Self {
            siting: siting(&track),
            track,
            config,
            decoder: None,
            coder: None,
            told: false,
            keys: VecDeque::new(),
            asked: false,
            skipped: Skipped::default(),
        })
    }

    /// Other packets follow: gives the pictures that were still held. The decoder is made anew, and the encoder when
    /// size or colours change.
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn change(&mut self, track: VideoParameters) -> Result<Vec<Made>, Error> {
        check(&track)?;
        FrameDecoder::new(&track)?;
        let made = self.drain()?;
        (self.siting, self.track) = (siting(&track), track);
        Ok(made)
    }

    /// Takes a packet and gives what it made ready.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the pictures turn out to be such as can't be encoded; those of [`new`](Self::new).
    pub fn push(&mut self, packet: &Packet) -> Result<Vec<Made>, Error> {
        let mut decoder = match self.decoder.take() {
            Some(decoder) => decoder,
            None if packet.key => FrameDecoder::new(&self.track)?,
            None => {
                self.skipped.0 += 1;
                return Ok(Vec::new());
            }
        };
        if packet.key {
            self.keys.push_back(packet.pts);
            self.keys.drain(..self.keys.len().saturating_sub(HELD));
        }
        match decoder.decode(packet) {
            Ok(frames) => {
                self.decoder = Some(decoder);
                self.encode_all(&frames)
            }
            Err(error) => {
                self.skipped.count("pictures", &error);
                if matches!(error, Error::WrongTime(_)) {
                    self.decoder = Some(decoder);
                }
                Ok(Vec::new())
            }
        }
    }

    /// The next picture that is decoded becomes a key frame.
    pub fn key_frame(&mut self) {
        self.asked = true;
    }

    /// Ends the pictures and gives those still held.
    ///
    /// # Errors
    /// [`Error::Element`] when the encoder gave up.
    pub fn finish(&mut self) -> Result<Vec<Made>, Error> {
        let mut made = self.drain()?;
        self.end_coder(&mut made)?;
        Ok(made)
    }

    /// What its packets are of.
    pub fn track(&self) -> &VideoParameters {
        &self.track
    }

    /// Packets left out, as they couldn't be decoded.
    pub fn skipped(&self) -> u64 {
        self.skipped.0
    }

    /// The pictures that the decoder still holds; the next one begins at a key frame.
    fn drain(&mut self) -> Result<Vec<Made>, Error> {
        let rest = self.decoder.take().map(|mut decoder| decoder.finish());
        let rest = rest.and_then(Result::ok).unwrap_or_default();
        let made = self.encode_all(&rest);
        self.keys.clear();
        made
    }

    fn encode_all(&mut self, frames: &[VideoFrame]) -> Result<Vec<Made>, Error> {
        let mut made = Vec::new();
        for frame in frames {
            self.encode(frame, &mut made)?;
        }
        Ok(made)
    }

    fn encode(&mut self, frame: &VideoFrame, made: &mut Vec<Made>) -> Result<(), Error> {
        let color = ColorInfo {
            siting: self.siting,
            ..frame.color
        };
        let frame = &VideoFrame {
            color,
            ..frame.clone()
        };
        let key = self.key_wanted(frame.pts);
        if self.coder.as_ref().is_none_or(|coder| !coder.fits(frame)) {
            self.end_coder(made)?;
            self.coder = Some(FrameCoder::new(self.settings(frame))?);
        }
        let Some(coder) = &mut self.coder else {
            return Ok(());
        };
        match coder.encode(frame, key) {
            Ok(packets) => self.hand_on(packets, made),
            Err(error @ Error::WrongTime(_)) => {
                // The key frame it should have been is the next one.
                self.asked |= key;
                self.skipped.count("pictures", &error);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Whether the picture of that time is to be a key frame. Pictures leave the decoder in the order of showing, so
    /// that older key frames won't come any more.
    fn key_wanted(&mut self, pts: Timestamp) -> bool {
        let at = self.keys.iter().take_while(|key| **key <= pts).count();
        let is_key = self.keys.drain(..at).any(|key| key == pts);
        std::mem::take(&mut self.asked) || is_key
    }

    fn settings(&self, frame: &VideoFrame) -> VideoConfig {
        let rate = self.track.rate.unwrap_or(USUAL_RATE);
        VideoConfig {
            color: frame.color,
            ..VideoConfig::new(frame.size, rate, self.config.bitrate_kbps)
        }
    }

    fn hand_on(&mut self, packets: Vec<Packet>, made: &mut Vec<Made>) {
        if !self.told
            && let Some(parameters) = self.coder.as_ref().and_then(FrameCoder::parameters)
        {
            self.told = true;
            made.push(Made::Configured(CodecParameters::Video(parameters)));
        }
        made.extend(packets.into_iter().map(Made::Packet));
    }

    fn end_coder(&mut self, made: &mut Vec<Made>) -> Result<(), Error> {
        if let Some(coder) = &mut self.coder {
            let rest = coder.finish()?;
            self.hand_on(rest, made);
        }
        (self.coder, self.told) = (None, false);
        Ok(())
    }
}

fn check(track: &VideoParameters) -> Result<(), Error> {
    if track.size.area() <= LARGEST {
        return Ok(());
    }
    Err(Error::Unsupported(format!(
        "pictures of {}x{}: they may be as large as 4096x2304",
        track.size.width, track.size.height
    )))
}

/// Where chroma samples stand: as H.264's record says, else on the left, as all codecs have it where nothing is said.
/// GStreamer's decoders say the middle for small pictures of which nothing is said.
fn siting(track: &VideoParameters) -> Siting {
    let record = (track.codec == VideoCodec::H264).then(|| h264::AvcConfig::parse(&track.config));
    let sps = record.and_then(|record| record.ok()?.first_sps().ok());
    sps.map_or(Siting::Left, |sps| sps.color.siting)
}

#[cfg(test)]
#[path = "pictures_tests.rs"]
mod tests;
