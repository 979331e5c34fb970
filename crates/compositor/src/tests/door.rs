//! The two doors: order, refusals, missing frames, what compiles, what is pooled, the end.

use std::time::Duration;

use media::{ColorInfo, PixelFormat, Size, Timestamp, VideoFrame};

use super::{PATIENCE, compositor, draw, frame, render, settled};
use crate::{
    Background, ChromaKey, Compositor, Correction, Counters, Crop, Error, Layer, MAX_LAYERS, Options, Rect,
    Scene, SourceFormat,
};

pub(super) const SIZE: Size = Size::new(64, 32);
const PIP: Rect = Rect {
    x: 40,
    y: 2,
    w: 16,
    h: 8,
};

pub(super) const fn source(format: PixelFormat, size: Size) -> SourceFormat {
    SourceFormat { format, size }
}

/// A camera, a keyed one, picture in picture and a card.
pub(super) fn full_scene() -> Scene {
    let half = Size::new(32, 16);
    let mut keyed = Layer::new(1, Rect::full(SIZE));
    keyed.key = Some(ChromaKey::default());
    let card = Rect { x: 4, y: 16, ..PIP };
    Scene {
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
            Layer::new(2, PIP),
            Layer::new(3, card),
        ],
    }
}

pub(super) fn camera_scene() -> Scene {
    let scene = full_scene();
    Scene {
        sources: vec![source(PixelFormat::Nv12, SIZE)],
        layers: scene.layers[..1].to_vec(),
        ..scene
    }
}

pub(super) fn camera() -> VideoFrame {
    frame(PixelFormat::Nv12, SIZE, ColorInfo::BT709, |n| {
        (n * 7 % 220 + 16) as u8
    })
}

/// A frame for each source: white; images red and opaque.
pub(super) fn white(scene: &Scene) -> Vec<Option<VideoFrame>> {
    let luma = |s: &SourceFormat, n: usize| match s.format {
        PixelFormat::Rgba8 => matches!(n % 4, 0 | 3),
        PixelFormat::Yuyv => n.is_multiple_of(2),
        PixelFormat::Nv12 | PixelFormat::I420 => n < s.size.area(),
    };
    let byte = |s: &SourceFormat, n| match (s.format, luma(s, n)) {
        (PixelFormat::Rgba8, true) => 255,
        (PixelFormat::Rgba8, false) => 0,
        (_, true) => 235,
        (_, false) => 128,
    };
    let one = |s: &SourceFormat| frame(s.format, s.size, ColorInfo::BT709, |n| byte(s, n));
    scene.sources.iter().map(|s| Some(one(s))).collect()
}

pub(super) fn luma_at(out: &VideoFrame, x: usize, y: usize) -> u8 {
    out.plane(0)[y * SIZE.width as usize + x]
}

#[test]
fn a_camera_of_the_programs_own_colour_comes_out_as_it_went_in() {
    let Some(mut c) = compositor(SIZE) else { return };
    let out = draw(&mut c, &camera_scene(), &[Some(camera())]);
    assert_eq!(out.data, camera().data);
    assert_eq!((out.format, out.color), (PixelFormat::Nv12, ColorInfo::BT709));
    assert!(!c.adapter().name.is_empty() && !c.adapter().backend.is_empty());
}

#[test]
fn rows_longer_than_the_picture_are_read_by_their_stride() {
    let Some(mut c) = compositor(SIZE) else { return };
    let stride = SIZE.width as usize + 24;
    let mut padded = camera();
    let rows = padded.data.chunks(SIZE.width as usize);
    let data: Vec<u8> = rows.flat_map(|r| r.iter().copied().chain([7; 24])).collect();
    padded.data = data.into();
    padded.planes[0].stride = stride;
    padded.planes[1].stride = stride;
    padded.planes[1].offset = stride * SIZE.height as usize;
    let out = draw(&mut c, &camera_scene(), &[Some(padded)]);
    assert_eq!(out.data, camera().data);
}

#[test]
fn frames_come_back_in_order_with_their_pts_and_a_full_ring_is_busy() {
    let Some(mut c) = compositor(SIZE) else { return };
    c.set_scene(&camera_scene()).unwrap();
    let input = [Some(camera())];
    // Nobody takes frames: three wait finished, one waits for room, and three slots are in flight.
    let mut submitted = 0;
    while submitted < 7 {
        match c.render(Timestamp::from_millis(submitted), &input) {
            Ok(()) => submitted += 1,
            Err(Error::Busy) => std::thread::yield_now(),
            Err(e) => panic!("{e}"),
        }
    }
    assert_eq!(c.render(Timestamp::ZERO, &input), Err(Error::Busy));
    for n in 0..submitted {
        assert_eq!(c.finished(PATIENCE).unwrap().pts, Timestamp::from_millis(n));
    }
    assert!(c.finished(Duration::ZERO).is_none());
    assert_eq!(c.counters().submitted, 7);
}

#[test]
fn a_layer_without_its_frame_is_left_out_and_a_background_without_one_is_black() {
    let Some(mut c) = compositor(SIZE) else { return };
    let scene = full_scene();
    let all = white(&scene);
    let out = draw(&mut c, &scene, &all);
    assert!(out.plane(0)[..4].iter().all(|v| *v == 235));
    assert_eq!(luma_at(&out, 6, 18), 63, "the red card");
    let mut frames = vec![None; 4];
    let out = draw(&mut c, &scene, &frames);
    assert!(out.plane(0)[..SIZE.area()].iter().all(|v| *v == 16));
    assert!(out.plane(1).iter().all(|v| *v == 128));
    assert_eq!(c.counters().missing, 4);
    frames[2] = all[2].clone();
    let out = draw(&mut c, &scene, &frames);
    assert_eq!((luma_at(&out, 41, 3), luma_at(&out, 39, 3)), (235, 16));
    // A short frame set is one whose last frames are missing.
    let out = draw(&mut c, &scene, &all[..1]);
    assert_eq!((luma_at(&out, 6, 18), c.counters().mismatched), (235, 0));
}

#[test]
fn a_frame_that_isnt_as_announced_is_left_out_and_counted() {
    let Some(mut c) = compositor(SIZE) else { return };
    let smaller = frame(PixelFormat::Nv12, Size::new(32, 16), ColorInfo::BT709, |_| 200);
    let other = frame(PixelFormat::I420, SIZE, ColorInfo::BT709, |_| 200);
    let mut short = camera();
    short.data = short.data.slice(..100);
    let mut narrow = camera();
    narrow.planes[0].stride = 1;
    let mut far = camera();
    far.planes[1].offset = usize::MAX - 3;
    for (n, bad) in [smaller, other, short, narrow, far].into_iter().enumerate() {
        let out = draw(&mut c, &camera_scene(), &[Some(bad)]);
        assert!(out.plane(0)[..SIZE.area()].iter().all(|v| *v == 16));
        assert_eq!(c.counters().mismatched, n as u64 + 1);
    }
}

#[test]
fn a_device_with_its_own_memory_draws_the_same() {
    let Some(mut shared) = compositor(SIZE) else {
        return;
    };
    let options = Options { size: SIZE, queue: 3 };
    let mut own = Compositor::open(options, ColorInfo::BT709, false, false).unwrap();
    let scene = full_scene();
    let mut frames = white(&scene);
    frames[1] = Some(frame(PixelFormat::Yuyv, SIZE, ColorInfo::JPEG, |n| n as u8));
    let (a, b) = (
        draw(&mut shared, &scene, &frames),
        draw(&mut own, &scene, &frames),
    );
    assert_eq!(a.data, b.data);
    let (a, b) = (settled(&mut shared, &frames), settled(&mut own, &frames));
    assert_eq!(a.data, b.data);
    for _ in 0..3 {
        assert_eq!(render(&mut own, &frames).data, a.data);
    }
}

#[test]
fn parameters_change_without_compiling() {
    let Some(mut c) = compositor(SIZE) else { return };
    let mut scene = full_scene();
    let frames = white(&scene);
    draw(&mut c, &scene, &frames);
    settled(&mut c, &frames);
    let Counters { kernels, .. } = c.counters();
    assert!(kernels > 0);
    scene.layers[1].key = Some(ChromaKey {
        color: [0, 0, 255],
        similarity: 0.5,
        ..ChromaKey::default()
    });
    scene.layers[1].opacity = 0.3;
    scene.layers[2].rect = Rect { x: 3, ..PIP };
    scene.layers[2].crop = Some(Crop {
        x: 2,
        y: 2,
        w: 20,
        h: 8,
    });
    scene.layers[3].rect = Rect { y: 1, ..PIP };
    c.set_scene(&scene).unwrap();
    settled(&mut c, &frames);
    scene.layers.truncate(3);
    c.set_scene(&scene).unwrap();
    render(&mut c, &frames);
    assert_eq!((c.counters().kernels, c.pending()), (kernels, 0));
}

#[test]
fn finished_pictures_are_pooled() {
    let Some(mut c) = compositor(SIZE) else { return };
    c.set_scene(&camera_scene()).unwrap();
    let program = c.program();
    let mut kept = Vec::new();
    for n in 0..50 {
        c.render(Timestamp::from_millis(n), &[Some(camera())]).unwrap();
        kept.push(program.next(PATIENCE).unwrap());
        // The consumer holds on to two, as an encoder does.
        if kept.len() > 2 {
            kept.remove(0);
        }
    }
    assert!(c.counters().buffers <= 3, "{:?}", c.counters());
    drop(c);
    assert_eq!(kept[0].data, camera().data, "a picture outlives its compositor");
    assert!(
        program.next(PATIENCE).is_none(),
        "and nobody waits for one that is gone"
    );
}

#[test]
fn a_lost_device_is_an_error() {
    let Some(mut c) = compositor(SIZE) else { return };
    draw(&mut c, &camera_scene(), &[Some(camera())]);
    c.discard_device();
    let ends = |r: Result<(), Error>| matches!(r, Err(Error::DeviceLost(_)));
    // The loss is noticed at the latest by the frame that was being drawn.
    let noticed = (0..10).any(|n| {
        let lost = ends(c.render(Timestamp::from_millis(n), &[Some(camera())]));
        let _ = c.finished(Duration::from_millis(100));
        lost
    });
    assert!(noticed && ends(c.set_scene(&camera_scene())));
    assert!(ends(c.prepare(&full_scene())));
    drop(c);
    // Another one takes its place.
    let Some(mut c) = compositor(SIZE) else { return };
    let out = draw(&mut c, &camera_scene(), &[Some(camera())]);
    assert_eq!(out.data, camera().data);
}

/// A scene and the code it is refused with.
type Refused = (Scene, &'static str);

/// The full scene, changed.
fn changed(change: impl FnOnce(&mut Scene)) -> Scene {
    let mut scene = full_scene();
    change(&mut scene);
    scene
}

/// Each is refused in both doors, with its code and a sentence, and the scene before stays.
fn refuses(refused: impl IntoIterator<Item = Refused>) {
    let Some(mut c) = compositor(SIZE) else { return };
    assert_eq!(c.render(Timestamp::ZERO, &[]), Err(Error::NoScene));
    draw(&mut c, &camera_scene(), &[Some(camera())]);
    for (scene, code) in refused {
        let error = c.set_scene(&scene).unwrap_err();
        assert_eq!(c.prepare(&scene).unwrap_err(), error);
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().len() > 20);
        assert!(c.render(Timestamp::ZERO, &[Some(camera())]).is_ok());
        assert_eq!(c.finished(PATIENCE).unwrap().data, camera().data);
    }
}

#[test]
fn scenes_whose_layers_dont_fit_together_are_refused() {
    let huge = Scene {
        sources: vec![source(PixelFormat::Nv12, Size::new(8192, 8192)); MAX_LAYERS],
        background: Background::Color([0, 0, 0]),
        layers: (0..MAX_LAYERS).map(|n| Layer::new(n, PIP)).collect(),
    };
    refuses([
        (huge, "compositor.too_large"),
        (
            changed(|s| s.layers.clear()),
            "compositor.background_not_covering",
        ),
        (
            changed(|s| s.layers[0].rect.w = 30),
            "compositor.background_not_covering",
        ),
        (
            changed(|s| s.layers[0].opacity = 0.5),
            "compositor.background_not_covering",
        ),
        (
            changed(|s| s.layers.swap(0, 1)),
            "compositor.background_not_covering",
        ),
        (
            changed(|s| s.layers = vec![s.layers[0]; MAX_LAYERS + 1]),
            "compositor.too_many_layers",
        ),
        (
            changed(|s| s.layers = vec![s.layers[0]; 10_000]),
            "compositor.too_many_layers",
        ),
        (
            changed(|s| s.layers[0].rotation = 90.0),
            "compositor.background_not_covering",
        ),
        (changed(|s| s.layers[1].source = 9), "compositor.no_such_source"),
        (
            changed(|s| s.layers[3].key = s.layers[1].key),
            "compositor.keyed_image",
        ),
    ]);
}

#[test]
fn numbers_out_of_their_ranges_are_refused() {
    let corrected = |f: fn(&mut Correction)| {
        changed(|s| {
            let mut color = Correction::default();
            f(&mut color);
            s.layers[1].color = Some(color);
        })
    };
    refuses([
        (
            changed(|s| s.layers[1].rotation = f32::INFINITY),
            "compositor.out_of_range",
        ),
        (
            changed(|s| s.layers[1].rotation = 360.5),
            "compositor.out_of_range",
        ),
        (corrected(|c| c.exposure = 4.1), "compositor.out_of_range"),
        (corrected(|c| c.contrast = f32::NAN), "compositor.out_of_range"),
        (corrected(|c| c.temperature = -2.0), "compositor.out_of_range"),
        (corrected(|c| c.tint = 1.1), "compositor.out_of_range"),
        (corrected(|c| c.saturation = -0.1), "compositor.out_of_range"),
        (
            changed(|s| s.layers[2].opacity = f32::NAN),
            "compositor.out_of_range",
        ),
        (
            changed(|s| s.layers[2].rect.x = i32::MIN),
            "compositor.out_of_range",
        ),
        (
            changed(|s| s.layers[1].key.as_mut().unwrap().spill = 2.0),
            "compositor.out_of_range",
        ),
    ]);
}

#[test]
fn sizes_that_cannot_be_drawn_are_refused() {
    let cropped = |crop| changed(|s| s.layers[2].crop = Some(crop));
    let zero = Crop {
        x: 0,
        y: 0,
        w: 0,
        h: 4,
    };
    refuses([
        (
            changed(|s| s.sources[1].size.width = 63),
            "compositor.source_size",
        ),
        (
            changed(|s| s.sources[3].size.height = 0),
            "compositor.source_size",
        ),
        (
            changed(|s| s.sources[0].size.width = 10_000),
            "compositor.source_size",
        ),
        (changed(|s| s.layers[2].rect.h = 0), "compositor.empty_layer"),
        (cropped(zero), "compositor.empty_layer"),
        (
            cropped(Crop {
                x: u32::MAX,
                w: 9,
                ..zero
            }),
            "compositor.empty_layer",
        ),
    ]);
}

#[test]
fn a_canvas_must_be_even_and_of_a_sensible_size() {
    for (width, height) in [(0, 0), (63, 32), (64, 31), (64, 9000), (8, 8)] {
        let size = Size::new(width, height);
        let made = Compositor::new(Options { size, queue: 3 });
        assert_eq!(made.err(), Some(Error::CanvasSize(size)));
    }
    assert!(Error::NoAdapter.to_string().contains("mesa-vulkan-drivers"));
}

#[test]
fn a_compositor_can_be_made_on_one_thread_and_used_on_another() {
    const fn send<T: Send>() {}
    const { send::<Compositor>() };
    const { send::<crate::Program>() };
}

#[test]
fn an_unhurried_one_draws_the_same_from_its_first_frame_on() {
    let Some(mut c) = compositor(SIZE) else { return };
    let scene = full_scene();
    let frames = white(&scene);
    draw(&mut c, &scene, &frames);
    let wanted = settled(&mut c, &frames);
    let options = Options { size: SIZE, queue: 3 };
    let mut own = Compositor::unhurried(options, ColorInfo::BT709).unwrap();
    own.set_scene(&scene).unwrap();
    let first = render(&mut own, &frames);
    assert!(near(&first.data, &wanted.data), "its image is drawn as it came");
    assert!(own.wait_prepared(PATIENCE));
    render(&mut own, &frames);
    assert!(own.wait_prepared(PATIENCE));
    assert_eq!(render(&mut own, &frames).data, wanted.data);
    assert_eq!((own.counters().layered, own.counters().kernels), (0, 0));
}

/// Whether no byte differs by more than the two ways to draw an image do.
fn near(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= 3)
}
