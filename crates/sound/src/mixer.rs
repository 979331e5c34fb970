//! The mixer: inputs with gain and mute become the program.

use media::AudioBlock;

use crate::level::{Level, Meter, from_db};
use crate::{CHANNELS, RATE};

/// No sample of the program is above this: -1 dBFS, so that an AAC decoder's overshoot stays below full scale.
const CEILING: f32 = 0.891_250_9;
/// Up to here the program is the plain sum: -3 dBFS.
const KNEE: f32 = 0.707_945_8;

/// One fader. A change of gain or mute is spread over the block it first meets, so that it makes no click.
#[derive(Clone, Debug)]
pub struct Input {
    gain_db: f32,
    mute: bool,
    factor: f32,
    meter: Meter,
}

impl Input {
    fn new() -> Self {
        Self {
            gain_db: 0.0,
            mute: false,
            factor: 1.0,
            meter: Meter::default(),
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
        self.meter.level()
    }

    fn target(&self) -> f32 {
        if self.mute { 0.0 } else { from_db(self.gain_db) }
    }
}

/// Sums its inputs into 48 kHz stereo. Above -3 dBFS the sum bends softly and never passes -1 dBFS: a safe
/// ceiling, not a limiter.
#[derive(Clone, Debug, Default)]
pub struct Mixer {
    inputs: Vec<Input>,
    program: Meter,
    refused: u64,
}

impl Mixer {
    /// A mixer with `inputs` faders at 0 dB.
    pub fn new(inputs: usize) -> Self {
        Self {
            inputs: (0..inputs).map(|_| Input::new()).collect(),
            ..Self::default()
        }
    }

    /// Adds a fader at 0 dB and says its number.
    pub fn add_input(&mut self) -> usize {
        self.inputs.push(Input::new());
        self.inputs.len() - 1
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

    /// Mixes one block: `blocks[i]` goes through fader `i`, the sum replaces the samples of `program`, whose
    /// `pts` and length stay. Blocks beyond the last fader are not heard; what is shorter than the program
    /// ends in silence. Mono is heard on both sides. Allocates nothing.
    ///
    /// A program that isn't 48 kHz stereo is left silent and counted.
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
        for s in &mut program.samples {
            *s = ceiling(*s);
        }
        self.program.follow(&program.samples, seconds(program));
    }
}

impl Input {
    /// Brings `block` to the fader's gain, moving there from the last block's in a straight line.
    fn fade(&mut self, block: &mut AudioBlock) {
        let (from, to) = (self.factor, self.target());
        let channels = usize::from(block.channels);
        let step = (to - from) / block.frames().max(1) as f32;
        let mut factor = from;
        for instant in block.samples.chunks_mut(channels) {
            factor += step;
            for s in instant {
                // A sample that is no number would stay in every meter.
                *s = if s.is_finite() { *s * factor } else { 0.0 };
            }
        }
        self.factor = to;
        self.meter.follow(&block.samples, seconds(block));
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

/// Leaves what is below the knee alone and bends the rest by a hyperbolic tangent: continuous, with a
/// continuous slope, never above the ceiling.
fn ceiling(s: f32) -> f32 {
    let size = s.abs();
    if size <= KNEE {
        return s;
    }
    let room = CEILING - KNEE;
    (KNEE + room * ((size - KNEE) / room).tanh()).copysign(s)
}

fn seconds(block: &AudioBlock) -> f32 {
    block.frames() as f32 / block.rate.max(1) as f32
}

#[cfg(test)]
mod tests;
