//! The 24 patches of a colour chart, from raw frames of every kind to the program picture: colour difference by
//! CIEDE2000 (CIE 142-2001; G. Sharma, W. Wu, E. Dalal, "The CIEDE2000 Color-Difference Formula", 2005).

use media::PixelFormat::{I420, Nv12, Yuyv};
use media::{ColorInfo, Matrix, PixelFormat, Range, Siting, Size, VideoFrame};

use super::{compositor, draw, frame};
use crate::color::{from_rgb, to_rgb};
use crate::{Background, Layer, Rect, Scene, SourceFormat};

/// sRGB of the ColorChecker Classic's patches, row by row.
pub(super) const PATCHES: [[u8; 3]; 24] = [
    [115, 82, 68],
    [194, 150, 130],
    [98, 122, 157],
    [87, 108, 67],
    [133, 128, 177],
    [103, 189, 170],
    [214, 126, 44],
    [80, 91, 166],
    [193, 90, 99],
    [94, 60, 108],
    [157, 188, 64],
    [224, 163, 46],
    [56, 61, 150],
    [70, 148, 73],
    [175, 54, 60],
    [231, 199, 31],
    [187, 86, 149],
    [8, 133, 161],
    [243, 243, 242],
    [200, 200, 200],
    [160, 160, 160],
    [122, 122, 121],
    [85, 85, 85],
    [52, 52, 52],
];
/// Pixels of a patch's side; six stand in a row.
pub(super) const SIDE: usize = 16;
pub(super) const SIZE: Size = Size::new(6 * SIDE as u32, 4 * SIDE as u32);

pub(super) type Lab = [f64; 3];

/// CIELAB of sRGB (0 to 1), white D65.
pub(super) fn lab(rgb: [f64; 3]) -> Lab {
    let [r, g, b] = rgb.map(|v| {
        let v = v.clamp(0.0, 1.0);
        if v <= 0.04045 {
            v / 12.92
        } else {
            ((v + 0.055) / 1.055).powf(2.4)
        }
    });
    let xyz = [
        (0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b) / 0.950_47,
        0.212_672_9 * r + 0.715_152_2 * g + 0.072_175 * b,
        (0.019_333_9 * r + 0.119_192 * g + 0.950_304_1 * b) / 1.088_83,
    ];
    let [x, y, z] = xyz.map(|t| {
        if t > 216.0 / 24389.0 {
            t.cbrt()
        } else {
            (24389.0 / 27.0 * t + 16.0) / 116.0
        }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// CIEDE2000 with all weights one.
pub(super) fn difference(one: Lab, other: Lab) -> f64 {
    let seventh = |c: f64| (c.powi(7) / (c.powi(7) + 25f64.powi(7))).sqrt();
    let chroma = |lab: Lab| lab[1].hypot(lab[2]);
    let g = 0.5 * (1.0 - seventh(f64::midpoint(chroma(one), chroma(other))));
    let polar = |lab: Lab| {
        let a = lab[1] * (1.0 + g);
        let hue = lab[2].atan2(a).to_degrees().rem_euclid(360.0);
        (a.hypot(lab[2]), if chroma(lab) == 0.0 { 0.0 } else { hue })
    };
    let ((c1, h1), (c2, h2)) = (polar(one), polar(other));
    let grey = c1 * c2 == 0.0;
    let turn = match h2 - h1 {
        _ if grey => 0.0,
        d if d > 180.0 => d - 360.0,
        d if d < -180.0 => d + 360.0,
        d => d,
    };
    let hue = match h1 + h2 {
        sum if grey => sum,
        sum if (h1 - h2).abs() <= 180.0 => sum / 2.0,
        sum if sum < 360.0 => (sum + 360.0) / 2.0,
        sum => (sum - 360.0) / 2.0,
    };
    let (light, c) = (f64::midpoint(one[0], other[0]), f64::midpoint(c1, c2));
    let cos = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cos(hue - 30.0) + 0.24 * cos(2.0 * hue) + 0.32 * cos(3.0 * hue + 6.0)
        - 0.2 * cos(4.0 * hue - 63.0);
    let square = (light - 50.0).powi(2);
    let dl = (other[0] - one[0]) / (1.0 + 0.015 * square / (20.0 + square).sqrt());
    let dc = (c2 - c1) / (1.0 + 0.045 * c);
    let dh = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin() / (1.0 + 0.015 * c * t);
    let bend = 30.0 * (-((hue - 275.0) / 25.0).powi(2)).exp();
    let rt = -(2.0 * bend).to_radians().sin() * 2.0 * seventh(c);
    (dl * dl + dc * dc + dh * dh + rt * dc * dh).sqrt()
}

#[test]
fn the_difference_is_that_of_the_papers_data() {
    // Pairs 1, 7, 14, 17, 19, 25 and 34 of table 1.
    let pairs = [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
        ([50.0, 2.49, -0.001], [50.0, -2.49, 0.0011], 7.2195),
        ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
        ([50.0, 2.5, 0.0], [56.0, -27.0, -3.0], 31.9030),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
        ([2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082),
    ];
    for (one, other, wanted) in pairs {
        let got = difference(one, other);
        assert!(
            (got - wanted).abs() < 1e-4,
            "{one:?} {other:?}: {got}, not {wanted}"
        );
    }
}

/// The chart as a camera brings it.
fn chart(format: PixelFormat, color: ColorInfo) -> VideoFrame {
    let (w, luma) = (SIZE.width as usize, SIZE.area());
    let code = |x: usize, y: usize, k: usize| {
        let rgb = PATCHES[y / SIDE * 6 + x / SIDE].map(|v| f64::from(v) / 255.0);
        let ycc = from_rgb(color.matrix, rgb);
        let (black, span) = match (color.range, k) {
            (Range::Limited, 0) => (16.0, 219.0),
            (Range::Limited, _) => (128.0, 224.0),
            (Range::Full, 0) => (0.0, 255.0),
            (Range::Full, _) => (128.0, 255.0),
        };
        (black + span * ycc[k]).round().clamp(0.0, 255.0) as u8
    };
    frame(format, SIZE, color, |n| match format {
        Yuyv => code(n % (2 * w) / 4 * 2, n / (2 * w), [0, 1, 0, 2][n % 4]),
        _ if n < luma => code(n % w, n / w, 0),
        I420 => {
            let (m, plane) = ((n - luma) % (luma / 4), (n - luma) / (luma / 4));
            code(m % (w / 2) * 2, m / (w / 2) * 2, 1 + plane)
        }
        _ => code((n - luma) % w / 2 * 2, (n - luma) / w * 2, 1 + n % 2),
    })
}

/// CIELAB of the program at the middle of patch `n`.
pub(super) fn seen(out: &VideoFrame, n: usize) -> Lab {
    let (x, y) = (n % 6 * SIDE + SIDE / 2, n / 6 * SIDE + SIDE / 2);
    let w = SIZE.width as usize;
    let chroma = y / 2 * w + x;
    let code = |v: u8, black: f64, span: f64| (f64::from(v) - black) / span;
    lab(to_rgb(
        Matrix::Bt709,
        [
            code(out.plane(0)[y * w + x], 16.0, 219.0),
            code(out.plane(1)[chroma], 128.0, 224.0),
            code(out.plane(1)[chroma + 1], 128.0, 224.0),
        ],
    ))
}

#[test]
fn a_chart_keeps_its_colours_whatever_carries_it() {
    let Some(mut c) = compositor(SIZE) else { return };
    let (mut sum, mut worst, mut count) = (0.0, 0.0f64, 0.0);
    for format in [Nv12, I420, Yuyv] {
        let scene = Scene {
            sources: vec![SourceFormat { format, size: SIZE }],
            background: Background::Layer,
            layers: vec![Layer::new(0, Rect::full(SIZE))],
        };
        for matrix in [Matrix::Bt601, Matrix::Bt709] {
            for range in [Range::Limited, Range::Full] {
                let siting = Siting::Left;
                let color = ColorInfo {
                    matrix,
                    range,
                    siting,
                };
                let out = draw(&mut c, &scene, &[Some(chart(format, color))]);
                for (n, patch) in PATCHES.into_iter().enumerate() {
                    let wanted = lab(patch.map(|v| f64::from(v) / 255.0));
                    let d = difference(wanted, seen(&out, n));
                    sum += d;
                    count += 1.0;
                    worst = worst.max(d);
                }
            }
        }
    }
    let mean = sum / count;
    println!("24 patches, 3 formats, 601/709, full/limited: delta E 2000 mean {mean:.3}, max {worst:.3}");
    assert!(mean <= 0.5 && worst <= 2.0, "mean {mean:.3}, max {worst:.3}");
}
