//! An asynchronous resampler (rubato's windowed sinc) of which it is known, to a fraction of a sample, which
//! moment of the device each of its samples is.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Adjustable, Async, FixedAsync, Resampler as _, Resizable};
use rubato::{SincInterpolationParameters, SincInterpolationType, WindowFunction};

use crate::ring::AudioRing;
use crate::{BLOCK, RATE};

/// Length of the sinc at 48 kHz, in samples: with [`OVERSAMPLING`] and a Blackman-Harris window the least that
/// leaves speech and music alone; see the figures in `tests/drift.rs`.
const POINTS: usize = 64;
/// Sincs between two samples; in between it is interpolated linearly.
const OVERSAMPLING: usize = 256;
/// The pace never leaves this factor: a line's greatest drift, and more than is worked off at a time.
const MOST_PACE: f64 = 1.02;
/// The pace never leaves this many parts of the device's rate either way.
const MOST_OFFSET: f64 = 0.015;
/// Rates that are taken for a device's; others are held to them.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=384_000;

/// Turns a device's samples into 48 kHz at a pace that may change. Allocates only in `new`.
pub(crate) struct Resampler {
    sinc: Async<f32>,
    points: f64,
    channels: usize,
    /// Samples of the device for one of the program, at its nominal rate.
    nominal: f64,
    /// The same, at the pace of the last sample.
    step: f64,
    /// Count of the next sample of the device to be taken in.
    fed: i64,
    /// rubato's own position: that of the last sample handed out, against `fed` and without the sinc's reach.
    index: f64,
    taken: Vec<f32>,
    made: Vec<f32>,
}

impl Resampler {
    /// One for a device that counts `rate` a second, with one or two `channels`.
    pub(crate) fn new(rate: u32, channels: usize) -> Self {
        let rate = rate.clamp(*RATES.start(), *RATES.end());
        // The filter's reach is a time: it has to keep out what 48 kHz has no room for.
        let points = (POINTS as u64 * u64::from(rate))
            .div_ceil(u64::from(RATE))
            .max(POINTS as u64) as usize;
        let parameters = SincInterpolationParameters::new(points, WindowFunction::BlackmanHarris)
            .oversampling_factor(OVERSAMPLING)
            .interpolation(SincInterpolationType::Linear);
        let ratio = f64::from(RATE) / f64::from(rate);
        let sinc = Async::new_sinc(ratio, MOST_PACE, &parameters, BLOCK, channels, FixedAsync::Output)
            .expect("ratio, range and size are within what rubato takes");
        let taken = vec![0.0; sinc.input_frames_max() * channels];
        Self {
            points: points.next_multiple_of(8) as f64,
            channels,
            nominal: 1.0 / ratio,
            step: 1.0 / ratio,
            fed: 0,
            index: 0.0,
            taken,
            made: vec![0.0; BLOCK * channels],
            sinc,
        }
    }

    /// The device's count, with its fraction, of the next sample to be handed out.
    pub(crate) fn position(&self) -> f64 {
        self.fed as f64 + self.index + self.reach() + self.step
    }

    /// Samples of the device that must be there behind the one that is handed out.
    pub(crate) fn lookahead(&self) -> i64 {
        (self.points / 2.0).ceil() as i64 + 2
    }

    /// Goes to `place`, at the pace `1 + offset`: the next sample handed out is that moment of the device.
    pub(crate) fn seek(&mut self, place: f64, offset: f64, ring: &AudioRing) {
        self.sinc.reset();
        self.step = self.nominal * (1.0 + bounded(offset));
        self.index = 1.0 - self.points;
        // A block is made and thrown away, so that the filter has heard what was before; it begins at a whole
        // sample and is stretched by the fraction that is left.
        let steps = BLOCK as f64;
        let begin = place - self.reach() - self.index - (steps + 1.0) * self.step;
        self.fed = begin.floor() as i64;
        let stretched = self.step + (begin - begin.floor()) / steps;
        let step = std::mem::replace(&mut self.step, stretched);
        self.set_step(stretched, false);
        self.make(BLOCK, ring);
        self.step = step;
        self.set_step(step, false);
    }

    /// Makes `instants` (1 to [`BLOCK`]) samples, reaching the pace `1 + offset` at the last of them, and says
    /// how many samples of the device weren't there.
    pub(crate) fn run(&mut self, instants: usize, offset: f64, ring: &AudioRing) -> (&[f32], u64) {
        let instants = instants.clamp(1, BLOCK);
        let step = self.nominal * (1.0 + bounded(offset));
        // It can't be refused: 1 to what it was made with.
        let _ = self.sinc.set_chunk_size(instants);
        self.set_step(step, true);
        let missing = self.make_ramp(instants, step, ring);
        (&self.made[..instants * self.channels], missing)
    }

    fn make(&mut self, instants: usize, ring: &AudioRing) {
        self.make_ramp(instants, self.step, ring);
    }

    /// rubato raises the step by the same amount before each sample, until it is `to`.
    fn make_ramp(&mut self, instants: usize, to: f64, ring: &AudioRing) -> u64 {
        let frames = self.sinc.input_frames_next();
        let taken = &mut self.taken[..frames * self.channels];
        let missing = ring.read(self.fed, taken);
        let made = &mut self.made[..instants * self.channels];
        let input = InterleavedSlice::new(taken, self.channels, frames);
        let output = InterleavedSlice::new_mut(made, self.channels, instants);
        if let (Ok(input), Ok(mut output)) = (input, output) {
            // The sizes are those it asked for.
            let done = self.sinc.process_into_buffer(&input, &mut output, None);
            debug_assert!(done.is_ok(), "{done:?}");
        }
        let n = instants as f64;
        self.index += n * self.step + (to - self.step) * (n + 1.0) / 2.0 - frames as f64;
        self.fed += frames as i64;
        self.step = to;
        missing
    }

    fn set_step(&mut self, step: f64, ramp: bool) {
        // It can't be refused: the offset is bounded more tightly than the resampler's range.
        let _ = self.sinc.set_resample_ratio(1.0 / step, ramp);
    }

    /// From rubato's position to the middle of the sinc.
    fn reach(&self) -> f64 {
        self.points / 2.0 - 1.0 + 1.0 / OVERSAMPLING as f64
    }
}

fn bounded(offset: f64) -> f64 {
    offset.clamp(-MOST_OFFSET, MOST_OFFSET)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ring with a ramp: sample n has the value (n - 5000) / 65536 (exact in f32).
    fn ramp(instants: usize) -> AudioRing {
        let mut ring = AudioRing::new(instants, 1);
        let values: Vec<f32> = (0..instants).map(|n| (n as f32 - 5_000.0) / 65_536.0).collect();
        ring.push(&values, 1);
        ring
    }

    #[test]
    fn each_sample_is_of_the_moment_that_is_said() {
        let ring = ramp(60_000);
        for rate in [44_100, 48_000, 96_000] {
            let mut resampler = Resampler::new(rate, 1);
            for place in [4_000.0, 5_000.25, 4_321.999] {
                resampler.seek(place, 2e-4, &ring);
                assert!(
                    (resampler.position() - place).abs() < 1e-6,
                    "{}",
                    resampler.position()
                );
                for (n, instants) in [480, 480, 1, 17, 480].into_iter().enumerate() {
                    let position = resampler.position();
                    let offset = 1e-3 * (n as f64 - 2.0);
                    let (made, missing) = resampler.run(instants, offset, &ring);
                    let heard = f64::from(made[0]) * 65_536.0 + 5_000.0;
                    // Within 5 thousandths of a sample (the pace begins to move with the first one already),
                    // and as exact as the filter's gain is.
                    let exact = 0.005 + 2e-5 * (position - 5_000.0).abs();
                    assert!(
                        (heard - position).abs() < exact,
                        "{rate} Hz: {heard} at {position}"
                    );
                    assert_eq!(missing, 0);
                }
            }
        }
    }

    #[test]
    fn what_is_beyond_the_ring_is_silent_and_counted() {
        let ring = ramp(480);
        let mut resampler = Resampler::new(48_000, 1);
        resampler.seek(0.0, 0.0, &ring);
        let missing: u64 = (0..3).map(|_| resampler.run(480, 0.0, &ring).1).sum();
        // Two blocks of the three, and what the filter looks at behind the last.
        let most = 960 + resampler.lookahead() as u64;
        assert!((960..=most).contains(&missing), "{missing}");
        assert!(resampler.run(480, 0.0, &ring).0.iter().all(|s| *s == 0.0));
    }

    /// Gain of a tone of `hz`, and what is beside it against it, in dB.
    fn response(rate: u32, hz: f64) -> (f64, f64) {
        let turn = hz / f64::from(rate) * std::f64::consts::TAU;
        let tone: Vec<f32> = (0..2 * rate)
            .map(|n| (f64::from(n) * turn).sin() as f32)
            .collect();
        let mut ring = AudioRing::new(tone.len(), 1);
        ring.push(&tone, 1);
        let mut resampler = Resampler::new(rate, 1);
        // A pace at which a second of the program has a whole number of periods.
        resampler.seek(5_000.0, 1e-2, &ring);
        let made: Vec<f64> = (0..100)
            .flat_map(|_| resampler.run(480, 1e-2, &ring).0.to_vec())
            .map(f64::from)
            .collect();
        let turn = hz * 1.01 / f64::from(RATE) * std::f64::consts::TAU;
        let sum = |f: fn(f64) -> f64| {
            (0..)
                .zip(&made)
                .map(|(n, s)| s * f(f64::from(n) * turn))
                .sum::<f64>()
        };
        let half = made.len() as f64 / 2.0;
        let (s, c) = (sum(f64::sin) / half, sum(f64::cos) / half);
        let rest = (0..).zip(&made).map(|(n, x)| {
            let angle = f64::from(n) * turn;
            (x - s * angle.sin() - c * angle.cos()).powi(2)
        });
        let power = (s * s + c * c).max(1e-30);
        (
            10.0 * power.log10(),
            10.0 * (rest.sum::<f64>() / half / power).log10(),
        )
    }

    #[test]
    fn what_is_heard_of_sound_stays_as_it_was() {
        for (rate, highest) in [(44_100, 17_000.0), (48_000, 19_000.0), (96_000, 20_000.0)] {
            for hz in [100.0, 1_000.0, 10_000.0, highest] {
                let (gain, rest) = response(rate, hz);
                assert!(
                    gain.abs() < 0.1 && rest < -85.0,
                    "{rate} Hz, {hz} Hz: {gain} dB, rest {rest} dB"
                );
            }
        }
    }

    #[test]
    fn what_the_program_has_no_room_for_is_kept_out() {
        let (gain, rest) = response(96_000, 28_000.0);
        // 28 kHz would be heard as 20 kHz: both are so far below what came in.
        assert!(gain + rest.max(0.0) < -80.0, "{gain} dB, rest {rest} dB");
    }
}
