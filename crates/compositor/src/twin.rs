//! The kernels' arithmetic once more, sample by sample: functions of the shaders' names, in plain Rust.

use media::{PixelFormat, Size, VideoFrame};

use crate::kernel::{Base, Fetch, Step};
use crate::params::{LayerParams, Params};
use crate::place::Shown;
use crate::plan::{Pass, Plan};

/// Y', Cb and Cr planes (4:2:0) of code values, not rounded.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    size: Size,
    luma: Vec<f32>,
    chroma: Vec<[f32; 2]>,
}

/// Four pixels and the chroma sample that they share: from left to right, then the row below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quad {
    pub(crate) luma: [f32; 4],
    pub(crate) chroma: [f32; 2],
}

/// How much of a layer is seen at four pixels and at their chroma sample.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Alpha {
    luma: [f32; 4],
    chroma: f32,
}

/// One layer's pixels, and how they are read.
struct Source<'a> {
    frame: &'a VideoFrame,
    params: &'a LayerParams,
    fetch: Fetch,
}

/// Draws `passes` of `plan`; `frames` holds one frame for each layer. Images are drawn as they came.
pub(crate) fn compose(plan: &Plan, passes: &[Pass], size: Size, frames: &[VideoFrame], mix: f32) -> Vec<u8> {
    let shown: Vec<_> = frames
        .iter()
        .map(|f| match f.format {
            PixelFormat::Rgba8 => Shown::Raw,
            _ => Shown::Video(f.color),
        })
        .collect();
    let empty = Picture {
        size,
        luma: vec![0.0; size.area()],
        chroma: vec![[0.0; 2]; size.area() / 4],
    };
    let mut pictures = [empty.clone(), empty];
    for pass in passes {
        let Some(params) = plan.params(pass, &shown, mix) else {
            continue;
        };
        if pass.kernel.base == Base::Fade {
            let [from, to] = &mut pictures;
            from.each(
                &(0..size.width as usize, 0..size.height as usize),
                |below, x, y| over(below, to.quad(x, y), params.solid[3]),
            );
        } else {
            draw(&mut pictures[pass.target], pass, &params, frames);
        }
        pictures.iter_mut().for_each(Picture::round);
    }
    pictures[0].nv12()
}

fn draw(picture: &mut Picture, pass: &Pass, params: &Params, frames: &[VideoFrame]) {
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
    let first = match pass.kernel.base {
        Base::Program | Base::Fade | Base::Convert => 0,
        Base::Solid => {
            let [y, cb, cr, _] = params.solid;
            picture.luma.fill(y);
            picture.chroma.fill([cb, cr]);
            0
        }
        Base::Layer(step) => {
            let source = source(0, step.fetch);
            picture.each(&span, |_, x, y| source.color(step, x, y));
            1
        }
    };
    for (step, slot) in pass.kernel.steps.iter().zip(first..) {
        // The twin reads images as they came.
        let fetch = if step.fetch.is_image() {
            Fetch::Raw
        } else {
            step.fetch
        };
        let source = source(slot, fetch);
        picture.each(&span, |below, x, y| source.step(*step, below, x, y));
    }
}

fn over(below: Quad, above: Quad, alpha: f32) -> Quad {
    lay(
        below,
        above,
        Alpha {
            luma: [alpha; 4],
            chroma: alpha,
        },
    )
}

fn lay(below: Quad, above: Quad, alpha: Alpha) -> Quad {
    Quad {
        luma: [0, 1, 2, 3].map(|i| blend(below.luma[i], above.luma[i], alpha.luma[i])),
        chroma: [0, 1].map(|c| blend(below.chroma[c], above.chroma[c], alpha.chroma)),
    }
}

pub(crate) fn grade(m: &[[f32; 4]; 3], q: Quad) -> Quad {
    let [cb, cr] = q.chroma;
    let row = |m: [f32; 4], y: f32| clip(m[0] * y + m[1] * cb + m[2] * cr + m[3]);
    let mean = q.luma.iter().sum::<f32>() / 4.0;
    Quad {
        luma: q.luma.map(|y| row(m[0], y)),
        chroma: [row(m[1], mean), row(m[2], mean)],
    }
}

/// R'G'B', 0 to 1, of a pixel.
fn rgb(y: f32, [cb, cr]: [f32; 2]) -> [f32; 3] {
    let (y, cb, cr) = ((y - 16.0) / 219.0, (cb - 128.0) / 224.0, (cr - 128.0) / 224.0);
    let g = y - 0.187_324 * cb - 0.468_124 * cr;
    [y + 1.5748 * cr, g, y + 1.8556 * cb].map(|v| v.clamp(0.0, 1.0))
}

pub(crate) fn mixed(m: [f32; 4], below: Quad, above: Quad) -> Quad {
    let pixel = |i: usize| {
        let (b, a) = (rgb(below.luma[i], below.chroma), rgb(above.luma[i], above.chroma));
        [0, 1, 2].map(|c| {
            let (b, a) = (b[c], a[c]);
            (m[0] * b + m[1] * a + m[2] * b * a + m[3] * (b - a).abs()).clamp(0.0, 1.0)
        })
    };
    let four = [0, 1, 2, 3].map(pixel);
    let luma = four.map(|[r, g, b]| 0.2126 * r + 0.7152 * g + 0.0722 * b);
    let mean = |c: usize| four.iter().map(|p| p[c]).sum::<f32>() / 4.0;
    let y = luma.iter().sum::<f32>() / 4.0;
    Quad {
        luma: luma.map(|y| 16.0 + 219.0 * y),
        chroma: [
            128.0 + 224.0 / 1.8556 * (mean(2) - y),
            128.0 + 224.0 / 1.5748 * (mean(0) - y),
        ],
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

    /// The sample that a pixel of the canvas shows.
    fn position(&self, origin: [f32; 2], d: [f32; 4], x: f32, y: f32) -> (f32, f32) {
        (origin[0] + x * d[0] + y * d[2], origin[1] + x * d[1] + y * d[3])
    }

    /// Luma at a pixel of the canvas.
    fn block_luma(&self, x: usize, y: usize) -> f32 {
        if let Fetch::Direct(_) = self.fetch {
            return self.luma(x, y);
        }
        let [ox, oy, ..] = self.params.origin;
        let at = self.position([ox, oy], self.params.luma_step, x as f32, y as f32);
        bilinear(at, self.params.luma_edge, |x, y| [self.luma(x, y)])[0]
    }

    /// Chroma at a chroma sample of the canvas.
    fn block_chroma(&self, x: usize, y: usize) -> [f32; 2] {
        match self.fetch {
            Fetch::Direct(PixelFormat::Yuyv) => {
                let (a, b) = (self.chroma(x, 2 * y), self.chroma(x, 2 * y + 1));
                [0, 1].map(|c| 0.5 * (a[c] + b[c]))
            }
            Fetch::Direct(_) => self.chroma(x, y),
            _ => {
                let [_, _, ox, oy] = self.params.origin;
                let (px, py) = (2.0 * x as f32, 2.0 * y as f32 + 0.5);
                let at = self.position([ox, oy], self.params.chroma_step, px, py);
                bilinear(at, self.params.chroma_edge, |x, y| self.chroma(x, y))
            }
        }
    }

    /// A layer's own colour at four pixels, corrected.
    fn color(&self, step: Step, x: usize, y: usize) -> Quad {
        let quad = Quad {
            luma: corners(x, y).map(|(x, y)| self.convert_luma(x, y)),
            chroma: self.convert_chroma(x / 2, y / 2),
        };
        let quad = if step.keyed {
            Quad {
                chroma: despill(self.params, quad.chroma),
                ..quad
            }
        } else {
            quad
        };
        if step.graded {
            grade(&self.params.grade, quad)
        } else {
            quad
        }
    }

    /// Colour and alpha of an image with alpha at four pixels.
    fn drawn(&self, x: usize, y: usize) -> (Quad, Alpha) {
        let pixel = |(x, y): (usize, usize)| {
            let [ox, oy, ..] = self.params.origin;
            let at = self.position([ox, oy], self.params.luma_step, x as f32, y as f32);
            let c = bilinear(at, self.params.luma_edge, |x, y| {
                let c = [0, 1, 2, 3].map(|i| self.byte(0, 4 * x + i, y));
                [
                    c[0] * c[3] / 255.0,
                    c[1] * c[3] / 255.0,
                    c[2] * c[3] / 255.0,
                    c[3],
                ]
            });
            let dot = |m: [f32; 4]| m[0] * c[0] + m[1] * c[1] + m[2] * c[2];
            let p = self.params;
            [dot(p.luma) + p.luma[3] * c[3], dot(p.cb), dot(p.cr), c[3] / 255.0]
        };
        let four = corners(x, y).map(pixel);
        let sum = |i: usize| four.iter().map(|p| p[i]).sum::<f32>();
        let quad = Quad {
            luma: four.map(|p| p[0] / p[3].max(0.001)),
            chroma: [1, 2].map(|i| 128.0 + sum(i) / sum(3).max(0.001)),
        };
        let alpha = Alpha {
            luma: four.map(|p| p[3]),
            chroma: sum(3) / 4.0,
        };
        (quad, alpha)
    }

    fn coverage(&self, x: usize, y: usize) -> Alpha {
        let p = self.params;
        let opacity = p.cb[3];
        let luma = corners(x, y).map(|(x, y)| {
            if !self.fetch.turns() {
                let inside = (p.span[0]..p.span[1]).contains(&(x as i32));
                return if inside { opacity } else { 0.0 };
            }
            let inside = |l: [f32; 4]| {
                let distance = (l[0] * x as f32 + l[1] * y as f32 + l[2]).abs();
                (l[3] - distance).clamp(0.0, 1.0)
            };
            opacity * inside(p.across) * inside(p.down)
        });
        Alpha {
            luma,
            chroma: luma.iter().sum::<f32>() / 4.0,
        }
    }

    /// One layer over what is below.
    fn step(&self, step: Step, below: Quad, x: usize, y: usize) -> Quad {
        let mut alpha = self.coverage(x, y);
        let mut and = |own: Alpha| {
            alpha.luma = [0, 1, 2, 3].map(|i| alpha.luma[i] * own.luma[i]);
            alpha.chroma *= own.chroma;
        };
        let mut color = if self.fetch == Fetch::Raw {
            let (color, own) = self.drawn(x, y);
            and(own);
            // A prepared image was corrected before: the map is the same.
            grade(&self.params.grade, color)
        } else {
            if step.keyed {
                and(Alpha {
                    luma: corners(x, y).map(|(x, y)| self.matte(x, y)),
                    chroma: key_alpha(self.params, self.convert_chroma(x / 2, y / 2)),
                });
            }
            self.color(step, x, y)
        };
        if self.params.cr[3] > 0.5 {
            color = mixed(self.params.mode, below, color);
        }
        lay(below, color, alpha)
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
        if !matches!(self.fetch, Fetch::Direct(_)) {
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

fn corners(x: usize, y: usize) -> [(usize, usize); 4] {
    [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)]
}

/// Bilinear sample at a position held within `edge`.
pub(crate) fn bilinear<const N: usize>(
    (x, y): (f32, f32),
    edge: [f32; 4],
    sample: impl Fn(usize, usize) -> [f32; N],
) -> [f32; N] {
    let (x, y) = (x.clamp(edge[0], edge[2]), y.clamp(edge[1], edge[3]));
    let (x0, y0) = (x as usize, y as usize);
    let (x1, y1) = ((x0 + 1).min(edge[2] as usize), (y0 + 1).min(edge[3] as usize));
    let four = [sample(x0, y0), sample(x1, y0), sample(x0, y1), sample(x1, y1)];
    std::array::from_fn(|c| {
        let top = blend(four[0][c], four[1][c], x.fract());
        let bottom = blend(four[2][c], four[3][c], x.fract());
        blend(top, bottom, y.fract())
    })
}

impl Picture {
    fn quad(&self, x: usize, y: usize) -> Quad {
        let width = self.size.width as usize;
        Quad {
            luma: corners(x, y).map(|(x, y)| self.luma[y * width + x]),
            chroma: self.chroma[y / 2 * (width / 2) + x / 2],
        }
    }

    /// Replaces the samples of a span of pixels.
    fn each(
        &mut self,
        (columns, rows): &(std::ops::Range<usize>, std::ops::Range<usize>),
        of: impl Fn(Quad, usize, usize) -> Quad,
    ) {
        let width = self.size.width as usize;
        for y in rows.clone().step_by(2) {
            for x in columns.clone().step_by(2) {
                let quad = of(self.quad(x, y), x, y);
                for ((x, y), v) in corners(x, y).into_iter().zip(quad.luma) {
                    self.luma[y * width + x] = v;
                }
                self.chroma[y / 2 * (width / 2) + x / 2] = quad.chroma;
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
