//! Matrices between R'G'B' and Y'CbCr, and from any source's Y'CbCr to the program's.
//!
//! Luma coefficients: Rec. ITU-R BT.601-7 2.5.1, BT.709-6 item 3.2, BT.2020-2 table 4. Quantisation: BT.709-6
//! item 4.6 for limited range, ITU-T T.871 clause 7 for full range. Only the matrix and the range are converted,
//! not the primaries nor the transfer curve, which differ little between 601 and 709.

use media::{ColorInfo, Matrix, Range};

/// An affine map of code values from one Y'CbCr to another. A grey stays a grey, so luma adds nothing to chroma.
///
/// `luma = [y, cb, cr, offset]`, `cb = [cb, cr, offset]`, `cr = [cb, cr, offset]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Conversion {
    pub(crate) luma: [f32; 4],
    pub(crate) cb: [f32; 3],
    pub(crate) cr: [f32; 3],
}

impl Conversion {
    /// Makes black of anything: what a missing background is drawn with.
    pub(crate) const BLACK: Self = Self {
        luma: [0.0, 0.0, 0.0, 16.0],
        cb: [0.0, 0.0, 128.0],
        cr: [0.0, 0.0, 128.0],
    };

    /// From `color` to BT.709, limited range.
    pub(crate) fn to_program(color: ColorInfo) -> Self {
        Self::between(color, ColorInfo::BT709)
    }

    /// From one matrix and range to another.
    pub(crate) fn between(source: ColorInfo, target: ColorInfo) -> Self {
        let from = Scale::of(source.range);
        let to = Scale::of(target.range);
        // Columns: the target's Y'CbCr of a unit of the source's Y', Cb and Cr.
        let column = |ycc: [f64; 3]| from_rgb(target.matrix, to_rgb(source.matrix, ycc));
        let [y, b, r] = [
            column([1.0, 0.0, 0.0]),
            column([0.0, 1.0, 0.0]),
            column([0.0, 0.0, 1.0]),
        ];
        let chroma = to.chroma / from.chroma;
        let luma = [
            y[0] * to.luma / from.luma,
            b[0] * to.luma / from.chroma,
            r[0] * to.luma / from.chroma,
        ];
        let row = |cb: f64, cr: f64| [cb * chroma, cr * chroma, 128.0 - 128.0 * chroma * (cb + cr)];
        let offset = to.black - luma[0] * from.black - 128.0 * (luma[1] + luma[2]);
        Self {
            luma: [luma[0], luma[1], luma[2], offset].map(|v| v as f32),
            cb: row(b[1], r[1]).map(|v| v as f32),
            cr: row(b[2], r[2]).map(|v| v as f32),
        }
    }
}

/// Code values of a range: black, and the spans of luma and chroma.
struct Scale {
    black: f64,
    luma: f64,
    chroma: f64,
}

impl Scale {
    const fn of(range: Range) -> Self {
        match range {
            Range::Limited => Self {
                black: 16.0,
                luma: 219.0,
                chroma: 224.0,
            },
            Range::Full => Self {
                black: 0.0,
                luma: 255.0,
                chroma: 255.0,
            },
        }
    }
}

/// Red's and blue's part in luma.
const fn weights(matrix: Matrix) -> (f64, f64) {
    match matrix {
        Matrix::Bt601 => (0.299, 0.114),
        Matrix::Bt709 => (0.2126, 0.0722),
        Matrix::Bt2020 => (0.2627, 0.0593),
    }
}

/// R'G'B' (0 to 1) of Y' (0 to 1), Cb and Cr (-0.5 to 0.5).
pub(crate) fn to_rgb(matrix: Matrix, [y, cb, cr]: [f64; 3]) -> [f64; 3] {
    let (kr, kb) = weights(matrix);
    let r = y + 2.0 * (1.0 - kr) * cr;
    let b = y + 2.0 * (1.0 - kb) * cb;
    [r, (y - kr * r - kb * b) / (1.0 - kr - kb), b]
}

/// Y' (0 to 1), Cb and Cr (-0.5 to 0.5) of R'G'B' (0 to 1).
pub(crate) fn from_rgb(matrix: Matrix, [r, g, b]: [f64; 3]) -> [f64; 3] {
    let (kr, kb) = weights(matrix);
    let y = kr * r + (1.0 - kr - kb) * g + kb * b;
    [y, (b - y) / (2.0 * (1.0 - kb)), (r - y) / (2.0 * (1.0 - kr))]
}

/// The program's code values (BT.709, limited) of an 8-bit sRGB colour, not rounded.
pub(crate) fn program_code(rgb: [u8; 3]) -> [f32; 3] {
    let [y, cb, cr] = from_rgb(Matrix::Bt709, rgb.map(|c| f64::from(c) / 255.0));
    [16.0 + 219.0 * y, 128.0 + 224.0 * cb, 128.0 + 224.0 * cr].map(|v| v as f32)
}

/// Rows that make Y' - 16, Cb - 128 and Cr - 128 of the program, in code values, of 8-bit sRGB.
pub(crate) fn program_matrix() -> [[f32; 3]; 3] {
    let [r, g, b] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|c| from_rgb(Matrix::Bt709, c));
    let row = |i: usize, span: f64| [r[i], g[i], b[i]].map(|v| (v * span / 255.0) as f32);
    [row(0, 219.0), row(1, 224.0), row(2, 224.0)]
}
