//! From a laid-out scene to one the compositor takes.

use compositor::{Background, Blend, ChromaKey, Correction, Crop, Layer, Rect, SourceFormat};
use media::{PixelFormat, Size};

use super::{Flat, FlatLayer};
use crate::show;

/// The compositor's scene for `scene`: layers whose source is not in `formats` yet (no frame has come), and
/// those of whose source the crop leaves nothing, are left out.
pub(crate) fn compile(scene: &Flat, canvas: Size, formats: &[Option<SourceFormat>]) -> compositor::Scene {
    // The compositor knows the frame set by position: sources without a format stand there as a placeholder.
    let placeholder = SourceFormat {
        format: PixelFormat::Nv12,
        size: Size::new(16, 16),
    };
    let mut compiled = compositor::Scene {
        sources: formats.iter().map(|f| f.unwrap_or(placeholder)).collect(),
        background: Background::Layer,
        layers: Vec::new(),
    };
    for layer in &scene.layers {
        if let Some(format) = formats.get(layer.source).copied().flatten() {
            compiled.layers.extend(place(layer, format, canvas));
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

/// `scene` without the filters that it can do without: a show goes on without its colour corrections, not without its
/// green screen.
pub(crate) fn without_filters(mut scene: compositor::Scene) -> compositor::Scene {
    scene.layers.iter_mut().for_each(|layer| layer.color = None);
    scene
}

fn place(flat: &FlatLayer, format: SourceFormat, canvas: Size) -> Option<Layer> {
    let (rect, seen) = flat.place(canvas)?;
    let layer = &flat.layer;
    let shown = shown(layer.crop.unwrap_or_default(), format.size)?;
    let (rect, shown) = match flat.within.is_empty() {
        true => (rect, shown),
        false => cut(rect, seen, shown, layer.mirror)?,
    };
    let keyed = layer.key.filter(|_| format.format != PixelFormat::Rgba8);
    Some(Layer {
        crop: partial(shown, format.size),
        rotation: layer.rotation,
        mirror: layer.mirror,
        opacity: layer.opacity,
        blend: blend(layer.blend),
        key: keyed.map(key),
        color: layer.color.map(correction),
        ..Layer::new(flat.source, rectangle(rect))
    })
}

/// A crop, unless it is the whole source.
fn partial(shown: Crop, size: Size) -> Option<Crop> {
    let whole = shown.x == 0 && shown.y == 0 && shown.w == size.width && shown.h == size.height;
    (!whole).then_some(shown)
}

const fn rectangle(rect: show::Rect) -> Rect {
    Rect {
        x: rect.x,
        y: rect.y,
        w: rect.width,
        h: rect.height,
    }
}

const fn blend(blend: show::Blend) -> Blend {
    match blend {
        show::Blend::Normal => Blend::Normal,
        show::Blend::Add => Blend::Add,
        show::Blend::Subtract => Blend::Subtract,
        show::Blend::Multiply => Blend::Multiply,
        show::Blend::Screen => Blend::Screen,
        show::Blend::Darken => Blend::Darken,
        show::Blend::Lighten => Blend::Lighten,
    }
}

fn key(key: show::Key) -> ChromaKey {
    ChromaKey {
        color: key.color.0,
        similarity: key.similarity,
        smoothness: key.smoothness,
        spill: key.spill,
    }
}

fn correction(color: show::Correction) -> Correction {
    Correction {
        exposure: color.exposure,
        contrast: color.contrast,
        temperature: color.temperature,
        tint: color.tint,
        saturation: color.saturation,
    }
}

/// What remains of a source of `size` when `crop` is cut off, if anything does.
fn shown(crop: show::Crop, size: Size) -> Option<Crop> {
    let rest = |whole: u32, a: u32, b: u32| whole.checked_sub(a)?.checked_sub(b).filter(|n| *n > 0);
    Some(Crop {
        x: crop.left,
        y: crop.top,
        w: rest(size.width, crop.left, crop.right)?,
        h: rest(size.height, crop.top, crop.bottom)?,
    })
}

/// Cuts a layer off at the edges of the scene it stands in: what remains of its rectangle, and the part of its
/// source that belongs there.
pub(crate) fn cut(
    rect: show::Rect,
    seen: show::Rect,
    shown: Crop,
    mirror: bool,
) -> Option<(show::Rect, Crop)> {
    let (x, width, left, across) = cut_axis(
        (rect.x, rect.width),
        (seen.x, seen.width),
        (shown.x, shown.w),
        mirror,
    )?;
    let (y, height, top, down) = cut_axis(
        (rect.y, rect.height),
        (seen.y, seen.height),
        (shown.y, shown.h),
        false,
    )?;
    let crop = Crop {
        x: left,
        y: top,
        w: across,
        h: down,
    };
    Some((show::Rect { x, y, width, height }, crop))
}

/// Start and length of what remains along one axis, and of the source's part there.
fn cut_axis(
    rect: (i32, u32),
    seen: (i32, u32),
    source: (u32, u32),
    mirror: bool,
) -> Option<(i32, u32, u32, u32)> {
    let end = |(at, len): (i32, u32)| i64::from(at) + i64::from(len);
    let start = rect.0.max(seen.0);
    let len = end(rect).min(end(seen)) - i64::from(start);
    if len <= 0 {
        return None;
    }
    let before = i64::from(start) - i64::from(rect.0);
    let behind = i64::from(rect.1) - before - len;
    let scale = |part: i64| part * i64::from(source.1) / i64::from(rect.1.max(1));
    let first = scale(if mirror { behind } else { before });
    let part = scale(len).clamp(1, i64::from(source.1) - first.min(i64::from(source.1) - 1));
    Some((start, len as u32, source.0 + first as u32, part as u32))
}

fn covers(layer: &Layer, canvas: Size, sources: &[SourceFormat]) -> bool {
    let opaque = layer.opacity >= 1.0 && layer.key.is_none() && layer.blend == Blend::Normal;
    let image = sources
        .get(layer.source)
        .is_some_and(|s| s.format == PixelFormat::Rgba8);
    let full = Rect::full(canvas);
    let Rect { x, y, w, h } = layer.rect;
    let around = x <= 0 && y <= 0 && x + w as i32 >= full.w as i32 && y + h as i32 >= full.h as i32;
    opaque && !image && around && layer.rotation == 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANVAS: Size = Size::new(640, 360);
    const CAMERA: SourceFormat = SourceFormat {
        format: PixelFormat::Yuyv,
        size: CANVAS,
    };

    fn flat(text: &str) -> Flat {
        let scenes: Vec<show::Scene> = serde_json::from_str(text).unwrap();
        let known = |name: &str| ["back", "host"].iter().position(|n| *n == name);
        crate::scene::flatten(&scenes, "s", &known).unwrap()
    }

    #[test]
    fn layers_without_a_frame_yet_are_left_out() {
        let scene = flat(r#"[{"name":"s","layer":[{"source":"back"},{"source":"host","key":{}}]}]"#);
        let compiled = compile(&scene, CANVAS, &[None, Some(CAMERA)]);
        assert_eq!(compiled.background, Background::Color([0, 0, 0]));
        assert_eq!(compiled.layers.iter().map(|l| l.source).collect::<Vec<_>>(), [1]);
        let whole = compile(&scene, CANVAS, &[Some(CAMERA), Some(CAMERA)]);
        assert_eq!(whole.background, Background::Layer);
        assert!(whole.layers[1].key.is_some());
    }

    #[test]
    fn a_crop_is_what_remains_and_nothing_is_no_layer() {
        let cropped = |crop: &str| {
            let text = format!(r#"[{{"name":"s","layer":[{{"source":"back","crop":{crop}}}]}}]"#);
            compile(&flat(&text), CANVAS, &[Some(CAMERA), None])
        };
        let crop = Crop {
            x: 10,
            y: 0,
            w: 630,
            h: 300,
        };
        assert_eq!(cropped(r#"{"left":10,"bottom":60}"#).layers[0].crop, Some(crop));
        assert_eq!(cropped(r#"{"left":400,"right":240}"#).layers, []);
    }

    #[test]
    fn a_layer_that_leaves_its_scene_is_cut_off_with_its_source() {
        let scene = flat(
            r#"[{"name":"s","layer":[{"scene":"in","rect":{"x":320,"y":0,"width":320,"height":180}}]},
                {"name":"in","layer":[{"source":"back","rect":{"x":-320,"y":0,"width":640,"height":360}}]}]"#,
        );
        let compiled = compile(&scene, CANVAS, &[Some(CAMERA), None]);
        let half = Crop {
            x: 320,
            y: 0,
            w: 320,
            h: 360,
        };
        let place = Rect {
            x: 320,
            y: 0,
            w: 160,
            h: 180,
        };
        assert_eq!(
            (compiled.layers[0].rect, compiled.layers[0].crop),
            (place, Some(half))
        );
    }

    #[test]
    fn only_a_plain_layer_over_all_is_a_background() {
        for layer in [r#""rotation":5"#, r#""blend":"add""#, r#""opacity":0.5"#] {
            let scene = flat(&format!(
                r#"[{{"name":"s","layer":[{{"source":"back",{layer}}}]}}]"#
            ));
            let compiled = compile(&scene, CANVAS, &[Some(CAMERA), None]);
            assert_eq!(compiled.background, Background::Color([0, 0, 0]), "{layer}");
        }
    }
}
