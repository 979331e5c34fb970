//! Any scene is planned within the canvas and the arena, or refused.

use media::{ColorInfo, PixelFormat, Size};
use proptest::prelude::*;

use super::frame;
use crate::image::Prepared;
use crate::kernel::{Base, Fetch};
use crate::plan::Plan;
use crate::{Background, Crop, Layer, Rect, Scene, SourceFormat};

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
    (0..4usize, rect, proptest::option::of(crop)).prop_map(|(source, rect, crop)| Layer {
        crop,
        ..Layer::new(source, rect)
    })
}

fn any_scene() -> impl Strategy<Value = Scene> {
    let sources = proptest::collection::vec(any_format(), 4);
    let layers = proptest::collection::vec(any_layer(), 0..8);
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

/// Every word that a block of the pass can read or write lies where it should.
fn check(plan: &Plan, scene: &Scene) {
    let colors = vec![Some(ColorInfo::BT601); plan.layers.len()];
    let [columns, rows] = [SIZE.width.div_ceil(4), SIZE.height / 2];
    for (n, pass) in plan.passes.iter().enumerate() {
        let [x0, y0, x1, y1] = pass.area;
        assert!(
            x0 < x1 && y0 < y1 && x1 <= columns && y1 <= rows,
            "{:?}",
            pass.area
        );
        assert_eq!(n == 0, pass.kernel.base != Base::Program);
        let first = usize::from(matches!(pass.kernel.base, Base::Layer(_)));
        assert_eq!(pass.layers.len(), first + pass.kernel.steps.len());
        let Some(params) = plan.params(pass, &colors) else {
            panic!("all frames are there");
        };
        for (index, p) in pass.layers.iter().zip(&params.layers) {
            let placed = &plan.layers[*index];
            let source = scene.sources[placed.layer.source];
            if let Some(image) = &placed.image {
                let picture = frame(source.format, source.size, ColorInfo::BT709, |n| n as u8);
                let prepared = Prepared::new(&picture, placed.crop, image, 1);
                assert!(image.end() <= plan.arena_len && prepared.bytes.len() == image.len());
                let last = 2 * (y1 - 1 - p.span[3] as u32) + 1;
                let end = p.plane[2] + last * p.stride[0] + (x1 - p.span[2] as u32);
                assert!(end as usize * 4 <= image.end(), "alpha behind the image");
            } else {
                let region = &plan.regions[placed.layer.source];
                assert!(region.end <= plan.arena_len && p.luma_edge[2] < source.size.width as f32);
                assert!(p.luma_edge[3] < source.size.height as f32);
            }
        }
    }
    let direct = |p: &crate::plan::Pass| matches!(p.kernel.base, Base::Layer(Fetch::Direct(_)));
    if plan.passes.first().is_some_and(direct) {
        assert_eq!(scene.sources[scene.layers[0].source].size, SIZE);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn any_scene_is_planned_within_its_bounds_or_refused(scene in any_scene()) {
        match Plan::new(&scene, SIZE) {
            Ok(plan) => check(&plan, &scene),
            Err(error) => prop_assert!(!error.code().is_empty()),
        }
    }
}
