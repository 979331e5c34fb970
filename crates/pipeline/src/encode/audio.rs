//! AAC (low complexity), timed by counting samples.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use media::{AudioBlock, AudioParameters, CodecParameters, Packet, Timestamp, TrackKind};

use super::priming;
use super::worker::{PACKETS, Stage, Worker, lock};
use crate::chain::{Chain, Flow, Output};
use crate::{Error, clock, element, frame};

/// Samples of each channel in a packet.
pub(super) const FRAME: usize = 1024;
/// Blocks that wait before the encoder: half a second of 10 ms each.
const PLACES: usize = 50;
/// How far a block may lie from where the samples before it end, in milliseconds, and still count as the next.
const SLACK_MS: u32 = 1;
/// The longest hole that is filled with silence, and the longest block, in seconds.
const LONGEST_S: u32 = 60;

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
    origin: Arc<OnceLock<Timestamp>>,
    /// Samples of each channel handed over so far.
    samples: Mutex<i64>,
    worker: Worker<gst::Buffer>,
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
        let (packets, taken) = sync_channel(PACKETS);
        let origin = Arc::new(OnceLock::new());
        let mut timed = Timed {
            origin: Arc::clone(&origin),
            position: -i64::from(priming),
            rate: config.rate,
            packets,
        };
        let chain = chain(&config, aac, move |output| timed.emit(output))?;
        Ok(Self {
            asc,
            priming,
            origin,
            samples: Mutex::new(0),
            worker: Worker::start("encode audio", PLACES, taken, Sound(chain))?,
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
        if block.rate != self.config.rate || block.channels != u16::from(self.config.channels) {
            return Err(Error::WrongFormat(
                "rate or channels are not those of the configuration",
            ));
        }
        if block.frames() > (self.config.rate * LONGEST_S) as usize {
            return Err(Error::WrongFormat("a block is longer than a minute"));
        }
        clock::to_gst(block.pts)?;
        let mut samples = lock(&self.samples);
        let hole = self.hole_before(block.pts, *samples)?;
        let channels = usize::from(block.channels);
        // Before the packets can need it; a block refused as busy still says when the sound begins.
        let origin = *self.origin.get_or_init(|| block.pts);
        // GStreamer is shown times without a jitter: it would start anew at a jump.
        let counted = after(origin, *samples, self.config.rate);
        let buffer = to_buffer(&block.samples, hole * channels, counted)?;
        self.worker.submit(buffer)?;
        *samples += (hole + block.frames()) as i64;
        Ok(())
    }

    /// Samples of silence that belong before a block at `pts`, when `so_far` came before.
    fn hole_before(&self, pts: Timestamp, so_far: i64) -> Result<usize, Error> {
        let rate = self.config.rate;
        let Some(origin) = self.origin.get() else {
            return Ok(0);
        };
        let nanos = pts.as_nanos().saturating_sub(origin.as_nanos());
        let hole = Timestamp::from_nanos(nanos).as_ticks(rate) - so_far;
        let slack = i64::from(rate * SLACK_MS / 1_000);
        match hole {
            h if h < -slack || h > i64::from(rate * LONGEST_S) => Err(Error::WrongTime(pts)),
            h if h <= slack => Ok(0),
            h => Ok(h as usize),
        }
    }

    /// The next packet; `None` when none comes within `timeout` (zero: doesn't wait).
    ///
    /// # Errors
    /// [`Error::Finished`] when all has been taken after [`finish`](Self::finish); else why the encoder ended.
    pub fn next_packet(&self, timeout: Duration) -> Result<Option<Packet>, Error> {
        self.worker.next(timeout)
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
        self.worker.finish();
    }
}

/// The time `samples` samples after `origin`.
fn after(origin: Timestamp, samples: i64, rate: u32) -> Timestamp {
    let since = Timestamp::from_ticks(samples, rate).as_nanos();
    Timestamp::from_nanos(origin.as_nanos().saturating_add(since))
}

/// Gives packets their times by counting.
struct Timed {
    origin: Arc<OnceLock<Timestamp>>,
    /// Where the next packet's sound begins, in samples from the first block.
    position: i64,
    rate: u32,
    packets: SyncSender<Packet>,
}

impl Timed {
    fn emit(&mut self, output: Output) -> Flow {
        let position = self.position;
        self.position += FRAME as i64;
        let (Some(origin), Some(data)) = (self.origin.get(), frame::bytes(output.buffer)) else {
            return Flow::Continue(());
        };
        if position < 0 {
            return Flow::Continue(());
        }
        let pts = after(*origin, position, self.rate);
        let packet = Packet {
            kind: TrackKind::Audio,
            track: 0,
            pts,
            dts: pts,
            key: true,
            data,
        };
        match self.packets.send(packet) {
            Ok(()) => Flow::Continue(()),
            Err(_) => Flow::Break(()),
        }
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
    let raw = gst::Caps::builder("audio/x-raw")
        .field("format", "F32LE")
        .field("layout", "interleaved")
        .field("rate", config.rate as i32)
        .field("channels", i32::from(config.channels));
    let raw = match config.channels {
        2 => raw.field("channel-mask", gst::Bitmask::new(3)).build(),
        _ => raw.build(),
    };
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

/// `silence` zeros and the samples, as the bytes encoders take; what is no number is silent, what is too loud is cut.
pub(super) fn to_buffer(samples: &[f32], silence: usize, pts: Timestamp) -> Result<gst::Buffer, Error> {
    let mut bytes = vec![0; (silence + samples.len()) * 4];
    for (to, sample) in bytes[silence * 4..]
        .as_chunks_mut::<4>()
        .0
        .iter_mut()
        .zip(samples)
    {
        let clean = if sample.is_nan() {
            0.0
        } else {
            sample.clamp(-1.0, 1.0)
        };
        *to = clean.to_le_bytes();
    }
    let mut buffer = gst::Buffer::from_mut_slice(bytes);
    let writable = buffer.get_mut().ok_or(Error::WrongTime(pts))?;
    writable.set_pts(clock::to_gst(pts)?);
    Ok(buffer)
}

struct Sound(Chain);

impl Stage for Sound {
    type Input = gst::Buffer;

    fn encode(&mut self, buffer: gst::Buffer) -> Result<(), Error> {
        self.0.push(buffer)
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.0.finish()
    }
}

#[cfg(test)]
#[path = "audio_tests.rs"]
mod tests;
