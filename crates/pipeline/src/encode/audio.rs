//! AAC (low complexity), timed by counting samples.

use std::time::Duration;

use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use media::{AudioBlock, AudioParameters, CodecParameters, Packet};

use super::priming;
use super::sound::{self, Format, Line};
use crate::chain::{Chain, Flow, Output};
use crate::{Error, element, frame};

/// Samples of each channel in a packet.
pub(super) const FRAME: usize = 1024;

/// Which encoder makes the AAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AacEncoder {
    /// libav's own (`avenc_aac`): the better sound, and floating point all the way.
    Libav,
    /// VisualOn's (`voaacenc`), from 16-bit samples.
    VisualOn,
}

impl AacEncoder {
    /// The best one installed: libav's, else VisualOn's.
    ///
    /// # Errors
    /// [`Error::MissingElement`] when there is neither.
    pub fn installed() -> Result<Self, Error> {
        let libav = element::make(Self::Libav.element()).map(|_| Self::Libav);
        libav.or_else(|missing| {
            let visual_on = element::make(Self::VisualOn.element());
            visual_on.map(|_| Self::VisualOn).map_err(|_| missing)
        })
    }

    pub(super) const fn element(self) -> &'static str {
        match self {
            Self::Libav => "avenc_aac",
            Self::VisualOn => "voaacenc",
        }
    }
}

/// What an AAC encoder is made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioConfig {
    /// Samples a second of each channel: one of AAC's own rates, 8000 to 96000.
    pub rate: u32,
    /// One or two.
    pub channels: u8,
    /// Kilobits a second, 16 to 320.
    pub bitrate_kbps: u32,
    /// Who encodes; the best one installed when it is left open.
    pub encoder: Option<AacEncoder>,
}

impl AudioConfig {
    /// 48 kHz stereo at `bitrate_kbps`, by the best encoder installed.
    pub const fn new(bitrate_kbps: u32) -> Self {
        Self {
            rate: 48_000,
            channels: 2,
            bitrate_kbps,
            encoder: None,
        }
    }

    fn check(&self) -> Result<(), Error> {
        let rates = [
            8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000,
        ];
        let known = rates.contains(&self.rate) && (1..=2).contains(&self.channels);
        if known && (16..=320).contains(&self.bitrate_kbps) {
            return Ok(());
        }
        Err(Error::Unsupported(format!(
            "{} channels of {} Hz at {} kbit/s",
            self.channels, self.rate, self.bitrate_kbps
        )))
    }
}

/// Blocks of samples in, AAC packets of 1024 samples out.
///
/// **A packet's `pts` is the time of the first sample a decoder renders from it**, not of those that went in with
/// it: the encoder's delay (its priming) is measured when it is made and subtracted. Times are counted in samples
/// from the first block's `pts`, so they don't drift. Packets that would begin before the first block are left
/// out; with libav's encoder the first one begins with it exactly. The sound of the first packet fades in, as AAC's
/// windows overlap.
///
/// May be shared: each method takes `&self`.
pub struct AudioEncoder {
    config: AudioConfig,
    asc: Bytes,
    priming: u32,
    line: Line,
}

impl AudioEncoder {
    /// An encoder with its thread. Measuring its delay takes some milliseconds.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for settings outside their ranges, [`Error::MissingElement`], [`Error::Priming`].
    pub fn new(config: AudioConfig) -> Result<Self, Error> {
        config.check()?;
        let aac = config.encoder.map_or_else(AacEncoder::installed, Ok)?;
        let (priming, asc) = priming::measure(&config, aac)?;
        let format = Format {
            rate: config.rate,
            channels: config.channels,
            frame: FRAME,
            delay: priming,
            lead: 0,
        };
        Ok(Self {
            asc,
            priming,
            line: Line::start(format, |exit| chain(&config, aac, exit))?,
            config,
        })
    }

    /// Hands a block over; never waits. A block later than the end of the one before (one was lost, or refused as
    /// busy) is taken with silence before it, so that picture and sound stay together.
    ///
    /// # Errors
    /// [`Error::Busy`]: not taken, as half a second waits already. [`Error::WrongFormat`] for another rate or number
    /// of channels; [`Error::WrongTime`] for a block more than 1 ms before the end of the last or a minute after
    /// it: not taken either. Any other: the encoder has ended.
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
        CodecParameters::Audio(AudioParameters {
            codec: media::AudioCodec::Aac,
            config: self.asc.clone(),
            rate: self.config.rate,
            channels: self.config.channels,
            frame_samples: FRAME as u16,
        })
    }

    /// The encoder's measured delay in samples, which the packets' times already allow for.
    pub fn priming(&self) -> u32 {
        self.priming
    }

    /// No block follows: what was taken is still encoded, the last packet filled up with silence; then
    /// [`next_packet`](Self::next_packet) says finished.
    pub fn finish(&self) {
        self.line.finish();
    }
}

/// The encoder's elements, with `on_output` behind them.
pub(super) fn chain(
    config: &AudioConfig,
    encoder: AacEncoder,
    on_output: impl FnMut(Output) -> Flow + Send + 'static,
) -> Result<Chain, Error> {
    let name = encoder.element();
    let aac = element::make(name)?;
    aac.set_property("bitrate", (config.bitrate_kbps * 1_000) as i32);
    let raw = sound::raw(config.rate, config.channels);
    let coded = gst::Caps::builder("audio/mpeg")
        .field("mpegversion", 4i32)
        .field("stream-format", "raw")
        .build();
    match encoder {
        AacEncoder::Libav => Chain::new(name, &[&aac], &raw, &coded, on_output),
        AacEncoder::VisualOn => {
            let convert = element::make("audioconvert")?;
            Chain::new(name, &[&convert, &aac], &raw, &coded, on_output)
        }
    }
}

/// The AudioSpecificConfig, which GStreamer keeps with the caps.
pub(super) fn config_of(chain: &Chain) -> Option<Bytes> {
    let caps = chain.caps()?;
    let buffer = caps.structure(0)?.get::<gst::Buffer>("codec_data").ok()?;
    frame::bytes(buffer)
}

#[cfg(test)]
#[path = "audio_tests.rs"]
mod tests;
