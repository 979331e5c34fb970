//! A scene of many layers.

use api::scene::{Layer, Scene};
use media::Size;

use super::demo::raw;
use super::{Stage, cuts, layer, rect};

/// Layers across and down.
const ROW: usize = 8;
/// The patch is that of the brightest scene of those that are cut to.
pub(super) const PATCH: usize = cuts::SCENES - 1;

impl Stage {
    /// A scene of 64 layers of 160x90, both cameras in turn, and a patch that shows the first edit of each pair.
    pub fn many_layers() -> Self {
        let size = Size::new(1280, 720);
        let small = |number: usize| Layer {
            name: Some(format!("layer {number}")),
            rect: rect(160 * (number % ROW) as i32, 90 * (number / ROW) as i32, 160, 90),
            ..layer(["table", "host"][number % 2])
        };
        // The patch is the sixty-fourth.
        let mut layers: Vec<_> = (0..ROW * ROW - 1).map(small).collect();
        layers.push(cuts::patch(PATCH));
        Self {
            size,
            cameras: vec![raw("table", size), raw("host", size)],
            images: Vec::new(),
            colors: vec![cuts::color(PATCH)],
            scenes: vec![Scene {
                name: "many".into(),
                layers,
            }],
            preset: "veryfast",
            kbps: 2500,
        }
    }
}
