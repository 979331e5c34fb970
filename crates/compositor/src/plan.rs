//! From a scene to dispatches: what is fused, what is drawn over its own rectangle, what lies where.

use media::{ColorInfo, PixelFormat, Siting, Size};

use crate::arena::Region;
use crate::color::{Conversion, program_code};
use crate::image::ImagePlace;
use crate::kernel::{Base, Fetch, KernelKey, Step};
use crate::params::{LayerParams, Params};
use crate::{Background, ChromaKey, Crop, Error, Layer, Rect, Scene};

/// Code values of the whole range of chroma: what the units of a chroma key are.
const CHROMA_SPAN: f32 = 224.0;

/// A scene made ready to be drawn.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Dispatches, in order; the first covers the canvas.
    pub(crate) passes: Vec<Pass>,
    /// The scene's layers.
    pub(crate) layers: Vec<Placed>,
    /// The sources, and the place of those that are read as they are.
    pub(crate) regions: Vec<Region>,
    /// Bytes of the arena.
    pub(crate) arena_len: usize,
    /// Y', Cb, Cr of the background.
    solid: [f32; 4],
    /// Words a row of the program, first word of its chroma.
    program: [u32; 4],
    /// Blocks of the canvas: columns, rows.
    blocks: [u32; 2],
}

/// One dispatch.
#[derive(Clone, Debug)]
pub(crate) struct Pass {
    pub(crate) kernel: KernelKey,
    /// Indices of its layers.
    pub(crate) layers: Vec<usize>,
    /// First block column and row, and those behind the last.
    pub(crate) area: [u32; 4],
}

/// A layer with its place found.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) layer: Layer,
    /// The rectangle at even pixels.
    rect: Rect,
    /// The shown part of the source.
    pub(crate) crop: Crop,
    /// Whether nothing lies below: drawn black when its frame is missing.
    base: bool,
    /// Images: where the prepared planes lie.
    pub(crate) image: Option<ImagePlace>,
}

impl Plan {
    /// Plans `scene` on a canvas of `size`, or says what doesn't fit.
    pub(crate) fn new(scene: &Scene, size: Size) -> Result<Self, Error> {
        scene.check()?;
        let mut plan = Self::empty(scene, size);
        for (index, layer) in scene.layers.iter().enumerate() {
            let format = scene.sources[layer.source];
            plan.place(index, layer, format.size, format.format)?;
        }
        Ok(plan)
    }

    fn empty(scene: &Scene, size: Size) -> Self {
        let words = size.width.div_ceil(4);
        let solid = match scene.background {
            Background::Layer => program_code([0, 0, 0]),
            Background::Color(rgb) => program_code(rgb),
        };
        let mut arena_len = Params::REGION;
        let used = |index: usize| scene.layers.iter().any(|l| l.source == index);
        let regions = scene.sources.iter().enumerate().map(|(index, s)| {
            let region = Region::new(s.format, s.size, arena_len);
            if s.format != PixelFormat::Rgba8 && used(index) {
                arena_len = region.end;
            }
            region
        });
        let regions = regions.collect();
        Self {
            passes: Vec::new(),
            layers: Vec::new(),
            regions,
            arena_len,
            solid: [solid[0], solid[1], solid[2], 0.0],
            program: [words, words * size.height, 0, 0],
            blocks: [words, size.height / 2],
        }
        .with_base(scene.background != Background::Layer)
    }

    /// Begins with a plain colour where layer 0 isn't the background.
    fn with_base(mut self, plain: bool) -> Self {
        if plain {
            self.passes.push(self.full_pass(Base::Solid));
        }
        self
    }

    fn full_pass(&self, base: Base) -> Pass {
        let [columns, rows] = self.blocks;
        let steps = Vec::new();
        Pass {
            kernel: KernelKey { base, steps },
            layers: Vec::new(),
            area: [0, 0, columns, rows],
        }
    }

    fn place(&mut self, index: usize, layer: &Layer, source: Size, format: PixelFormat) -> Result<(), Error> {
        let rect = even(layer.rect);
        let all = Crop {
            x: 0,
            y: 0,
            w: source.width,
            h: source.height,
        };
        let crop = layer.crop.unwrap_or(all);
        let area = self.area(rect);
        let covers = self.covers(rect);
        let base = self.passes.is_empty();
        if base && (!covers || layer.opacity < 1.0 || layer.key.is_some()) {
            return Err(Error::BackgroundNotCovering);
        }
        let image = (format == PixelFormat::Rgba8).then(|| {
            let place = ImagePlace::new(rect, area, self.arena_len);
            self.arena_len = place.end().next_multiple_of(64);
            place
        });
        let one_to_one = covers && crop == all && rect == Rect::full(source);
        let fetch = match format {
            PixelFormat::Rgba8 => Fetch::Image,
            f if one_to_one => Fetch::Direct(f),
            // Layers that cover a part stay of one structure, whatever size they are drawn at.
            f if covers && crop.w <= rect.w => Fetch::Magnified(f),
            f => Fetch::Scaled(f),
        };
        self.layers.push(Placed {
            layer: *layer,
            rect,
            crop,
            base,
            image,
        });
        if area[0] < area[2] && area[1] < area[3] {
            let keyed = layer.key.is_some();
            self.add(index, Step { fetch, keyed }, area, covers);
        }
        Ok(())
    }

    /// Adds a layer to the dispatches: fused where it covers the canvas and follows such, else with its own.
    fn add(&mut self, index: usize, step: Step, area: [u32; 4], covers: bool) {
        if self.passes.is_empty() && step.fetch != Fetch::Image {
            let mut pass = self.full_pass(Base::Layer(step.fetch));
            pass.layers.push(index);
            return self.passes.push(pass);
        }
        if self.passes.is_empty() {
            self.passes.push(self.full_pass(Base::Solid));
        }
        let whole = [0, 0, self.blocks[0], self.blocks[1]];
        let fused = covers && self.passes.last().is_some_and(|p| p.area == whole);
        if !fused {
            let mut pass = self.full_pass(Base::Program);
            pass.area = area;
            self.passes.push(pass);
        }
        if let Some(pass) = self.passes.last_mut() {
            pass.kernel.steps.push(step);
            pass.layers.push(index);
        }
    }

    /// Whether layer `index` is the first that shows its source.
    pub(crate) fn reads_first(&self, index: usize) -> bool {
        let source = self.layers[index].layer.source;
        self.layers.iter().position(|p| p.layer.source == source) == Some(index)
    }

    /// Whether all sources and images lie where they do in `other`.
    pub(crate) fn same_places(&self, other: &Self) -> bool {
        let images = |p: &Self| p.layers.iter().map(|l| l.image.clone()).collect::<Vec<_>>();
        self.regions == other.regions && images(self) == images(other)
    }

    /// The blocks that a rectangle touches, on the canvas; of no extent when it touches none.
    fn area(&self, rect: Rect) -> [u32; 4] {
        let [columns, rows] = self.blocks.map(|n| n as i32);
        let (right, lower) = (rect.x + rect.w as i32, rect.y + rect.h as i32);
        [
            (rect.x.div_euclid(4)).clamp(0, columns) as u32,
            (rect.y.div_euclid(2)).clamp(0, rows) as u32,
            (right + 3).div_euclid(4).clamp(0, columns) as u32,
            lower.div_euclid(2).clamp(0, rows) as u32,
        ]
    }

    fn covers(&self, rect: Rect) -> bool {
        let [columns, rows] = self.blocks.map(|n| n as i32);
        // A canvas whose width is no multiple of 4 ends within its last block.
        let right = rect.x + rect.w as i32;
        rect.x <= 0 && rect.y <= 0 && right > 4 * columns - 4 + 1 && rect.y + rect.h as i32 >= 2 * rows
    }

    /// The parameters of `pass`; `colors` says for each layer of the scene what its frame's numbers mean, or
    /// that there is no frame. `None` when the pass has nothing to draw.
    pub(crate) fn params(&self, pass: &Pass, colors: &[Option<ColorInfo>]) -> Option<Params> {
        let seen = |l: &usize| colors[*l].is_some() && self.layers[*l].layer.opacity > 0.0;
        if pass.kernel.base == Base::Program && !pass.layers.iter().any(seen) {
            return None;
        }
        let mut params = Params {
            area: pass.area,
            program: self.program,
            solid: self.solid,
            ..Params::default()
        };
        for (slot, index) in params.layers.iter_mut().zip(&pass.layers) {
            let placed = &self.layers[*index];
            *slot = match &placed.image {
                Some(image) => placed.image_params(image, colors[*index].is_some()),
                None => placed.video_params(&self.regions[placed.layer.source], colors[*index]),
            };
        }
        Some(params)
    }
}

impl Placed {
    fn image_params(&self, image: &ImagePlace, present: bool) -> LayerParams {
        let opacity = if present { self.layer.opacity } else { 0.0 };
        let [column, row] = image.first_block();
        LayerParams {
            cb: [0.0, 0.0, 0.0, opacity],
            span: [0, 0, column as i32, row as i32],
            plane: image.plane_words(),
            stride: [image.columns(), 0, 0, 0],
            ..LayerParams::default()
        }
    }

    fn video_params(&self, region: &Region, color: Option<ColorInfo>) -> LayerParams {
        let missing = color.is_none();
        let conversion = match color {
            None => Conversion::BLACK,
            Some(color) => Conversion::to_program(color),
        };
        let opacity = if missing && !self.base {
            0.0
        } else {
            self.layer.opacity
        };
        let siting = color.map_or(Siting::Left, |c| c.siting);
        let mut params = LayerParams {
            luma: conversion.luma,
            cb: with(conversion.cb, opacity),
            cr: with(conversion.cr, 0.0),
            span: [self.rect.x, self.rect.x + self.rect.w as i32, 0, 0],
            plane: [region.word(0), region.word(1), region.word(2), 0],
            stride: [
                region.words(0),
                region.words(1),
                region.size.width.div_ceil(4) - 1,
                (region.size.height / 2).max(1) - 1,
            ],
            ..LayerParams::default()
        };
        self.put_positions(&mut params, region.format, siting);
        if let Some(key) = &self.layer.key {
            put_key(&mut params, key);
        }
        params
    }

    /// Where the samples of a scaled layer are read: canvas pixel centres mapped to the source's, then to its
    /// chroma samples, which stand as the siting says.
    fn put_positions(&self, params: &mut LayerParams, format: PixelFormat, siting: Siting) {
        let (crop, rect) = (self.crop, self.rect);
        let axis = |start: u32, len: u32, at: i32, out: u32| {
            let step = f64::from(len) / f64::from(out);
            (f64::from(start) + (0.5 - f64::from(at)) * step - 0.5, step)
        };
        let (x, dx) = axis(crop.x, crop.w, rect.x, rect.w);
        let (y, dy) = axis(crop.y, crop.h, rect.y, rect.h);
        let half = |at: f64, step: f64, between: bool| {
            let shift = if between { 0.5 } else { 0.0 };
            ((at - shift) / 2.0, step / 2.0)
        };
        let (cx, cdx) = half(x, dx, siting == Siting::Center);
        let full_height = format == PixelFormat::Yuyv;
        let (cy, cdy) = if full_height {
            (y, dy)
        } else {
            half(y, dy, siting != Siting::TopLeft)
        };
        let edge = |x0: u32, y0: u32, x1: u32, y1: u32| [x0, y0, x1, y1].map(|v| v as f32);
        let (right, lower) = (crop.x + crop.w - 1, crop.y + crop.h - 1);
        let v = if full_height { 1 } else { 2 };
        params.luma_at = [x, y, dx, dy].map(|v| v as f32);
        params.chroma_at = [cx, cy, cdx, cdy].map(|v| v as f32);
        params.luma_edge = edge(crop.x, crop.y, right, lower);
        params.chroma_edge = edge(crop.x / 2, crop.y / v, right / 2, lower / v);
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
