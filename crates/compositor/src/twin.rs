//! The kernels' arithmetic once more, sample by sample: functions of the shaders' names, in plain Rust.

use media::{PixelFormat, Size, VideoFrame};

use crate::kernel::{Base, Fetch, KernelKey, Step};
use crate::params::{LayerParams, Params};
use crate::plan::{Pass, Plan};

/// Y', Cb and Cr planes (4:2:0) of code values, not rounded.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    size: Size,
    luma: Vec<f32>,
    chroma: Vec<[f32; 2]>,
}

/// One layer's pixels, and how they are read.
struct Source<'a> {
    frame: &'a VideoFrame,
    params: &'a LayerParams,
    fetch: Fetch,
}

/// Draws all passes of `plan`; `frames` holds one frame for each layer. Images aren't drawn.
pub(crate) fn compose(plan: &Plan, size: Size, frames: &[VideoFrame]) -> Vec<u8> {
    let colors: Vec<_> = frames.iter().map(|f| Some(f.color)).collect();
    let mut picture = Picture {
        size,
        luma: vec![0.0; size.area()],
        chroma: vec![[0.0; 2]; size.area() / 4],
    };
    for pass in &plan.passes {
        if let Some(params) = plan.params(pass, &colors) {
            draw(&mut picture, pass, &params, frames);
            picture.round();
        }
    }
    picture.nv12()
}

fn draw(picture: &mut Picture, pass: &Pass, params: &Params, frames: &[VideoFrame]) {
    let KernelKey { base, steps } = &pass.kernel;
    let source = |slot: usize, fetch| Source {
        frame: &frames[pass.layers[slot]],
        params: &params.layers[slot],
        fetch,
    };
    let [x0, y0, x1, y1] = pass.area.map(|v| v as usize);
    let Size { width, height } = picture.size;
    let span = (
        4 * x0..(4 * x1).min(width as usize),
        2 * y0..(2 * y1).min(height as usize),
    );
    let first = match base {
        Base::Program => 0,
        Base::Solid => {
            let [y, cb, cr, _] = params.solid;
            picture.luma.fill(y);
            picture.chroma.fill([cb, cr]);
            0
        }
        Base::Layer(fetch) => {
            let source = source(0, *fetch);
            picture.each(
                &span,
                |_, x, y| source.convert_luma(x, y),
                |_, x, y| source.convert_chroma(x, y),
            );
            1
        }
    };
    for (Step { fetch, keyed }, slot) in steps.iter().zip(first..) {
        let source = source(slot, *fetch);
        let coverage = |x: usize| {
            let p = source.params;
            let inside = (p.span[0]..p.span[1]).contains(&(x as i32));
            if inside { p.cb[3] } else { 0.0 }
        };
        let luma = |below: f32, x: usize, y: usize| {
            let key = if *keyed { source.matte(x, y) } else { 1.0 };
            blend(below, source.convert_luma(x, y), key * coverage(x))
        };
        let chroma = |below: [f32; 2], x: usize, y: usize| {
            let own = source.convert_chroma(x, y);
            let (above, key) = if *keyed {
                (despill(source.params, own), key_alpha(source.params, own))
            } else {
                (own, 1.0)
            };
            [0, 1].map(|c| blend(below[c], above[c], key * coverage(2 * x)))
        };
        picture.each(&span, luma, chroma);
    }
}

pub(crate) fn blend(below: f32, above: f32, alpha: f32) -> f32 {
    below + alpha * (above - below)
}

pub(crate) fn key_alpha(p: &LayerParams, [cb, cr]: [f32; 2]) -> f32 {
    let d = (cb - p.key[0]).powi(2) + (cr - p.key[1]).powi(2);
    ((d - p.key[2]) * p.key[3]).clamp(0.0, 1.0)
}

pub(crate) fn despill(p: &LayerParams, [cb, cr]: [f32; 2]) -> [f32; 2] {
    let d = (cb - p.key[0]).powi(2) + (cr - p.key[1]).powi(2);
    let near = (1.0 - (d - p.spill[2]) * p.spill[3]).clamp(0.0, 1.0);
    let tint = near * ((cb - 128.0) * p.spill[0] + (cr - 128.0) * p.spill[1]).max(0.0);
    [clip(cb - tint * p.spill[0]), clip(cr - tint * p.spill[1])]
}

pub(crate) fn raise(a: f32, b: f32, left: f32, middle: f32, right: f32) -> f32 {
    let from_left = (middle - left).abs() + 1.0;
    let from_right = (right - middle).abs() + 1.0;
    blend(a, b, from_left / (from_left + from_right))
}

impl Source<'_> {
    fn width(&self) -> usize {
        self.frame.size.width as usize
    }

    fn height(&self) -> usize {
        self.frame.size.height as usize
    }

    /// A byte of a plane.
    fn byte(&self, plane: usize, x: usize, y: usize) -> f32 {
        f32::from(self.frame.plane(plane)[y * self.frame.planes[plane].stride + x])
    }

    /// A luma sample of the source.
    fn luma(&self, x: usize, y: usize) -> f32 {
        let step = if self.frame.format == PixelFormat::Yuyv {
            2
        } else {
            1
        };
        self.byte(0, x * step, y)
    }

    /// A chroma sample of the source, in its own grid.
    fn chroma(&self, x: usize, y: usize) -> [f32; 2] {
        match self.frame.format {
            PixelFormat::Nv12 => [self.byte(1, 2 * x, y), self.byte(1, 2 * x + 1, y)],
            PixelFormat::I420 => [self.byte(1, x, y), self.byte(2, x, y)],
            PixelFormat::Yuyv => [self.byte(0, 4 * x + 1, y), self.byte(0, 4 * x + 3, y)],
            PixelFormat::Rgba8 => panic!("images have no chroma"),
        }
    }

    /// Luma at a pixel of the canvas.
    fn block_luma(&self, x: usize, y: usize) -> f32 {
        if let Fetch::Direct(_) = self.fetch {
            return self.luma(x, y);
        }
        let [ox, oy, sx, sy] = self.params.luma_at;
        let at = (ox + x as f32 * sx, oy + y as f32 * sy);
        bilinear(at, self.params.luma_edge, |x, y| [self.luma(x, y), 0.0])[0]
    }

    /// Chroma at a chroma sample of the canvas.
    fn block_chroma(&self, x: usize, y: usize) -> [f32; 2] {
        match self.fetch {
            Fetch::Direct(PixelFormat::Yuyv) => {
                let (a, b) = (self.chroma(x, 2 * y), self.chroma(x, 2 * y + 1));
                [0, 1].map(|c| 0.5 * (a[c] + b[c]))
            }
            Fetch::Direct(_) => self.chroma(x, y),
            Fetch::Scaled(_) | Fetch::Magnified(_) | Fetch::Image => {
                let [ox, oy, sx, sy] = self.params.chroma_at;
                let at = (ox + 2.0 * x as f32 * sx, oy + (2.0 * y as f32 + 0.5) * sy);
                bilinear(at, self.params.chroma_edge, |x, y| self.chroma(x, y))
            }
        }
    }

    fn convert_chroma(&self, x: usize, y: usize) -> [f32; 2] {
        let own = self.block_chroma(x, y);
        let row = |m: [f32; 4]| clip(m[0] * own[0] + m[1] * own[1] + m[2]);
        [row(self.params.cb), row(self.params.cr)]
    }

    fn convert_luma(&self, x: usize, y: usize) -> f32 {
        let [cb, cr] = self.block_chroma(x / 2, y / 2);
        let m = self.params.luma;
        clip(m[0] * self.block_luma(x, y) + m[1] * cb + m[2] * cr + m[3])
    }

    fn alpha(&self, x: usize, y: usize) -> f32 {
        key_alpha(self.params, self.convert_chroma(x, y))
    }

    /// Alpha at a pixel of the canvas.
    fn matte(&self, x: usize, y: usize) -> f32 {
        if let Fetch::Scaled(_) | Fetch::Magnified(_) = self.fetch {
            let right = (x / 2) + x % 2;
            return 0.5 * (self.alpha(x / 2, y / 2) + self.alpha(right, y / 2));
        }
        let (columns, rows) = (self.width() / 2, self.height() / 2);
        let neighbour = if y.is_multiple_of(2) {
            (y / 2).saturating_sub(1)
        } else {
            (y / 2 + 1).min(rows - 1)
        };
        let column = |x: usize| 0.75 * self.alpha(x, y / 2) + 0.25 * self.alpha(x, neighbour);
        let own = column(x / 2);
        if x.is_multiple_of(2) {
            return own;
        }
        let next = column((x / 2 + 1).min(columns - 1));
        let right = (x + 1).min(self.width() - 1);
        raise(
            own,
            next,
            self.luma(x - 1, y),
            self.luma(x, y),
            self.luma(right, y),
        )
    }
}

/// Bilinear sample at a position held within `edge`.
pub(crate) fn bilinear(
    (x, y): (f32, f32),
    edge: [f32; 4],
    sample: impl Fn(usize, usize) -> [f32; 2],
) -> [f32; 2] {
    let (x, y) = (x.clamp(edge[0], edge[2]), y.clamp(edge[1], edge[3]));
    let (x0, y0) = (x as usize, y as usize);
    let (x1, y1) = ((x0 + 1).min(edge[2] as usize), (y0 + 1).min(edge[3] as usize));
    [0, 1].map(|c| {
        let top = blend(sample(x0, y0)[c], sample(x1, y0)[c], x.fract());
        let bottom = blend(sample(x0, y1)[c], sample(x1, y1)[c], x.fract());
        blend(top, bottom, y.fract())
    })
}

impl Picture {
    /// Replaces the samples of a span of pixels.
    fn each(
        &mut self,
        (columns, rows): &(std::ops::Range<usize>, std::ops::Range<usize>),
        luma: impl Fn(f32, usize, usize) -> f32,
        chroma: impl Fn([f32; 2], usize, usize) -> [f32; 2],
    ) {
        let width = self.size.width as usize;
        for y in rows.clone() {
            for x in columns.clone() {
                let at = &mut self.luma[y * width + x];
                *at = luma(*at, x, y);
                if x % 2 == 0 && y % 2 == 0 {
                    let at = &mut self.chroma[y / 2 * (width / 2) + x / 2];
                    *at = chroma(*at, x / 2, y / 2);
                }
            }
        }
    }

    fn round(&mut self) {
        self.luma.iter_mut().for_each(|v| *v = f32::from(code(*v)));
        self.chroma
            .iter_mut()
            .flatten()
            .for_each(|v| *v = f32::from(code(*v)));
    }

    fn nv12(&self) -> Vec<u8> {
        let chroma = self.chroma.iter().flatten();
        self.luma.iter().chain(chroma).map(|v| code(*v)).collect()
    }
}

fn clip(v: f32) -> f32 {
    v.clamp(0.0, 255.0)
}

fn code(v: f32) -> u8 {
    (clip(v) + 0.5) as u8
}
