//! From a scene of the show file to one the compositor takes.

use compositor::{Background, ChromaKey, Crop, Layer, Rect, SourceFormat};
use media::{PixelFormat, Size};

use crate::show;

/// The compositor's scene for `scene`: layers whose source is not in `formats` yet (no frame has come) are left
/// out until it is. `index` finds a source by its name.
pub(crate) fn compile(
    scene: &show::Scene,
    canvas: Size,
    formats: &[Option<SourceFormat>],
    index: impl Fn(&str) -> Option<usize>,
) -> compositor::Scene {
    let mut compiled = compositor::Scene {
        sources: Vec::new(),
        background: Background::Layer,
        layers: Vec::new(),
    };
    // The compositor knows the frame set by position: sources without a format stand there as a placeholder.
    let placeholder = SourceFormat {
        format: PixelFormat::Nv12,
        size: Size::new(16, 16),
    };
    compiled.sources = formats.iter().map(|f| f.unwrap_or(placeholder)).collect();
    for layer in &scene.layers {
        let Some(source) = index(&layer.source) else {
            continue;
        };
        if let Some(format) = formats.get(source).copied().flatten() {
            compiled.layers.push(place(layer, source, format, canvas));
        }
    }
    let covered = compiled
        .layers
        .first()
        .is_some_and(|first| covers(first, canvas, &compiled.sources));
    if !covered {
        compiled.background = Background::Color([0, 0, 0]);
    }
    compiled
}

fn place(layer: &show::Layer, source: usize, format: SourceFormat, canvas: Size) -> Layer {
    let rect = layer.rect.map_or(Rect::full(canvas), |r| Rect {
        x: r.x,
        y: r.y,
        w: r.width,
        h: r.height,
    });
    Layer {
        source,
        rect,
        crop: layer.crop.map(|crop| shown(crop, format.size)),
        opacity: layer.opacity,
        key: layer.key.map(|key| ChromaKey {
            color: key.color.0,
            similarity: key.similarity,
            smoothness: key.smoothness,
            spill: key.spill,
        }),
    }
}

/// What remains of a source of `size` when `crop` is cut off.
fn shown(crop: show::Crop, size: Size) -> Crop {
    let rest = |whole: u32, a: u32, b: u32| whole.saturating_sub(a.saturating_add(b));
    Crop {
        x: crop.left,
        y: crop.top,
        w: rest(size.width, crop.left, crop.right),
        h: rest(size.height, crop.top, crop.bottom),
    }
}

fn covers(layer: &Layer, canvas: Size, sources: &[SourceFormat]) -> bool {
    let opaque = layer.opacity >= 1.0 && layer.key.is_none();
    let image = sources
        .get(layer.source)
        .is_some_and(|s| s.format == PixelFormat::Rgba8);
    let full = Rect::full(canvas);
    let Rect { x, y, w, h } = layer.rect;
    let around = x <= 0 && y <= 0 && x + w as i32 >= full.w as i32 && y + h as i32 >= full.h as i32;
    opaque && !image && around
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const CANVAS: Size = Size::new(640, 360);

    fn scene(layers: &str) -> show::Scene {
        let text = format!("name = \"x\"\n[[scene]]\nname = \"s\"\n{layers}");
        show::parse(Path::new("x.toml"), &text).unwrap().scenes.remove(0)
    }

    fn index(name: &str) -> Option<usize> {
        ["back", "host"].iter().position(|n| *n == name)
    }

    #[test]
    fn layers_without_a_frame_yet_are_left_out() {
        let scene = scene("[[scene.layer]]\nsource = \"back\"\n[[scene.layer]]\nsource = \"host\"\nkey = {}");
        let format = SourceFormat {
            format: PixelFormat::Yuyv,
            size: CANVAS,
        };
        let compiled = compile(&scene, CANVAS, &[None, Some(format)], index);
        assert_eq!(compiled.background, Background::Color([0, 0, 0]));
        assert_eq!(compiled.layers.iter().map(|l| l.source).collect::<Vec<_>>(), [1]);
        let whole = compile(&scene, CANVAS, &[Some(format), Some(format)], index);
        assert_eq!(whole.background, Background::Layer);
        assert!(whole.layers[1].key.is_some());
    }

    #[test]
    fn a_crop_is_what_remains() {
        let scene = scene("[[scene.layer]]\nsource = \"back\"\ncrop = { left = 10, bottom = 60 }");
        let format = SourceFormat {
            format: PixelFormat::Yuyv,
            size: CANVAS,
        };
        let compiled = compile(&scene, CANVAS, &[Some(format), None], index);
        assert_eq!(
            compiled.layers[0].crop,
            Some(Crop {
                x: 10,
                y: 0,
                w: 630,
                h: 300
            })
        );
    }
}
