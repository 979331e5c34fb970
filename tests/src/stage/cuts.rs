//! Twelve scenes of differing structure, each known in the picture by a patch of its own grey.

use api::scene::{Blend, Color, Correction, Crop, Key, Layer, Scene};
use media::{Size, VideoFrame};

use super::demo::{assets, raw};
use super::{Stage, layer, rect};

/// How many scenes there are.
pub const SCENES: usize = 12;
/// Left and upper edge of the patch, and its sides: lower right, clear of the numbers.
const PATCH: (i32, i32, u32) = (1208, 648, 64);
/// What coding spoils at the patch's edges.
const MARGIN: usize = 16;
/// From one scene's grey to the next.
const STEP: u8 = 21;

/// The grey of a scene.
fn grey(scene: usize) -> u8 {
    12 + STEP * scene as u8
}

/// Luma of a scene's patch (Rec. ITU-R BT.709, limited range).
pub fn luma(scene: usize) -> u32 {
    (16.0 + f32::from(grey(scene)) * 219.0 / 255.0).round() as u32
}

/// Luma of the patch of [`Stage::many_layers`] with this opacity: black lies below it.
pub fn faded(opacity: f32) -> u32 {
    let full = luma(super::layers::PATCH) as f32;
    (16.0 + (full - 16.0) * opacity).round() as u32
}

/// The scene whose patch has about this luma.
pub fn scene_of(seen: u32) -> Option<usize> {
    (0..SCENES).find(|&scene| luma(scene).abs_diff(seen) <= 7)
}

/// Mean luma of the patch in a program frame.
pub fn read(frame: &VideoFrame) -> Option<u32> {
    let (luma, stride) = (frame.plane(0), frame.planes[0].stride);
    let (left, top) = (PATCH.0 as usize + MARGIN, PATCH.1 as usize + MARGIN);
    let side = PATCH.2 as usize - 2 * MARGIN;
    let mut sum = 0;
    for row in top..top + side {
        let line = luma.get(row * stride + left..)?.get(..side)?;
        sum += line.iter().map(|&sample| u32::from(sample)).sum::<u32>();
    }
    Some(sum / (side * side) as u32)
}

/// The source of a scene's patch.
pub(super) fn color(scene: usize) -> (String, Color) {
    (format!("patch {scene}"), Color([grey(scene); 3]))
}

/// The layer that is a scene's patch, its name `patch`.
pub(super) fn patch(scene: usize) -> Layer {
    Layer {
        name: Some("patch".into()),
        rect: rect(PATCH.0, PATCH.1, PATCH.2, PATCH.2),
        ..layer(&color(scene).0)
    }
}

fn placed(name: &str, source: &str, at: Option<api::scene::Rect>) -> Layer {
    Layer {
        name: Some(name.into()),
        rect: at,
        ..layer(source)
    }
}

fn keyed() -> Layer {
    Layer {
        key: Some(Key::default()),
        ..layer("host")
    }
}

fn corrected(layer: Layer) -> Layer {
    let color = Some(Correction {
        contrast: 0.1,
        saturation: 1.2,
        ..Correction::default()
    });
    Layer { color, ..layer }
}

/// What the scenes show below their patches.
fn pictures(scene: usize) -> Vec<Layer> {
    let (left, right) = (rect(40, 120, 560, 420), rect(680, 120, 560, 420));
    let turned = |layer: Layer, rotation| Layer { rotation, ..layer };
    let blended = |layer: Layer, blend, opacity| Layer {
        blend,
        opacity,
        ..layer
    };
    match scene {
        0 => vec![layer("table")],
        1 => vec![corrected(layer("host"))],
        2 => vec![layer("table"), keyed()],
        3 => vec![
            layer("table"),
            keyed(),
            placed("card", "card", rect(36, 440, 420, 200)),
        ],
        4 => vec![
            corrected(layer("table")),
            corrected(keyed()),
            placed("small", "table", rect(936, 60, 308, 174)),
        ],
        5 => vec![placed("a", "table", left), placed("b", "host", right)],
        6 => vec![
            layer("table"),
            turned(placed("a", "host", left), -4.0),
            turned(placed("b", "table", right), 3.0),
        ],
        7 => vec![
            Layer {
                mirror: true,
                ..layer("host")
            },
            placed("small", "table", rect(60, 60, 308, 174)),
        ],
        8 => vec![layer("table"), blended(layer("host"), Blend::Multiply, 0.5)],
        9 => vec![
            layer("host"),
            blended(placed("light", "table", right), Blend::Screen, 0.8),
        ],
        10 => vec![Layer {
            crop: Some(Crop {
                left: 160,
                top: 90,
                right: 160,
                bottom: 90,
            }),
            ..layer("table")
        }],
        _ => vec![
            placed("a", "host", left),
            blended(placed("b", "table", right), Blend::Normal, 0.6),
            placed("c", "card", rect(430, 480, 420, 200)),
        ],
    }
}

/// The name of a scene.
pub fn name(scene: usize) -> String {
    format!("scene {scene}")
}

impl Stage {
    /// Two raw cameras in twelve scenes, no two of the same structure.
    pub fn cuts() -> Self {
        let size = Size::new(1280, 720);
        let scene = |number: usize| {
            let mut layers = pictures(number);
            layers.push(patch(number));
            Scene {
                name: name(number),
                layers,
            }
        };
        Self {
            size,
            cameras: vec![raw("table", size), raw("host", size)],
            images: vec![("card", assets().join("card.png"))],
            colors: (0..SCENES).map(color).collect(),
            scenes: (0..SCENES).map(scene).collect(),
            preset: "veryfast",
            kbps: 2500,
        }
    }
}
