//! What a colour correction does to colours one knows.

use proptest::prelude::*;

use crate::Correction;
use crate::color::program_code;
use crate::grade::{NEUTRAL, grade};

/// Corrected code values.
fn apply(c: Correction, ycc: [f32; 3]) -> [f32; 3] {
    grade(&c).map(|row| row[0] * ycc[0] + row[1] * ycc[1] + row[2] * ycc[2] + row[3])
}

fn near(a: [f32; 3], b: [f32; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.02)
}

const PLAIN: Correction = Correction {
    exposure: 0.0,
    contrast: 0.0,
    temperature: 0.0,
    tint: 0.0,
    saturation: 1.0,
};

#[test]
fn a_correction_of_nothing_is_nothing() {
    for (row, wanted) in grade(&Correction::default()).into_iter().zip(NEUTRAL) {
        assert!(
            row.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-4),
            "{row:?}"
        );
    }
}

#[test]
fn one_stop_is_twice_the_light() {
    // R'G'B' 0.5 is 0.1895 of white's light (BT.1886); 0.6674 is twice that.
    let exposure = Correction {
        exposure: 1.0,
        ..PLAIN
    };
    let [y, cb, cr] = apply(exposure, [16.0 + 219.0 * 0.5, 128.0, 128.0]);
    assert!(
        near([y, cb, cr], [16.0 + 219.0 * 0.6674, 128.0, 128.0]),
        "{y} {cb} {cr}"
    );
}

#[test]
fn contrast_leaves_mid_grey_alone() {
    let grey = 16.0 + 219.0 * 0.18f32.powf(1.0 / 2.4);
    for contrast in [-1.0, -0.3, 0.5, 1.0] {
        let got = apply(Correction { contrast, ..PLAIN }, [grey, 128.0, 128.0]);
        assert!(near(got, [grey, 128.0, 128.0]), "{got:?}");
    }
    let [dark, ..] = apply(
        Correction {
            contrast: 0.5,
            ..PLAIN
        },
        [grey - 10.0, 128.0, 128.0],
    );
    assert!((dark - (grey - 20.0)).abs() < 0.1, "{dark}");
}

#[test]
fn warmer_is_redder_and_a_tint_is_magenta() {
    let grey = [126.0, 128.0, 128.0];
    let [y, cb, cr] = apply(
        Correction {
            temperature: 0.5,
            ..PLAIN
        },
        grey,
    );
    assert!(
        (y - 126.0).abs() < 0.02 && cb < 120.0 && cr > 134.0,
        "{y} {cb} {cr}"
    );
    let [y, cb, cr] = apply(Correction { tint: 0.5, ..PLAIN }, grey);
    assert!(
        (y - 126.0).abs() < 0.02 && cb > 130.0 && cr > 130.0,
        "{y} {cb} {cr}"
    );
}

#[test]
fn without_saturation_a_colour_is_grey() {
    let orange = program_code([230, 120, 20]);
    let got = apply(
        Correction {
            saturation: 0.0,
            ..PLAIN
        },
        orange,
    );
    assert!(near(got, [orange[0], 128.0, 128.0]), "{got:?}");
    let [_, cb, cr] = apply(
        Correction {
            saturation: 2.0,
            ..PLAIN
        },
        orange,
    );
    let twice = |a: f32, b: f32| (a - 128.0 - 2.0 * (b - 128.0)).abs() < 0.02;
    assert!(twice(cb, orange[1]) && twice(cr, orange[2]));
}

proptest! {
    #[test]
    fn white_balance_and_saturation_keep_a_greys_luma(
        temperature in -1.0..1.0f32,
        tint in -1.0..1.0f32,
        saturation in 0.0..4.0f32,
        y in 16.0..235.0f32,
    ) {
        let got = apply(Correction { temperature, tint, saturation, ..PLAIN }, [y, 128.0, 128.0]);
        prop_assert!((got[0] - y).abs() < 0.02, "{:?}", got);
    }
}
