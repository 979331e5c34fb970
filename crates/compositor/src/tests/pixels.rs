//! Pictures from the device against the twin, sample by sample.

use media::PixelFormat::{I420, Nv12, Yuyv};
use media::{ColorInfo, Matrix, PixelFormat, Range, Siting, Size, VideoFrame};

use super::{compositor, draw, frame};
use crate::plan::Plan;
use crate::{Background, ChromaKey, Crop, Layer, Rect, Scene, SourceFormat, twin};

const SIZE: Size = Size::new(160, 90);
pub(super) const FULL_2020: ColorInfo = ColorInfo {
    matrix: Matrix::Bt2020,
    range: Range::Full,
    siting: Siting::TopLeft,
};

/// A picture with flat parts, slopes and hard edges, some of it in the green of a screen (Cb 83, Cr 72).
pub(super) fn scenery(format: PixelFormat, size: Size, color: ColorInfo, seed: usize) -> VideoFrame {
    let (w, luma) = (size.width as usize, size.area());
    let pattern = |x: usize, y: usize, k: usize| match (x / 24 + y / 18 + seed) % 4 {
        0 => [60 + (x * 3 + y) as u8 % 90, 83, 72][k],
        1 => [(16 + x * 5 % 219) as u8, (90 + y % 60) as u8, 150][k],
        2 => [235, 128, 128][k],
        _ => [
            ((x * 37 + y * 101 + seed) % 200) as u8,
            (x * 11 % 240) as u8,
            (y * 13 % 240) as u8,
        ][k],
    };
    frame(format, size, color, |n| match format {
        Yuyv => pattern(n % (2 * w) / 4 * 2, n / (2 * w), [0, 1, 0, 2][n % 4]),
        _ if n < luma => pattern(n % w, n / w, 0),
        I420 => {
            let (m, plane) = ((n - luma) % (luma / 4), (n - luma) / (luma / 4));
            pattern(m % (w / 2) * 2, m / (w / 2) * 2, 1 + plane)
        }
        _ => pattern((n - luma) % w / 2 * 2, (n - luma) / w * 2, 1 + n % 2),
    })
}

/// Draws `layers` with the fused kernels and layer by layer, and compares both with the twin. Each layer has a
/// source of its own.
pub(super) fn check(size: Size, layers: &[(Layer, VideoFrame)], background: Background) {
    let Some(mut c) = compositor(size) else { return };
    let scene = Scene {
        sources: layers.iter().map(|(_, f)| SourceFormat::from(f)).collect(),
        background,
        layers: layers.iter().map(|(l, _)| *l).collect(),
    };
    let frames: Vec<_> = layers.iter().map(|(_, f)| f.clone()).collect();
    let plan = Plan::new(&scene, size).expect("a scene that can be drawn");
    let shown: Vec<_> = frames.iter().cloned().map(Some).collect();
    for (layered, passes) in [(false, &plan.fused), (true, &plan.layered)] {
        c.layered_only = layered;
        let expected = twin::compose(&plan, passes, size, &frames, 0.0);
        let out = draw(&mut c, &scene, &shown);
        same(&expected, &out.data, 1);
    }
}

/// Asserts that samples differ by at most `most`.
pub(super) fn same(expected: &[u8], got: &[u8], most: u8) {
    assert_eq!(expected.len(), got.len());
    let pairs = expected.iter().zip(got).enumerate();
    let worst = pairs.max_by_key(|(_, (a, b))| a.abs_diff(**b));
    assert!(
        worst.is_some_and(|(_, (a, b))| a.abs_diff(*b) <= most),
        "sample, (expected, drawn): {worst:?}"
    );
}

pub(super) fn keyed(source: usize, rect: Rect) -> Layer {
    let mut layer = Layer::new(source, rect);
    layer.key = Some(ChromaKey {
        color: [0, 177, 64],
        similarity: 0.1,
        smoothness: 0.2,
        spill: 0.5,
    });
    layer
}

#[test]
fn a_keyed_camera_is_fused_over_another_in_every_format() {
    let full = Rect::full(SIZE);
    for (below, above, color) in [
        (Nv12, I420, ColorInfo::BT709),
        (I420, Yuyv, ColorInfo::JPEG),
        (Yuyv, Nv12, FULL_2020),
    ] {
        let camera = scenery(below, SIZE, ColorInfo::BT601, 0);
        let screen = scenery(above, SIZE, color, 1);
        check(
            SIZE,
            &[(Layer::new(0, full), camera), (keyed(1, full), screen)],
            Background::Layer,
        );
    }
}

#[test]
fn a_canvas_that_ends_within_a_block_is_drawn_to_its_edge() {
    let size = Size::new(70, 34);
    for format in [Nv12, I420, Yuyv] {
        let below = scenery(Nv12, size, ColorInfo::BT709, 0);
        let above = scenery(format, size, ColorInfo::JPEG, 1);
        let full = Rect::full(size);
        check(
            size,
            &[(Layer::new(0, full), below), (keyed(1, full), above)],
            Background::Layer,
        );
    }
}

#[test]
fn scaled_layers_are_bilinear_wherever_they_stand() {
    let rects = [
        (6, 4, 50, 30),
        (-20, -10, 60, 40),
        (130, 70, 64, 48),
        (2, 40, 34, 20),
    ];
    for format in [Nv12, I420, Yuyv] {
        let mut layers = Vec::new();
        for (n, (x, y, w, h)) in rects.into_iter().enumerate() {
            let rect = Rect { x, y, w, h };
            let color = [ColorInfo::BT601, ColorInfo::JPEG, FULL_2020, ColorInfo::BT709][n];
            let mut layer = if n % 2 == 0 {
                Layer::new(n, rect)
            } else {
                keyed(n, rect)
            };
            layer.opacity = 0.6 + 0.1 * n as f32;
            layers.push((layer, scenery(format, Size::new(100, 60), color, n)));
        }
        check(SIZE, &layers, Background::Color([200, 30, 90]));
    }
}

#[test]
fn a_smaller_camera_fills_the_canvas() {
    for format in [Nv12, I420, Yuyv] {
        for size in [Size::new(158, 88), Size::new(66, 20), Size::new(16, 300)] {
            let full = Rect::full(SIZE);
            let below = scenery(format, size, ColorInfo::BT601, 1);
            let above = scenery(format, size, FULL_2020, 2);
            check(
                SIZE,
                &[(Layer::new(0, full), below), (keyed(1, full), above)],
                Background::Layer,
            );
        }
        // Larger than the canvas on one side, with only its middle seen.
        let wide = Rect {
            x: -41,
            y: 0,
            w: 241,
            h: 90,
        };
        let below = scenery(format, Size::new(120, 90), ColorInfo::BT709, 5);
        check(SIZE, &[(Layer::new(0, wide), below)], Background::Layer);
    }
}

#[test]
fn a_crop_reads_nothing_outside_it() {
    let source = scenery(Nv12, Size::new(100, 60), ColorInfo::BT709, 3);
    let mut layer = Layer::new(0, Rect::full(SIZE));
    layer.crop = Some(Crop {
        x: 30,
        y: 20,
        w: 41,
        h: 23,
    });
    check(SIZE, &[(layer, source)], Background::Layer);
}

#[test]
fn half_an_opacity_is_half_of_each() {
    let Some(mut c) = compositor(SIZE) else { return };
    let mut layer = Layer::new(0, Rect::full(SIZE));
    layer.opacity = 0.5;
    let scene = Scene {
        sources: vec![SourceFormat {
            format: Nv12,
            size: SIZE,
        }],
        background: Background::Color([0, 0, 0]),
        layers: vec![layer],
    };
    let white = frame(Nv12, SIZE, ColorInfo::BT709, |n| {
        if n < SIZE.area() { 235 } else { 128 }
    });
    let out = draw(&mut c, &scene, &[Some(white)]);
    // (16 + 235) / 2 = 125.5
    assert!(
        out.plane(0)[..SIZE.area()]
            .iter()
            .all(|v| (125..=126).contains(v))
    );
    assert!(out.plane(1).iter().all(|v| *v == 128));
}
