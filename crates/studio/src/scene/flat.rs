//! Scenes within scenes, put in their places.

use api::scene::{Layer, Rect, Scene};
use media::Size;

use crate::show::Problem;

/// Most scenes laid out for one, those that stand in it again counted again: empty ones add no layer, but time.
const MAX_VISITS: usize = 1024;

/// A scene whose layers all show sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Flat {
    /// Its name.
    pub(crate) name: String,
    /// Its layers, the lowest first.
    pub(crate) layers: Vec<FlatLayer>,
}

/// A layer that shows a source, and the scenes it stands in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FlatLayer {
    /// Index of the source among those of pictures.
    pub(crate) source: usize,
    /// Its own parameters; its rectangle is within the innermost of `within`.
    pub(crate) layer: Layer,
    /// Rectangles of the scenes it stands in, the innermost first; each is filled by a whole canvas.
    pub(crate) within: Vec<Option<Rect>>,
}

impl Flat {
    /// Whether it has filters that it can do without.
    pub(crate) fn has_filters(&self) -> bool {
        self.layers.iter().any(|l| l.layer.color.is_some())
    }

    /// Whether a layer of it shows source `source`.
    pub(crate) fn shows(&self, source: usize) -> bool {
        self.layers.iter().any(|l| l.source == source)
    }
}

/// Lays scene `name` of `scenes` out; `source` finds a source of pictures by its name. Layers that aren't
/// visible are left out.
///
/// # Errors
/// A name that leads nowhere, a scene that contains itself or holds rotated layers within another, or more
/// than [`compositor::MAX_LAYERS`] layers.
pub(crate) fn flatten(
    scenes: &[Scene],
    name: &str,
    source: &dyn Fn(&str) -> Option<usize>,
) -> Result<Flat, Problem> {
    let mut laying = Laying {
        scenes,
        source,
        top: name,
        open: Vec::new(),
        visits: 0,
        flat: Flat {
            name: name.to_owned(),
            layers: Vec::new(),
        },
    };
    laying.scene(name, &mut Vec::new())?;
    Ok(laying.flat)
}

struct Laying<'a> {
    scenes: &'a [Scene],
    source: &'a dyn Fn(&str) -> Option<usize>,
    top: &'a str,
    /// Names of the scenes being laid out, the outermost first.
    open: Vec<&'a str>,
    visits: usize,
    flat: Flat,
}

impl<'a> Laying<'a> {
    fn scene(&mut self, name: &'a str, within: &mut Vec<Option<Rect>>) -> Result<(), Problem> {
        if self.open.contains(&name) {
            return Err(Problem::InItself(name.to_owned()));
        }
        let found = self.scenes.iter().find(|s| s.name == name);
        let scene = found.ok_or_else(|| Problem::NoSuchScene {
            scene: self.open.last().copied().unwrap_or(self.top).to_owned(),
            shown: name.to_owned(),
        })?;
        self.visits += 1;
        if self.visits > MAX_VISITS {
            return Err(self.too_many());
        }
        self.open.push(name);
        for layer in scene.layers.iter().filter(|l| l.visible) {
            self.layer(layer, within)?;
        }
        self.open.pop();
        Ok(())
    }

    fn layer(&mut self, layer: &'a Layer, within: &mut Vec<Option<Rect>>) -> Result<(), Problem> {
        if let Some(shown) = &layer.scene {
            within.insert(0, layer.rect);
            self.scene(shown, within)?;
            within.remove(0);
            return Ok(());
        }
        let here = self.open.last().copied().unwrap_or(self.top);
        let name = layer.source.as_deref().unwrap_or_default();
        let source = (self.source)(name).ok_or_else(|| Problem::NoSuchSource {
            scene: here.to_owned(),
            source_name: name.to_owned(),
        })?;
        if layer.rotation != 0.0 && !within.is_empty() {
            return Err(Problem::RotatedWithin {
                scene: self.top.to_owned(),
                shown: here.to_owned(),
            });
        }
        if self.flat.layers.len() >= compositor::MAX_LAYERS {
            return Err(self.too_many());
        }
        self.flat.layers.push(FlatLayer {
            source,
            layer: layer.clone(),
            within: within.clone(),
        });
        Ok(())
    }

    fn too_many(&self) -> Problem {
        Problem::TooManyLayers {
            scene: self.top.to_owned(),
            limit: compositor::MAX_LAYERS,
        }
    }
}

impl FlatLayer {
    /// Where the layer stands on a canvas of `canvas`, and the part of the canvas it is seen in, both in canvas
    /// pixels; `None` when that part is empty.
    pub(crate) fn place(&self, canvas: Size) -> Option<(Rect, Rect)> {
        let full = Rect {
            x: 0,
            y: 0,
            width: canvas.width,
            height: canvas.height,
        };
        let mut rect = self.layer.rect.unwrap_or(full);
        let mut seen = full;
        for outer in &self.within {
            let outer = outer.unwrap_or(full);
            rect = scaled(rect, outer, canvas);
            seen = common(scaled(seen, outer, canvas), outer)?;
        }
        // A layer of the scene itself may reach over the canvas: the compositor cuts it off.
        (self.within.is_empty() || common(rect, seen).is_some()).then_some((rect, seen))
    }
}

/// `rect` of a canvas that fills `outer`.
fn scaled(rect: Rect, outer: Rect, canvas: Size) -> Rect {
    let across = |v: i64| v * i64::from(outer.width) / i64::from(canvas.width.max(1));
    let down = |v: i64| v * i64::from(outer.height) / i64::from(canvas.height.max(1));
    let (left, right) = (
        across(rect.x.into()),
        across(i64::from(rect.x) + i64::from(rect.width)),
    );
    let (top, bottom) = (
        down(rect.y.into()),
        down(i64::from(rect.y) + i64::from(rect.height)),
    );
    Rect {
        x: (i64::from(outer.x) + left) as i32,
        y: (i64::from(outer.y) + top) as i32,
        width: (right - left).max(2) as u32,
        height: (bottom - top).max(2) as u32,
    }
}

/// What two rectangles share.
fn common(a: Rect, b: Rect) -> Option<Rect> {
    let end = |at: i32, len: u32| i64::from(at) + i64::from(len);
    let (x, y) = (a.x.max(b.x), a.y.max(b.y));
    let right = end(a.x, a.width).min(end(b.x, b.width));
    let bottom = end(a.y, a.height).min(end(b.y, b.height));
    let (width, height) = (right - i64::from(x), bottom - i64::from(y));
    (width > 0 && height > 0).then_some(Rect {
        x,
        y,
        width: width as u32,
        height: height as u32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenes(text: &str) -> Vec<Scene> {
        serde_json::from_str(text).unwrap()
    }

    fn known(name: &str) -> Option<usize> {
        ["host", "table"].iter().position(|n| *n == name)
    }

    #[test]
    fn a_scene_within_a_scene_is_scaled_to_its_rectangle_and_cut_there() {
        let scenes = scenes(
            r#"[{"name":"a","layer":[{"source":"host"},{"scene":"b","rect":{"x":100,"y":50,"width":320,"height":180}}]},
                {"name":"b","layer":[{"source":"table","rect":{"x":-64,"y":36,"width":128,"height":72}},
                                     {"source":"host","visible":false}]}]"#,
        );
        let flat = flatten(&scenes, "a", &known).unwrap();
        assert_eq!(flat.layers.iter().map(|l| l.source).collect::<Vec<_>>(), [0, 1]);
        let (rect, seen) = flat.layers[1].place(Size::new(640, 360)).unwrap();
        assert_eq!((rect.x, rect.y, rect.width, rect.height), (68, 68, 64, 36));
        assert_eq!((seen.x, seen.y, seen.width, seen.height), (100, 50, 320, 180));
        assert!(flat.shows(1) && !flat.shows(2));
    }

    #[test]
    fn a_scene_that_contains_itself_is_refused() {
        let direct = scenes(r#"[{"name":"a","layer":[{"scene":"a"}]}]"#);
        assert_eq!(flatten(&direct, "a", &known), Err(Problem::InItself("a".into())));
        let through =
            scenes(r#"[{"name":"a","layer":[{"scene":"b"}]},{"name":"b","layer":[{"scene":"a"}]}]"#);
        assert_eq!(flatten(&through, "b", &known), Err(Problem::InItself("b".into())));
    }

    #[test]
    fn scenes_that_double_each_other_end_at_the_most_layers() {
        let mut text = r#"[{"name":"s0","layer":[{"source":"host"},{"source":"host"}]}"#.to_owned();
        for n in 1..40 {
            text += &format!(
                r#",{{"name":"s{n}","layer":[{{"scene":"s{0}"}},{{"scene":"s{0}"}}]}}"#,
                n - 1
            );
        }
        let scenes = scenes(&(text + "]"));
        let refused = flatten(&scenes, "s39", &known).unwrap_err();
        assert_eq!(refused.code(), "show.too_many_layers");
    }

    #[test]
    fn empty_scenes_that_double_each_other_take_no_time() {
        let mut text = r#"[{"name":"s0","layer":[]}"#.to_owned();
        for n in 1..40 {
            text += &format!(
                r#",{{"name":"s{n}","layer":[{{"scene":"s{0}"}},{{"scene":"s{0}"}}]}}"#,
                n - 1
            );
        }
        let refused = flatten(&scenes(&(text + "]")), "s39", &known).unwrap_err();
        assert_eq!(refused.code(), "show.too_many_layers");
    }

    #[test]
    fn names_that_lead_nowhere_are_said() {
        let scenes =
            scenes(r#"[{"name":"a","layer":[{"scene":"c"}]},{"name":"b","layer":[{"source":"x"}]}]"#);
        assert_eq!(
            flatten(&scenes, "a", &known).unwrap_err().code(),
            "show.no_such_scene"
        );
        assert_eq!(
            flatten(&scenes, "b", &known).unwrap_err().code(),
            "show.no_such_source"
        );
    }
}
