//! A device's sound, handed out by time on the show clock.

use std::time::Duration;

use media::{AudioBlock, Timestamp};

use crate::pace::Pace;
use crate::resampler::Resampler;
use crate::ring::AudioRing;
use crate::{BLOCK, LineFit, RATE};

/// Arrivals of this long are awaited before anything is heard: the first ones are often late, and the line
/// finds its place among them.
const LISTENING_NANOS: i64 = 300_000_000;
/// Reading jumps only when it is further than this from where the line says it should be: a real gap.
const APART_SECONDS: f64 = 0.05;
/// The line goes over so much: twice its usual window, as arrivals through a sound server jitter by 10 ms.
const WINDOW: Duration = Duration::from_secs(20);
/// Seconds of sound kept: the longest delay and as much again.
const KEPT_SECONDS: usize = 2;

/// What became of the samples, in instants of the device (samples of each channel).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlayoutCounters {
    /// Pushed by the device.
    pub received: u64,
    /// Asked for and not there: late, lost, or too old. Silence was heard.
    pub missing: u64,
    /// How often reading jumped: it was more than 50 ms from where it should have been, or its delay changed.
    pub reanchored: u64,
}

impl std::ops::Add for PlayoutCounters {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            received: self.received + other.received,
            missing: self.missing.saturating_add(other.missing),
            reanchored: self.reanchored + other.reanchored,
        }
    }
}

/// Keeps what a device recorded and hands it out as 48 kHz by its time on the show clock.
///
/// The device's count (instants since it was opened) is tied to the clock by a [`LineFit`] over the arrivals.
/// Reading goes on without a break, resampled at a pace that follows the line's drift; what is left of the
/// distance to the line is worked off by a correction of less than a thousandth, so slowly that no pitch is
/// heard to move. The reach of the resampler's filter is part of the sum: a sample stands at its own time.
/// Memory is taken once, in `new`.
pub struct Playout {
    rate: f64,
    ring: AudioRing,
    line: LineFit,
    resampler: Resampler,
    pace: Pace,
    arrivals: Option<(Timestamp, Timestamp)>,
    sounding: bool,
    counters: PlayoutCounters,
}

impl Playout {
    /// For a device that counts `rate` (8000 to 384 000) instants a second and records `channels`. Mono is
    /// heard on both sides; of more than two channels the first two count. Allocates some hundred kilobytes
    /// and computes filters: not for the mixer's thread.
    pub fn new(rate: u32, channels: u16) -> Self {
        let ring = AudioRing::new(KEPT_SECONDS * rate.max(1) as usize, channels);
        Self {
            rate: f64::from(rate.max(1)),
            resampler: Resampler::new(rate, ring.channels()),
            line: LineFit::with_window(f64::from(rate.max(1)), WINDOW),
            ring,
            pace: Pace::default(),
            arrivals: None,
            sounding: false,
            counters: PlayoutCounters::default(),
        }
    }

    /// Instants a second of the device, as it says itself.
    pub fn rate(&self) -> u32 {
        self.rate as u32
    }

    /// Adds samples as the device gave them, interleaved in `channels`.
    pub fn push(&mut self, samples: &[f32], channels: u16) {
        self.counters.received += self.ring.push(samples, channels);
    }

    /// Counts `instants` that the device recorded but that never got here: they are silent.
    pub fn lose(&mut self, instants: u64) {
        self.ring.lose(instants);
        self.counters.missing = self.counters.missing.saturating_add(instants);
    }

    /// Takes in that all that was pushed or lost so far had arrived at `at`.
    pub fn arrived(&mut self, at: Timestamp) {
        self.line.observe(self.ring.head(), at);
        let first = self.arrivals.map_or(at, |(first, _)| first);
        self.arrivals = Some((first, at));
    }

    /// Until when on the show clock there is sound to be handed out: the newest sample's time, less the reach
    /// of the resampler's filter.
    pub fn heard_until(&self) -> Option<Timestamp> {
        self.line.at(self.ring.head() - self.resampler.lookahead())
    }

    /// How much faster than its nominal rate the device counts, in parts per million; negative when slower.
    pub fn drift_ppm(&self) -> f64 {
        self.line.drift_ppm()
    }

    /// How much faster than its nominal rate the device is read now, in parts per million.
    pub fn pace_ppm(&self) -> f64 {
        self.pace.offset() * 1e6
    }

    /// What became of the samples so far.
    pub fn counters(&self) -> PlayoutCounters {
        self.counters
    }

    /// Whether it has begun to hand out sound.
    pub fn sounding(&self) -> bool {
        self.sounding
    }

    /// Fills `block` (48 kHz) with what the device heard `delay_nanos` before the block's own time. What isn't
    /// there is silent and counted; so is a block of another rate. The beginning, until the device has been
    /// heard for 300 ms and for as long as the delay, is silent and not counted. Says whether it sounded.
    pub fn fill(&mut self, block: &mut AudioBlock, delay_nanos: i64) -> bool {
        let channels = usize::from(block.channels.max(1));
        if block.rate != RATE {
            block.samples.fill(0.0);
            self.counters.missing = self.counters.missing.saturating_add(block.frames() as u64);
            return self.sounding;
        }
        let (begin, mut done) = (block.pts.as_nanos().saturating_sub(delay_nanos), 0);
        for part in block.samples.chunks_mut(BLOCK * channels) {
            let elapsed = Timestamp::from_ticks(done, RATE).as_nanos();
            self.part(
                part,
                channels,
                Timestamp::from_nanos(begin.saturating_add(elapsed)),
            );
            done += (part.len() / channels) as i64;
        }
        self.sounding
    }

    /// Lets the next block begin exactly where the line says: its delay was changed.
    pub fn reanchor(&mut self) {
        if std::mem::take(&mut self.sounding) {
            self.counters.reanchored += 1;
        }
    }

    /// Fills up to a block with what was heard from `wanted` on.
    fn part(&mut self, part: &mut [f32], channels: usize, wanted: Timestamp) {
        part.fill(0.0);
        let instants = part.len() / channels;
        if instants == 0 || !self.aim(wanted, instants as f64 / f64::from(RATE)) {
            return;
        }
        let offset = self.pace.offset();
        let (made, missing) = self.resampler.run(instants, offset, &self.ring);
        self.counters.missing = self.counters.missing.saturating_add(missing);
        let width = self.ring.channels();
        for (out, made) in part.chunks_exact_mut(channels).zip(made.chunks_exact(width)) {
            write(out, made);
        }
    }

    /// Sets the pace so that reading comes to where the line says `wanted` is, or jumps there. Whether there is
    /// anything to be heard.
    fn aim(&mut self, wanted: Timestamp, seconds: f64) -> bool {
        let Some(place) = self.line.count_at(wanted) else {
            return false;
        };
        let drift = self.line.drift_ppm() / 1e6;
        if self.sounding {
            let behind = (place - self.resampler.position()) / self.rate;
            if behind.abs() <= APART_SECONDS {
                self.pace.follow(drift, behind, seconds);
                return true;
            }
            self.counters.reanchored += 1;
        } else if place < 0.0 || !self.listened() {
            return false;
        }
        self.pace.begin(drift);
        self.resampler.seek(place, drift, &self.ring);
        self.sounding = true;
        true
    }

    fn listened(&self) -> bool {
        let heard = self.arrivals.map(|(first, last)| last.nanos_since(first));
        heard.is_some_and(|nanos| nanos >= LISTENING_NANOS)
    }
}

/// Writes one instant of one or two channels in as many as are wanted; a single one gets the mean of both.
fn write(out: &mut [f32], made: &[f32]) {
    match (out, made) {
        ([mono], [left, right]) => *mono = (left + right) / 2.0,
        (out, [mono]) => out.iter_mut().take(2).for_each(|o| *o = *mono),
        (out, sides) => out.iter_mut().zip(sides).for_each(|(o, s)| *o = *s),
    }
}

#[cfg(test)]
mod tests;
