//! What encoders of sound share: holes filled with silence on the way in, times counted in samples on the way out.

use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use gstreamer as gst;
use media::{AudioBlock, Packet, Timestamp, TrackKind};

use super::worker::{PACKETS, Stage, Worker, lock};
use crate::chain::{Chain, Flow, Output};
use crate::{Error, clock, frame};

/// Blocks that wait before the encoder: half a second of 10 ms each.
pub(super) const PLACES: usize = 50;
/// How far a block may lie from where the samples before it end, in milliseconds, and still count as the next.
const SLACK_MS: u32 = 1;
/// The longest hole that is filled with silence, and the longest block, in seconds.
const LONGEST_S: u32 = 60;

/// What goes into an encoder, and how it comes out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Format {
    /// Samples a second of each channel.
    pub(super) rate: u32,
    /// Channels.
    pub(super) channels: u8,
    /// Samples of each channel in a packet.
    pub(super) frame: usize,
    /// By how many samples a decoder renders later what went in.
    pub(super) delay: u32,
    /// Samples of silence that go in before the first block.
    pub(super) lead: usize,
}

/// What stands behind an encoder's elements.
pub(super) type Exit = Box<dyn FnMut(Output) -> Flow + Send>;

/// Blocks on their way in, counted.
pub(super) struct Intake {
    format: Format,
    /// Time of the first block.
    origin: Arc<OnceLock<Timestamp>>,
    /// Samples of each channel handed over since; none before the first block.
    samples: Option<i64>,
}

impl Intake {
    /// The way in, and what times the packets that come out and gives them to `packets`.
    pub(super) fn new(format: Format, packets: impl FnMut(Packet) -> Flow + Send + 'static) -> (Self, Exit) {
        let origin = Arc::new(OnceLock::new());
        let mut timed = Timed {
            origin: Arc::clone(&origin),
            position: -i64::from(format.delay) - format.lead as i64,
            format,
            packets,
        };
        let intake = Self {
            format,
            origin,
            samples: None,
        };
        (intake, Box::new(move |output| timed.emit(output)))
    }

    /// The block as the encoder takes it, with the silence that belongs before it, and where it will end: what
    /// [`taken`](Self::taken) is to be told.
    ///
    /// # Errors
    /// [`Error::WrongFormat`] for another rate or number of channels, or more than a minute; [`Error::WrongTime`] for a
    /// block more than 1 ms before the end of the last or a minute after it.
    pub(super) fn buffer(&self, block: &AudioBlock) -> Result<(gst::Buffer, i64), Error> {
        let Format {
            rate, channels, lead, ..
        } = self.format;
        if block.rate != rate || block.channels != u16::from(channels) {
            return Err(Error::WrongFormat(
                "rate or channels are not those of the configuration",
            ));
        }
        if block.frames() > (rate * LONGEST_S) as usize {
            return Err(Error::WrongFormat("a block is longer than a minute"));
        }
        clock::to_gst(block.pts)?;
        let samples = self.samples.unwrap_or(0);
        let hole = self.hole_before(block.pts, samples)?;
        let silence = hole + if self.samples.is_none() { lead } else { 0 };
        // Before the packets can need it; a block refused as busy still says when the sound begins.
        let origin = *self.origin.get_or_init(|| block.pts);
        // GStreamer is shown times without a jitter: it would start anew at a jump.
        let from = samples + hole as i64 - silence as i64;
        let channels = usize::from(channels);
        let buffer = to_buffer(&block.samples, silence * channels, after(origin, from, rate))?;
        Ok((buffer, samples + (hole + block.frames()) as i64))
    }

    /// The encoder took a block that ends there.
    pub(super) fn taken(&mut self, end: i64) {
        self.samples = Some(end);
    }

    /// Samples of silence that belong before a block at `pts`, when `so_far` came before.
    fn hole_before(&self, pts: Timestamp, so_far: i64) -> Result<usize, Error> {
        let rate = self.format.rate;
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
}

/// The time `samples` samples after `origin`.
pub(super) fn after(origin: Timestamp, samples: i64, rate: u32) -> Timestamp {
    let since = Timestamp::from_ticks(samples, rate).as_nanos();
    Timestamp::from_nanos(origin.as_nanos().saturating_add(since))
}

/// Gives packets their times by counting.
struct Timed<P> {
    origin: Arc<OnceLock<Timestamp>>,
    /// Where the next packet's sound begins, in samples from the first block.
    position: i64,
    format: Format,
    packets: P,
}

impl<P: FnMut(Packet) -> Flow> Timed<P> {
    fn emit(&mut self, output: Output) -> Flow {
        let position = self.position;
        self.position += self.format.frame as i64;
        let (Some(origin), Some(data)) = (self.origin.get(), frame::bytes(output.buffer)) else {
            return Flow::Continue(());
        };
        if position < 0 {
            return Flow::Continue(());
        }
        let pts = after(*origin, position, self.format.rate);
        (self.packets)(Packet::at(TrackKind::Audio, pts, true, data))
    }
}

/// An encoder's thread with what stands at both its ends.
pub(super) struct Line {
    intake: Mutex<Intake>,
    worker: Worker<gst::Buffer>,
}

impl Line {
    /// Starts the thread with the elements that `chain` makes before their exit.
    pub(super) fn start(
        format: Format,
        chain: impl FnOnce(Exit) -> Result<Chain, Error>,
    ) -> Result<Self, Error> {
        let (packets, taken) = sync_channel(PACKETS);
        let (intake, exit) = Intake::new(format, move |packet| match packets.send(packet) {
            Ok(()) => Flow::Continue(()),
            Err(_) => Flow::Break(()),
        });
        Ok(Self {
            intake: Mutex::new(intake),
            worker: Worker::start("encode audio", PLACES, taken, Sound(chain(exit)?))?,
        })
    }

    /// Hands a block over without waiting.
    pub(super) fn submit(&self, block: &AudioBlock) -> Result<(), Error> {
        let mut intake = lock(&self.intake);
        let (buffer, end) = intake.buffer(block)?;
        self.worker.submit(buffer)?;
        intake.taken(end);
        Ok(())
    }

    /// The next packet, waiting up to `timeout` for it.
    pub(super) fn next_packet(&self, timeout: Duration) -> Result<Option<Packet>, Error> {
        self.worker.next(timeout)
    }

    /// No block follows.
    pub(super) fn finish(&self) {
        self.worker.finish();
    }
}

/// What encoders are handed: 32-bit samples, interleaved.
pub(super) fn raw(rate: u32, channels: u8) -> gst::Caps {
    let raw = gst::Caps::builder("audio/x-raw")
        .field("format", "F32LE")
        .field("layout", "interleaved")
        .field("rate", rate as i32)
        .field("channels", i32::from(channels));
    match channels {
        2 => raw.field("channel-mask", gst::Bitmask::new(3)).build(),
        _ => raw.build(),
    }
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
