use media::{AudioBlock, AudioSource};
use proptest::prelude::*;

use super::*;
use crate::limiter::CEILING;
use crate::{BLOCK, Click, Tone, block_time};

fn silence(n: u64) -> AudioBlock {
    AudioBlock::silence(block_time(n), RATE, CHANNELS, BLOCK)
}

fn constant(value: f32, channels: u16) -> AudioBlock {
    let mut block = AudioBlock::silence(block_time(0), RATE, channels, BLOCK);
    block.samples.fill(value);
    block
}

/// The program of `blocks` blocks whose inputs are constant.
fn mixed(mixer: &mut Mixer, inputs: &[AudioBlock], blocks: u64) -> Vec<f32> {
    let mut heard = Vec::new();
    for n in 0..blocks {
        let mut program = silence(n);
        mixer.mix(&mut inputs.to_vec(), &mut program);
        heard.append(&mut program.samples);
    }
    heard
}

#[test]
fn inputs_are_summed_with_their_gains() {
    let mut mixer = Mixer::new(2);
    mixer.input_mut(1).unwrap().set_gain_db(-6.0206);
    let heard = mixed(&mut mixer, &[constant(0.2, 2), constant(0.4, 1)], 3);
    assert_eq!(heard.len(), 3 * 2 * BLOCK);
    assert!(heard[2 * 2 * BLOCK..].iter().all(|s| (s - 0.4).abs() < 1e-4));
}

#[test]
fn a_sample_stands_at_its_own_time_though_the_limiter_is_late() {
    let (mut mixer, mut click) = (Mixer::new(1), Click::new(-6.0));
    let (mut clicks, mut last) = (Vec::new(), None);
    for n in 90..310 {
        let mut blocks = [silence(n)];
        click.fill(&mut blocks[0]);
        let mut program = silence(n);
        mixer.mix(&mut blocks, &mut program);
        assert_eq!(
            program.pts,
            Timestamp::from_nanos(block_time(n).as_nanos() - 5_000_000)
        );
        let begins = program.pts.as_ticks(RATE);
        for (at, s) in (begins..).zip(program.samples.iter().step_by(2)) {
            if *s != 0.0 && last.is_none_or(|l| at - l > 1_000) {
                clicks.push(at);
            }
            last = if *s != 0.0 { Some(at) } else { last };
        }
    }
    assert_eq!(clicks, [48_000, 96_000, 144_000]);
}

#[test]
fn a_mute_takes_one_block_and_makes_no_step() {
    let mut mixer = Mixer::new(1);
    let input = [constant(0.5, 2)];
    let mut heard = mixed(&mut mixer, &input, 2);
    mixer.input_mut(0).unwrap().set_mute(true);
    heard.append(&mut mixed(&mut mixer, &input, 3));
    // From 5 ms on it sounds; the mute begins at 25 ms and takes 10 ms.
    let instants: Vec<f32> = heard.iter().step_by(2).copied().collect();
    let steps = instants[241..].windows(2).map(|w| (w[1] - w[0]).abs());
    assert!(steps.fold(0.0, f32::max) < 0.002 && instants[1_199] == 0.5);
    assert!(instants[1_200] < 0.5 && instants[1_678] > 0.0);
    assert!(instants[1_680..].iter().all(|s| *s == 0.0));
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
    let input = mixer.input(0).unwrap();
    for level in [mixer.level(), input.level(), input.level_before()] {
        assert!((level.peak_db + 6.0).abs() < 0.1, "{level:?}");
        assert!((level.hold_db + 6.0).abs() < 0.1, "{level:?}");
        assert!((level.rms_db + 9.01).abs() < 0.1, "{level:?}");
    }
    assert_eq!(mixer.reduction_db(), 0.0);
}

#[test]
fn a_muted_input_that_hears_something_is_seen() {
    let mut mixer = Mixer::new(2);
    mixer.input_mut(0).unwrap().set_mute(true);
    mixed(&mut mixer, &[constant(0.1, 1), constant(0.001, 1)], 100);
    let [muted, open] = [0, 1].map(|n| mixer.input(n).unwrap().levels());
    assert!(muted.spoken_unheard() && !open.spoken_unheard());
    assert!((muted.before.peak_db + 20.0).abs() < 0.1 && muted.after.rms_db < -30.0);
    mixer.input_mut(1).unwrap().set_mute(true);
    mixed(&mut mixer, &[constant(0.0, 1), constant(0.001, 1)], 200);
    let heard = |input: &Input| input.levels().spoken_unheard();
    assert!(!mixer.inputs().iter().any(heard), "{:?}", mixer.inputs());
}

#[test]
fn an_input_that_is_turned_down_out_of_hearing_is_seen() {
    let mut mixer = Mixer::new(2);
    [-60.0, -10.0]
        .into_iter()
        .zip(0..)
        .for_each(|(db, n)| mixer.input_mut(n).unwrap().set_gain_db(db));
    mixed(&mut mixer, &[constant(0.1, 1), constant(0.1, 1)], 100);
    let faded = |n| mixer.input(n).unwrap().levels().spoken_unheard();
    assert!(faded(0) && !faded(1));
}

#[test]
fn nothing_at_all_is_told_from_a_quiet_room() {
    let mut mixer = Mixer::new(1);
    mixed(&mut mixer, &[constant(0.0, 1)], 100);
    let nothing = mixer.level().nothing_seconds;
    assert!(nothing > 0.5, "{nothing}");
    mixed(&mut mixer, &[constant(0.0001, 1)], 100);
    assert_eq!(mixer.level().nothing_seconds, 0.0);
}

#[test]
fn clipped_samples_are_counted_where_they_come_in() {
    let mut mixer = Mixer::new(2);
    mixer.input_mut(0).unwrap().set_gain_db(-20.0);
    let mut loud = constant(0.0, 2);
    loud.samples[10..13].copy_from_slice(&[1.0, -1.0, f32::INFINITY]);
    mixed(&mut mixer, &[loud, constant(0.9, 2)], 5);
    let clipped: Vec<u64> = mixer.inputs().iter().map(Input::clipped).collect();
    assert_eq!(clipped, [10, 0]);
}

#[test]
fn a_sum_that_is_too_loud_is_turned_down_and_the_meter_says_how_far() {
    let mut mixer = Mixer::new(2);
    let heard = mixed(&mut mixer, &[constant(0.8, 2), constant(0.8, 2)], 10);
    assert!(heard[2 * 1_000..].iter().all(|s| (s - CEILING).abs() < 1e-5));
    // 1.6 is 5.08 dB above -1 dBFS.
    assert!(
        (mixer.reduction_db() - 5.08).abs() < 0.01,
        "{}",
        mixer.reduction_db()
    );
    assert!((mixer.level().peak_db + 1.0).abs() < 0.01);
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
        let mut mixer = Mixer::new(2);
        mixer.input_mut(0).unwrap().set_gain_db(gain);
        let mut block = silence(0);
        block.samples.iter_mut().zip(values).for_each(|(s, v)| *s = v);
        let heard = mixed(&mut mixer, &[block.clone(), block], 3);
        prop_assert!(heard.iter().all(|s| s.abs() <= CEILING));
        let level = mixer.level();
        prop_assert!(level.peak_db.is_finite() && level.rms_db.is_finite());
    }

    #[test]
    fn below_the_ceiling_the_sum_is_left_alone(a in -0.44f32..0.44, b in -0.44f32..0.44) {
        let mut mixer = Mixer::new(2);
        let heard = mixed(&mut mixer, &[constant(a, 2), constant(b, 2)], 2);
        prop_assert!(heard[2 * LOOKAHEAD..].iter().all(|s| *s == a + b));
    }
}
