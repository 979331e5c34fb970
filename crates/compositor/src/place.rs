//! One layer with its place found: which pixels it touches, which samples it reads, its parameters.

use media::{ColorInfo, PixelFormat, Siting, Size};

use crate::arena::Region;
use crate::color::{Conversion, program_code, program_matrix};
use crate::grade::{self, NEUTRAL, grade};
use crate::image::ImagePlace;
use crate::kernel::{Fetch, Step};
use crate::params::LayerParams;
use crate::{Blend, ChromaKey, Correction, Crop, Layer, Rect, SourceFormat};

/// Code values of the whole range of chroma: what the units of a chroma key are.
const CHROMA_SPAN: f32 = 224.0;
/// A key that takes nothing out.
const OPAQUE: [f32; 4] = [0.0, 0.0, -1.0, 1e9];

/// A layer with its place found.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) layer: Layer,
    /// The rectangle at even pixels, before it is turned.
    pub(crate) rect: Rect,
    /// The shown part of the source.
    pub(crate) crop: Crop,
    turn: Turn,
    /// Whether nothing lies below: drawn black when its frame is missing.
    pub(crate) base: bool,
    pub(crate) step: Step,
    /// Images that aren't turned nor have a blend mode: where the prepared planes lie.
    pub(crate) image: Option<ImagePlace>,
}

/// What there is to show of a layer at one tick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shown {
    /// No frame, or one that isn't as announced.
    Nothing,
    /// A frame, and what its numbers mean.
    Video(ColorInfo),
    /// An image as it came.
    Raw,
    /// An image, and its prepared planes.
    Prepared,
}

/// An angle's cosine and sine; quarter turns are exact.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Turn {
    cos: f64,
    sin: f64,
}

impl Turn {
    fn new(degrees: f32) -> Self {
        let degrees = f64::from(degrees).rem_euclid(360.0);
        let quarter = degrees / 90.0;
        let (cos, sin) = match quarter {
            0.0 => (1.0, 0.0),
            1.0 => (0.0, 1.0),
            2.0 => (-1.0, 0.0),
            3.0 => (0.0, -1.0),
            _ => (degrees.to_radians().cos(), degrees.to_radians().sin()),
        };
        Self { cos, sin }
    }
}

impl Placed {
    /// Places `layer` of a source on a canvas; `base` says that nothing lies below.
    pub(crate) fn new(layer: &Layer, source: SourceFormat, canvas: Size, base: bool) -> Self {
        let rect = even(layer.rect);
        let Size { width: w, height: h } = source.size;
        let crop = layer.crop.unwrap_or(Crop { x: 0, y: 0, w, h });
        let turn = Turn::new(layer.rotation);
        let blend = if base { Blend::Normal } else { layer.blend };
        let mut layer = Layer { blend, ..*layer };
        if base {
            layer.key = None;
        }
        let placed = Self {
            layer,
            rect,
            crop,
            turn,
            base,
            step: Step::any(Fetch::Raw),
            image: None,
        };
        let fetch = placed.fetch(source, canvas);
        let step = Step {
            fetch,
            keyed: layer.key.is_some(),
            // A prepared image is corrected while it is prepared.
            graded: layer.color.is_some() && fetch != Fetch::Image,
            mixed: blend != Blend::Normal,
        };
        Self { step, ..placed }
    }

    fn fetch(&self, source: SourceFormat, canvas: Size) -> Fetch {
        let upright = self.turn.cos == 1.0 && self.layer.blend == Blend::Normal;
        let level = self.turn.sin == 0.0 && self.layer.blend == Blend::Normal;
        let whole = Crop {
            x: 0,
            y: 0,
            w: source.size.width,
            h: source.size.height,
        };
        let full = Rect::full(source.size);
        let one_to_one =
            !self.layer.mirror && self.crop == whole && self.rect == full && canvas == source.size;
        match source.format {
            PixelFormat::Rgba8 if upright => Fetch::Image,
            PixelFormat::Rgba8 => Fetch::Raw,
            f if upright && one_to_one => Fetch::Direct(f),
            f if level && self.crop.w <= self.rect.w => Fetch::Magnified(f),
            f if level && self.crop.w <= 2 * self.rect.w && f != PixelFormat::Yuyv => Fetch::Reduced(f),
            f => Fetch::Affine(f),
        }
    }

    /// Whether it covers a canvas of so many block columns and rows, and not a pixel less.
    pub(crate) fn covers(&self, blocks: [u32; 2]) -> bool {
        let [columns, rows] = blocks.map(|n| n as i32);
        let rect = self.rect;
        // A canvas whose width is no multiple of 4 ends within its last block.
        let right = rect.x + rect.w as i32;
        self.turn.sin == 0.0
            && rect.x <= 0
            && rect.y <= 0
            && right > 4 * columns - 4 + 1
            && rect.y + rect.h as i32 >= 2 * rows
    }

    /// The blocks that it touches, on a canvas of so many columns and rows; of no extent when it touches none.
    pub(crate) fn area(&self, blocks: [u32; 2]) -> [u32; 4] {
        let [columns, rows] = blocks.map(|n| n as i32);
        let [x0, y0, x1, y1] = self.bounds();
        [
            x0.div_euclid(4).clamp(0, columns) as u32,
            y0.div_euclid(2).clamp(0, rows) as u32,
            (x1 + 3).div_euclid(4).clamp(0, columns) as u32,
            (y1 + 1).div_euclid(2).clamp(0, rows) as u32,
        ]
    }

    /// The first pixel column and row that it touches, and those behind the last.
    fn bounds(&self) -> [i32; 4] {
        let Rect { x, y, w, h } = self.rect;
        if self.turn.sin == 0.0 {
            return [x, y, x + w as i32, y + h as i32];
        }
        let ([cx, cy], Turn { cos, sin }) = (self.centre(), self.turn);
        let (w, h) = (f64::from(w) / 2.0, f64::from(h) / 2.0);
        // Half a pixel more: edges are soft.
        let reach_x = w * cos.abs() + h * sin.abs() + 0.5;
        let reach_y = w * sin.abs() + h * cos.abs() + 0.5;
        [
            (cx - reach_x).floor() as i32,
            (cy - reach_y).floor() as i32,
            (cx + reach_x).ceil() as i32,
            (cy + reach_y).ceil() as i32,
        ]
    }

    fn centre(&self) -> [f64; 2] {
        let Rect { x, y, w, h } = self.rect;
        [
            f64::from(x) + f64::from(w) / 2.0,
            f64::from(y) + f64::from(h) / 2.0,
        ]
    }

    /// What its colours are corrected by.
    pub(crate) fn grade(&self) -> grade::Grade {
        self.layer
            .color
            .as_ref()
            .map_or(NEUTRAL, |c: &Correction| grade(c))
    }

    /// The layer's parameters for one dispatch, from a source at `region`.
    pub(crate) fn params(&self, region: &Region, shown: Shown) -> LayerParams {
        let absent = shown == Shown::Nothing;
        if self.step.fetch.is_image() {
            let opacity = if absent { 0.0 } else { self.layer.opacity };
            return match &self.image {
                Some(image) if shown != Shown::Raw => image_params(image, opacity),
                _ => self.raw_params(region, opacity),
            };
        }
        let opacity = if absent && !self.base {
            0.0
        } else {
            self.layer.opacity
        };
        // A base without its frame is black.
        let color = match shown {
            Shown::Video(color) => Some(color),
            Shown::Nothing | Shown::Raw | Shown::Prepared => None,
        };
        let conversion = color.map_or(Conversion::BLACK, Conversion::to_program);
        let mut params = LayerParams {
            luma: conversion.luma,
            cb: with(conversion.cb, opacity),
            cr: with(conversion.cr, self.mixes()),
            key: OPAQUE,
            plane: [region.word(0), region.word(1), region.word(2), 0],
            stride: [
                region.words(0),
                region.words(1),
                region.size.width.div_ceil(4) - 1,
                (region.size.height / 2).max(1) - 1,
            ],
            ..self.common()
        };
        let siting = color.map_or(Siting::Left, |c| c.siting);
        self.put_chroma(&mut params, region.format, siting);
        if let Some(key) = &self.layer.key {
            put_key(&mut params, key);
        }
        if color.is_none() {
            params.grade = NEUTRAL;
        }
        params
    }

    fn raw_params(&self, region: &Region, opacity: f32) -> LayerParams {
        let [luma, cb, cr] = program_matrix();
        LayerParams {
            luma: with(luma, 16.0 / 255.0),
            cb: with(cb, opacity),
            cr: with(cr, self.mixes()),
            plane: [region.word(0), 0, 0, 0],
            stride: [region.words(0), 0, 0, 0],
            ..self.common()
        }
    }

    const fn mixes(&self) -> f32 {
        if self.step.mixed { 1.0 } else { 0.0 }
    }

    /// What layers of every kind have: place, correction, blend mode.
    fn common(&self) -> LayerParams {
        let (crop, rect, Turn { cos, sin }) = (self.crop, self.rect, self.turn);
        let (w, h) = (f64::from(rect.w), f64::from(rect.h));
        let (scale_x, scale_y) = (f64::from(crop.w) / w, f64::from(crop.h) / h);
        let across = scale_x * if self.layer.mirror { -1.0 } else { 1.0 };
        // From the rectangle's centre to that of pixel 0, 0, turned back.
        let [x, y] = self.centre().map(|c| 0.5 - c);
        let (along, beside) = (x * cos + y * sin, y * cos - x * sin);
        let origin = [
            f64::from(crop.x) + w / 2.0 * scale_x - 0.5 + across * along,
            f64::from(crop.y) + h / 2.0 * scale_y - 0.5 + scale_y * beside,
            0.0,
            0.0,
        ];
        let step = [across * cos, -scale_y * sin, across * sin, scale_y * cos];
        let (right, lower) = (crop.x + crop.w - 1, crop.y + crop.h - 1);
        LayerParams {
            grade: self.grade(),
            origin: origin.map(|v| v as f32),
            luma_step: step.map(|v| v as f32),
            luma_edge: edge(crop.x, crop.y, right, lower),
            across: [cos, sin, along, w / 2.0 + 0.5].map(|v| v as f32),
            down: [-sin, cos, beside, h / 2.0 + 0.5].map(|v| v as f32),
            mode: self.layer.blend.coefficients(),
            span: [rect.x, rect.x + rect.w as i32, 0, 0],
            ..LayerParams::default()
        }
    }

    /// Where chroma is read: luma's positions mapped to the chroma samples, which stand as the siting says.
    fn put_chroma(&self, params: &mut LayerParams, format: PixelFormat, siting: Siting) {
        let full_height = format == PixelFormat::Yuyv;
        let shift_x = if siting == Siting::Center { 0.5 } else { 0.0 };
        let (shift_y, v) = match (full_height, siting) {
            (true, _) => (0.0, 1),
            (false, Siting::TopLeft) => (0.0, 2),
            (false, _) => (0.5, 2),
        };
        let [x, y, ..] = params.origin;
        params.origin = [x, y, (x - shift_x) / 2.0, (y - shift_y) / v as f32];
        let d = params.luma_step;
        let rows = v as f32;
        params.chroma_step = [d[0] / 2.0, d[1] / rows, d[2] / 2.0, d[3] / rows];
        let crop = self.crop;
        let (right, lower) = (crop.x + crop.w - 1, crop.y + crop.h - 1);
        params.chroma_edge = edge(crop.x / 2, crop.y / v, right / 2, lower / v);
    }
}

fn image_params(image: &ImagePlace, opacity: f32) -> LayerParams {
    let [column, row] = image.first_block();
    LayerParams {
        cb: [0.0, 0.0, 0.0, opacity],
        span: [0, 0, column as i32, row as i32],
        plane: image.plane_words(),
        stride: [image.columns(), 0, 0, 0],
        ..LayerParams::default()
    }
}

/// Squared radii and their inverses, as `shaders/shared/key.wgsl` wants them.
fn put_key(params: &mut LayerParams, key: &ChromaKey) {
    let [_, cb, cr] = program_code(key.color);
    let ramp = |inner: f32, outer: f32| {
        let (inner, outer) = (inner * inner, outer * outer);
        // A quarter of a code value: a hard edge, and no division by zero.
        [inner, 1.0 / (outer - inner).max(0.25)]
    };
    let inner = key.similarity * CHROMA_SPAN;
    let [edge, slope] = ramp(inner, inner + key.smoothness * CHROMA_SPAN);
    params.key = [cb, cr, edge, slope];
    let (x, y) = (cb - 128.0, cr - 128.0);
    let length = (x * x + y * y).sqrt();
    // A grey key tints nothing.
    if key.spill > 0.0 && length >= 1.0 {
        let [near, fade] = ramp(inner, inner + key.spill * CHROMA_SPAN);
        params.spill = [x / length, y / length, near, fade];
    }
}

const fn with([a, b, c]: [f32; 3], d: f32) -> [f32; 4] {
    [a, b, c, d]
}

fn edge(x0: u32, y0: u32, x1: u32, y1: u32) -> [f32; 4] {
    [x0, y0, x1, y1].map(|v| v as f32)
}

/// Moves the edges to the nearest even pixel, at least two pixels apart.
fn even(rect: Rect) -> Rect {
    let near = |v: i32| (v + 1).div_euclid(2) * 2;
    let span = |at: i32, len: u32| {
        let start = near(at);
        (start, (near(at + len as i32) - start).max(2) as u32)
    };
    let ((x, w), (y, h)) = (span(rect.x, rect.w), span(rect.y, rect.h));
    Rect { x, y, w, h }
}
