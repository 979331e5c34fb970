//! JPEG (ITU-T T.81, baseline) as a camera makes it: pictures of flat blocks, and the pictures that a file holds.
//!
//! Colours are of full range, 4:2:2, as a USB camera's are.

mod file;

pub(crate) use file::split;

/// Luminance of a point of the picture and its two colour differences at the same place, of full range.
pub(crate) type Sample = (u8, u8, u8);

/// A picture in which each block of 8x8 luminance and 16x8 colour samples is flat: what `at` says of its centre.
pub(crate) fn blocks((width, height): (u32, u32), at: impl Fn(u32, u32) -> Sample) -> Vec<u8> {
    let mut bytes = header(width as u16, height as u16);
    let mut bits = Bits::default();
    let mut last = [0; 3];
    for y in (0..height).step_by(8) {
        for x in (0..width).step_by(16) {
            let inside = |x: u32| at(x.min(width - 1), (y + 4).min(height - 1));
            let (left, right) = (inside(x + 4), inside(x + 12));
            // Interleaved as the scan header lists them: two of Y, one of Cb, one of Cr (A.2.3).
            for (component, sample) in [(0, left.0), (0, right.0), (1, left.1), (2, left.2)] {
                bits.block(i32::from(sample) - 128, &mut last[component]);
            }
        }
    }
    bytes.extend(bits.end());
    bytes.extend([0xff, 0xd9]);
    bytes
}

/// Everything before the scan's data: B.2.2 frame header, B.2.3 scan header, B.2.4.1 and B.2.4.2 tables.
fn header(width: u16, height: u16) -> Vec<u8> {
    let ([w1, w0], [h1, h0]) = (width.to_be_bytes(), height.to_be_bytes());
    let mut bytes = vec![0xff, 0xd8];
    // Every step is 8, which makes the DC coefficient of a flat block its level.
    bytes.extend([0xff, 0xdb, 0, 67, 0]);
    bytes.extend([8; 64]);
    bytes.extend([0xff, 0xc0, 0, 17, 8, h1, h0, w1, w0, 3]);
    bytes.extend([1, 0x21, 0, 2, 0x11, 0, 3, 0x11, 0]);
    // DC: categories 0 to 11 in codes of four bits. AC: the end of the block alone, a code of one bit.
    bytes.extend([0xff, 0xc4, 0, 31, 0x00]);
    bytes.extend([0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend(0..12);
    bytes.extend([0xff, 0xc4, 0, 20, 0x10]);
    bytes.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend([0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    bytes
}

/// Bits of a scan, the highest first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    waiting: u32,
    count: u32,
}

impl Bits {
    /// A block that is flat at `level`: the difference to the component's last one (F.1.2.1), then the block's end.
    fn block(&mut self, level: i32, last: &mut i32) {
        let difference = level - std::mem::replace(last, level);
        let category = 32 - difference.unsigned_abs().leading_zeros();
        self.put(category, 4);
        let bits = if difference < 0 {
            difference - 1
        } else {
            difference
        };
        self.put(bits as u32 & ((1 << category) - 1), category);
        self.put(0, 1);
    }

    fn put(&mut self, bits: u32, count: u32) {
        self.waiting = self.waiting << count | bits;
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.waiting >> self.count) as u8;
            self.bytes.push(byte);
            if byte == 0xff {
                self.bytes.push(0); // B.1.1.5: so that it is no marker
            }
        }
    }

    /// The bytes, the last one filled with ones (F.1.2.3).
    fn end(mut self) -> Vec<u8> {
        self.put(0x7f, 7);
        self.bytes
    }
}

#[cfg(test)]
#[path = "jpeg_tests.rs"]
mod tests;
