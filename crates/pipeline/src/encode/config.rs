//! What an H.264 encoder is made for.

use std::str::FromStr;
use std::time::Duration;

use media::{ColorInfo, FrameRate, Size, VideoFrame};

use super::level::{self, Level};
use super::x264::Form;
use crate::Error;

/// Luma samples a second that one thread is trusted with: 720p at 30 frames.
const SAMPLES_PER_THREAD: u64 = 1280 * 720 * 30;
/// The lowest bit rate, in kilobits a second.
pub(super) const MIN_KBPS: u32 = 20;

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
    pub(super) const fn name(self) -> &'static str {
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
    pub(super) fn gop_frames(&self) -> u32 {
        (self.gop.as_secs_f64() * self.rate.as_f64()).round().max(1.0) as u32
    }

    /// Each thread more than one adds a frame of delay to pictures, retunes and forced keys.
    pub(super) fn threads(&self) -> u32 {
        let samples = self.size.area() as u64 * u64::from(self.rate.num()) / u64::from(self.rate.den());
        samples.div_ceil(SAMPLES_PER_THREAD).clamp(1, 4) as u32
    }

    /// Whether a frame is what the configuration says.
    pub(super) fn check(&self, frame: &VideoFrame, form: Form) -> Result<(), Error> {
        if frame.size != self.size {
            return Err(Error::WrongSize {
                expected: self.size,
                got: frame.size,
            });
        }
        if frame.format != form.layout() {
            return Err(Error::WrongFormat(
                "the planes lie another way than the encoder takes them",
            ));
        }
        if frame.color != self.color {
            return Err(Error::WrongFormat(
                "the colours are not those of the configuration",
            ));
        }
        Ok(())
    }

    /// The level such a stream needs.
    pub(super) fn level(&self, form: Form) -> Result<Level, Error> {
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
        let kbps = form.as_high(self.bitrate_kbps);
        match level::of(self.size, self.rate, kbps, self.vbv_ms) {
            Some(level) => Ok(level),
            None => refuse("no level of H.264 allows this size, frame rate and bit rate".to_owned()),
        }
    }
}
