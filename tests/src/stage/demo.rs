//! The bundled demo show with cameras in the place of its files, and plainer stages.

use std::path::{Path, PathBuf};

use api::scene::{Color, Crop, Key, Layer, Rect, Scene};
use media::{FrameRate, Size};

use super::{CAMERA_ROW, Camera, Stage, layer, rect};
use crate::loops::{Format, Loop};

/// The bundled show is laid out for so many columns.
const COLUMNS: u32 = 1280;

pub(super) fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo")
}

/// A camera that sees the loop of its name.
pub(super) fn raw(name: &'static str, size: Size) -> Camera {
    Camera {
        name,
        sees: Loop::raw(name, size),
    }
}

impl Stage {
    /// The first scene of the bundled demo show, at another size, with two raw cameras of that size: the host, keyed
    /// and colour-corrected, before the table; the product close up in a corner; its card. `numbered`: the table's
    /// camera numbers its pictures.
    ///
    /// # Panics
    /// The bundled show can't be read.
    pub fn demo(size: Size, numbered: bool) -> Self {
        let (mut table, host) = (raw("table", size), raw("host", size));
        table.sees.numbered = numbered.then_some(CAMERA_ROW);
        let mut scene = bundled();
        scene.layers.iter_mut().for_each(|layer| scale(layer, size.width));
        Self {
            size,
            cameras: vec![table, host],
            images: vec![("card", assets().join("card.png"))],
            colors: Vec::new(),
            scenes: vec![scene],
            preset: "veryfast",
            kbps: 2500,
        }
    }

    /// One raw camera of 1920x1080, keyed over a plain wall.
    pub fn full_hd() -> Self {
        let size = Size::new(1920, 1080);
        let host = Layer {
            key: Some(Key::default()),
            ..layer("host")
        };
        Self {
            size,
            cameras: vec![raw("host", size)],
            images: Vec::new(),
            colors: vec![("wall".into(), Color([0x30, 0x48, 0x60]))],
            scenes: vec![Scene {
                name: "host before a wall".into(),
                layers: vec![layer("wall"), host],
            }],
            preset: "superfast",
            kbps: 4500,
        }
    }

    /// Four cameras of 1280x720, a quarter of the picture each: two that send JPEG, one YUYV at 30 pictures a second,
    /// one NV12 at 30000/1001; and a second scene without those that send JPEG.
    pub fn four() -> Self {
        let size = Size::new(1280, 720);
        let camera = |name, sees, format, rate| Camera {
            name,
            sees: Loop {
                format,
                rate,
                ..Loop::raw(sees, size)
            },
        };
        let thirty = FrameRate::whole(30);
        let ntsc = FrameRate::new(30_000, 1001).unwrap_or(thirty);
        let cameras = vec![
            camera("jpeg-1", "table", Format::Mjpeg, thirty),
            camera("jpeg-2", "host", Format::Mjpeg, thirty),
            camera("yuyv", "table", Format::Yuyv, thirty),
            camera("nv12", "host", Format::Nv12, ntsc),
        ];
        let corner = |(number, camera): (usize, &Camera)| Layer {
            rect: rect(640 * (number % 2) as i32, 360 * (number / 2) as i32, 640, 360),
            ..layer(camera.name)
        };
        let layers: Vec<_> = cameras.iter().enumerate().map(corner).collect();
        let scene = |name: &str, layers: &[Layer]| Scene {
            name: name.into(),
            layers: layers.to_vec(),
        };
        Self {
            size,
            cameras,
            images: Vec::new(),
            colors: Vec::new(),
            scenes: vec![scene("all", &layers), scene("raw", &layers[2..])],
            preset: "veryfast",
            kbps: 2500,
        }
    }
}

fn bundled() -> Scene {
    let text =
        std::fs::read_to_string(assets().join("show.toml")).expect("the demo show is part of the tree");
    let mut show: toml::Table = toml::from_str(&text).expect("the demo show is TOML");
    let scenes = show.remove("scene").map(toml::Value::try_into::<Vec<Scene>>);
    let scenes = scenes
        .expect("the demo show has scenes")
        .expect("they are as they should be");
    scenes.into_iter().next().expect("the demo show has a scene")
}

/// Makes a layer of the bundled show one of a canvas of `columns`; its cameras shrink alike.
fn scale(layer: &mut Layer, columns: u32) {
    let part = |length: u32| length * columns / COLUMNS;
    let along = |at: i32| at * columns as i32 / COLUMNS as i32;
    layer.rect = layer.rect.map(|r| Rect {
        x: along(r.x),
        y: along(r.y),
        width: part(r.width),
        height: part(r.height),
    });
    layer.crop = layer.crop.map(|c| Crop {
        left: part(c.left),
        top: part(c.top),
        right: part(c.right),
        bottom: part(c.bottom),
    });
}
