//! A clip's pictures, for ever.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use gstreamer as gst;
use media::{FrameRate, SourceCounters, Timestamp, TrackKind, VideoFrame, VideoSource};

use super::ahead::Ahead;
use super::demux::{self, Clip, Unit};
use super::grain::Grain;
use super::{nice, problem};
use crate::chain::{Chain, Flow, Output};
use crate::{Error, FileProblem, clock, element, frame};

/// How long the first picture may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pixels of the largest picture.
const LARGEST: i64 = 4_096 * 2_304;
/// Packets without any picture after which a clip is given up.
const FRUITLESS: u64 = 64;

/// How a clip's pictures are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VideoLoopConfig {
    /// When the first picture shows, on the show clock.
    pub start: Timestamp,
    /// Whether noise of ±4/255 is added to luma, as a camera's sensor would: always the same for the same frame.
    pub grain: bool,
}

/// How long a clip lasts: a whole number of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Pictures in the clip; at least one.
    pub frames: u64,
    /// Pictures a second.
    pub rate: FrameRate,
}

/// A clip that begins anew when it ends, without a seam: frame `k` of round `n` has the time
/// `start + (n·frames + k)/rate`. Pictures are I420 or NV12.
///
/// It is decoded on a thread of its own (one, at nice 5), at most eight frames ahead of the show; a show that runs
/// away from it gets the last frame again. Dropping it ends the thread.
pub struct VideoLoop {
    config: VideoLoopConfig,
    period: Period,
    ahead: Ahead,
    failure: Arc<OnceLock<Error>>,
    thread: Option<JoinHandle<()>>,
}

impl VideoLoop {
    /// Reads the file into memory (512 MiB at most) and waits for its first picture.
    ///
    /// # Errors
    /// [`Error::File`] with the path and what is wrong; [`Error::NoDecoder`], [`Error::MissingElement`].
    pub fn open(path: &Path, config: VideoLoopConfig) -> Result<Self, Error> {
        clock::to_gst(config.start)?;
        let clip = demux::read(path, TrackKind::Video)?;
        check_size(&clip.caps).map_err(|what| problem(path, what))?;
        let period = Period {
            frames: clip.units.len() as u64,
            rate: rate_of(&clip),
        };
        let (ahead, failure) = (Ahead::default(), Arc::new(OnceLock::new()));
        let chain = chain(&clip.caps, config, period, ahead.clone())?;
        let feeder = Feeder {
            units: numbered(clip.units),
            chain,
            start: config.start,
            period,
            ahead: ahead.clone(),
            path: path.to_owned(),
        };
        let thread = feeder.start(Arc::clone(&failure))?;
        let opened = Self {
            config,
            period,
            ahead,
            failure,
            thread: Some(thread),
        };
        opened.await_picture(path)?;
        Ok(opened)
    }

    fn await_picture(&self, path: &Path) -> Result<(), Error> {
        if self.ahead.wait_for_first(PATIENCE) {
            return Ok(());
        }
        let nothing = || {
            problem(
                path,
                FileProblem::Damaged("no picture could be decoded".to_owned()),
            )
        };
        Err(self.failure.get().cloned().unwrap_or_else(nothing))
    }

    /// How long one round lasts.
    pub fn period(&self) -> Period {
        self.period
    }

    /// Ticks whose picture had not been decoded in time, so that the last one was shown again.
    pub fn late(&self) -> u64 {
        self.ahead.late()
    }

    /// Why decoding ended, if it did: the last picture stays.
    pub fn failure(&self) -> Option<&Error> {
        self.failure.get()
    }
}

impl VideoSource for VideoLoop {
    fn frame_at(&mut self, at: Timestamp) -> Option<VideoFrame> {
        self.ahead.frame_at(at, self.period.rate.frame_nanos())
    }

    fn counters(&self) -> SourceCounters {
        SourceCounters {
            delay_nanos: 0,
            ..self.ahead.counters()
        }
    }
}

impl Drop for VideoLoop {
    fn drop(&mut self) {
        self.ahead.close();
        if let Some(thread) = self.thread.take() {
            // Within the time of one picture; a panic has been told by its hook.
            let _ = thread.join();
        }
        tracing::debug!(start = %self.config.start, late = self.late(), "a clip was closed");
    }
}

/// That the pictures are halved evenly by 4:2:0 and that eight of them are no burden to memory.
fn check_size(caps: &gst::Caps) -> Result<(), FileProblem> {
    let number = |name| caps.structure(0)?.get::<i32>(name).ok();
    let (Some(width), Some(height)) = (number("width"), number("height")) else {
        return Ok(());
    };
    let even = width % 2 == 0 && height % 2 == 0;
    let small = width > 0 && height > 0 && i64::from(width) * i64::from(height) <= LARGEST;
    if even && small {
        Ok(())
    } else {
        Err(FileProblem::Size(width, height))
    }
}

/// The frame rate the file says; where it says none, frames over time, at the usual rate next to that.
fn rate_of(clip: &Clip) -> FrameRate {
    let said = clip
        .caps
        .structure(0)
        .and_then(|s| s.get::<gst::Fraction>("framerate").ok());
    let said =
        said.and_then(|f| FrameRate::new(u32::try_from(f.numer()).ok()?, u32::try_from(f.denom()).ok()?));
    let sane = |rate: &FrameRate| (1.0..=240.0).contains(&rate.as_f64());
    said.filter(sane).unwrap_or_else(|| measured_rate(&clip.units))
}

fn measured_rate(units: &[Unit]) -> FrameRate {
    let times = || units.iter().filter_map(|u| u.pts);
    let (Some(first), Some(last)) = (times().min(), times().max()) else {
        return FrameRate::whole(30);
    };
    let seconds = last.nanos_since(first).max(1) as f64 / 1e9;
    let rate = ((units.len() - 1) as f64 / seconds).clamp(1.0, 240.0);
    let ntsc = [24u32, 30, 60]
        .into_iter()
        .filter_map(|n| FrameRate::new(n * 1_000, 1_001));
    let usual = [24, 25, 30, 50, 60].into_iter().map(FrameRate::whole).chain(ntsc);
    let distance = |r: &FrameRate| (r.as_f64() / rate - 1.0).abs();
    let near = usual.min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let exact = FrameRate::new((rate * 1_000.0).round() as u32, 1_000);
    near.filter(|r| distance(r) < 0.002)
        .or(exact)
        .unwrap_or(FrameRate::whole(30))
}

/// Packets in coding order, each with the number of its picture in the order of showing.
fn numbered(units: Vec<Unit>) -> Vec<(u64, gst::Buffer)> {
    let mut shown: Vec<usize> = (0..units.len()).collect();
    // A packet without a time keeps its place: sorting is stable.
    let mut newest = None;
    let times: Vec<Option<Timestamp>> = units
        .iter()
        .map(|unit| {
            newest = unit.pts.or(newest);
            newest
        })
        .collect();
    shown.sort_by_key(|n| times[*n]);
    let mut numbers = vec![0; units.len()];
    for (number, unit) in (0u64..).zip(shown) {
        numbers[unit] = number;
    }
    numbers
        .into_iter()
        .zip(units.into_iter().map(|u| u.data))
        .collect()
}

/// Decoder and conversion, with the queue behind them.
fn chain(caps: &gst::Caps, config: VideoLoopConfig, period: Period, ahead: Ahead) -> Result<Chain, Error> {
    let output = gst::Caps::builder("video/x-raw")
        .field("format", gst::List::new(["I420", "NV12"]))
        .build();
    let grain = config.grain.then(Grain::new);
    let exit = move |out: Output| {
        let frame = out
            .pts
            .and_then(|pts| frame::from_buffer(out.buffer, &out.caps, pts));
        let Some(frame) = frame else {
            tracing::warn!("a decoded picture can't be read");
            return Flow::Continue(());
        };
        let index = |pts: Timestamp| {
            period
                .rate
                .tick_at(Timestamp::from_nanos(pts.nanos_since(config.start)))
        };
        let frame = match &grain {
            Some(grain) => grain.add(&frame, index(frame.pts)),
            None => frame,
        };
        if ahead.push(frame) {
            Flow::Continue(())
        } else {
            Flow::Break(())
        }
    };
    let convert = element::make("videoconvert")?;
    match element::decoder(caps, gst::ElementFactoryType::MEDIA_VIDEO)? {
        Some(decoder) => Chain::new("clip", &[&decoder, &convert], caps, &output, exit),
        None => Chain::new("clip", &[&convert], caps, &output, exit),
    }
}

/// Feeds the decoder round after round.
struct Feeder {
    units: Vec<(u64, gst::Buffer)>,
    chain: Chain,
    start: Timestamp,
    period: Period,
    ahead: Ahead,
    path: PathBuf,
}

impl Feeder {
    fn start(self, failure: Arc<OnceLock<Error>>) -> Result<JoinHandle<()>, Error> {
        std::thread::Builder::new()
            .name("decode video".to_owned())
            .spawn(move || {
                nice::yield_to_others();
                let error = self.run();
                if !self.ahead.closed() {
                    tracing::error!("a clip has stopped: {error}");
                    let _ = failure.set(error);
                }
                self.ahead.close();
            })
            .map_err(|e| Error::Thread(e.to_string()))
    }

    /// Goes on until the queue is closed or the decoder gives up.
    fn run(&self) -> Error {
        let mut fed = 0;
        for round in 0.. {
            for (number, data) in &self.units {
                let at = self.period.rate.tick(round * self.period.frames + number);
                if let Err(error) = self.feed(data, at) {
                    return error;
                }
            }
            fed += self.period.frames;
            if fed >= FRUITLESS && self.ahead.received() == 0 {
                break;
            }
        }
        problem(
            &self.path,
            FileProblem::Damaged("no picture could be decoded".to_owned()),
        )
    }

    fn feed(&self, data: &gst::Buffer, at: Timestamp) -> Result<(), Error> {
        let pts = Timestamp::from_nanos(self.start.as_nanos().saturating_add(at.as_nanos()));
        // Shares the bytes.
        let mut buffer = data.copy();
        let writable = buffer.get_mut().ok_or(Error::WrongTime(pts))?;
        writable.set_pts(clock::to_gst(pts)?);
        writable.set_dts(gst::ClockTime::NONE);
        self.chain.push(buffer)
    }
}

#[cfg(test)]
#[path = "video_tests.rs"]
mod tests;
