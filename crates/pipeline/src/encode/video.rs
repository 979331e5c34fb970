//! H.264 by x264, made for going live: no frame waits for a later one.

use std::sync::Mutex;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use media::{CodecParameters, Packet, PixelFormat, Timestamp, VideoCodec, VideoFrame, VideoParameters};

use super::config::{MIN_KBPS, VideoConfig};
use super::level::Level;
use super::worker::{PACKETS, Stage, Worker, lock};
use super::x264::{self, Form};
use crate::chain::{Chain, Flow};
use crate::{Error, frame};

/// NV12 frames in, H.264 packets out (High profile, constant bit rate, no B-frames).
///
/// A packet bears its frame's `pts`, and the same `dts`. Data are NAL units behind lengths of four bytes, without
/// parameter sets: those are in [`parameters`](Self::parameters). May be shared: each method takes `&self`.
pub struct VideoEncoder {
    config: VideoConfig,
    level: Level,
    x264: gst::Element,
    avcc: Bytes,
    newest: Mutex<Option<Timestamp>>,
    worker: Worker<(gst::Buffer, bool)>,
}

impl VideoEncoder {
    /// Frames that may wait; the next one is refused as busy.
    pub const PLACES: usize = 3;

    /// An encoder with its thread, ready for the first frame. Takes as long as two of its frames.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for settings outside their ranges, [`Error::MissingElement`] without x264.
    pub fn new(config: VideoConfig) -> Result<Self, Error> {
        let level = config.level(Form::Show)?;
        let avcc = record(&config, level)?;
        let (packets, taken) = sync_channel(PACKETS);
        let (x264, chain) = x264::chain(&config, level, Form::Show, move |output| {
            x264::emit(output, |packet| packets.send(packet).is_ok())
        })?;
        Ok(Self {
            level,
            x264,
            avcc,
            newest: Mutex::new(None),
            worker: Worker::start("encode video", Self::PLACES, taken, Pictures(chain))?,
            config,
        })
    }

    /// Hands a frame over, sharing its pixels; never waits. With `force_key` it becomes a key frame (IDR), and the
    /// next one is due a GOP later.
    ///
    /// # Errors
    /// [`Error::Busy`]: not taken, as three wait already. [`Error::WrongSize`], [`Error::WrongFormat`] (not NV12,
    /// other colours, data too short), [`Error::WrongTime`] (not later than the frame before): not taken either.
    /// Any other: the encoder has ended.
    pub fn submit(&self, frame: &VideoFrame, force_key: bool) -> Result<(), Error> {
        self.config.check(frame, Form::Show)?;
        let buffer = frame::to_buffer(frame)?;
        let mut newest = lock(&self.newest);
        if newest.is_some_and(|newest| frame.pts <= newest) {
            return Err(Error::WrongTime(frame.pts));
        }
        self.worker.submit((buffer, force_key))?;
        *newest = Some(frame.pts);
        Ok(())
    }

    /// How many frames wait to be encoded, up to [`PLACES`](Self::PLACES).
    pub fn waiting(&self) -> usize {
        self.worker.waiting()
    }

    /// The next packet, in coding order; `None` when none comes within `timeout` (zero: doesn't wait).
    ///
    /// # Errors
    /// [`Error::Finished`] when all has been taken after [`finish`](Self::finish); else why the encoder ended.
    pub fn next_packet(&self, timeout: Duration) -> Result<Option<Packet>, Error> {
        self.worker.next(timeout)
    }

    /// What a decoder must know; the same for the encoder's whole life.
    pub fn parameters(&self) -> CodecParameters {
        CodecParameters::Video(VideoParameters {
            codec: VideoCodec::H264,
            config: self.avcc.clone(),
            size: self.config.size,
            rate: Some(self.config.rate),
        })
    }

    /// Changes the bit rate from the next frame on, without a key frame. Held to 20 kbit/s at least and what the
    /// stream's level allows at most; the answer is what was set.
    ///
    /// The bits of a frame stay `kbps` divided by the configured frame rate: who halves the frames halves the bits.
    pub fn set_bitrate(&self, kbps: u32) -> u32 {
        let kbps = kbps.clamp(MIN_KBPS, self.level.kbps);
        self.x264.set_property("bitrate", kbps);
        kbps
    }

    /// No frame follows: those taken are still encoded, then [`next_packet`](Self::next_packet) says finished.
    pub fn finish(&self) {
        self.worker.finish();
    }
}

/// The avcC record of such a stream. x264enc tells it behind its first picture only, so a throw-away encoder makes one:
/// destinations are opened before the show's first frame.
fn record(config: &VideoConfig, level: Level) -> Result<Bytes, Error> {
    let (_, chain) = x264::chain(config, level, Form::Show, |_| Flow::Continue(()))?;
    let grey = vec![128; PixelFormat::Nv12.packed_len(config.size)].into();
    let (pts, size, color) = (Timestamp::ZERO, config.size, config.color);
    let picture = VideoFrame::packed(pts, size, PixelFormat::Nv12, color, grey);
    chain.push(frame::to_buffer(
        &picture.ok_or(Error::WrongFormat("an odd size"))?,
    )?)?;
    chain.finish()?;
    let record = chain.caps().and_then(|caps| x264::codec_data(&caps));
    record.ok_or_else(|| Error::element("x264enc", "it made no configuration record"))
}

struct Pictures(Chain);

impl Stage for Pictures {
    type Input = (gst::Buffer, bool);

    fn encode(&mut self, (buffer, key): Self::Input) -> Result<(), Error> {
        if key {
            self.0.force_key();
        }
        self.0.push(buffer)
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.0.finish()
    }
}

#[cfg(test)]
#[path = "video_tests.rs"]
mod tests;
