//! Matrices and ranges: the conversion against the long way through R'G'B', and known colours on the device.

use media::{ColorInfo, Matrix, PixelFormat, Range, Siting, Size};
use proptest::prelude::*;

use super::{compositor, draw, frame};
use crate::color::{Conversion, from_rgb, program_code, to_rgb};
use crate::{Background, Compositor, Layer, Options, Rect, Scene, SourceFormat};

fn any_color() -> impl Strategy<Value = ColorInfo> {
    let matrix = prop_oneof![Just(Matrix::Bt601), Just(Matrix::Bt709), Just(Matrix::Bt2020)];
    let range = prop_oneof![Just(Range::Limited), Just(Range::Full)];
    (matrix, range).prop_map(|(matrix, range)| ColorInfo {
        matrix,
        range,
        siting: Siting::Left,
    })
}

fn apply(c: &Conversion, [y, cb, cr]: [f32; 3]) -> [f32; 3] {
    let chroma = |m: [f32; 3]| m[0] * cb + m[1] * cr + m[2];
    [
        c.luma[0] * y + c.luma[1] * cb + c.luma[2] * cr + c.luma[3],
        chroma(c.cb),
        chroma(c.cr),
    ]
}

/// Code values of Y' 0 to 1, Cb and Cr -0.5 to 0.5.
fn quantise(range: Range, [y, cb, cr]: [f64; 3]) -> [f64; 3] {
    match range {
        Range::Limited => [16.0 + 219.0 * y, 128.0 + 224.0 * cb, 128.0 + 224.0 * cr],
        Range::Full => [255.0 * y, 128.0 + 255.0 * cb, 128.0 + 255.0 * cr],
    }
}

proptest! {
    #[test]
    fn a_colour_stays_itself_whatever_carries_it(color in any_color(), r in 0u8..=255, g in 0u8..=255, b in 0u8..=255) {
        let rgb = [r, g, b].map(|c| f64::from(c) / 255.0);
        let source = quantise(color.range, from_rgb(color.matrix, rgb)).map(|v| v as f32);
        let got = apply(&Conversion::to_program(color), source);
        let wanted = program_code([r, g, b]);
        for (a, b) in got.iter().zip(wanted) {
            prop_assert!((a - b).abs() < 0.01, "{got:?} {wanted:?}");
        }
    }

    #[test]
    fn a_matrix_and_its_inverse_undo_each_other(color in any_color(), r in 0.0..1.0, g in 0.0..1.0, b in 0.0..1.0) {
        let back = to_rgb(color.matrix, from_rgb(color.matrix, [r, g, b]));
        for (a, b) in back.iter().zip([r, g, b]) {
            prop_assert!((a - b).abs() < 1e-9);
        }
    }
}

#[test]
fn known_colours_of_full_range_601_become_limited_709() {
    // Red, green, blue, white, black, grey: full range BT.601 (T.871) and limited BT.709 of the same colours.
    let known = [
        ([76, 85, 255], [63, 102, 240]),
        ([150, 44, 21], [173, 42, 26]),
        ([29, 255, 107], [32, 240, 118]),
        ([255, 128, 128], [235, 128, 128]),
        ([0, 128, 128], [16, 128, 128]),
        ([128, 128, 128], [126, 128, 128]),
    ];
    let size = Size::new(16, 16);
    let Some(mut c) = compositor(size) else { return };
    let scene = Scene {
        sources: vec![SourceFormat {
            format: PixelFormat::I420,
            size,
        }],
        background: Background::Layer,
        layers: vec![Layer::new(0, Rect::full(size))],
    };
    for (from, to) in known {
        let camera = frame(PixelFormat::I420, size, ColorInfo::JPEG, |n| {
            from[if n < 256 { 0 } else { 1 + (n - 256) / 64 }]
        });
        let out = draw(&mut c, &scene, &[Some(camera)]);
        let got = [out.plane(0)[0], out.plane(1)[0], out.plane(1)[1]];
        assert!(
            got.iter().zip(to).all(|(a, b): (&u8, u8)| a.abs_diff(b) <= 1),
            "{from:?}: {got:?}, not {to:?}"
        );
    }
    assert_eq!(c.counters().kernels, 1);
    assert_eq!(c.counters().layered, 0);
}

#[test]
fn a_picture_can_be_delivered_in_the_colours_of_jpeg() {
    // Full range BT.601 of red, green, blue, white, black and grey, as above.
    let known = [
        ([255, 0, 0], [76, 85, 255]),
        ([0, 255, 0], [150, 44, 21]),
        ([0, 0, 255], [29, 255, 107]),
        ([255, 255, 255], [255, 128, 128]),
        ([0, 0, 0], [0, 128, 128]),
        ([128, 128, 128], [128, 128, 128]),
    ];
    let options = Options {
        size: Size::new(16, 16),
        queue: 1,
    };
    if compositor(options.size).is_none() {
        return;
    }
    let mut c = Compositor::unhurried(options, ColorInfo::JPEG).unwrap();
    for (rgb, to) in known {
        let scene = Scene {
            sources: Vec::new(),
            background: Background::Color(rgb),
            layers: Vec::new(),
        };
        let out = draw(&mut c, &scene, &[]);
        assert_eq!((out.color.matrix, out.color.range), (Matrix::Bt601, Range::Full));
        let got = [out.plane(0)[0], out.plane(1)[0], out.plane(1)[1]];
        assert!(
            got.iter().zip(to).all(|(a, b): (&u8, u8)| a.abs_diff(b) <= 1),
            "{rgb:?}: {got:?}, not {to:?}"
        );
    }
}
