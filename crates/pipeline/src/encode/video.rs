//! H.264 by x264, made for going live: no frame waits for a later one.

use std::str::FromStr;
use std::sync::Mutex;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use bytes::Bytes;
use container::h264;
use gstreamer as gst;
use gstreamer::prelude::*;
use media::{
    CodecParameters, ColorInfo, FrameRate, Packet, PixelFormat, Size, Timestamp, TrackKind, VideoCodec,
    VideoFrame, VideoParameters,
};

use super::level::{self, Level};
use super::worker::{PACKETS, Stage, Worker, lock};
use crate::chain::{Chain, Flow, Output};
use crate::{Error, element, frame};

/// Frames that wait before the encoder; the next one is refused as busy.
const PLACES: usize = 3;
/// Luma samples a second that one thread is trusted with: 720p at 30 frames.
const SAMPLES_PER_THREAD: u64 = 1280 * 720 * 30;

/// How much work x264 puts into a frame: its presets by their own names, in falling speed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Preset {
    Ultrafast,
    Superfast,
    #[default]
    Veryfast,
    Faster,
    Fast,
    Medium,
}

impl Preset {
    const fn name(self) -> &'static str {
        match self {
            Self::Ultrafast => "ultrafast",
            Self::Superfast => "superfast",
            Self::Veryfast => "veryfast",
            Self::Faster => "faster",
            Self::Fast => "fast",
            Self::Medium => "medium",
        }
    }
}

impl FromStr for Preset {
    type Err = Error;

    /// Reads x264's own names, `ultrafast` to `medium`.
    fn from_str(s: &str) -> Result<Self, Error> {
        let all = [
            Self::Ultrafast,
            Self::Superfast,
            Self::Veryfast,
            Self::Faster,
            Self::Fast,
            Self::Medium,
        ];
        let named = all.into_iter().find(|preset| preset.name() == s);
        named.ok_or_else(|| Error::Unsupported(format!("there is no preset \"{s}\"")))
    }
}

/// What an H.264 encoder is made for. Size, rate and colour stay as they are for its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoConfig {
    /// Size of each frame, both numbers even, 16 to 8192.
    pub size: Size,
    /// Nominal frame rate, up to 240: the bits of a frame are those of a second divided by it.
    pub rate: FrameRate,
    /// Meaning of the frames' numbers; written into the stream (VUI).
    pub color: ColorInfo,
    /// Kilobits a second to begin with; 20 to what the level allows.
    pub bitrate_kbps: u32,
    /// Longest time from one key frame to the next, up to 10 s.
    pub gop: Duration,
    /// Size of the rate control's buffer (VBV) in milliseconds of `bitrate_kbps`, 50 to 5000; 300 to 500 for going
    /// live: a key frame can't be larger.
    pub vbv_ms: u32,
    /// How much work a frame may be.
    pub preset: Preset,
}

impl VideoConfig {
    /// Settings for going live: BT.709 limited, a key frame at least every 2 s, VBV of 400 ms, veryfast.
    pub const fn new(size: Size, rate: FrameRate, bitrate_kbps: u32) -> Self {
        Self {
            size,
            rate,
            color: ColorInfo::BT709,
            bitrate_kbps,
            gop: Duration::from_secs(2),
            vbv_ms: 400,
            preset: Preset::Veryfast,
        }
    }

    /// Frames from one key frame to the next.
    fn gop_frames(&self) -> u32 {
        (self.gop.as_secs_f64() * self.rate.as_f64()).round().max(1.0) as u32
    }

    /// Each thread more than one adds a frame of delay to pictures, retunes and forced keys.
    fn threads(&self) -> u32 {
        let samples = self.size.area() as u64 * u64::from(self.rate.num()) / u64::from(self.rate.den());
        samples.div_ceil(SAMPLES_PER_THREAD).clamp(1, 4) as u32
    }

    fn level(&self) -> Result<Level, Error> {
        let refuse = |what: String| Err(Error::Unsupported(what));
        let Size { width, height } = self.size;
        let even = width.is_multiple_of(2) && height.is_multiple_of(2);
        if !even || !(16..=8192).contains(&width) || !(16..=8192).contains(&height) {
            return refuse(format!("a picture of {width}x{height}"));
        }
        if !(1.0..=240.0).contains(&self.rate.as_f64()) {
            return refuse(format!("{} frames a second", self.rate));
        }
        if self.gop > Duration::from_secs(10) {
            return refuse(format!("{:?} without a key frame", self.gop));
        }
        if !(50..=5_000).contains(&self.vbv_ms) || self.bitrate_kbps < MIN_KBPS {
            let (kbps, vbv) = (self.bitrate_kbps, self.vbv_ms);
            return refuse(format!("{kbps} kbit/s with a buffer of {vbv} ms"));
        }
        match level::of(self.size, self.rate, self.bitrate_kbps, self.vbv_ms) {
            Some(level) => Ok(level),
            None => refuse("no level of H.264 allows this size, frame rate and bit rate".to_owned()),
        }
    }
}

const MIN_KBPS: u32 = 20;

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
    /// An encoder with its thread, ready for the first frame. Takes as long as two of its frames.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for settings outside their ranges, [`Error::MissingElement`] without x264.
    pub fn new(config: VideoConfig) -> Result<Self, Error> {
        let level = config.level()?;
        let avcc = record(&config, level)?;
        let (packets, taken) = sync_channel(PACKETS);
        let (x264, chain) = chain(&config, level, move |output| emit(output, &packets))?;
        Ok(Self {
            level,
            x264,
            avcc,
            newest: Mutex::new(None),
            worker: Worker::start("encode video", PLACES, taken, Pictures(chain))?,
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
        self.check(frame)?;
        let buffer = frame::to_buffer(frame)?;
        let mut newest = lock(&self.newest);
        if newest.is_some_and(|newest| frame.pts <= newest) {
            return Err(Error::WrongTime(frame.pts));
        }
        self.worker.submit((buffer, force_key))?;
        *newest = Some(frame.pts);
        Ok(())
    }

    fn check(&self, frame: &VideoFrame) -> Result<(), Error> {
        if frame.size != self.config.size {
            return Err(Error::WrongSize {
                expected: self.config.size,
                got: frame.size,
            });
        }
        if frame.format != PixelFormat::Nv12 {
            return Err(Error::WrongFormat("frames must be NV12"));
        }
        if frame.color != self.config.color {
            return Err(Error::WrongFormat(
                "the colours are not those of the configuration",
            ));
        }
        Ok(())
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

fn x264(config: &VideoConfig) -> Result<gst::Element, Error> {
    let x264 = element::make("x264enc")?;
    x264.set_property_from_str("tune", "zerolatency");
    x264.set_property_from_str("speed-preset", config.preset.name());
    x264.set_property_from_str("pass", "cbr");
    x264.set_property("bitrate", config.bitrate_kbps);
    x264.set_property("vbv-buf-capacity", config.vbv_ms);
    x264.set_property("key-int-max", config.gop_frames());
    x264.set_property("threads", config.threads());
    // Slices in parallel, which the tune would set, cost bits; b-frames cost delay.
    x264.set_property("sliced-threads", false);
    x264.set_property("bframes", 0u32);
    // What makes a stream of the High profile one, also with the fastest preset.
    x264.set_property("dct8x8", true);
    x264.set_property("aud", false);
    // No key frames but those asked for: a cut in the picture must not break the cadence.
    x264.set_property("option-string", "scenecut=0");
    Ok(x264)
}

fn output_caps(level: Level) -> gst::Caps {
    gst::Caps::builder("video/x-h264")
        .field("stream-format", "avc")
        .field("alignment", "au")
        .field("profile", "high")
        .field("level", level.name)
        .build()
}

/// The avcC record, which GStreamer keeps with the caps.
fn codec_data(caps: &gst::Caps) -> Option<Bytes> {
    let buffer = caps.structure(0)?.get::<gst::Buffer>("codec_data").ok()?;
    frame::bytes(buffer)
}

/// The avcC record of such a stream. x264enc tells it behind its first picture only, so a throw-away encoder makes one:
/// destinations are opened before the show's first frame.
fn record(config: &VideoConfig, level: Level) -> Result<Bytes, Error> {
    let (_, chain) = chain(config, level, |_| Flow::Continue(()))?;
    let grey = vec![128; PixelFormat::Nv12.packed_len(config.size)].into();
    let (pts, size, color) = (Timestamp::ZERO, config.size, config.color);
    let picture = VideoFrame::packed(pts, size, PixelFormat::Nv12, color, grey);
    chain.push(frame::to_buffer(
        &picture.ok_or(Error::WrongFormat("an odd size"))?,
    )?)?;
    chain.finish()?;
    let record = chain.caps().and_then(|caps| codec_data(&caps));
    record.ok_or_else(|| Error::element("x264enc", "it made no configuration record"))
}

/// The encoder and its chain.
fn chain(
    config: &VideoConfig,
    level: Level,
    on_output: impl FnMut(Output) -> Flow + Send + 'static,
) -> Result<(gst::Element, Chain), Error> {
    let x264 = x264(config)?;
    let input = frame::caps(PixelFormat::Nv12, config.size, config.rate, config.color)?;
    let chain = Chain::new("x264enc", &[&x264], &input, &output_caps(level), on_output)?;
    Ok((x264, chain))
}

fn emit(output: Output, packets: &SyncSender<Packet>) -> Flow {
    let key = !output.buffer.flags().contains(gst::BufferFlags::DELTA_UNIT);
    let (Some(pts), Some(data)) = (output.pts, frame::bytes(output.buffer)) else {
        tracing::error!("x264 gave a packet without time or bytes");
        return Flow::Break(());
    };
    let packet = Packet {
        kind: TrackKind::Video,
        track: 0,
        pts,
        // Without B-frames the order of coding is that of showing.
        dts: pts,
        key,
        data: without_headers(&data),
    };
    match packets.send(packet) {
        Ok(()) => Flow::Continue(()),
        Err(_) => Flow::Break(()),
    }
}

/// The slices: x264enc puts the parameter sets before each key frame, and before the first x264's settings in words
/// (an SEI). The first are in the record, nobody needs the other.
fn without_headers(data: &Bytes) -> Bytes {
    let headers = h264::nal_units(data).take_while(|nal| !h264::is_vcl(h264::kind(nal)));
    let length: usize = headers.map(|nal| nal.len() + 4).sum();
    data.slice(length.min(data.len())..)
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
