//! Any scene is planned within the canvas and the arena, or refused.

use media::{ColorInfo, PixelFormat, Size};
use proptest::prelude::*;

use super::frame;
use crate::image::{Look, Prepared};
use crate::kernel::{Base, Fetch, Step};
use crate::params::{FUSED, Params};
use crate::place::Shown;
use crate::plan::{Pass, Plan};
use crate::{Background, Blend, Crop, Layer, Rect, Scene, SourceFormat};

const SIZE: Size = Size::new(70, 34);

fn any_format() -> impl Strategy<Value = SourceFormat> {
    let format = prop_oneof![
        Just(PixelFormat::Nv12),
        Just(PixelFormat::I420),
        Just(PixelFormat::Yuyv),
        Just(PixelFormat::Rgba8)
    ];
    let size = prop_oneof![
        9 => (1..40u32, 1..40u32).prop_map(|(w, h)| Size::new(2 * w, 2 * h)),
        1 => (0..80u32, 0..80u32).prop_map(|(w, h)| Size::new(w, h)),
        2 => Just(SIZE),
    ];
    (format, size).prop_map(|(format, size)| SourceFormat { format, size })
}

fn any_layer() -> impl Strategy<Value = Layer> {
    let near = -100..100i32;
    let rect = prop_oneof![
        9 => Just(Rect::full(SIZE)),
        9 => (near.clone(), near, 1..150u32, 1..150u32).prop_map(|(x, y, w, h)| Rect { x, y, w, h }),
        1 => (any::<i32>(), any::<i32>(), any::<u32>(), any::<u32>()).prop_map(|(x, y, w, h)| Rect { x, y, w, h }),
    ];
    let crop = (0..9u32, 0..9u32, 0..20u32, 1..20u32).prop_map(|(x, y, w, h)| Crop { x, y, w, h });
    let turn = prop_oneof![
        4 => Just(0.0f32),
        2 => (-4..=4i32).prop_map(|n| n as f32 * 90.0),
        2 => -360.0..360.0f32,
    ];
    let blend = prop_oneof![3 => Just(Blend::Normal), 1 => Just(Blend::Screen)];
    (
        0..4usize,
        rect,
        proptest::option::of(crop),
        turn,
        any::<bool>(),
        blend,
    )
        .prop_map(|(source, rect, crop, rotation, mirror, blend)| Layer {
            crop,
            rotation,
            mirror,
            blend,
            ..Layer::new(source, rect)
        })
}

fn any_scene() -> impl Strategy<Value = Scene> {
    let sources = proptest::collection::vec(any_format(), 4);
    let layers = proptest::collection::vec(any_layer(), 0..20);
    (sources, layers, any::<bool>()).prop_map(|(sources, layers, plain)| Scene {
        sources,
        background: if plain {
            Background::Color([9, 9, 9])
        } else {
            Background::Layer
        },
        layers,
    })
}

/// Every word that a block of a pass can read or write lies where it should.
fn check(plan: &Plan, passes: &[Pass], scene: &Scene) {
    let shown: Vec<_> = scene
        .layers
        .iter()
        .map(|l| match scene.sources[l.source].format {
            PixelFormat::Rgba8 => Shown::Prepared,
            _ => Shown::Video(ColorInfo::BT601),
        })
        .collect();
    let [columns, rows] = [SIZE.width.div_ceil(4), SIZE.height / 2];
    for (n, pass) in passes.iter().enumerate() {
        let [x0, y0, x1, y1] = pass.area;
        assert!(
            x0 < x1 && y0 < y1 && x1 <= columns && y1 <= rows,
            "{:?}",
            pass.area
        );
        assert!((n + 1) * Params::STRIDE <= plan.regions.iter().map(|r| r.planes[0].offset).min().unwrap());
        let first = usize::from(matches!(pass.kernel.base, Base::Layer(_)));
        assert_eq!(pass.layers.len(), first + pass.kernel.steps.len());
        assert!(pass.layers.len() <= FUSED);
        let Some(params) = plan.params(pass, &shown, 0.0) else {
            continue;
        };
        for (index, p) in pass.layers.iter().zip(&params.layers) {
            let placed = &plan.layers[*index];
            let source = scene.sources[placed.layer.source];
            let region = &plan.regions[placed.layer.source];
            assert!(region.end <= plan.arena_len);
            if let Some(image) = &placed.image {
                let picture = frame(source.format, source.size, ColorInfo::BT709, |n| n as u8);
                let prepared = Prepared::new(&picture, Look::of(placed, image));
                assert!(image.end() <= plan.arena_len && prepared.bytes.len() == image.len());
                let last = 2 * (y1 - 1 - p.span[3] as u32) + 1;
                let end = p.plane[2] + last * p.stride[0] + (x1 - p.span[2] as u32);
                assert!(end as usize * 4 <= image.end(), "alpha behind the image");
            } else {
                assert!(p.luma_edge[2] < source.size.width as f32 && p.luma_edge[0] >= 0.0);
                assert!(p.luma_edge[3] < source.size.height as f32 && p.luma_edge[1] >= 0.0);
            }
        }
    }
    let direct = |s: &Step| matches!(s.fetch, Fetch::Direct(_));
    for (index, placed) in plan.layers.iter().enumerate() {
        let own = scene.layers[index];
        let upright = own.rotation.rem_euclid(360.0) == 0.0 && !own.mirror;
        assert!(!direct(&placed.step) || (scene.sources[own.source].size == SIZE && upright));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn any_scene_is_planned_within_its_bounds_or_refused(scene in any_scene()) {
        match Plan::new(&scene, SIZE) {
            Ok(plan) => {
                check(&plan, &plan.fused, &scene);
                check(&plan, &plan.layered, &scene);
                let base = |p: &Pass| p.kernel.base != Base::Program;
                prop_assert!(plan.fused.first().is_none_or(base));
                prop_assert!(plan.fused.len() <= plan.layered.len());
            }
            Err(error) => prop_assert!(!error.code().is_empty()),
        }
    }
}
