//! Images with alpha.

use media::{ColorInfo, PixelFormat, Size, Timestamp, VideoFrame};

use super::{PATIENCE, compositor, draw, frame, settled};
use crate::color::program_code;
use crate::{Background, Compositor, Correction, Layer, Rect, Scene, SourceFormat};

const SIZE: Size = Size::new(96, 48);
const CARD: Size = Size::new(22, 12);

fn scene(card: Rect) -> Scene {
    let source = |format, size| SourceFormat { format, size };
    Scene {
        sources: vec![source(PixelFormat::Nv12, SIZE), source(PixelFormat::Rgba8, CARD)],
        background: Background::Layer,
        layers: vec![Layer::new(0, Rect::full(SIZE)), Layer::new(1, card)],
    }
}

fn grey() -> VideoFrame {
    frame(PixelFormat::Nv12, SIZE, ColorInfo::BT709, |n| {
        if n < SIZE.area() { 100 } else { 128 }
    })
}

/// One colour all over.
fn plain(rgba: [u8; 4]) -> VideoFrame {
    frame(PixelFormat::Rgba8, CARD, ColorInfo::BT709, |n| rgba[n % 4])
}

fn at(out: &VideoFrame, x: usize, y: usize) -> [u8; 3] {
    let width = SIZE.width as usize;
    let chroma = y / 2 * width + x / 2 * 2;
    [
        out.plane(0)[y * width + x],
        out.plane(1)[chroma],
        out.plane(1)[chroma + 1],
    ]
}

fn assert_near(got: [u8; 3], wanted: [f32; 3]) {
    let near = got
        .iter()
        .zip(wanted)
        .all(|(a, b)| (f32::from(*a) - b).abs() <= 2.0);
    assert!(near, "{got:?}, not {wanted:?}");
}

#[test]
fn a_card_stands_in_its_rectangle_and_nowhere_else() {
    let Some(mut c) = compositor(SIZE) else { return };
    // Two pixels beside the grid of blocks, and twice the image's size.
    let rect = Rect {
        x: 10,
        y: 6,
        w: 44,
        h: 24,
    };
    let rgb = [250, 200, 20];
    let out = draw(
        &mut c,
        &scene(rect),
        &[Some(grey()), Some(plain([250, 200, 20, 255]))],
    );
    for (x, y) in [(10, 6), (53, 6), (10, 29), (53, 29), (30, 20)] {
        assert_near(at(&out, x, y), program_code(rgb));
    }
    for (x, y) in [(9, 6), (54, 6), (10, 5), (10, 30), (0, 0), (95, 47)] {
        assert_eq!(at(&out, x, y), [100, 128, 128], "at {x}, {y}");
    }
}

#[test]
fn half_a_cards_alpha_is_half_of_each() {
    let Some(mut c) = compositor(SIZE) else { return };
    let mut scene = scene(Rect {
        x: 0,
        y: 0,
        w: 22,
        h: 12,
    });
    scene.layers[1].opacity = 0.5;
    let card = plain([0, 0, 255, 128]);
    let out = draw(&mut c, &scene, &[Some(grey()), Some(card)]);
    let blue = program_code([0, 0, 255]);
    let quarter = [0, 1, 2].map(|i| [100.0, 128.0, 128.0][i] * 0.749 + blue[i] * 0.251);
    assert_near(at(&out, 5, 5), quarter);
}

#[test]
fn a_card_over_the_edges_is_cut() {
    let Some(mut c) = compositor(SIZE) else { return };
    for (x, y) in [(-8, -4), (84, 40)] {
        let rect = Rect { x, y, w: 22, h: 12 };
        let out = draw(
            &mut c,
            &scene(rect),
            &[Some(grey()), Some(plain([255, 0, 0, 255]))],
        );
        let (inside, outside) = if x < 0 {
            ((2, 2), (20, 20))
        } else {
            ((90, 44), (60, 30))
        };
        assert_near(at(&out, inside.0, inside.1), program_code([255, 0, 0]));
        assert_eq!(at(&out, outside.0, outside.1), [100, 128, 128]);
    }
}

#[test]
fn a_clear_image_changes_nothing_and_a_smaller_one_keeps_its_mean() {
    let Some(mut c) = compositor(SIZE) else { return };
    let clear = draw(
        &mut c,
        &scene(Rect::full(SIZE)),
        &[Some(grey()), Some(plain([255, 255, 255, 0]))],
    );
    assert_eq!(clear.data, grey().data);
    // Stripes of one pixel, drawn at half the size: grey, not one of the two.
    let stripes = frame(PixelFormat::Rgba8, CARD, ColorInfo::BT709, |n| match n % 8 {
        3..=7 => 255,
        _ => 0,
    });
    let rect = Rect {
        x: 20,
        y: 20,
        w: 10,
        h: 6,
    };
    c.set_scene(&scene(rect)).unwrap();
    let out = settled(&mut c, &[Some(grey()), Some(stripes)]);
    let y = at(&out, 24, 22)[0];
    assert!((105..=147).contains(&y), "{y}");
}

/// Draws with a new image and often with the same one, so that every slot of the ring has been used, before it
/// is prepared and behind.
fn shows(c: &mut Compositor, card: &VideoFrame, rgb: [u8; 3]) {
    for n in 0..8 {
        if n == 4 {
            assert!(c.wait_prepared(PATIENCE));
        }
        let frames = [Some(grey()), Some(card.clone())];
        c.render(Timestamp::from_millis(n), &frames).unwrap();
        let out = c.finished(PATIENCE).unwrap();
        assert_near(at(&out, 12, 8), program_code(rgb));
    }
}

#[test]
fn a_changed_card_is_drawn_anew_in_every_slot() {
    let Some(mut c) = compositor(SIZE) else { return };
    let rect = Rect {
        x: 4,
        y: 4,
        w: 22,
        h: 12,
    };
    c.set_scene(&scene(rect)).unwrap();
    let (red, blue) = (plain([255, 0, 0, 255]), plain([0, 0, 255, 255]));
    shows(&mut c, &red, [255, 0, 0]);
    shows(&mut c, &blue, [0, 0, 255]);
    // Another scene whose sources lie where the card's planes did, and back.
    let other = Scene {
        sources: vec![
            SourceFormat {
                format: PixelFormat::Nv12,
                size: SIZE,
            };
            2
        ],
        background: Background::Layer,
        layers: vec![Layer::new(0, Rect::full(SIZE)), Layer::new(1, rect)],
    };
    c.set_scene(&other).unwrap();
    for n in 0..4 {
        c.render(Timestamp::from_millis(n), &[Some(grey()), Some(grey())])
            .unwrap();
        assert_eq!(c.finished(PATIENCE).unwrap().data, grey().data);
    }
    c.set_scene(&scene(rect)).unwrap();
    shows(&mut c, &blue, [0, 0, 255]);
}

#[test]
fn an_image_that_changes_at_every_tick_is_drawn_as_it_comes() {
    let Some(mut c) = compositor(SIZE) else { return };
    let rect = Rect {
        x: 4,
        y: 4,
        w: 22,
        h: 12,
    };
    c.set_scene(&scene(rect)).unwrap();
    assert!(c.wait_prepared(PATIENCE));
    for n in 0..6u8 {
        let card = plain([40 * n, 255 - 40 * n, 90, 255]);
        c.render(Timestamp::ZERO, &[Some(grey()), Some(card)]).unwrap();
        let out = c.finished(PATIENCE).unwrap();
        assert_near(at(&out, 12, 8), program_code([40 * n, 255 - 40 * n, 90]));
        assert_eq!(
            c.pending(),
            0,
            "nothing is prepared that is gone at the next tick"
        );
    }
}

#[test]
fn an_image_is_the_same_prepared_or_as_it_came() {
    let Some(mut c) = compositor(SIZE) else { return };
    let gradient = frame(PixelFormat::Rgba8, CARD, ColorInfo::BT709, |n| {
        let (x, y) = (n / 4 % 22, n / 88);
        [x * 11, y * 20, 255 - x * 9, 80 + x * 5 + y * 4][n % 4] as u8
    });
    for (mirror, color) in [(false, None), (true, None), (true, Some(warm()))] {
        let mut scene = scene(Rect {
            x: 10,
            y: 6,
            w: 66,
            h: 36,
        });
        scene.layers[1].mirror = mirror;
        scene.layers[1].color = color;
        scene.layers[1].opacity = 0.8;
        let frames = [Some(grey()), Some(gradient.clone())];
        let raw = draw(&mut c, &scene, &frames);
        let prepared = settled(&mut c, &frames);
        for (n, (a, b)) in raw.data.iter().zip(&prepared.data).enumerate() {
            assert!(a.abs_diff(*b) <= 2, "sample {n}: {a} as it came, {b} prepared");
        }
    }
}

fn warm() -> Correction {
    Correction {
        exposure: 0.4,
        contrast: 0.1,
        temperature: 0.5,
        tint: -0.2,
        saturation: 1.3,
    }
}
