//! Pictures made smaller by whole factors: each sample is the mean of a box of samples.
//!
//! It runs on the processor and reads each byte once, so that a preview costs little beside the pictures it is of. A
//! full-size upload to the graphics device would cost more.

use media::{PixelFormat, Plane, Size, VideoFrame};

/// The largest factor.
pub(super) const MOST: usize = 64;

/// What [`shrink`] makes of a frame: its layout, size and planes, packed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Form {
    pub(super) format: PixelFormat,
    pub(super) size: Size,
    pub(super) planes: [Plane; 3],
    pub(super) len: usize,
}

/// Rooms for sums, used again and again.
#[derive(Default)]
pub(super) struct Sums {
    first: Vec<u16>,
    second: Vec<u16>,
}

/// What a frame of `format` and `size` becomes when it is made smaller by `factor`; `None` when nothing would be
/// left. Columns and rows that fill no box are left out. Packed 4:2:2 becomes 4:2:0.
pub(super) fn form(format: PixelFormat, size: Size, factor: usize) -> Option<Form> {
    let factor = u32::try_from(factor).ok().filter(|f| *f > 0)?;
    let (format, even) = match format {
        PixelFormat::Yuyv => (PixelFormat::I420, true),
        PixelFormat::Rgba8 => (format, false),
        PixelFormat::Nv12 | PixelFormat::I420 => (format, true),
    };
    let side = |v: u32| if even { (v / factor) & !1 } else { v / factor };
    let size = Size::new(side(size.width), side(size.height));
    if size.area() == 0 {
        return None;
    }
    let (w, luma) = (size.width as usize, size.area());
    let at = |offset, stride| Plane { offset, stride };
    let planes = match format {
        PixelFormat::Nv12 => [at(0, w), at(luma, w), Plane::default()],
        PixelFormat::I420 => [at(0, w), at(luma, w / 2), at(luma + luma / 4, w / 2)],
        PixelFormat::Yuyv | PixelFormat::Rgba8 => [at(0, w * 4), Plane::default(), Plane::default()],
    };
    let len = format.packed_len(size);
    Some(Form {
        format,
        size,
        planes,
        len,
    })
}

/// Makes `frame` smaller by `factor` (1 to [`MOST`]) into `out`, which has the bytes that `form` says. `None`, and
/// anything in `out`, when the frame has fewer bytes than it says.
pub(super) fn shrink(
    frame: &VideoFrame,
    factor: usize,
    form: &Form,
    sums: &mut Sums,
    out: &mut [u8],
) -> Option<()> {
    let (w, h) = (form.size.width as usize, form.size.height as usize);
    match frame.format {
        PixelFormat::Nv12 => {
            let (luma, chroma) = out.split_at_mut_checked(w * h)?;
            plane::<1>(frame, 0, factor, [w, h], sums, luma)?;
            plane::<2>(frame, 1, factor, [w / 2, h / 2], sums, chroma)
        }
        PixelFormat::I420 => {
            let (luma, chroma) = out.split_at_mut_checked(w * h)?;
            let (cb, cr) = chroma.split_at_mut_checked(w * h / 4)?;
            plane::<1>(frame, 0, factor, [w, h], sums, luma)?;
            plane::<1>(frame, 1, factor, [w / 2, h / 2], sums, cb)?;
            plane::<1>(frame, 2, factor, [w / 2, h / 2], sums, cr)
        }
        PixelFormat::Yuyv => yuyv(frame, factor, [w, h], sums, out),
        PixelFormat::Rgba8 => rgba(frame, factor, [w, h], out),
    }
}

/// Row `y` of a plane, `len` bytes of it.
fn row(frame: &VideoFrame, index: usize, y: usize, len: usize) -> Option<&[u8]> {
    let at = y.checked_mul(frame.planes[index].stride)?;
    frame.plane(index).get(at..at.checked_add(len)?)
}

/// A plane of `N` samples a pixel.
fn plane<const N: usize>(
    frame: &VideoFrame,
    index: usize,
    factor: usize,
    [w, h]: [usize; 2],
    sums: &mut Sums,
    out: &mut [u8],
) -> Option<()> {
    let lines = out.chunks_exact_mut(N * w).take(h);
    for (y, line) in lines.enumerate() {
        if factor == 1 {
            line.copy_from_slice(row(frame, index, y, N * w)?);
            continue;
        }
        add_rows(frame, index, y * factor, factor, N * w * factor, &mut sums.first)?;
        across::<N>(&sums.first, factor, line);
    }
    Some(())
}

/// Sums of `count` rows from row `first` on, column by column.
fn add_rows(
    frame: &VideoFrame,
    index: usize,
    first: usize,
    count: usize,
    len: usize,
    sums: &mut Vec<u16>,
) -> Option<()> {
    sums.clear();
    sums.extend(row(frame, index, first, len)?.iter().map(|v| u16::from(*v)));
    for y in first + 1..first + count {
        let row = row(frame, index, y, len)?;
        sums.iter_mut()
            .zip(row)
            .for_each(|(sum, v)| *sum += u16::from(*v));
    }
    Some(())
}

/// Means of boxes from the sums of their columns, `N` samples a pixel.
fn across<const N: usize>(sums: &[u16], factor: usize, out: &mut [u8]) {
    // The usual factors get loops of known length.
    match factor {
        2 => boxes::<N>(sums, 2, out),
        3 => boxes::<N>(sums, 3, out),
        4 => boxes::<N>(sums, 4, out),
        6 => boxes::<N>(sums, 6, out),
        8 => boxes::<N>(sums, 8, out),
        12 => boxes::<N>(sums, 12, out),
        f => boxes::<N>(sums, f, out),
    }
}

#[inline(always)]
fn boxes<const N: usize>(sums: &[u16], factor: usize, out: &mut [u8]) {
    let mean = Mean::of(factor * factor);
    let boxes = sums.chunks_exact(N * factor);
    for (pixel, columns) in out.chunks_exact_mut(N).zip(boxes) {
        for (n, value) in pixel.iter_mut().enumerate() {
            let sum: u32 = (0..factor).map(|i| u32::from(columns[i * N + n])).sum();
            *value = mean.round(sum);
        }
    }
}

/// Division by the same number again and again, rounded to the nearest.
#[derive(Clone, Copy)]
struct Mean {
    half: u32,
    inverse: u64,
}

impl Mean {
    #[inline(always)]
    fn of(count: usize) -> Self {
        // Sums have 8 bits more than `count`, which has 13 at most: with 40 bits of fraction it is exact.
        let count = count as u64;
        Self {
            half: (count / 2) as u32,
            inverse: (1u64 << 40).div_ceil(count),
        }
    }

    #[inline(always)]
    fn round(self, sum: u32) -> u8 {
        ((u64::from(sum + self.half) * self.inverse) >> 40) as u8
    }
}

/// Packed `Y0 Cb Y1 Cr` to planes at half size of chroma, two rows at a time.
fn yuyv(
    frame: &VideoFrame,
    factor: usize,
    [w, h]: [usize; 2],
    sums: &mut Sums,
    out: &mut [u8],
) -> Option<()> {
    let (luma, chroma) = out.split_at_mut_checked(w * h)?;
    let (cb, cr) = chroma.split_at_mut_checked(w * h / 4)?;
    let len = 2 * w * factor;
    let lines = luma.chunks_exact_mut(2 * w);
    let chroma = cb.chunks_exact_mut(w / 2).zip(cr.chunks_exact_mut(w / 2));
    for (y, (lines, (cb, cr))) in lines.zip(chroma).enumerate() {
        let (upper, lower) = lines.split_at_mut(w);
        let first = 2 * y * factor;
        add_rows(frame, 0, first, factor, len, &mut sums.first)?;
        add_rows(frame, 0, first + factor, factor, len, &mut sums.second)?;
        every_other(&sums.first, factor, upper);
        every_other(&sums.second, factor, lower);
        let mean = Mean::of(2 * factor * factor);
        let boxes = sums
            .first
            .chunks_exact(4 * factor)
            .zip(sums.second.chunks_exact(4 * factor));
        for ((cb, cr), (upper, lower)) in cb.iter_mut().zip(cr).zip(boxes) {
            let sum = |n: usize| -> u32 {
                let both = |i: usize| u32::from(upper[4 * i + n]) + u32::from(lower[4 * i + n]);
                (0..factor).map(both).sum()
            };
            *cb = mean.round(sum(1));
            *cr = mean.round(sum(3));
        }
    }
    Some(())
}

/// Means of boxes of every second sample.
fn every_other(sums: &[u16], factor: usize, out: &mut [u8]) {
    let mean = Mean::of(factor * factor);
    for (value, columns) in out.iter_mut().zip(sums.chunks_exact(2 * factor)) {
        *value = mean.round(columns.iter().step_by(2).map(|v| u32::from(*v)).sum());
    }
}

/// Colours weigh by their alpha.
fn rgba(frame: &VideoFrame, factor: usize, [w, h]: [usize; 2], out: &mut [u8]) -> Option<()> {
    let count = (factor * factor) as u32;
    for (n, pixel) in out.chunks_exact_mut(4).take(w * h).enumerate() {
        let (x, y) = (n % w * factor, n / w * factor);
        let mut sum = [0u32; 4];
        for j in y..y + factor {
            let row = row(frame, 0, j, 4 * (x + factor))?;
            for from in row[4 * x..].chunks_exact(4) {
                let alpha = u32::from(from[3]);
                (0..3).for_each(|c| sum[c] += alpha * u32::from(from[c]));
                sum[3] += alpha;
            }
        }
        let alpha = sum[3].max(1);
        (0..3).for_each(|c| pixel[c] = ((sum[c] + alpha / 2) / alpha) as u8);
        pixel[3] = ((sum[3] + count / 2) / count) as u8;
    }
    Some(())
}

#[cfg(test)]
#[path = "shrink_tests.rs"]
mod tests;
