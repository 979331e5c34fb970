//! Whole pictures against those kept in `crates/compositor/tests/golden`, which a person has looked at.
//!
//! `UPDATE_GOLDEN=1 cargo test -p compositor golden` draws them anew. Frames are compared as R'G'B', since that is
//! what is looked at: how much all samples differ on average, and how many differ by more than can be seen.

use std::path::PathBuf;

use image::{ImageFormat, RgbImage};
use media::PixelFormat::{I420, Nv12, Rgba8, Yuyv};
use media::{ColorInfo, Matrix, PixelFormat, Size, VideoFrame};

use super::{PATIENCE, compositor, frame, render};
use crate::color::{from_rgb, to_rgb};
use crate::{Background, Blend, ChromaKey, Compositor, Correction, Crop, Layer, Rect, Scene, SourceFormat};

const SIZE: Size = Size::new(320, 180);
/// Most code values that samples may differ by on average.
const MEAN: f64 = 0.3;
/// Code values by which one sample in a thousand may differ more.
const SEEN: u8 = 6;

/// A picture of `size` whose colour is given by its place, 0 to 1.
fn painted(format: PixelFormat, size: Size, color: fn(f64, f64) -> [f64; 4]) -> VideoFrame {
    let (w, h, area) = (size.width as usize, size.height as usize, size.area());
    let at = |x: usize, y: usize| color((x as f64 + 0.5) / w as f64, (y as f64 + 0.5) / h as f64);
    let code = |x: usize, y: usize, k: usize| {
        let [r, g, b, _] = at(x, y);
        let ycc = from_rgb(Matrix::Bt709, [r, g, b]);
        let scaled = if k == 0 {
            16.0 + 219.0 * ycc[0]
        } else {
            128.0 + 224.0 * ycc[k]
        };
        scaled.round() as u8
    };
    frame(format, size, ColorInfo::BT709, |n| match format {
        Rgba8 => (at(n / 4 % w, n / 4 / w)[n % 4] * 255.0).round() as u8,
        Yuyv => code(
            n % (2 * w) / 4 * 2 + usize::from(n % 4 == 2),
            n / (2 * w),
            [0, 1, 0, 2][n % 4],
        ),
        _ if n < area => code(n % w, n / w, 0),
        I420 => {
            let (m, plane) = ((n - area) % (area / 4), (n - area) / (area / 4));
            code(m % (w / 2) * 2, m / (w / 2) * 2, 1 + plane)
        }
        _ => code((n - area) % w / 2 * 2, (n - area) / w * 2, 1 + n % 2),
    })
}

/// A room: a warm wall, a darker floor, a window.
fn room(x: f64, y: f64) -> [f64; 4] {
    if (0.1..0.35).contains(&x) && (0.1..0.5).contains(&y) {
        return [0.55 + 0.3 * y, 0.75, 0.95, 1.0];
    }
    let light = 1.0 - 0.4 * x;
    if y > 0.75 {
        [0.35, 0.25, 0.2, 1.0]
    } else {
        [0.8 * light, 0.7 * light, 0.6 * light, 1.0]
    }
}

/// A person before a green screen.
fn host(x: f64, y: f64) -> [f64; 4] {
    let oval = |cx: f64, cy: f64, w: f64, h: f64| ((x - cx) / w).powi(2) + ((y - cy) / h).powi(2) < 1.0;
    if oval(0.6, 0.35, 0.08, 0.2) {
        [0.85, 0.65, 0.55, 1.0]
    } else if oval(0.6, 0.95, 0.2, 0.42) {
        [0.25, 0.3, 0.7, 1.0]
    } else {
        [0.0, 0.65 + 0.1 * y, 0.25, 1.0]
    }
}

/// Stripes of all hues.
fn hues(x: f64, y: f64) -> [f64; 4] {
    let h = |shift: f64| (0.5 + 0.5 * ((x + shift) * std::f64::consts::TAU).cos()) * (0.2 + 0.8 * y);
    [h(0.0), h(1.0 / 3.0), h(2.0 / 3.0), 1.0]
}

/// A card with a soft edge and a sign on it that isn't the same turned or mirrored.
fn card(x: f64, y: f64) -> [f64; 4] {
    let sign = (0.15..0.3).contains(&x) && (0.2..0.8).contains(&y)
        || (0.15..0.7).contains(&x) && (0.2..0.4).contains(&y);
    let edge = (x.min(1.0 - x) * 12.0).min(y.min(1.0 - y) * 7.0).min(1.0);
    let alpha = 0.9 * edge;
    if sign {
        [0.95, 0.9, 0.2, alpha]
    } else {
        [0.5, 0.05, 0.15, alpha]
    }
}

/// Room, host, hues, card.
fn frames() -> Vec<VideoFrame> {
    vec![
        painted(Nv12, SIZE, room),
        painted(I420, SIZE, host),
        painted(Yuyv, Size::new(160, 120), hues),
        painted(Rgba8, Size::new(96, 56), card),
    ]
}

fn scene(layers: Vec<Layer>) -> Scene {
    Scene {
        sources: frames().iter().map(SourceFormat::from).collect(),
        background: Background::Layer,
        layers,
    }
}

const fn rect(x: i32, y: i32, w: u32, h: u32) -> Rect {
    Rect { x, y, w, h }
}

fn show() -> Scene {
    let mut keyed = Layer::new(1, Rect::full(SIZE));
    keyed.key = Some(ChromaKey::default());
    keyed.color = Some(Correction {
        exposure: 0.3,
        contrast: 0.1,
        temperature: 0.3,
        tint: 0.1,
        saturation: 1.2,
    });
    let mut part = Layer::new(2, rect(220, 10, 90, 50));
    part.crop = Some(Crop {
        x: 20,
        y: 10,
        w: 120,
        h: 68,
    });
    part.mirror = true;
    scene(vec![
        Layer::new(0, Rect::full(SIZE)),
        keyed,
        part,
        Layer::new(3, rect(14, 118, 96, 56)),
    ])
}

fn turned() -> Scene {
    let mut layers = vec![Layer::new(0, Rect::full(SIZE))];
    for (n, rotation) in [0.0, 90.0, 180.0, 270.0, 15.0, -40.0].into_iter().enumerate() {
        let x = 10 + 52 * n as i32;
        let camera = Layer {
            rotation,
            ..Layer::new(2, rect(x, 20, 44, 32))
        };
        let card = Layer {
            rotation,
            mirror: n % 2 == 1,
            ..Layer::new(3, rect(x, 110, 48, 28))
        };
        layers.extend([camera, card]);
    }
    scene(layers)
}

fn modes() -> Scene {
    let mut layers = vec![Layer::new(2, Rect::full(SIZE))];
    let modes = [
        Blend::Normal,
        Blend::Add,
        Blend::Subtract,
        Blend::Multiply,
        Blend::Screen,
        Blend::Darken,
        Blend::Lighten,
    ];
    for (n, blend) in modes.into_iter().enumerate() {
        let x = 4 + 45 * n as i32;
        let camera = Layer {
            blend,
            opacity: 0.9,
            ..Layer::new(0, rect(x, 10, 40, 70))
        };
        let card = Layer {
            blend,
            ..Layer::new(3, rect(x, 100, 40, 60))
        };
        layers.extend([camera, card]);
    }
    scene(layers)
}

/// The program as R'G'B'.
fn picture(out: &VideoFrame) -> RgbImage {
    let w = SIZE.width as usize;
    RgbImage::from_fn(SIZE.width, SIZE.height, |x, y| {
        let (x, y) = (x as usize, y as usize);
        let chroma = y / 2 * w + x / 2 * 2;
        let code = |v: u8, black: f64, span: f64| (f64::from(v) - black) / span;
        let rgb = to_rgb(
            Matrix::Bt709,
            [
                code(out.plane(0)[y * w + x], 16.0, 219.0),
                code(out.plane(1)[chroma], 128.0, 224.0),
                code(out.plane(1)[chroma + 1], 128.0, 224.0),
            ],
        );
        image::Rgb(rgb.map(|v| (v.clamp(0.0, 1.0) * 255.0).round() as u8))
    })
}

fn compare(name: &str, out: &VideoFrame) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(format!("{name}.png"));
    let drawn = picture(out);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        drawn.save_with_format(&path, ImageFormat::Png).unwrap();
    }
    let kept = image::open(&path).unwrap().into_rgb8();
    assert_eq!(kept.dimensions(), drawn.dimensions());
    let differences = || kept.iter().zip(drawn.iter()).map(|(a, b)| a.abs_diff(*b));
    let mean = differences().map(f64::from).sum::<f64>() / kept.len() as f64;
    let seen = differences().filter(|d| *d > SEEN).count();
    assert!(
        mean <= MEAN && seen * 1000 <= kept.len(),
        "{name}: {mean:.3} on average, {seen} of {} to be seen",
        kept.len()
    );
}

fn shown() -> Vec<Option<VideoFrame>> {
    frames().into_iter().map(Some).collect()
}

/// Draws the scene that is set until its images are prepared.
fn prepared(c: &mut Compositor) -> VideoFrame {
    for _ in 0..2 {
        render(c, &shown());
        assert!(c.wait_prepared(PATIENCE));
    }
    render(c, &shown())
}

/// Draws a scene layer by layer and fused.
fn check(c: &mut Compositor, name: &str, scene: &Scene) {
    for layered in [true, false] {
        c.set_scene(scene).unwrap();
        c.layered_only = layered;
        compare(name, &prepared(c));
    }
}

#[test]
fn golden_frames_are_as_kept() {
    let Some(mut c) = compositor(SIZE) else { return };
    check(&mut c, "show", &show());
    check(&mut c, "turned", &turned());
    check(&mut c, "modes", &modes());
    c.set_fade(&show(), &modes()).unwrap();
    c.set_mix(0.4);
    compare("fade", &prepared(&mut c));
}
