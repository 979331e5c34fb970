//! A clip's sound, for ever.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use gstreamer as gst;
use media::{AudioBlock, AudioSource, SourceCounters, Timestamp, TrackKind};

use super::demux::{self, Clip};
use super::{Period, problem};
use crate::chain::{Chain, Flow, Output};
use crate::{Error, FileProblem, clock, element, frame};

/// Samples a second of the clip in memory: the show's.
const RATE: u32 = 48_000;
/// Its channels.
const CHANNELS: usize = 2;
/// The longest clip, in minutes.
const LONGEST_MIN: u32 = 10;

/// How a clip's sound is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AudioLoopConfig {
    /// When the first sample sounds, on the show clock.
    pub start: Timestamp,
    /// The length of a round; the sound's own when none is given. With the [`Period`] of the same file's pictures,
    /// both begin each round together.
    pub period: Option<Period>,
}

/// A clip's sound, decoded whole into memory (48 kHz, stereo, up to ten minutes), played round after round by
/// counting samples. A seam is one sample from the next.
pub struct AudioLoop {
    start: Timestamp,
    round: Round,
    /// Interleaved pairs.
    samples: Vec<f32>,
    counters: SourceCounters,
}

impl AudioLoop {
    /// Reads and decodes the file: about a second for ten minutes.
    ///
    /// # Errors
    /// [`Error::File`] with the path and what is wrong; [`Error::NoDecoder`], [`Error::MissingElement`].
    pub fn open(path: &Path, config: AudioLoopConfig) -> Result<Self, Error> {
        let samples = decode(demux::read(path, TrackKind::Audio)?, path)?;
        let round = match config.period {
            Some(period) => Round::of(period),
            None => Round::samples((samples.len() / CHANNELS) as u64),
        };
        Ok(Self {
            start: config.start,
            round: round.ok_or_else(|| problem(path, FileProblem::NoSound))?,
            samples,
            counters: SourceCounters::default(),
        })
    }

    /// Samples of each channel in the clip.
    pub fn len(&self) -> usize {
        self.samples.len() / CHANNELS
    }

    /// Whether the clip has no sample; never so for one that was opened.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The pair at sample `index` of the show, counted from the start.
    fn pair(&self, index: i64) -> Option<[f32; 2]> {
        let at = self.round.position(u64::try_from(index).ok()?);
        let at = usize::try_from(at).ok()?.checked_mul(CHANNELS)?;
        match self.samples.get(at..at + CHANNELS) {
            Some(pair) => Some([pair[0], pair[1]]),
            // The rest of a round longer than the sound is silent, as it should be.
            None => Some([0.0; 2]),
        }
    }
}

impl AudioSource for AudioLoop {
    fn fill(&mut self, block: &mut AudioBlock) {
        self.counters.received += 1;
        let channels = usize::from(block.channels);
        if block.rate != RATE || !(1..=2).contains(&channels) {
            block.samples.fill(0.0);
            self.counters.missing += block.frames() as u64;
            return;
        }
        let since = Timestamp::from_nanos(block.pts.nanos_since(self.start));
        for (index, to) in (since.as_ticks(RATE)..).zip(block.samples.chunks_exact_mut(channels)) {
            let pair = self.pair(index);
            self.counters.missing += u64::from(pair.is_none());
            let [left, right] = pair.unwrap_or_default();
            match to {
                [mono] => *mono = (left + right) / 2.0,
                both => both.copy_from_slice(&[left, right]),
            }
        }
    }

    fn counters(&self) -> SourceCounters {
        self.counters
    }
}

/// The length of a round in samples: a fraction, so that it doesn't drift against pictures at 29.97 a second.
#[derive(Clone, Copy, Debug)]
struct Round {
    num: u128,
    den: u128,
}

impl Round {
    fn of(period: Period) -> Option<Self> {
        let num = u128::from(period.frames) * u128::from(period.rate.den()) * u128::from(RATE);
        let den = u128::from(period.rate.num());
        (num >= den).then_some(Self { num, den })
    }

    fn samples(samples: u64) -> Option<Self> {
        (samples > 0).then_some(Self {
            num: u128::from(samples),
            den: 1,
        })
    }

    /// Where within its round the sample `index` of the show lies. Round `n` begins with the first sample not
    /// before `n·num/den`, so none begins after `index`.
    fn position(self, index: u64) -> u64 {
        let index = u128::from(index);
        let begin = |round: u128| (round * self.num).div_ceil(self.den);
        let round = index * self.den / self.num;
        (index - begin(round)) as u64
    }
}

/// All samples from the clip's beginning to its end.
fn decode(clip: Clip, path: &Path) -> Result<Vec<f32>, Error> {
    let kept = Arc::new(Mutex::new(Kept::until(clip.end)));
    let keep = Arc::clone(&kept);
    let chain = chain(&clip.caps, move |output| lock(&keep).add(output))?;
    for unit in clip.units {
        let mut data = unit.data;
        let writable = data.make_mut();
        writable.set_pts(unit.pts.map(clock::to_gst).transpose()?);
        writable.set_dts(gst::ClockTime::NONE);
        match chain.push(data) {
            // The closure has enough.
            Err(Error::Finished) => break,
            told => told.map_err(|e| problem(path, FileProblem::Damaged(e.to_string())))?,
        }
    }
    chain.finish()?;
    let kept = std::mem::take(&mut *lock(&kept));
    if kept.too_long {
        return Err(problem(path, FileProblem::TooLong(LONGEST_MIN)));
    }
    if kept.samples.is_empty() {
        return Err(problem(path, FileProblem::NoSound));
    }
    Ok(kept.samples)
}

fn lock(kept: &Mutex<Kept>) -> std::sync::MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

fn chain(caps: &gst::Caps, on_output: impl FnMut(Output) -> Flow + Send + 'static) -> Result<Chain, Error> {
    let output = gst::Caps::builder("audio/x-raw")
        .field("format", "F32LE")
        .field("layout", "interleaved")
        .field("rate", RATE as i32)
        .field("channels", CHANNELS as i32)
        .build();
    let (convert, resample) = (element::make("audioconvert")?, element::make("audioresample")?);
    match element::decoder(caps, gst::ElementFactoryType::MEDIA_AUDIO)? {
        Some(decoder) => Chain::new("clip", &[&decoder, &convert, &resample], caps, &output, on_output),
        None => Chain::new("clip", &[&convert, &resample], caps, &output, on_output),
    }
}

/// Samples from the clip's beginning on.
#[derive(Default)]
struct Kept {
    samples: Vec<f32>,
    begun: bool,
    /// Samples before the clip's beginning, still to be let go.
    early: usize,
    /// Samples to keep at most.
    most: usize,
    too_long: bool,
}

impl Kept {
    fn until(end: Option<Timestamp>) -> Self {
        let longest = (LONGEST_MIN * 60 * RATE) as usize;
        let said = end.map_or(usize::MAX, |end| end.as_ticks(RATE).max(0) as usize);
        Self {
            // One more than allowed shows that it is too long.
            most: said.min(longest + 1) * CHANNELS,
            ..Self::default()
        }
    }

    fn add(&mut self, output: Output) -> Flow {
        if !self.begun {
            self.begin(output.pts.unwrap_or_default());
        }
        let Some(bytes) = frame::bytes(output.buffer) else {
            return Flow::Break(());
        };
        let values = bytes.as_chunks::<4>().0.iter().map(|s| f32::from_le_bytes(*s));
        let room = self.most.saturating_sub(self.samples.len());
        let before = bytes.len() / 4;
        self.samples.extend(values.skip(self.early).take(room));
        self.early = self.early.saturating_sub(before);
        self.too_long = self.samples.len() > (LONGEST_MIN * 60 * RATE) as usize * CHANNELS;
        if self.too_long {
            Flow::Break(())
        } else {
            Flow::Continue(())
        }
    }

    /// What the file wants heard later begins with silence; what it wants unheard is let go.
    fn begin(&mut self, first: Timestamp) {
        self.begun = true;
        let at = first.as_ticks(RATE);
        let pairs = usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX);
        if at < 0 {
            self.early = pairs.saturating_mul(CHANNELS);
        } else {
            self.samples = vec![0.0; pairs.saturating_mul(CHANNELS).min(self.most)];
        }
    }
}

#[cfg(test)]
#[path = "audio_tests.rs"]
mod tests;
