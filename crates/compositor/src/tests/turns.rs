//! Layers turned, mirrored, mixed and corrected, against the twin, and quarter turns to the sample.

use media::PixelFormat::{I420, Nv12, Rgba8, Yuyv};
use media::{ColorInfo, PixelFormat, Size, VideoFrame};

use super::pixels::{FULL_2020, check, keyed, scenery};
use super::{compositor, draw, frame};
use crate::{Background, Blend, Correction, Crop, Layer, Rect, Scene, SourceFormat};

const SIZE: Size = Size::new(96, 64);
const MODES: [Blend; 6] = [
    Blend::Add,
    Blend::Subtract,
    Blend::Multiply,
    Blend::Screen,
    Blend::Darken,
    Blend::Lighten,
];

fn below() -> (Layer, VideoFrame) {
    let layer = Layer::new(0, Rect::full(SIZE));
    (layer, scenery(Nv12, SIZE, ColorInfo::BT709, 0))
}

fn card(seed: usize) -> VideoFrame {
    frame(Rgba8, Size::new(24, 16), ColorInfo::BT709, |n| {
        let (x, y) = (n / 4 % 24, n / 96);
        [x * 10 + seed * 31, y * 15, (x * y) % 256, 40 + x * 9][n % 4] as u8
    })
}

#[test]
fn layers_turned_to_any_angle_are_as_the_twin_draws_them() {
    for (format, rotation, mirror) in [(Nv12, 17.5, false), (I420, -133.0, true), (Yuyv, 271.25, false)] {
        let mut plain = Layer {
            rotation,
            mirror,
            opacity: 0.8,
            ..Layer::new(
                1,
                Rect {
                    x: 10,
                    y: 8,
                    w: 40,
                    h: 30,
                },
            )
        };
        plain.crop = Some(Crop {
            x: 3,
            y: 5,
            w: 33,
            h: 21,
        });
        let turned = Layer {
            rotation: 90.0 - rotation,
            ..keyed(
                2,
                Rect {
                    x: 50,
                    y: 20,
                    w: 60,
                    h: 24,
                },
            )
        };
        let size = Size::new(50, 40);
        check(
            SIZE,
            &[
                below(),
                (plain, scenery(format, size, ColorInfo::BT601, 1)),
                (turned, scenery(format, size, FULL_2020, 2)),
            ],
            Background::Layer,
        );
    }
}

#[test]
fn images_turned_and_mixed_are_as_the_twin_draws_them() {
    for (n, blend) in MODES.into_iter().enumerate() {
        let mut layer = Layer {
            rotation: 30.0 * n as f32,
            blend,
            opacity: 0.9,
            ..Layer::new(
                1,
                Rect {
                    x: 14,
                    y: 6,
                    w: 50,
                    h: 34,
                },
            )
        };
        layer.mirror = n % 2 == 1;
        check(SIZE, &[below(), (layer, card(n))], Background::Layer);
    }
}

#[test]
fn a_blend_mode_over_the_whole_canvas_is_fused() {
    for (n, blend) in MODES.into_iter().enumerate() {
        let format = [Nv12, I420, Yuyv][n % 3];
        let mut layer = keyed(1, Rect::full(SIZE));
        layer.blend = blend;
        if n % 2 == 0 {
            layer.key = None;
        }
        let above = scenery(format, SIZE, ColorInfo::BT601, n);
        check(SIZE, &[below(), (layer, above)], Background::Layer);
    }
}

#[test]
fn corrected_layers_are_as_the_twin_draws_them() {
    let color = |exposure, contrast, temperature, tint, saturation| Correction {
        exposure,
        contrast,
        temperature,
        tint,
        saturation,
    };
    let corrections = [
        color(1.5, 0.3, 0.7, -0.4, 1.8),
        color(-2.0, -0.5, -1.0, 1.0, 0.3),
        color(0.2, 1.0, 0.1, 0.0, 4.0),
    ];
    for (format, correction) in [Nv12, I420, Yuyv].into_iter().zip(corrections) {
        let mut base = below();
        base.0.color = Some(correction);
        let mut layer = keyed(1, Rect::full(SIZE));
        layer.color = Some(correction);
        let part = Layer {
            color: Some(correction),
            ..Layer::new(
                2,
                Rect {
                    x: 8,
                    y: 8,
                    w: 30,
                    h: 20,
                },
            )
        };
        check(
            SIZE,
            &[
                base,
                (layer, scenery(format, SIZE, ColorInfo::JPEG, 1)),
                (part, scenery(format, Size::new(40, 28), ColorInfo::BT601, 2)),
            ],
            Background::Layer,
        );
    }
}

#[test]
fn mirrored_and_reduced_cameras_are_read_through_windows() {
    for (format, size) in [
        (Nv12, Size::new(144, 96)),
        (I420, Size::new(190, 70)),
        (Yuyv, Size::new(144, 96)),
        (Nv12, SIZE),
        (Yuyv, Size::new(40, 30)),
    ] {
        for (mirror, rotation) in [(true, 0.0), (false, 180.0), (true, -180.0), (false, 360.0)] {
            let base = Layer {
                mirror,
                rotation,
                ..Layer::new(0, Rect::full(SIZE))
            };
            check(
                SIZE,
                &[(base, scenery(format, size, ColorInfo::BT601, 3))],
                Background::Layer,
            );
        }
    }
}

/// Which sample comes to a place.
type From = fn(usize, usize) -> (usize, usize);

/// Draws a square camera turned over black, and answers its luma and chroma.
fn turned(format: PixelFormat, rotation: f32, mirror: bool) -> Option<VideoFrame> {
    let mut c = compositor(Size::new(32, 32))?;
    let size = Size::new(16, 16);
    let camera = scenery(format, size, ColorInfo::BT709, 0);
    let scene = Scene {
        sources: vec![SourceFormat { format, size }],
        background: Background::Color([0, 0, 0]),
        layers: vec![Layer {
            rotation,
            mirror,
            ..Layer::new(
                0,
                Rect {
                    x: 8,
                    y: 8,
                    w: 16,
                    h: 16,
                },
            )
        }],
    };
    Some(draw(&mut c, &scene, &[Some(camera)]))
}

#[test]
fn quarter_turns_and_mirrors_move_luma_to_the_sample() {
    for format in [Nv12, I420, Yuyv] {
        let Some(upright) = turned(format, 0.0, false) else {
            return;
        };
        let luma = |f: &VideoFrame, x: usize, y: usize| f.data[(y + 8) * 32 + x + 8];
        let cases: [(f32, bool, From); 6] = [
            (90.0, false, |x, y| (y, 15 - x)),
            (-270.0, false, |x, y| (y, 15 - x)),
            (180.0, false, |x, y| (15 - x, 15 - y)),
            (270.0, false, |x, y| (15 - y, x)),
            (0.0, true, |x, y| (15 - x, y)),
            (90.0, true, |x, y| (15 - y, 15 - x)),
        ];
        for (rotation, mirror, from) in cases {
            let Some(out) = turned(format, rotation, mirror) else {
                return;
            };
            for (x, y) in (0..256).map(|n| (n % 16, n / 16)) {
                let (u, v) = from(x, y);
                assert_eq!(
                    luma(&out, x, y),
                    luma(&upright, u, v),
                    "{format:?} {rotation} {mirror} at {x}, {y}"
                );
            }
            // Nothing beside it.
            let outside = |n: &usize| !(8..24).contains(&(n % 32)) || !(8..24).contains(&(n / 32));
            assert!((0..1024).filter(outside).all(|n| out.data[n] == 16));
        }
    }
}
