//! A fused scene looks like the same scene drawn layer by layer.

use std::cell::RefCell;

use media::{ColorInfo, PixelFormat, Size, Timestamp, VideoFrame};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{PATIENCE, compositor, frame};
use crate::kernel::{Base, KernelKey};
use crate::plan::{Pass, Plan};
use crate::{Background, ChromaKey, Compositor, Layer, Rect, Scene, SourceFormat};

const SIZE: Size = Size::new(64, 36);

/// The same plan with a dispatch of its own for each layer.
fn layer_by_layer(mut plan: Plan) -> Plan {
    let split = |pass: &Pass| {
        let first = usize::from(matches!(pass.kernel.base, Base::Layer(_)));
        let bottom = Pass {
            kernel: KernelKey {
                base: pass.kernel.base,
                steps: Vec::new(),
            },
            layers: pass.layers[..first].to_vec(),
            ..pass.clone()
        };
        let one = |(step, layer): (_, &usize)| Pass {
            kernel: KernelKey {
                base: Base::Program,
                steps: vec![step],
            },
            layers: vec![*layer],
            ..pass.clone()
        };
        let steps = pass.kernel.steps.iter().copied().zip(&pass.layers[first..]);
        let mut passes: Vec<_> = steps.map(one).collect();
        if pass.kernel.base != Base::Program {
            passes.insert(0, bottom);
        }
        passes
    };
    plan.passes = plan.passes.iter().flat_map(split).collect();
    plan
}

fn any_layer(source: usize) -> impl Strategy<Value = Layer> {
    let key = (any::<[u8; 3]>(), 0.0..0.5f32, 0.0..0.3f32, 0.0..1.0f32).prop_map(
        |(color, similarity, smoothness, spill)| ChromaKey {
            color,
            similarity,
            smoothness,
            spill,
        },
    );
    (0.05..1.0f32, key).prop_map(move |(opacity, key)| Layer {
        opacity,
        key: Some(key),
        ..Layer::new(source, Rect::full(SIZE))
    })
}

/// Three keyed cameras over one another, and a colour below.
fn any_scene() -> impl Strategy<Value = Scene> {
    let source = |format, size| SourceFormat { format, size };
    let sources = vec![
        source(PixelFormat::Nv12, SIZE),
        source(PixelFormat::Yuyv, SIZE),
        source(PixelFormat::I420, Size::new(40, 30)),
    ];
    let layers = (any_layer(0), any_layer(1), any_layer(2));
    (layers, any::<[u8; 3]>()).prop_map(move |((a, b, c), color)| Scene {
        sources: sources.clone(),
        background: Background::Color(color),
        layers: vec![a, b, c],
    })
}

fn drawn(c: &mut Compositor, plan: Plan, frames: &[Option<VideoFrame>]) -> VideoFrame {
    c.set_plan(plan).expect("a plan that can be drawn");
    c.render(Timestamp::ZERO, frames).expect("a free slot");
    c.finished(PATIENCE).expect("a finished frame")
}

#[test]
fn a_fused_scene_looks_like_its_layers_drawn_one_by_one() {
    let (Some(fused), Some(single)) = (compositor(SIZE), compositor(SIZE)) else {
        return;
    };
    let (fused, single) = (RefCell::new(fused), RefCell::new(single));
    let noise = |seed: usize| move |n: usize| (n.wrapping_mul(2_654_435_761).rotate_right(7) ^ seed) as u8;
    let mut runner = TestRunner::new(Config::with_cases(40));
    let same = runner.run(&any_scene(), |scene| {
        let sources = scene.sources.iter().zip(1..);
        let frames: Vec<_> = sources
            .map(|(s, seed)| Some(frame(s.format, s.size, ColorInfo::BT601, noise(seed))))
            .collect();
        let plan = Plan::new(&scene, SIZE).expect("a scene that can be drawn");
        let one_by_one = drawn(&mut single.borrow_mut(), layer_by_layer(plan.clone()), &frames);
        let at_once = drawn(&mut fused.borrow_mut(), plan, &frames);
        for (n, (a, b)) in one_by_one.data.iter().zip(&at_once.data).enumerate() {
            prop_assert!(a.abs_diff(*b) <= 2, "sample {n}: {a} one by one, {b} fused");
        }
        Ok(())
    });
    assert!(same.is_ok(), "{same:?}");
    let kernels = |c: &RefCell<Compositor>| c.borrow().counters().kernels;
    assert_eq!((kernels(&fused), kernels(&single)), (1, 4));
}
