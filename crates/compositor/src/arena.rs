//! Where each source's planes lie in the arena, and how a frame gets there.

use media::{PixelFormat, Plane, Size, VideoFrame};

/// Alignment of planes in the arena: a cache line.
const ALIGN: usize = 64;

/// A source's place in the arena. Rows hold whole blocks of four pixels; what fills the last one repeats the
/// row's end, so that the kernels need no edge case for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) format: PixelFormat,
    pub(crate) size: Size,
    /// Offsets from the arena's beginning and strides, in bytes.
    pub(crate) planes: [Plane; 3],
    /// The byte behind the last.
    pub(crate) end: usize,
}

impl Region {
    /// The place of a source whose first byte may be at `offset`.
    pub(crate) fn new(format: PixelFormat, size: Size, offset: usize) -> Self {
        let mut at = offset.next_multiple_of(ALIGN);
        let mut planes = [Plane::default(); 3];
        for (index, plane) in planes.iter_mut().enumerate().take(format.plane_count()) {
            let (row, rows) = plane_extent(format, size, index);
            let stride = row.next_multiple_of(block_len(format));
            *plane = Plane { offset: at, stride };
            at = (at + stride * rows).next_multiple_of(ALIGN);
        }
        Self {
            format,
            size,
            planes,
            end: at,
        }
    }

    /// The first word of plane `index`.
    pub(crate) const fn word(&self, index: usize) -> u32 {
        (self.planes[index].offset / 4) as u32
    }

    /// Words a row of plane `index`.
    pub(crate) const fn words(&self, index: usize) -> u32 {
        (self.planes[index].stride / 4) as u32
    }

    /// Whether `frame` has this region's layout, and all the bytes that it claims.
    pub(crate) fn fits(&self, frame: &VideoFrame) -> bool {
        frame.format == self.format
            && frame.size == self.size
            && (0..self.format.plane_count()).all(|index| {
                let (row, rows) = plane_extent(self.format, self.size, index);
                let plane = frame.planes[index];
                plane
                    .stride
                    .checked_mul(rows - 1)
                    .and_then(|n| n.checked_add(row)?.checked_add(plane.offset))
                    .is_some_and(|end| end <= frame.data.len() && plane.stride >= row)
            })
    }

    /// Copies a frame that `fits` to its place.
    pub(crate) fn write(&self, frame: &VideoFrame, arena: &mut wgpu::BufferViewMut) {
        for index in 0..self.format.plane_count() {
            let (row, rows) = plane_extent(self.format, self.size, index);
            let (to, from) = (self.planes[index], frame.planes[index].stride);
            let data = frame.plane(index);
            if to.stride == from && row == to.stride {
                let len = row * rows;
                arena
                    .slice(to.offset..to.offset + len)
                    .copy_from_slice(&data[..len]);
                continue;
            }
            for (y, line) in data.chunks(from).take(rows).enumerate() {
                let at = to.offset + y * to.stride;
                arena.slice(at..at + row).copy_from_slice(&line[..row]);
                let unit = unit_len(self.format, index);
                for gap in (row..to.stride).step_by(unit) {
                    arena
                        .slice(at + gap..at + gap + unit)
                        .copy_from_slice(&line[row - unit..row]);
                }
            }
        }
    }
}

/// Bytes of the kernels' unit along a row: a word, and of YUYV the two words of four pixels.
const fn block_len(format: PixelFormat) -> usize {
    match format {
        PixelFormat::Yuyv => 8,
        PixelFormat::Nv12 | PixelFormat::I420 | PixelFormat::Rgba8 => 4,
    }
}

/// Bytes of the smallest part of a plane that can be repeated.
const fn unit_len(format: PixelFormat, index: usize) -> usize {
    match (format, index) {
        (PixelFormat::Yuyv | PixelFormat::Rgba8, _) => 4,
        (PixelFormat::Nv12, 1) => 2,
        (PixelFormat::Nv12 | PixelFormat::I420, _) => 1,
    }
}

/// Bytes of a row, and rows, of a plane.
pub(crate) const fn plane_extent(format: PixelFormat, size: Size, index: usize) -> (usize, usize) {
    let (w, h) = (size.width as usize, size.height as usize);
    match (format, index) {
        (PixelFormat::Nv12 | PixelFormat::I420, 0) => (w, h),
        (PixelFormat::Nv12, _) => (w, h / 2),
        (PixelFormat::I420, _) => (w / 2, h / 2),
        (PixelFormat::Yuyv, _) => (w * 2, h),
        (PixelFormat::Rgba8, _) => (w * 4, h),
    }
}
