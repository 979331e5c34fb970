//! One scene fading into another.

use media::PixelFormat::{I420, Nv12, Yuyv};
use media::{ColorInfo, Size, VideoFrame};

use super::pixels::{keyed, same, scenery};
use super::{PATIENCE, compositor, draw, render};
use crate::plan::Plan;
use crate::{Background, Error, Layer, Rect, Scene, SourceFormat, twin};

const SIZE: Size = Size::new(70, 34);

/// Two scenes of the same three cameras; both show the second one.
fn scenes() -> (Scene, Scene, Vec<VideoFrame>) {
    let frames = vec![
        scenery(Nv12, SIZE, ColorInfo::BT709, 0),
        scenery(Yuyv, SIZE, ColorInfo::BT601, 1),
        scenery(I420, Size::new(40, 20), ColorInfo::JPEG, 2),
    ];
    let part = Rect {
        x: 10,
        y: 6,
        w: 30,
        h: 20,
    };
    let scene = |background, layers| Scene {
        sources: frames.iter().map(SourceFormat::from).collect(),
        background,
        layers,
    };
    let from = scene(
        Background::Layer,
        vec![Layer::new(0, Rect::full(SIZE)), keyed(1, Rect::full(SIZE))],
    );
    let to = scene(
        Background::Color([90, 20, 40]),
        vec![Layer::new(1, part), Layer::new(2, Rect { x: 44, ..part })],
    );
    (from, to, frames)
}

#[test]
fn a_fade_goes_from_the_one_to_the_other() {
    let Some(mut c) = compositor(SIZE) else { return };
    let (from, to, frames) = scenes();
    let shown: Vec<_> = frames.iter().cloned().map(Some).collect();
    let first = draw(&mut c, &from, &shown);
    let last = draw(&mut c, &to, &shown);
    c.set_fade(&from, &to).unwrap();
    assert!(c.wait_prepared(PATIENCE));
    assert_eq!(render(&mut c, &shown).data, first.data, "a fade begins at nought");
    for (mix, number) in [(0.0, 0.0), (-3.0, 0.0), (f32::NAN, 0.0), (1.0, 1.0), (7.0, 1.0)] {
        c.set_mix(mix);
        let wanted = if number == 0.0 { &first } else { &last };
        assert_eq!(render(&mut c, &shown).data, wanted.data);
    }
    for mix in [0.25, 0.5, 0.9] {
        c.set_mix(mix);
        let out = render(&mut c, &shown);
        let part = |a: u8, b: u8| (f32::from(a) + mix * (f32::from(b) - f32::from(a))).round() as u8;
        let wanted: Vec<_> = first
            .data
            .iter()
            .zip(&last.data)
            .map(|(a, b)| part(*a, *b))
            .collect();
        same(&wanted, &out.data, 1);
    }
    assert_eq!(draw(&mut c, &to, &shown).data, last.data);
    assert_eq!(c.counters().layered, 0);
}

#[test]
fn a_fade_is_as_the_twin_draws_it_fused_and_layer_by_layer() {
    let Some(mut c) = compositor(SIZE) else { return };
    let (from, to, frames) = scenes();
    let shown: Vec<_> = frames.iter().cloned().map(Some).collect();
    let plan = Plan::fade(&from, &to, SIZE).unwrap();
    let layers: Vec<_> = plan
        .layers
        .iter()
        .map(|p| frames[p.layer.source].clone())
        .collect();
    for (layered, passes) in [(false, &plan.fused), (true, &plan.layered)] {
        c.layered_only = layered;
        c.set_fade(&to, &from).unwrap();
        c.set_fade(&from, &to).unwrap();
        c.set_mix(0.3);
        assert!(c.wait_prepared(PATIENCE));
        let expected = twin::compose(&plan, passes, SIZE, &layers, 0.3);
        same(&expected, &render(&mut c, &shown).data, 1);
    }
}

#[test]
fn scenes_of_different_sources_dont_fade() {
    let Some(mut c) = compositor(SIZE) else { return };
    let (from, mut to, frames) = scenes();
    let shown: Vec<_> = frames.iter().cloned().map(Some).collect();
    let first = draw(&mut c, &from, &shown);
    to.sources.swap(0, 2);
    let error = c.set_fade(&from, &to).unwrap_err();
    assert_eq!(
        (error.code(), &error),
        ("compositor.fade_sources", &Error::FadeSources)
    );
    assert_eq!(render(&mut c, &shown).data, first.data, "the scene before stays");
}
