//! A fused scene looks like the same scene drawn layer by layer.

use std::cell::RefCell;

use media::{ColorInfo, PixelFormat, Size};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{compositor, draw, frame};
use crate::{Background, Blend, ChromaKey, Correction, Crop, Layer, Rect, Scene, SourceFormat};

const SIZE: Size = Size::new(64, 36);

fn any_key() -> impl Strategy<Value = ChromaKey> {
    (any::<[u8; 3]>(), 0.0..0.5f32, 0.02..0.3f32, 0.0..1.0f32).prop_map(
        |(color, similarity, smoothness, spill)| ChromaKey {
            color,
            similarity,
            smoothness,
            spill,
        },
    )
}

fn any_correction() -> impl Strategy<Value = Correction> {
    (
        -1.0..1.0f32,
        -0.5..0.5f32,
        -1.0..1.0f32,
        -1.0..1.0f32,
        0.0..2.0f32,
    )
        .prop_map(|(exposure, contrast, temperature, tint, saturation)| Correction {
            exposure,
            contrast,
            temperature,
            tint,
            saturation,
        })
}

fn any_blend() -> impl Strategy<Value = Blend> {
    prop_oneof![
        Just(Blend::Add),
        Just(Blend::Subtract),
        Just(Blend::Multiply),
        Just(Blend::Screen),
        Just(Blend::Darken),
        Just(Blend::Lighten),
    ]
}

/// A layer over the canvas, of any parameters but of one structure for each `kind`.
fn any_layer(source: usize, kind: usize) -> impl Strategy<Value = Layer> {
    let crop = (0..5u32, 0..5u32).prop_map(|(x, y)| Crop { x, y, w: 35, h: 24 });
    (0.05..1.0f32, any_key(), any_correction(), any_blend(), crop).prop_map(
        move |(opacity, key, color, blend, crop)| Layer {
            opacity,
            mirror: kind == 2,
            key: (kind != 1).then_some(key),
            color: (kind > 0).then_some(color),
            blend: if kind == 3 { blend } else { Blend::Normal },
            crop: (source == 2).then_some(crop),
            ..Layer::new(source, Rect::full(SIZE))
        },
    )
}

/// A turned layer over a part of the canvas.
fn any_part(source: usize) -> impl Strategy<Value = Layer> {
    (-20..50i32, -20..30i32, 8..60u32, 8..60u32, -360.0..360.0f32).prop_map(move |(x, y, w, h, rotation)| {
        Layer {
            rotation,
            ..Layer::new(source, Rect { x, y, w, h })
        }
    })
}

/// Cameras over one another and one beside, on a colour or on a camera.
fn any_scene(kind: usize) -> impl Strategy<Value = Scene> {
    let source = |format, size| SourceFormat { format, size };
    let sources = vec![
        source(PixelFormat::Nv12, SIZE),
        source(PixelFormat::Yuyv, SIZE),
        source(PixelFormat::I420, Size::new(40, 30)),
    ];
    let layers = (
        any_layer(0, kind),
        any_layer(1, kind),
        any_layer(2, kind),
        any_part(2),
    );
    (layers, any::<[u8; 3]>()).prop_map(move |((a, b, c, d), color)| {
        let mut scene = Scene {
            sources: sources.clone(),
            background: Background::Color(color),
            layers: vec![a, b, c, d],
        };
        if kind % 2 == 1 {
            scene.background = Background::Layer;
            scene.layers[0] = Layer {
                opacity: 1.0,
                key: None,
                ..scene.layers[0]
            };
        }
        scene
    })
}

#[test]
fn a_fused_scene_looks_like_its_layers_drawn_one_by_one() {
    let Some(c) = compositor(SIZE) else { return };
    let c = RefCell::new(c);
    let noise = |seed: usize| move |n: usize| (n.wrapping_mul(2_654_435_761).rotate_right(7) ^ seed) as u8;
    for kind in 0..4 {
        let kernels = c.borrow().counters().kernels;
        let mut runner = TestRunner::new(Config::with_cases(24));
        let same = runner.run(&any_scene(kind), |scene| {
            let sources = scene.sources.iter().zip(1..);
            let frames: Vec<_> = sources
                .map(|(s, seed)| Some(frame(s.format, s.size, ColorInfo::BT601, noise(seed))))
                .collect();
            let mut c = c.borrow_mut();
            c.layered_only = true;
            let one_by_one = draw(&mut c, &scene, &frames);
            c.layered_only = false;
            let at_once = draw(&mut c, &scene, &frames);
            for (n, (a, b)) in one_by_one.data.iter().zip(&at_once.data).enumerate() {
                prop_assert!(a.abs_diff(*b) <= 2, "sample {n}: {a} one by one, {b} fused");
            }
            Ok(())
        });
        assert!(same.is_ok(), "{same:?}");
        let made = c.borrow().counters().kernels - kernels;
        assert!(made <= 2, "parameters compile nothing: {made}");
    }
}
