use media::{AudioBlock, AudioSource};
use proptest::prelude::*;

use super::*;
use crate::{BLOCK, Tone, block_time};

fn silence(n: u64) -> AudioBlock {
    AudioBlock::silence(block_time(n), RATE, CHANNELS, BLOCK)
}

fn constant(value: f32, channels: u16) -> AudioBlock {
    let mut block = AudioBlock::silence(block_time(0), RATE, channels, BLOCK);
    block.samples.fill(value);
    block
}

#[test]
fn inputs_are_summed_with_their_gains_and_keep_their_time() {
    let mut mixer = Mixer::new(2);
    mixer.input_mut(1).unwrap().set_gain_db(-6.0206);
    let mut program = silence(7);
    for _ in 0..2 {
        mixer.mix(&mut [constant(0.2, 2), constant(0.4, 1)], &mut program);
    }
    assert!(program.samples.iter().all(|s| (s - 0.4).abs() < 1e-4));
    assert_eq!((program.pts, program.samples.len()), (block_time(7), 2 * BLOCK));
}

#[test]
fn a_mute_takes_one_block_and_makes_no_step() {
    let mut mixer = Mixer::new(1);
    let mut program = silence(0);
    mixer.mix(&mut [constant(0.5, 2)], &mut program);
    mixer.input_mut(0).unwrap().set_mute(true);
    mixer.mix(&mut [constant(0.5, 2)], &mut program);
    let steps = program.samples.windows(3).map(|w| (w[2] - w[0]).abs());
    assert!(steps.fold(0.0, f32::max) < 0.002 && program.samples[0] > 0.49);
    mixer.mix(&mut [constant(0.5, 2)], &mut program);
    assert!(program.samples.iter().all(|s| *s == 0.0));
}

#[test]
fn the_meters_read_a_tone_of_minus_6_dbfs() {
    let (mut mixer, mut tone) = (Mixer::new(1), Tone::new(1_000.0, -6.0));
    let mut program = silence(0);
    for n in 0..300 {
        let mut block = silence(n);
        tone.fill(&mut block);
        mixer.mix(&mut [block], &mut program);
    }
    for level in [mixer.level(), mixer.input(0).unwrap().level()] {
        assert!((level.peak_db + 6.0).abs() < 0.1, "{level:?}");
        assert!((level.rms_db + 9.01).abs() < 0.1, "{level:?}");
    }
}

#[test]
fn what_is_not_48_khz_stereo_is_left_out_and_counted() {
    let mut mixer = Mixer::new(2);
    let mut foreign = constant(0.5, 2);
    foreign.rate = 44_100;
    let mut program = silence(0);
    mixer.mix(&mut [foreign, constant(0.5, 3)], &mut program);
    assert_eq!(mixer.refused(), 2);
    assert!(program.samples.iter().all(|s| *s == 0.0));
    let mut mono = constant(1.0, 1);
    mixer.mix(&mut [constant(0.5, 2)], &mut mono);
    assert_eq!((mixer.refused(), mono.samples[0]), (3, 0.0));
}

proptest! {
    #[test]
    fn the_program_never_passes_the_ceiling(values in prop::collection::vec(any::<f32>(), 1..64), gain in any::<f32>()) {
        let mut mixer = Mixer::new(1);
        mixer.input_mut(0).unwrap().set_gain_db(gain);
        let mut block = silence(0);
        block.samples.iter_mut().zip(values).for_each(|(s, v)| *s = v);
        let mut program = silence(0);
        mixer.mix(&mut [block], &mut program);
        prop_assert!(program.samples.iter().all(|s| s.abs() <= CEILING));
    }

    #[test]
    fn below_the_knee_the_sum_is_left_alone(a in -0.35f32..0.35, b in -0.35f32..0.35) {
        let mut mixer = Mixer::new(2);
        let mut program = silence(0);
        mixer.mix(&mut [constant(a, 2), constant(b, 2)], &mut program);
        prop_assert!(program.samples.iter().all(|s| (s - (a + b)).abs() < 1e-5));
    }
}
