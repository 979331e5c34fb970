//! Opus (RFC 6716) in packets of 20 ms, timed by counting samples.

use std::time::Duration;

use bytes::Bytes;
use container::opus;
use gstreamer as gst;
use gstreamer::prelude::*;
use media::{AudioBlock, AudioCodec, AudioParameters, CodecParameters, Packet, Timestamp};

use super::sound::{self, Exit, Format, Intake, Line};
use crate::chain::{Chain, Flow};
use crate::shelf::Shelf;
use crate::{Error, element, frame};

/// Samples of each channel in a packet: 20 ms.
const FRAME: usize = 960;
/// Samples a second, the only rate there is here.
pub(crate) const RATE: u32 = 48_000;

/// What an Opus encoder is made for. Its sound is of 48 kHz.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpusConfig {
    /// One or two.
    pub channels: u8,
    /// Kilobits a second, 16 to 320, on the average: packets differ in size.
    pub bitrate_kbps: u32,
}

impl OpusConfig {
    /// Stereo at `bitrate_kbps`.
    pub const fn new(bitrate_kbps: u32) -> Self {
        Self {
            channels: 2,
            bitrate_kbps,
        }
    }

    fn check(&self) -> Result<(), Error> {
        if (1..=2).contains(&self.channels) && (16..=320).contains(&self.bitrate_kbps) {
            return Ok(());
        }
        Err(Error::Unsupported(format!(
            "{} channels of Opus at {} kbit/s",
            self.channels, self.bitrate_kbps
        )))
    }

    /// What a decoder must know. Pre-skip (RFC 7845, 4.2) is 0: the packets' times allow for the encoder's delay
    /// already, and the first one begins with the first block, so there is nothing to throw away.
    pub(crate) fn parameters(&self) -> AudioParameters {
        AudioParameters {
            codec: AudioCodec::Opus,
            config: opus::head(self.channels),
            rate: RATE,
            channels: self.channels,
            frame_samples: FRAME as u16,
        }
    }

    fn format(&self) -> Result<Format, Error> {
        let delay = look_ahead(self)?;
        Ok(Format {
            rate: RATE,
            channels: self.channels,
            frame: FRAME,
            delay,
            // With the delay a whole packet, which is left out: the next begins with the first block.
            lead: FRAME - delay as usize % FRAME,
        })
    }
}

/// Blocks of samples in, Opus packets of 20 ms out.
///
/// **A packet's `pts` is the time of the first sample a decoder renders from it**, as with
/// [`AudioEncoder`](super::AudioEncoder): the encoder's look-ahead (6.5 ms), which an Ogg file would call pre-skip, is
/// subtracted. Times are counted in samples from the first block's `pts`; the first packet begins with that block, and
/// the header's pre-skip is 0. May be shared: each method takes `&self`.
pub struct OpusEncoder {
    config: OpusConfig,
    line: Line,
}

impl OpusEncoder {
    /// An encoder with its thread.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for settings outside their ranges, [`Error::MissingElement`].
    pub fn new(config: OpusConfig) -> Result<Self, Error> {
        config.check()?;
        Ok(Self {
            line: Line::start(config.format()?, |exit| chain(&config, exit))?,
            config,
        })
    }

    /// Hands a block over; never waits. A block later than the end of the one before (one was lost, or refused as
    /// busy) is taken with silence before it, so that picture and sound stay together.
    ///
    /// # Errors
    /// Those of [`AudioEncoder::submit`](super::AudioEncoder::submit).
    pub fn submit(&self, block: &AudioBlock) -> Result<(), Error> {
        self.line.submit(block)
    }

    /// The next packet; `None` when none comes within `timeout` (zero: doesn't wait).
    ///
    /// # Errors
    /// [`Error::Finished`] when all has been taken after [`finish`](Self::finish); else why the encoder ended.
    pub fn next_packet(&self, timeout: Duration) -> Result<Option<Packet>, Error> {
        self.line.next_packet(timeout)
    }

    /// What a decoder must know.
    pub fn parameters(&self) -> CodecParameters {
        CodecParameters::Audio(self.config.parameters())
    }

    /// No block follows: what was taken is still encoded, the last packet filled up with silence; then
    /// [`next_packet`](Self::next_packet) says finished.
    pub fn finish(&self) {
        self.line.finish();
    }
}

/// The same on the caller's thread.
pub(crate) struct OpusCoder {
    intake: Intake,
    chain: Chain,
    made: Shelf<Packet>,
}

impl OpusCoder {
    pub(crate) fn new(config: &OpusConfig) -> Result<Self, Error> {
        config.check()?;
        let made = Shelf::default();
        let kept = Shelf::clone(&made);
        let (intake, exit) = Intake::new(config.format()?, move |packet| {
            kept.put(packet);
            Flow::Continue(())
        });
        Ok(Self {
            intake,
            chain: chain(config, exit)?,
            made,
        })
    }

    /// Takes a block, and gives the packets it made whole.
    pub(crate) fn encode(&mut self, block: &AudioBlock) -> Result<Vec<Packet>, Error> {
        let (buffer, end) = self.intake.buffer(block)?;
        self.chain.push(buffer)?;
        self.intake.taken(end);
        Ok(self.made.take())
    }

    /// Ends the sound and gives what was still held.
    pub(crate) fn finish(&mut self) -> Result<Vec<Packet>, Error> {
        self.chain.finish()?;
        Ok(self.made.take())
    }
}

/// The encoder's elements, with `exit` behind them.
fn chain(config: &OpusConfig, exit: Exit) -> Result<Chain, Error> {
    let convert = element::make("audioconvert")?;
    // Noise in place of silence would cost bits.
    convert.set_property_from_str("dithering", "none");
    let opus = element::make("opusenc")?;
    opus.set_property("bitrate", (config.bitrate_kbps * 1_000) as i32);
    opus.set_property_from_str("frame-size", "20");
    let raw = sound::raw(RATE, config.channels);
    let coded = gst::Caps::builder("audio/x-opus").build();
    Chain::new("opusenc", &[&convert, &opus], &raw, &coded, exit)
}

/// By how many samples the encoder is late: the pre-skip of the header that opusenc keeps with its caps
/// (RFC 7845, 5.1), told behind the first packet.
fn look_ahead(config: &OpusConfig) -> Result<u32, Error> {
    let chain = chain(config, Box::new(|_| Flow::Continue(())))?;
    let silence = vec![0.0; FRAME * usize::from(config.channels)];
    chain.push(sound::to_buffer(&silence, 0, Timestamp::ZERO)?)?;
    chain.finish()?;
    let header = chain.caps().and_then(|caps| header(&caps));
    let skip = header.as_ref().and_then(|header| header.get(10..12));
    let skip = skip.ok_or(Error::Priming("opusenc"))?;
    Ok(u32::from(u16::from_le_bytes([skip[0], skip[1]])))
}

/// The identification header.
fn header(caps: &gst::Caps) -> Option<Bytes> {
    let headers = caps.structure(0)?.get::<gst::Array>("streamheader").ok()?;
    frame::bytes(headers.first()?.get::<gst::Buffer>().ok()?)
}

#[cfg(test)]
#[path = "opus_tests.rs"]
mod tests;
