//! Noise as a camera's sensor adds it, so that a clip costs an encoder what a camera would.
//!
//! The noise lies in a tile made once. Each frame adds it to luma from another place of the tile, so that it
//! doesn't stand still; the same frame always gets the same.

use media::{PixelFormat, Plane, VideoFrame};

use super::pool::Pool;

/// Rows and columns of the tile.
const TILE: usize = 256;
/// A row is stored twice over, so that any place in it begins a whole one.
const ROW: usize = 2 * TILE;
/// Largest change of a sample, of 255.
const AMPLITUDE: u64 = 4;

/// The tile, and the buffers the noisy frames lie in.
pub(super) struct Grain {
    tile: Vec<i8>,
    pool: Pool,
}

impl Grain {
    /// Always the same tile.
    pub(super) fn new() -> Self {
        let mut state = 0;
        let mut tile = Vec::with_capacity(TILE * ROW);
        for _ in 0..TILE {
            let row: Vec<i8> = (0..TILE).map(|_| sample(splitmix(&mut state))).collect();
            tile.extend_from_slice(&row);
            tile.extend_from_slice(&row);
        }
        Self {
            tile,
            pool: Pool::default(),
        }
    }

    /// The frame with the noise of frame `index`, its planes packed; any other layout than NV12 and I420 as it came.
    pub(super) fn add(&self, frame: &VideoFrame, index: u64) -> VideoFrame {
        let (w, h) = (frame.size.width as usize, frame.size.height as usize);
        // Rows and bytes a row of the planes of chroma.
        let (rows, row) = match frame.format {
            PixelFormat::Nv12 => (h / 2, w),
            PixelFormat::I420 => (h / 2, w / 2),
            _ => return frame.clone(),
        };
        let mut buffer = self.pool.take(frame.format.packed_len(frame.size));
        let (luma, mut chroma) = buffer.split_at_mut(w * h);
        self.add_luma(
            frame.plane(0).chunks(frame.planes[0].stride.max(1)),
            luma,
            w,
            index,
        );
        let mut planes = frame.planes;
        planes[0] = Plane { offset: 0, stride: w };
        let mut offset = w * h;
        for (index, plane) in planes
            .iter_mut()
            .enumerate()
            .take(frame.format.plane_count())
            .skip(1)
        {
            let (to, rest) = chroma.split_at_mut(rows * row);
            let source = frame.plane(index).chunks(plane.stride.max(1));
            for (to, from) in to.chunks_exact_mut(row).zip(source) {
                to.copy_from_slice(&from[..row]);
            }
            *plane = Plane { offset, stride: row };
            offset += rows * row;
            chroma = rest;
        }
        VideoFrame {
            data: self.pool.share(buffer),
            planes,
            ..*frame
        }
    }

    fn add_luma<'a>(&self, from: impl Iterator<Item = &'a [u8]>, to: &mut [u8], width: usize, index: u64) {
        let place = splitmix(&mut index.wrapping_mul(0x9e37));
        let (right, down) = (place as usize % TILE, (place >> 32) as usize % TILE);
        for (y, (to, from)) in to.chunks_exact_mut(width).zip(from).enumerate() {
            let begin = (y + down) % TILE * ROW + right;
            let noise = &self.tile[begin..begin + TILE];
            for (to, from) in to.chunks_mut(TILE).zip(from[..width].chunks(TILE)) {
                // One loop over three slices of the same length: the compiler makes it sixteen samples a step.
                for ((to, from), noise) in to.iter_mut().zip(from).zip(noise) {
                    *to = (i16::from(*from) + i16::from(*noise)).clamp(0, 255) as u8;
                }
            }
        }
    }
}

/// Two even throws make small changes likelier than large ones.
fn sample(random: u64) -> i8 {
    let half = AMPLITUDE / 2;
    let throw = |bits: u64| (bits % (AMPLITUDE + 1)) as i8 - half as i8;
    throw(random & 0xffff_ffff) + throw(random >> 32)
}

/// SplitMix64 (Steele, Lea and Flood, 2014): good enough for noise, and the same everywhere.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use media::{ColorInfo, Size, Timestamp};

    use super::*;

    fn grey(size: Size, luma: u8, format: PixelFormat) -> VideoFrame {
        let mut data = vec![luma; size.area()];
        data.extend((0..size.area() / 2).map(|n| n as u8));
        VideoFrame::packed(Timestamp::ZERO, size, format, ColorInfo::BT709, data.into()).unwrap()
    }

    #[test]
    fn a_frame_always_gets_the_same_grain_and_the_next_one_another() {
        let frame = grey(Size::new(640, 360), 100, PixelFormat::I420);
        let (grain, again) = (Grain::new(), Grain::new());
        assert_eq!(grain.add(&frame, 7).data, again.add(&frame, 7).data);
        assert_ne!(grain.add(&frame, 7).data, grain.add(&frame, 8).data);
    }

    #[test]
    fn luma_changes_by_four_at_most_evenly_both_ways_and_chroma_not_at_all() {
        for format in [PixelFormat::I420, PixelFormat::Nv12] {
            let frame = grey(Size::new(640, 360), 100, format);
            let noisy = Grain::new().add(&frame, 1);
            let luma = noisy.size.area();
            let (mut sum, mut largest) = (0i64, 0);
            for sample in &noisy.data[..luma] {
                let change = i64::from(*sample) - 100;
                sum += change;
                largest = largest.max(change.abs());
            }
            assert_eq!(largest, 4);
            assert!((sum as f64 / luma as f64).abs() < 0.05);
            assert_eq!(noisy.data[luma..], frame.data[luma..]);
            assert_eq!(noisy.planes, frame.planes);
        }
    }

    #[test]
    fn black_and_white_don_t_wrap_and_padded_rows_are_packed() {
        for luma in [0, 255] {
            let packed = grey(Size::new(60, 36), luma, PixelFormat::I420);
            let noisy = Grain::new().add(&packed, 3);
            assert!(noisy.data[..60 * 36].iter().all(|s| s.abs_diff(luma) <= 4));
            let mut padded = packed.clone();
            let rows = packed.plane(0).chunks(60).take(36);
            let mut data: Vec<u8> = rows.flat_map(|row| [row, [9; 20].as_slice()].concat()).collect();
            padded.planes[0].stride = 80;
            for index in [1, 2] {
                padded.planes[index].offset = data.len();
                data.extend_from_slice(&packed.plane(index)[..30 * 18]);
            }
            padded.data = data.into();
            assert_eq!(Grain::new().add(&padded, 3).data, noisy.data);
        }
    }
}
