//! Images with alpha: drawn once into the program's Y'CbCr, at their rectangle's size, when their content has
//! changed and stays. What a frame costs is then only their blending.

use bytes::Bytes;
use media::{Plane, Size, VideoFrame};

use crate::color::program_matrix;
use crate::grade::Grade;
use crate::place::Placed;
use crate::{Crop, Rect};

/// Where a prepared image lies in the arena, and which blocks of the canvas it has.
///
/// Planes, as `shaders/shared/image.wgsl` reads them: alpha·Y' and alpha (a byte a pixel), alpha·(C - 128) + 128
/// (Cb and Cr interleaved, half size both ways), all as wide as the blocks it touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImagePlace {
    rect: Rect,
    area: [u32; 4],
    offset: usize,
}

impl ImagePlace {
    /// The place of an image drawn to `rect`, of which `area` is on the canvas, from byte `offset`.
    pub(crate) const fn new(rect: Rect, area: [u32; 4], offset: usize) -> Self {
        let offset = offset.next_multiple_of(64);
        Self { rect, area, offset }
    }

    /// Blocks across: words a row.
    pub(crate) const fn columns(&self) -> u32 {
        self.area[2].saturating_sub(self.area[0])
    }

    const fn block_rows(&self) -> u32 {
        self.area[3].saturating_sub(self.area[1])
    }

    /// Bytes of the luma plane, and of the alpha plane.
    const fn plane_len(&self) -> usize {
        self.columns() as usize * 4 * self.block_rows() as usize * 2
    }

    /// Bytes of all planes.
    pub(crate) const fn len(&self) -> usize {
        self.plane_len() * 5 / 2
    }

    /// The first byte in the arena.
    pub(crate) const fn offset(&self) -> usize {
        self.offset
    }

    /// The byte behind the last.
    pub(crate) const fn end(&self) -> usize {
        self.offset + self.len()
    }

    /// Block column and row of the first block.
    pub(crate) const fn first_block(&self) -> [u32; 2] {
        [self.area[0], self.area[1]]
    }

    /// First words of luma, chroma and alpha.
    pub(crate) const fn plane_words(&self) -> [u32; 4] {
        let (at, len) = ((self.offset / 4) as u32, (self.plane_len() / 4) as u32);
        [at, at + 2 * len, at + len, 0]
    }
}

/// Pixels of an image. Holds on to them, so that equal addresses mean equal content.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    data: Bytes,
    size: Size,
    plane: Plane,
}

impl Content {
    pub(crate) fn of(frame: &VideoFrame) -> Self {
        Self {
            data: frame.data.clone(),
            size: frame.size,
            plane: frame.planes[0],
        }
    }

    /// Whether these are the pixels of `frame`.
    pub(crate) fn is(&self, frame: &VideoFrame) -> bool {
        std::ptr::eq(self.data.as_ptr(), frame.data.as_ptr())
            && self.data.len() == frame.data.len()
            && self.size == frame.size
            && self.plane == frame.planes[0]
    }
}

/// How an image is to be drawn: everything but its pixels that its planes depend on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Look {
    rect: Rect,
    area: [u32; 4],
    crop: Crop,
    mirror: bool,
    grade: Grade,
}

impl Look {
    /// The look of a layer that has a place for a prepared image.
    pub(crate) fn of(placed: &Placed, place: &ImagePlace) -> Self {
        Self {
            rect: place.rect,
            area: place.area,
            crop: placed.crop,
            mirror: placed.layer.mirror,
            grade: placed.grade(),
        }
    }
}

/// A prepared image.
#[derive(Debug)]
pub(crate) struct Prepared {
    content: Content,
    look: Look,
    /// Luma, alpha, chroma.
    pub(crate) bytes: Vec<u8>,
}

impl Prepared {
    /// Draws `frame`, which is [`media::PixelFormat::Rgba8`] and has all its bytes.
    pub(crate) fn new(frame: &VideoFrame, look: Look) -> Self {
        Self {
            content: Content::of(frame),
            bytes: draw(frame, &look),
            look,
        }
    }

    /// Whether this is `frame` with this look.
    pub(crate) fn is(&self, frame: &VideoFrame, look: &Look) -> bool {
        self.content.is(frame) && self.look == *look
    }
}

/// Red, green, blue times alpha, and alpha; 0 to 255.
type Pixel = [f32; 4];

fn draw(frame: &VideoFrame, look: &Look) -> Vec<u8> {
    let (area, rect, crop) = (look.area, look.rect, look.crop);
    let place = ImagePlace::new(rect, area, 0);
    let (width, height) = (place.columns() as usize * 4, place.block_rows() as usize * 2);
    let mut out = vec![0; place.len()];
    let (luma, rest) = out.split_at_mut(place.plane_len());
    let (alpha, chroma) = rest.split_at_mut(place.plane_len());
    let mut columns = taps(crop.x, crop.w, rect.x, rect.w, area[0] * 4, width);
    if look.mirror {
        let last = 2 * crop.x as usize + crop.w as usize - 1;
        columns.iter_mut().flatten().for_each(|(x, _)| *x = last - *x);
    }
    let rows = taps(crop.y, crop.h, rect.y, rect.h, area[1] * 2, height);
    let matrix = program_matrix();
    let ycc = |pixel: Pixel| graded(&look.grade, ycc(&matrix, pixel), pixel[3] / 255.0);
    let mut pair = [vec![[0.0; 4]; width], vec![[0.0; 4]; width]];
    for (y, tap) in rows.iter().enumerate() {
        let row = &mut pair[y % 2];
        draw_row(frame, tap, &columns, row);
        for (x, pixel) in row.iter().enumerate() {
            luma[y * width + x] = code(ycc(*pixel)[0]);
            alpha[y * width + x] = code(pixel[3]);
        }
        if y % 2 == 1 {
            let line = &mut chroma[(y / 2) * width..][..width];
            for (out, x) in line.chunks_exact_mut(2).zip((0..).step_by(2)) {
                let four = [pair[0][x], pair[0][x + 1], pair[1][x], pair[1][x + 1]].map(ycc);
                let mean = |c: usize| four.iter().map(|p| p[c]).sum::<f32>() / 4.0;
                out[0] = code(128.0 + mean(1));
                out[1] = code(128.0 + mean(2));
            }
        }
    }
    out
}

/// Weighted source samples that make one sample.
type Tap = Vec<(usize, f32)>;

/// The taps of an axis: a triangle as wide as a source or an output pixel, whichever is wider, so that a
/// smaller picture loses no detail to aliasing. Samples outside the rectangle have none and stay transparent.
fn taps(start: u32, len: u32, at: i32, out: u32, first: u32, count: usize) -> Vec<Tap> {
    let scale = f64::from(len) / f64::from(out);
    let support = scale.max(1.0);
    let tap = |i: usize| {
        let pixel = i64::from(first) + i as i64 - i64::from(at);
        if pixel < 0 || pixel >= i64::from(out) {
            return Tap::new();
        }
        let centre = (pixel as f64 + 0.5) * scale - 0.5;
        let low = (centre - support).ceil() as i64;
        let high = (centre + support).floor() as i64;
        let weight = |s: i64| 1.0 - (s as f64 - centre).abs() / support;
        let total: f64 = (low..=high).map(weight).sum();
        let held = |s: i64| start as usize + s.clamp(0, i64::from(len) - 1) as usize;
        (low..=high)
            .map(|s| (held(s), (weight(s) / total) as f32))
            .filter(|(_, weight)| *weight > 0.0)
            .collect()
    };
    (0..count).map(tap).collect()
}

fn draw_row(frame: &VideoFrame, rows: &Tap, columns: &[Tap], out: &mut [Pixel]) {
    let (data, stride) = (frame.plane(0), frame.planes[0].stride);
    for (pixel, taps) in out.iter_mut().zip(columns) {
        let mut sum = [0.0; 4];
        for (y, wy) in rows {
            for (x, wx) in taps {
                let at = y * stride + x * 4;
                if let Some([r, g, b, a]) = data.get(at..at + 4) {
                    let w = wx * wy;
                    let wa = w * f32::from(*a) / 255.0;
                    sum[0] += wa * f32::from(*r);
                    sum[1] += wa * f32::from(*g);
                    sum[2] += wa * f32::from(*b);
                    sum[3] += w * f32::from(*a);
                }
            }
        }
        *pixel = sum;
    }
}

/// alpha·Y', alpha·(Cb - 128), alpha·(Cr - 128) of a premultiplied pixel, in code values.
fn ycc(m: &[[f32; 3]; 3], [r, g, b, a]: Pixel) -> [f32; 3] {
    let dot = |row: [f32; 3]| row[0] * r + row[1] * g + row[2] * b;
    [dot(m[0]) + 16.0 * a / 255.0, dot(m[1]), dot(m[2])]
}

/// Corrects such a colour of alpha `a`.
fn graded(g: &Grade, [y, cb, cr]: [f32; 3], a: f32) -> [f32; 3] {
    let row = |m: [f32; 4]| m[0] * y + m[1] * (cb + 128.0 * a) + m[2] * (cr + 128.0 * a) + m[3] * a;
    let [y, cb, cr] = [row(g[0]), row(g[1]), row(g[2])].map(|v| v.clamp(0.0, 255.0 * a));
    [y, cb - 128.0 * a, cr - 128.0 * a]
}

fn code(value: f32) -> u8 {
    (value + 0.5) as u8
}
