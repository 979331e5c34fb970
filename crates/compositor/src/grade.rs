//! Colour correction as one affine map on the program's Y'CbCr.
//!
//! White balance, exposure, contrast and saturation, in this order, are affine on R'G'B'; so is the way there and
//! back. A gain of `k` on linear light is one of `k^(1/2.4)` on R'G'B' (the display's curve, BT.1886).

use media::Matrix;

use crate::Correction;
use crate::color::{from_rgb, to_rgb};

/// The exponent of the display's curve, BT.1886 annex 1.
const GAMMA: f64 = 2.4;
/// What contrast turns about: a grey card of 18 %, as R'G'B'.
const MID_GREY: f64 = 0.489_44;
/// Red's, green's and blue's part in luma.
const LUMA: [f64; 3] = [0.2126, 0.7152, 0.0722];

/// Rows of Y', Cb and Cr: three factors and an offset, in code values of BT.709, limited range.
pub(crate) type Grade = [[f32; 4]; 3];

/// What leaves every colour as it is.
pub(crate) const NEUTRAL: Grade = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]];

/// The map of a correction.
pub(crate) fn grade(c: &Correction) -> Grade {
    let offset = map(c, [0.0; 3]);
    // Columns: what a unit of the program's Y', Cb and Cr adds.
    let column = |i: usize| {
        let mut ycc = [0.0; 3];
        ycc[i] = 1.0;
        let got = map(c, ycc);
        [0, 1, 2].map(|row| got[row] - offset[row])
    };
    let columns = [column(0), column(1), column(2)];
    let (span, black) = ([219.0, 224.0, 224.0], [16.0, 128.0, 128.0]);
    [0, 1, 2].map(|row| {
        let factor = |i: usize| columns[i][row] * span[row] / span[i];
        let moved: f64 = (0..3).map(|i| factor(i) * black[i]).sum();
        let at = black[row] + offset[row] * span[row] - moved;
        [factor(0), factor(1), factor(2), at].map(|v| v as f32)
    })
}

/// Corrects Y' (0 to 1), Cb and Cr (-0.5 to 0.5), unclipped.
fn map(c: &Correction, ycc: [f64; 3]) -> [f64; 3] {
    let gains = balance(c);
    let exposure = 2f64.powf(f64::from(c.exposure) / GAMMA);
    let contrast = 4f64.powf(f64::from(c.contrast));
    let rgb = to_rgb(Matrix::Bt709, ycc);
    let rgb = [0, 1, 2].map(|i| (rgb[i] * gains[i] * exposure - MID_GREY) * contrast + MID_GREY);
    let luma: f64 = rgb.iter().zip(LUMA).map(|(v, w)| v * w).sum();
    from_rgb(
        Matrix::Bt709,
        rgb.map(|v| luma + f64::from(c.saturation) * (v - luma)),
    )
}

/// Gains of red, green and blue that keep a grey's luma: warmer has more red and less blue, a tint above zero
/// more of both and less green (magenta).
fn balance(c: &Correction) -> [f64; 3] {
    let (warm, tint) = (f64::from(c.temperature), f64::from(c.tint));
    let gains = [0.4 * warm + 0.15 * tint, -0.3 * tint, -0.4 * warm + 0.15 * tint].map(f64::exp2);
    let luma: f64 = gains.iter().zip(LUMA).map(|(g, w)| g * w).sum();
    gains.map(|g| g / luma)
}
