//! What the atlas is composed of: pictures made smaller, and where each is drawn.

use api::preview::{Shown, Tile, TilePlace};
use compositor::{Crop, Layer, MAX_LAYERS, Rect, SourceFormat};
use media::Size;

use super::layout::fitted;
use super::shrink::{self, Form};
use crate::scene::{self, Flat};
use crate::show;

/// A picture that the atlas shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Picture {
    /// The program frame.
    Program,
    /// The frame of a source, by its index.
    Source(usize),
}

/// A picture at one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Print {
    pub(super) picture: Picture,
    /// By how much it is made smaller, along each axis.
    pub(super) factor: usize,
    /// What it is like then.
    pub(super) form: Form,
}

/// What is known of a shot without its pixels.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    /// What the program's frames are like.
    pub(super) program: SourceFormat,
    /// The scene on air; `None` while the program is covered.
    pub(super) on_air: Option<&'a str>,
    pub(super) scenes: &'a [std::sync::Arc<Flat>],
    pub(super) names: &'a [String],
    /// What the sources' frames are like, where there are any.
    pub(super) formats: &'a [Option<SourceFormat>],
}

/// Prints and layers of an atlas; the layers' sources are indices of prints.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sheet {
    pub(super) prints: Vec<Print>,
    pub(super) layers: Vec<Layer>,
}

impl<'a> Facts<'a> {
    /// The tile's size: within the space asked for.
    pub(super) fn size(&self, tile: &Tile) -> Size {
        let space = Size::new(tile.width, tile.height);
        let picture = match &tile.show {
            Shown::Program | Shown::Scene { .. } => self.program.size,
            Shown::Source { name } => self
                .source(name)
                .and_then(|i| self.format(i))
                .map_or(space, |f| f.size),
        };
        fitted(space, picture)
    }

    /// The scene that a tile shows, unless it is the program's picture.
    fn scene(&self, tile: &Tile) -> Option<&'a Flat> {
        let Shown::Scene { name } = &tile.show else {
            return None;
        };
        let off_air = self.on_air != Some(name.as_str());
        let found = self.scenes.iter().find(|s| s.name == *name);
        found.map(|s| &**s).filter(|_| off_air)
    }

    fn source(&self, name: &str) -> Option<usize> {
        // A place whose source was removed has no name.
        self.names.iter().position(|n| n == name && !n.is_empty())
    }

    fn format(&self, source: usize) -> Option<SourceFormat> {
        self.formats.get(source).copied().flatten()
    }

    /// The sources that must be awake for these tiles, in order.
    pub(super) fn awake(&self, tiles: &[Tile]) -> Vec<usize> {
        let mut awake = Vec::new();
        for tile in tiles {
            match &tile.show {
                Shown::Program => {}
                Shown::Source { name } => awake.extend(self.source(name)),
                Shown::Scene { name } => {
                    let scene = self.scenes.iter().find(|s| s.name == *name);
                    awake.extend(scene.iter().flat_map(|s| &s.layers).map(|l| l.source));
                }
            }
        }
        awake.sort_unstable();
        awake.dedup();
        awake
    }

    /// What is drawn for `tiles` at `places`. Of too many layers the uppermost are left out.
    pub(super) fn sheet(&self, tiles: &[Tile], places: &[TilePlace]) -> Sheet {
        let mut sheet = Sheet::default();
        for (n, (tile, place)) in tiles.iter().zip(places).enumerate() {
            // Each tile behind this one can still have a layer.
            let rest = tiles.len() - n - 1;
            let room = MAX_LAYERS.saturating_sub(sheet.layers.len() + rest);
            match (&tile.show, self.scene(tile)) {
                (_, Some(scene)) => self.add_scene(&mut sheet, scene, place, room),
                (Shown::Program, None) => sheet.add_whole(Picture::Program, self.program, place),
                (Shown::Scene { name }, None) => {
                    if self.on_air == Some(name.as_str()) {
                        sheet.add_whole(Picture::Program, self.program, place);
                    }
                }
                (Shown::Source { name }, None) => {
                    let known = self.source(name).and_then(|i| Some((i, self.format(i)?)));
                    if let Some((index, format)) = known {
                        sheet.add_whole(Picture::Source(index), format, place);
                    }
                }
            }
        }
        sheet
    }

    fn add_scene(&self, sheet: &mut Sheet, scene: &Flat, place: &TilePlace, room: usize) {
        let canvas = self.program.size;
        let compiled = scene::compile(scene, canvas, self.formats);
        for layer in compiled.layers.iter().take(room) {
            let Some(format) = self.format(layer.source) else {
                continue;
            };
            let whole = Crop {
                x: 0,
                y: 0,
                w: format.size.width,
                h: format.size.height,
            };
            let rect = scaled(layer.rect, canvas, place);
            let crop = layer.crop.unwrap_or(whole);
            let kept = match layer.rotation == 0.0 {
                true => scene::cut(rect, tile_rect(place), crop, layer.mirror),
                false => turned_within(rect, layer.rotation, place, crop),
            };
            if let Some((rect, crop)) = kept {
                sheet.add(Picture::Source(layer.source), format, rect, crop, *layer);
            }
        }
    }
}

impl Sheet {
    fn add_whole(&mut self, picture: Picture, format: SourceFormat, place: &TilePlace) {
        let Size { width: w, height: h } = format.size;
        let crop = Crop { x: 0, y: 0, w, h };
        let rect = tile_rect(place);
        let layer = Layer::new(0, rectangle(rect));
        self.add(picture, format, rect, crop, layer);
    }

    /// Adds `layer` with the part `crop` of a picture in `rect`; the picture is made smaller as far as the layer is.
    fn add(&mut self, picture: Picture, format: SourceFormat, rect: show::Rect, crop: Crop, layer: Layer) {
        // Less than a block of chroma would reach over the tile's edge.
        if rect.width < 2 || rect.height < 2 {
            return;
        }
        let factor = (crop.w / rect.width.max(1)).min(crop.h / rect.height.max(1));
        let smallest = (format.size.width / 2).min(format.size.height / 2);
        let factor = factor.min(smallest).clamp(1, shrink::MOST as u32);
        let Some(form) = shrink::form(format.format, format.size, factor as usize) else {
            return;
        };
        let axis = |at: u32, len: u32, side: u32| {
            let at = (at / factor).min(side - 1);
            (at, (len / factor).clamp(1, side - at))
        };
        let ((x, w), (y, h)) = (
            axis(crop.x, crop.w, form.size.width),
            axis(crop.y, crop.h, form.size.height),
        );
        let crop = Crop { x, y, w, h };
        let whole = x == 0 && y == 0 && Size::new(w, h) == form.size;
        let print = Print {
            picture,
            factor: factor as usize,
            form,
        };
        let source = self.print(print);
        self.layers.push(Layer {
            source,
            rect: rectangle(rect),
            crop: (!whole).then_some(crop),
            ..layer
        });
    }

    /// The index of a print, which is added when it is new.
    fn print(&mut self, print: Print) -> usize {
        let known = self.prints.iter().position(|p| *p == print);
        known.unwrap_or_else(|| {
            self.prints.push(print);
            self.prints.len() - 1
        })
    }
}

/// A rectangle of the canvas within the tile that shows the canvas.
fn scaled(rect: Rect, canvas: Size, place: &TilePlace) -> show::Rect {
    let axis = |at: i32, len: u32, side: u32, tile_at: u32, tile: u32| {
        let map = |v: i64| {
            let scaled = v * i64::from(tile) * 2 / i64::from(side.max(1));
            // To the nearest, halves up.
            i64::from(tile_at) + (scaled + 1).div_euclid(2)
        };
        let (start, end) = (map(at.into()), map(i64::from(at) + i64::from(len)));
        (start as i32, (end - start).max(1) as u32)
    };
    let (x, width) = axis(rect.x, rect.w, canvas.width, place.x, place.width);
    let (y, height) = axis(rect.y, rect.h, canvas.height, place.y, place.height);
    show::Rect { x, y, width, height }
}

/// What of a turned layer is drawn: as much round its centre as stays within the tile however it is turned. A little
/// less than should be seen; nothing of a layer whose centre is outside.
fn turned_within(
    rect: show::Rect,
    degrees: f32,
    place: &TilePlace,
    crop: Crop,
) -> Option<(show::Rect, Crop)> {
    let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
    let (w, h) = (f64::from(rect.width), f64::from(rect.height));
    let (cx, cy) = (f64::from(rect.x) + w / 2.0, f64::from(rect.y) + h / 2.0);
    // One pixel less: edges are soft, and moved to even pixels.
    let room = |centre: f64, at: u32, len: u32| {
        (centre - f64::from(at)).min(f64::from(at) + f64::from(len) - centre) - 1.5
    };
    let across = room(cx, place.x, place.width) / ((w * cos.abs() + h * sin.abs()) / 2.0);
    let down = room(cy, place.y, place.height) / ((w * sin.abs() + h * cos.abs()) / 2.0);
    let part = across.min(down).min(1.0);
    if part <= 0.0 {
        return None;
    }
    let (width, height) = ((w * part) as u32, (h * part) as u32);
    if width < 2 || height < 2 {
        return None;
    }
    let kept = show::Rect {
        x: (cx - f64::from(width) / 2.0).round() as i32,
        y: (cy - f64::from(height) / 2.0).round() as i32,
        width,
        height,
    };
    let side = |len: u32| ((f64::from(len) * part) as u32).clamp(1, len);
    let (cw, ch) = (side(crop.w), side(crop.h));
    let cut = Crop {
        x: crop.x + (crop.w - cw) / 2,
        y: crop.y + (crop.h - ch) / 2,
        w: cw,
        h: ch,
    };
    Some((kept, cut))
}

const fn tile_rect(place: &TilePlace) -> show::Rect {
    show::Rect {
        x: place.x as i32,
        y: place.y as i32,
        width: place.width,
        height: place.height,
    }
}

const fn rectangle(rect: show::Rect) -> Rect {
    Rect {
        x: rect.x,
        y: rect.y,
        w: rect.width,
        h: rect.height,
    }
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
