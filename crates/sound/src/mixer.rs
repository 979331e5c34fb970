//! The mixer: inputs with gain and mute become the program.

use std::time::Duration;

use media::{AudioBlock, Timestamp};

use crate::level::{Level, Meter, ReductionMeter, clipped, from_db};
use crate::levels::InputLevels;
use crate::limiter::{LOOKAHEAD, Limiter};
use crate::{CHANNELS, RATE};

/// How far the limiter looks ahead: what [`Mixer::mix`] hands out is of this much before.
pub const LIMITER_DELAY: Duration = Duration::from_nanos((LOOKAHEAD * 1_000_000_000 / RATE as usize) as u64);

/// One fader. A change of gain or mute is spread over the block it first meets, so that it makes no click.
#[derive(Clone, Debug)]
pub struct Input {
    gain_db: f32,
    mute: bool,
    factor: f32,
    before: Meter,
    after: Meter,
    clipped: u64,
}

impl Input {
    fn new() -> Self {
        Self {
            gain_db: 0.0,
            mute: false,
            factor: 1.0,
            before: Meter::default(),
            after: Meter::default(),
            clipped: 0,
        }
    }

    /// Sets the gain in dB, held to -120 (silence) to +20; what is no number counts as 0.
    pub fn set_gain_db(&mut self, gain_db: f32) {
        let gain_db = if gain_db.is_nan() { 0.0 } else { gain_db };
        self.gain_db = gain_db.clamp(crate::level::SILENCE_DB, 20.0);
    }

    /// Silences the input, or lets it be heard again.
    pub fn set_mute(&mut self, mute: bool) {
        self.mute = mute;
    }

    /// The gain in dB.
    pub fn gain_db(&self) -> f32 {
        self.gain_db
    }

    /// Whether the input is silenced.
    pub fn muted(&self) -> bool {
        self.mute
    }

    /// Level of the input behind its fader.
    pub fn level(&self) -> Level {
        self.after.level()
    }

    /// Level of the input before its fader, also while it is muted.
    pub fn level_before(&self) -> Level {
        self.before.level()
    }

    /// Samples that came in at full scale or beyond (from the highest code of 16 bits on), of all channels.
    pub fn clipped(&self) -> u64 {
        self.clipped
    }

    /// All of its meters.
    pub fn levels(&self) -> InputLevels {
        InputLevels {
            before: self.level_before(),
            after: self.level(),
            clipped: self.clipped,
            gain_db: self.gain_db,
            muted: self.mute,
        }
    }

    fn target(&self) -> f32 {
        if self.mute { 0.0 } else { from_db(self.gain_db) }
    }
}

/// Sums its inputs into 48 kHz stereo and holds the sum to -1 dBFS (sample peak) by a limiter that looks
/// [`LIMITER_DELAY`] ahead, turns down before a peak and lets go with a time constant of 150 ms. A sum that
/// stays below leaves as it was, bit by bit.
#[derive(Clone, Debug)]
pub struct Mixer {
    inputs: Vec<Input>,
    limiter: Limiter,
    program: Meter,
    reduction: ReductionMeter,
    refused: u64,
}

impl Default for Mixer {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Mixer {
    /// A mixer with `inputs` faders at 0 dB.
    pub fn new(inputs: usize) -> Self {
        Self {
            inputs: (0..inputs).map(|_| Input::new()).collect(),
            limiter: Limiter::new(),
            program: Meter::default(),
            reduction: ReductionMeter::default(),
            refused: 0,
        }
    }

    /// Adds a fader at 0 dB and says its number.
    pub fn add_input(&mut self) -> usize {
        self.inputs.push(Input::new());
        self.inputs.len() - 1
    }

    /// Takes the fader `index` away; those behind it move up. Nothing happens when there is none.
    pub fn remove_input(&mut self, index: usize) {
        if index < self.inputs.len() {
            self.inputs.remove(index);
        }
    }

    /// The fader `index`.
    pub fn input(&self, index: usize) -> Option<&Input> {
        self.inputs.get(index)
    }

    /// The fader `index`, to be moved.
    pub fn input_mut(&mut self, index: usize) -> Option<&mut Input> {
        self.inputs.get_mut(index)
    }

    /// All faders, in order.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Level of the program.
    pub fn level(&self) -> Level {
        self.program.level()
    }

    /// Blocks left out because they were not 48 kHz with one or two channels.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// How far the limiter turns the program down, in dB: the most of late, falling by 20 dB in 1.7 s.
    pub fn reduction_db(&self) -> f32 {
        self.reduction.reduction_db()
    }

    /// Mixes one block: `blocks[i]` goes through fader `i`, the limited sum replaces the samples of `program`,
    /// whose length stays. Blocks beyond the last fader are not heard; what is shorter than the program ends
    /// in silence. Mono is heard on both sides. Allocates nothing.
    ///
    /// Call it with consecutive blocks, and with `program.pts` set to the time of the inputs' first samples.
    /// The limiter hands out the sum of [`LIMITER_DELAY`] before, so that much is taken off `program.pts`,
    /// from the first block on: it then is the exact time of the samples in it. The first block begins with
    /// that much silence, and the last that much of the inputs stays in the mixer.
    ///
    /// A program that isn't 48 kHz stereo is left silent, at its pts, and counted.
    pub fn mix(&mut self, blocks: &mut [AudioBlock], program: &mut AudioBlock) {
        program.samples.fill(0.0);
        if program.rate != RATE || program.channels != CHANNELS {
            self.refused += 1;
            return;
        }
        for (input, block) in self.inputs.iter_mut().zip(blocks) {
            if block.rate != RATE || !(1..=CHANNELS).contains(&block.channels) {
                self.refused += 1;
                continue;
            }
            input.fade(block);
            add(block, &mut program.samples);
        }
        let gain = self.limiter.run(&mut program.samples);
        let delay = LIMITER_DELAY.as_nanos() as i64;
        program.pts = Timestamp::from_nanos(program.pts.as_nanos().saturating_sub(delay));
        self.program.follow(&program.samples, seconds(program));
        self.reduction.follow(gain, seconds(program));
    }
}

impl Input {
    /// Brings `block` to the fader's gain, moving there from the last block's in a straight line.
    fn fade(&mut self, block: &mut AudioBlock) {
        // A sample that is no number would stay in every meter.
        let unheard = block.samples.iter_mut().filter(|s| !s.is_finite());
        unheard.for_each(|s| *s = 0.0);
        self.clipped += clipped(&block.samples);
        self.before.follow(&block.samples, seconds(block));
        let (from, to) = (self.factor, self.target());
        let channels = usize::from(block.channels);
        let step = (to - from) / block.frames().max(1) as f32;
        let mut factor = from;
        for instant in block.samples.chunks_mut(channels) {
            factor += step;
            instant.iter_mut().for_each(|s| *s *= factor);
        }
        self.factor = to;
        self.after.follow(&block.samples, seconds(block));
    }
}

fn add(block: &AudioBlock, sum: &mut [f32]) {
    if block.channels == CHANNELS {
        for (out, s) in sum.iter_mut().zip(&block.samples) {
            *out += s;
        }
    } else {
        for (out, s) in sum.chunks_mut(2).zip(&block.samples) {
            out.iter_mut().for_each(|o| *o += s);
        }
    }
}

fn seconds(block: &AudioBlock) -> f32 {
    block.frames() as f32 / block.rate.max(1) as f32
}

#[cfg(test)]
mod tests;
