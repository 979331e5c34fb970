//! Orders, refusals, missing frames, pooling.

use media::{ColorInfo, PixelFormat, Size, Timestamp};

use super::{PATIENCE, compositor, draw, frame};
use crate::{Background, Layer, Rect, Scene, SourceFormat};

const SIZE: Size = Size::new(64, 32);

fn camera_scene() -> Scene {
    Scene {
        sources: vec![SourceFormat {
            format: PixelFormat::Nv12,
            size: SIZE,
        }],
        background: Background::Layer,
        layers: vec![Layer::new(0, Rect::full(SIZE))],
    }
}

#[test]
fn a_camera_of_the_programs_own_colour_comes_out_as_it_went_in() {
    let Some(mut c) = compositor(SIZE) else { return };
    let camera = frame(PixelFormat::Nv12, SIZE, ColorInfo::BT709, |n| {
        (n * 7 % 220 + 16) as u8
    });
    let out = draw(&mut c, &camera_scene(), &[Some(camera.clone())]);
    assert_eq!(out.data, camera.data);
    assert_eq!((out.format, out.color), (PixelFormat::Nv12, ColorInfo::BT709));
}

#[test]
fn frames_come_back_in_order_with_their_pts() {
    let Some(mut c) = compositor(SIZE) else { return };
    c.set_scene(&camera_scene()).unwrap();
    let camera = frame(PixelFormat::Nv12, SIZE, ColorInfo::BT709, |_| 90);
    for n in 0..3 {
        c.render(Timestamp::from_millis(n), &[Some(camera.clone())])
            .unwrap();
    }
    for n in 0..3 {
        assert_eq!(c.finished(PATIENCE).unwrap().pts, Timestamp::from_millis(n));
    }
}

#[test]
fn a_scene_of_every_kind_of_layer_is_drawn() {
    let Some(mut c) = compositor(SIZE) else { return };
    let half = Size::new(32, 16);
    let source = |format, size| SourceFormat { format, size };
    let rect = |x, y, w, h| Rect { x, y, w, h };
    let mut keyed = Layer::new(1, Rect::full(SIZE));
    keyed.key = Some(crate::ChromaKey::default());
    let scene = Scene {
        sources: vec![
            source(PixelFormat::I420, SIZE),
            source(PixelFormat::Yuyv, SIZE),
            source(PixelFormat::Nv12, half),
            source(PixelFormat::Rgba8, half),
        ],
        background: Background::Layer,
        layers: vec![
            Layer::new(0, Rect::full(SIZE)),
            keyed,
            Layer::new(2, rect(40, 2, 16, 8)),
            Layer::new(3, rect(3, 15, 20, 10)),
        ],
    };
    let frames: Vec<_> = scene
        .sources
        .iter()
        .map(|s| {
            Some(frame(s.format, s.size, ColorInfo::BT601, |n| {
                (n * 31 % 251) as u8
            }))
        })
        .collect();
    let out = draw(&mut c, &scene, &frames);
    assert_eq!(out.data.len(), PixelFormat::Nv12.packed_len(SIZE));
    assert_eq!(c.counters().kernels, 3);
    assert_eq!((c.counters().missing, c.counters().mismatched), (0, 0));
}
