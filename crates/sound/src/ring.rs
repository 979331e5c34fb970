//! A ring of a device's newest samples, read by time.

use media::{AudioBlock, Timestamp};

use crate::LineFit;

/// The reader goes on sample by sample until it is further than this from where the line says it should be.
const APART_SECONDS: f64 = 0.02;

/// What became of the samples, in instants (samples of each channel).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RingCounters {
    /// Pushed by the device.
    pub received: u64,
    /// Asked for and not there: late, lost, or too old. Silence was heard.
    pub missing: u64,
    /// How often the reader jumped because it was more than 20 ms from where it should have been.
    pub reanchored: u64,
}

/// Keeps the newest samples of a device in stereo and hands them out by their time on the show clock.
///
/// The device's count (instants since it was opened) is tied to the clock by a [`LineFit`] that the owner
/// keeps. Consecutive blocks get consecutive samples: the line only decides where reading begins, and where it
/// begins anew when both have drifted apart by more than 20 ms. Memory is taken once, in `new`.
#[derive(Clone, Debug)]
pub struct AudioRing {
    samples: Vec<[f32; 2]>,
    head: i64,
    next: Option<i64>,
    counters: RingCounters,
}

impl AudioRing {
    /// A ring that holds the newest `instants` (at least one).
    pub fn new(instants: usize) -> Self {
        Self {
            samples: vec![[0.0; 2]; instants.max(1)],
            head: 0,
            next: None,
            counters: RingCounters::default(),
        }
    }

    /// Adds samples as the device gave them, interleaved in `channels`. Mono is heard on both sides; of more
    /// than two channels the first two count.
    pub fn push(&mut self, samples: &[f32], channels: u16) {
        let channels = usize::from(channels.max(1));
        for instant in samples.chunks_exact(channels) {
            let slot = self.slot(self.head);
            self.samples[slot] = [instant[0], instant[(channels - 1).min(1)]];
            self.head += 1;
        }
        self.counters.received += (samples.len() / channels) as u64;
    }

    /// Counts `instants` that the device recorded but that never got here: they are silent.
    pub fn lose(&mut self, instants: u64) {
        for _ in 0..instants.min(self.samples.len() as u64) {
            let slot = self.slot(self.head);
            self.samples[slot] = [0.0; 2];
            self.head += 1;
        }
        self.head += instants.saturating_sub(self.samples.len() as u64) as i64;
        self.counters.missing += instants;
    }

    /// Instants pushed or lost so far: the device's count of the next one.
    pub fn head(&self) -> i64 {
        self.head
    }

    /// What became of the samples so far.
    pub fn counters(&self) -> RingCounters {
        self.counters
    }

    /// Fills `block` with what the device heard `delay_nanos` before the block's own time, `line` saying which
    /// sample that is. The rate of `block` must be the device's. What isn't there is silent and counted.
    pub fn fill(&mut self, block: &mut AudioBlock, line: &LineFit, delay_nanos: i64) {
        let channels = usize::from(block.channels.max(1));
        let wanted = Timestamp::from_nanos(block.pts.as_nanos() - delay_nanos);
        let Some(place) = line.count_at(wanted) else {
            block.samples.fill(0.0);
            self.counters.missing += block.frames() as u64;
            return;
        };
        let mut next = self.anchor(place, f64::from(block.rate));
        for instant in block.samples.chunks_mut(channels) {
            let sample = self.read(next);
            self.counters.missing += u64::from(sample.is_none());
            write(instant, sample.unwrap_or_default());
            next += 1;
        }
        self.next = Some(next);
    }

    /// Lets the next block begin where the line says, however near it is: its delay was changed.
    pub fn reanchor(&mut self) {
        if self.next.take().is_some() {
            self.counters.reanchored += 1;
        }
    }

    /// Where to read on: at the next sample, or at `place` when that is too far from it.
    fn anchor(&mut self, place: f64, rate: f64) -> i64 {
        let anew = place.round() as i64;
        match self.next {
            Some(next) if (place - next as f64).abs() <= APART_SECONDS * rate => next,
            Some(_) => {
                self.counters.reanchored += 1;
                anew
            }
            None => anew,
        }
    }

    fn read(&self, at: i64) -> Option<[f32; 2]> {
        let oldest = (self.head - self.samples.len() as i64).max(0);
        (oldest..self.head)
            .contains(&at)
            .then(|| self.samples[self.slot(at)])
    }

    fn slot(&self, at: i64) -> usize {
        at.rem_euclid(self.samples.len() as i64) as usize
    }
}

/// Writes one instant in as many channels as are wanted; a single one gets the mean of both sides.
fn write(instant: &mut [f32], sample: [f32; 2]) {
    match instant {
        [mono] => *mono = (sample[0] + sample[1]) / 2.0,
        more => {
            more.fill(0.0);
            more.iter_mut().zip(sample).for_each(|(out, s)| *out = s);
        }
    }
}

#[cfg(test)]
mod tests;
