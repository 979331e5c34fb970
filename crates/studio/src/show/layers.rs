//! What layers must be, alone and among the scenes they stand in.

use api::scene::{Layer, Scene};

use super::Problem;
use super::check::range;

/// Longest fade, in milliseconds.
pub(crate) const MAX_FADE_MS: u32 = 10_000;

/// Everything that doesn't fit in `scenes`; `picture` says of a source's name whether it has pictures, and
/// nothing when there is no such source.
pub(super) fn problems(scenes: &[Scene], picture: &dyn Fn(&str) -> Option<bool>) -> Vec<Problem> {
    let mut found = Vec::new();
    for scene in scenes {
        for layer in &scene.layers {
            found.extend(layer_problems(&scene.name, layer, picture));
        }
    }
    if found.is_empty() {
        // Only now do all names lead somewhere.
        let flat = |s: &Scene| crate::scene::flatten(scenes, &s.name, &|_| Some(0)).err();
        found.extend(scenes.iter().filter_map(flat));
    }
    found
}

/// What doesn't fit in one layer of scene `scene`, not looking into the scene it may show.
pub(crate) fn layer_problems(
    scene: &str,
    layer: &Layer,
    picture: &dyn Fn(&str) -> Option<bool>,
) -> Vec<Problem> {
    let mut found = Vec::new();
    let name = || scene.to_owned();
    match (&layer.source, &layer.scene) {
        (Some(source), None) => match picture(source) {
            None => found.push(Problem::NoSuchSource {
                scene: name(),
                source_name: source.clone(),
            }),
            Some(false) => found.push(Problem::NoPicture {
                scene: name(),
                source_name: source.clone(),
            }),
            Some(true) => {}
        },
        (None, Some(shown)) => found.extend(beyond_place(layer).map(|parameter| Problem::OnlyPlaced {
            scene: name(),
            shown: shown.clone(),
            parameter,
        })),
        _ => found.push(Problem::ShowsNothing(name())),
    }
    found.extend(out_of_range(layer));
    found
}

/// What a layer that shows a scene has and can't have.
fn beyond_place(layer: &Layer) -> Option<&'static str> {
    let plain = Layer::default();
    let differs = [
        (layer.crop.is_some(), "crop"),
        (layer.rotation != plain.rotation, "rotation"),
        (layer.mirror, "mirror"),
        (layer.opacity != plain.opacity, "opacity"),
        (layer.blend != plain.blend, "blend"),
        (layer.key.is_some(), "key"),
        (layer.color.is_some(), "color"),
    ];
    differs.iter().find(|(there, _)| *there).map(|(_, name)| *name)
}

/// Numbers that no layer can have.
fn out_of_range(layer: &Layer) -> Option<Problem> {
    let mut checks = vec![
        ("opacity", layer.opacity, 0.0..=1.0, "0 to 1"),
        ("rotation", layer.rotation, -360.0..=360.0, "-360 to 360 degrees"),
    ];
    if let Some(key) = &layer.key {
        checks.extend([
            ("similarity", key.similarity, 0.0..=1.0, "0 to 1"),
            ("smoothness", key.smoothness, 0.0..=1.0, "0 to 1"),
            ("spill", key.spill, 0.0..=1.0, "0 to 1"),
        ]);
    }
    if let Some(color) = &layer.color {
        checks.extend([
            ("exposure", color.exposure, -4.0..=4.0, "-4 to 4 stops"),
            ("contrast", color.contrast, -1.0..=1.0, "-1 to 1"),
            ("temperature", color.temperature, -1.0..=1.0, "-1 to 1"),
            ("tint", color.tint, -1.0..=1.0, "-1 to 1"),
            ("saturation", color.saturation, 0.0..=4.0, "0 to 4"),
        ]);
    }
    let outside = checks
        .iter()
        .find(|(_, value, within, _)| !within.contains(value));
    let numbers = outside.map(|(name, value, _, may)| {
        let what = format!("the {name} of '{}'", layer.title());
        range(&what, value, may)
    });
    numbers.or_else(|| empty(layer))
}

/// A rectangle without extent, or beyond all canvases.
fn empty(layer: &Layer) -> Option<Problem> {
    let rect = layer.rect?;
    let far = 16_384;
    let fits = (1..=far).contains(&rect.width)
        && (1..=far).contains(&rect.height)
        && rect.x.unsigned_abs() <= far
        && rect.y.unsigned_abs() <= far;
    let value = format!("{}x{} at {}, {}", rect.width, rect.height, rect.x, rect.y);
    let what = format!("the rect of '{}'", layer.title());
    (!fits).then(|| range(&what, value, "1x1 to 16384x16384, at most as far from the corner"))
}
