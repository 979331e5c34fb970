//! What the program picture shows: a background and layers over it.

use media::{PixelFormat, Size, VideoFrame};

use crate::Error;

/// Most layers of a scene, the background layer included.
pub const MAX_LAYERS: usize = 256;
/// Widest and highest canvas and source.
pub(crate) const MAX_SIDE: u32 = 8192;

/// What the program picture shows.
///
/// Layers are drawn from the first to the last. Unless `background` is a colour, layer 0 must cover the canvas
/// and be opaque. Kernels depend only on the sources' formats, on which layers cover the canvas, are keyed, have a
/// correction or a blend mode, are turned or drawn smaller than their source, and on their order; anything else
/// changes without compiling. What isn't compiled yet is drawn layer by layer meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// What frames each source brings; the frame set given to `render` has the same order.
    pub sources: Vec<SourceFormat>,
    /// What lies under the layers.
    pub background: Background,
    /// The layers, lowest first; at most [`MAX_LAYERS`].
    pub layers: Vec<Layer>,
}

/// What lies under the layers of a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Background {
    /// Layer 0 covers the canvas. Black where its frame is missing.
    #[default]
    Layer,
    /// One colour: sRGB red, green, blue.
    Color([u8; 3]),
}

/// Layout and size of a source's frames. Their colour comes with each frame.
///
/// [`PixelFormat::Rgba8`] sources are images: drawn once into Y'CbCr when their content changes, then reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceFormat {
    /// Layout of the pixels.
    pub format: PixelFormat,
    /// Width and height in pixels; even for the subsampled formats.
    pub size: Size,
}

impl From<&VideoFrame> for SourceFormat {
    /// What a source brings whose frames are like this one.
    fn from(frame: &VideoFrame) -> Self {
        Self {
            format: frame.format,
            size: frame.size,
        }
    }
}

/// One source on the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layer {
    /// Index of the source, in [`Scene::sources`] and in the frame set.
    pub source: usize,
    /// Where it stands, in canvas pixels; may reach over the canvas' edges. Edges are moved to the nearest even
    /// pixel, because two pixels share their colour in NV12.
    pub rect: Rect,
    /// The part of the source that is shown; `None` is all of it.
    pub crop: Option<Crop>,
    /// Degrees clockwise round the rectangle's centre, -360 to 360. Edges are soft over one pixel; quarter turns
    /// of a rectangle whose sides differ by a multiple of four come out exact.
    pub rotation: f32,
    /// Swaps left and right of the picture within its rectangle, before it is turned.
    pub mirror: bool,
    /// 0.0 (not seen) to 1.0.
    pub opacity: f32,
    /// How its colour meets what is below.
    pub blend: Blend,
    /// Takes a coloured screen out of the picture.
    pub key: Option<ChromaKey>,
    /// Corrects its colour, behind the key.
    pub color: Option<Correction>,
}

impl Layer {
    /// All of source `source`, opaque, scaled to `rect`.
    pub const fn new(source: usize, rect: Rect) -> Self {
        Self {
            source,
            rect,
            crop: None,
            rotation: 0.0,
            mirror: false,
            opacity: 1.0,
            blend: Blend::Normal,
            key: None,
            color: None,
        }
    }
}

/// How a layer's colour meets what is below, channel by channel on R'G'B' from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Blend {
    /// The layer's own colour.
    #[default]
    Normal,
    /// Both added: brighter.
    Add,
    /// The layer's taken from what is below.
    Subtract,
    /// Their product: darker.
    Multiply,
    /// The product of what they lack of white: brighter.
    Screen,
    /// The darker of both.
    Darken,
    /// The brighter of both.
    Lighten,
}

/// Corrects a layer's colour: white balance, exposure, contrast, saturation, in this order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correction {
    /// Stops of light, -4.0 to 4.0: 1.0 doubles it.
    pub exposure: f32,
    /// -1.0 to 1.0, about mid grey: R'G'B' are stretched by four to this power.
    pub contrast: f32,
    /// -1.0 (bluer) to 1.0 (more orange); keeps a grey's luma.
    pub temperature: f32,
    /// -1.0 (greener) to 1.0 (more magenta); keeps a grey's luma.
    pub tint: f32,
    /// 0.0 (grey) to 4.0; 1.0 leaves it.
    pub saturation: f32,
}

impl Default for Correction {
    /// Leaves every colour as it is.
    fn default() -> Self {
        Self {
            exposure: 0.0,
            contrast: 0.0,
            temperature: 0.0,
            tint: 0.0,
            saturation: 1.0,
        }
    }
}

/// A rectangle on the canvas, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Left edge; below zero is left of the canvas.
    pub x: i32,
    /// Upper edge; below zero is above the canvas.
    pub y: i32,
    /// Width, above zero.
    pub w: u32,
    /// Height, above zero.
    pub h: u32,
}

impl Rect {
    /// The rectangle of a whole canvas or source of `size`.
    pub const fn full(size: Size) -> Self {
        Self {
            x: 0,
            y: 0,
            w: size.width,
            h: size.height,
        }
    }
}

/// The shown part of a source, in its pixels; lies within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Crop {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width, above zero.
    pub w: u32,
    /// Height, above zero.
    pub h: u32,
}

/// A coloured screen to take out. Distances are measured in the CbCr plane, in units of its whole range (224
/// code values of limited range), from the key colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChromaKey {
    /// The screen's colour: sRGB red, green, blue.
    pub color: [u8; 3],
    /// Up to this distance a pixel is fully transparent. 0.0 to 1.0; a lit green screen needs about 0.25.
    pub similarity: f32,
    /// Over this further distance it becomes opaque. 0.0 to 1.0.
    pub smoothness: f32,
    /// Over this distance behind `similarity` the screen's colour is taken out of what stays, less with the
    /// distance. 0.0 (off) to 1.0.
    pub spill: f32,
}

impl Default for ChromaKey {
    /// A lit green screen.
    fn default() -> Self {
        Self {
            color: [0, 177, 64],
            similarity: 0.2,
            smoothness: 0.08,
            spill: 0.3,
        }
    }
}

impl Scene {
    /// Checks what doesn't depend on the device.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.layers.len() > MAX_LAYERS {
            return Err(Error::TooManyLayers(self.layers.len()));
        }
        if self.background == Background::Layer && self.layers.is_empty() {
            return Err(Error::BackgroundNotCovering);
        }
        for (index, source) in self.sources.iter().enumerate() {
            source.check(index)?;
        }
        self.layers.iter().enumerate().try_for_each(|(index, layer)| {
            let source = self.sources.get(layer.source).ok_or(Error::NoSuchSource {
                layer: index,
                source_index: layer.source,
            })?;
            layer.check(index, source)
        })
    }
}

impl SourceFormat {
    fn check(&self, index: usize) -> Result<(), Error> {
        let Size { width, height } = self.size;
        let odd = match self.format {
            PixelFormat::Rgba8 => false,
            PixelFormat::Yuyv => !width.is_multiple_of(2),
            PixelFormat::Nv12 | PixelFormat::I420 => !width.is_multiple_of(2) || !height.is_multiple_of(2),
        };
        let outside = width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE;
        if odd || outside {
            return Err(Error::SourceSize(index));
        }
        Ok(())
    }
}

impl Correction {
    /// The parameter that is out of its range, or not a number.
    fn out_of_range(&self) -> Option<&'static str> {
        let signed = -1.0..=1.0;
        let checks = [
            (self.exposure, -4.0..=4.0, "exposure"),
            (self.contrast, signed.clone(), "contrast"),
            (self.temperature, signed.clone(), "temperature"),
            (self.tint, signed, "tint"),
            (self.saturation, 0.0..=4.0, "saturation"),
        ];
        let bad = checks
            .into_iter()
            .find(|(value, range, _)| !range.contains(value));
        bad.map(|(_, _, name)| name)
    }
}

impl Blend {
    /// What below, above, their product and their distance count for.
    pub(crate) const fn coefficients(self) -> [f32; 4] {
        match self {
            Self::Normal => [0.0, 1.0, 0.0, 0.0],
            Self::Add => [1.0, 1.0, 0.0, 0.0],
            Self::Subtract => [1.0, -1.0, 0.0, 0.0],
            Self::Multiply => [0.0, 0.0, 1.0, 0.0],
            Self::Screen => [1.0, 1.0, -1.0, 0.0],
            Self::Darken => [0.5, 0.5, 0.0, -0.5],
            Self::Lighten => [0.5, 0.5, 0.0, 0.5],
        }
    }
}

impl Layer {
    fn check(&self, index: usize, source: &SourceFormat) -> Result<(), Error> {
        let out_of_range = |parameter| {
            Err(Error::OutOfRange {
                layer: index,
                parameter,
            })
        };
        let unit = |v: f32| (0.0..=1.0).contains(&v);
        let far = 4 * MAX_SIDE;
        let Rect { x, y, w, h } = self.rect;
        if x.unsigned_abs() > far || y.unsigned_abs() > far || w > far || h > far {
            return out_of_range("rect");
        }
        if !unit(self.opacity) {
            return out_of_range("opacity");
        }
        if !(-360.0..=360.0).contains(&self.rotation) {
            return out_of_range("rotation");
        }
        if let Some(name) = self.color.as_ref().and_then(Correction::out_of_range) {
            return out_of_range(name);
        }
        if let Some(key) = &self.key {
            if source.format == PixelFormat::Rgba8 {
                return Err(Error::KeyedImage(index));
            }
            let checks = [
                (key.similarity, "similarity"),
                (key.smoothness, "smoothness"),
                (key.spill, "spill"),
            ];
            if let Some((_, name)) = checks.iter().find(|(v, _)| !unit(*v)) {
                return out_of_range(name);
            }
        }
        let inside = self.crop.is_none_or(|c| {
            let ends =
                |at: u32, len: u32, side: u32| len > 0 && at.checked_add(len).is_some_and(|e| e <= side);
            ends(c.x, c.w, source.size.width) && ends(c.y, c.h, source.size.height)
        });
        if w == 0 || h == 0 || !inside {
            return Err(Error::EmptyLayer(index));
        }
        Ok(())
    }
}
