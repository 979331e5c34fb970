//! What happens beside the tick: kernels compiled, scenes prepared, formats that change, a device lost meanwhile.

use std::time::Duration;

use media::{ColorInfo, PixelFormat, Size, Timestamp};

use super::door::{SIZE, camera, camera_scene, full_scene, luma_at, source, white};
use super::{PATIENCE, compositor, draw, frame, render};
use crate::{Background, Correction, Error, Layer, MAX_LAYERS, Rect, Scene};

/// Two cameras over one another, the upper one of so many structures.
fn structure(n: usize) -> Scene {
    let mut scene = full_scene();
    scene.layers.truncate(2);
    let layer = &mut scene.layers[1];
    if n % 2 == 1 {
        layer.key = None;
    }
    if n / 2 % 2 == 1 {
        layer.color = Some(Correction::default());
    }
    scene
}

#[test]
fn nothing_is_compiled_on_the_calling_thread() {
    let Some(mut c) = compositor(SIZE) else { return };
    let frames = white(&full_scene());
    for n in 0..4 {
        c.set_scene(&structure(n)).unwrap();
        assert!(c.pending() > 0, "it is asked for, not made");
        let before = c.counters();
        // The thread has not had the time: if it should, the frame is fused all the same.
        render(&mut c, &frames);
        assert!(c.counters().layered >= before.layered);
        assert!(c.wait_prepared(PATIENCE));
        let layered = c.counters().layered;
        render(&mut c, &frames);
        assert_eq!(c.counters().layered, layered);
        assert_eq!(c.counters().kernels, n as u64 + 1);
    }
    assert!(c.counters().compile_ms > 0);
}

#[test]
fn a_prepared_scene_is_fused_from_its_first_frame() {
    let Some(mut c) = compositor(SIZE) else { return };
    let frames = white(&full_scene());
    draw(&mut c, &structure(0), &frames);
    let layered = c.counters().layered;
    c.prepare(&structure(3)).unwrap();
    assert!(c.wait_prepared(PATIENCE));
    c.set_scene(&structure(3)).unwrap();
    render(&mut c, &frames);
    assert_eq!(c.counters().layered, layered);
    assert!(c.wait_prepared(Duration::ZERO));
}

#[test]
fn a_scene_of_as_many_layers_as_there_may_be_is_drawn() {
    let Some(mut c) = compositor(SIZE) else { return };
    let small = Size::new(16, 8);
    let places = (0..MAX_LAYERS as i32).map(|n| Rect {
        x: n % 8 * 8,
        y: n / 8 % 8 * 4,
        w: 8,
        h: 4,
    });
    let scene = Scene {
        sources: vec![source(PixelFormat::Nv12, small); MAX_LAYERS],
        background: Background::Color([0, 0, 0]),
        layers: places.enumerate().map(|(n, rect)| Layer::new(n, rect)).collect(),
    };
    // The last that stands at a place is seen.
    let plain = |n: usize| {
        frame(PixelFormat::Nv12, small, ColorInfo::BT709, |_| {
            (n % 200) as u8 + 20
        })
    };
    let frames: Vec<_> = (0..MAX_LAYERS).map(|n| Some(plain(n))).collect();
    let out = draw(&mut c, &scene, &frames);
    for n in MAX_LAYERS - 64..MAX_LAYERS {
        let place = scene.layers[n].rect;
        let luma = luma_at(&out, place.x as usize + 3, place.y as usize + 1);
        assert_eq!(luma, (n % 200) as u8 + 20, "layer {n}");
    }
    assert_eq!(c.counters().kernels, 1, "layers of one kind share their kernel");
}

#[test]
fn a_source_may_change_its_format_in_mid_show() {
    let Some(mut c) = compositor(SIZE) else { return };
    draw(&mut c, &camera_scene(), &[Some(camera())]);
    for (format, size) in [
        (PixelFormat::Yuyv, SIZE),
        (PixelFormat::I420, Size::new(200, 120)),
        (PixelFormat::Nv12, SIZE),
    ] {
        let plain = frame(format, size, ColorInfo::BT709, |_| 130);
        let mismatched = c.counters().mismatched;
        render(&mut c, &[Some(plain.clone())]);
        assert_eq!(c.counters().mismatched, mismatched + 1, "until the scene says so");
        let mut scene = camera_scene();
        scene.sources[0] = source(format, size);
        c.set_scene(&scene).unwrap();
        let out = render(&mut c, &[Some(plain)]);
        assert_eq!((luma_at(&out, 0, 0), luma_at(&out, 63, 31)), (130, 130));
    }
}

#[test]
fn a_device_lost_while_kernels_are_made_holds_nobody_up() {
    let Some(mut c) = compositor(SIZE) else { return };
    let frames = white(&full_scene());
    draw(&mut c, &structure(0), &frames);
    for n in 1..4 {
        c.prepare(&structure(n)).unwrap();
    }
    c.discard_device();
    let lost = (0..10).any(|_| {
        let result = c.render(Timestamp::ZERO, &frames);
        let _ = c.finished(Duration::from_millis(100));
        matches!(result, Err(Error::DeviceLost(_)))
    });
    assert!(lost);
    // What was asked for is refused, not waited for.
    assert!(c.wait_prepared(PATIENCE));
}
