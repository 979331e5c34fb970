//! A frame counter burnt into the picture, so that what a viewer sees can be told from what a sender says.
//!
//! A row of forty blocks of 16x16 luma samples lies at the top left: 32 bits of the counter, most significant
//! first, then the 8 bits of a CRC-8 (polynomial 0x07, start value 0, no reflection) over the counter's four
//! big-endian bytes. A one is luma 235, a nought 16. A reader takes the mean of each block's inner 8x8, which
//! coding leaves alone, against 128. The picture must be at least [`WIDTH`] by [`HEIGHT`].
//!
//! A black row reads as 0, so count from 1 where black can be on screen.

/// Luma samples across the row of blocks.
pub const WIDTH: usize = BLOCKS * BLOCK;
/// Luma samples down the row of blocks.
pub const HEIGHT: usize = BLOCK;

const BLOCK: usize = 16;
const BLOCKS: usize = 40;
const INNER: core::ops::Range<usize> = 4..12;
const ONE: u8 = 235;
const NOUGHT: u8 = 16;
const THRESHOLD: usize = 128;

/// Writes `value` into a plane of 8-bit limited-range luma whose rows are `stride` bytes apart.
///
/// Answers whether it was written: a plane too small for the row of blocks is left as it was.
pub fn write(luma: &mut [u8], stride: usize, value: u32) -> bool {
    if !has_room(luma, stride) {
        return false;
    }
    let bits = word(value);
    for row in luma.chunks_mut(stride).take(HEIGHT) {
        for (block, samples) in row[..WIDTH].chunks_exact_mut(BLOCK).enumerate() {
            samples.fill(if bit(bits, block) { ONE } else { NOUGHT });
        }
    }
    true
}

/// Reads the counter from a plane of 8-bit luma whose rows are `stride` bytes apart.
///
/// `None` when the plane is too small or the check bits don't fit: there is no counter, or it can't be read.
pub fn read(luma: &[u8], stride: usize) -> Option<u32> {
    if !has_room(luma, stride) {
        return None;
    }
    let bits = (0..BLOCKS).fold(0u64, |bits, block| {
        bits << 1 | u64::from(mean(luma, stride, block) >= THRESHOLD)
    });
    let value = (bits >> 8) as u32;
    (word(value) == bits).then_some(value)
}

fn has_room(luma: &[u8], stride: usize) -> bool {
    let last_row = stride.checked_mul(HEIGHT - 1);
    stride >= WIDTH && last_row.is_some_and(|last| luma.len().saturating_sub(last) >= WIDTH)
}

/// The forty bits: counter, then check.
fn word(value: u32) -> u64 {
    u64::from(value) << 8 | u64::from(crc8(value.to_be_bytes()))
}

fn bit(bits: u64, block: usize) -> bool {
    bits >> (BLOCKS - 1 - block) & 1 == 1
}

fn mean(luma: &[u8], stride: usize, block: usize) -> usize {
    let columns = block * BLOCK + INNER.start..block * BLOCK + INNER.end;
    let sum: usize = INNER
        .map(|y| {
            luma[y * stride..][columns.clone()]
                .iter()
                .map(|&s| usize::from(s))
                .sum::<usize>()
        })
        .sum();
    sum / (INNER.len() * INNER.len())
}

fn crc8(bytes: [u8; 4]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| {
            if crc & 0x80 == 0 {
                crc << 1
            } else {
                crc << 1 ^ 0x07
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn check_bits_are_those_of_crc_8() {
        assert_eq!(crc8([0, 0, 0, 0]), 0);
        assert_eq!(crc8([0, 0, 0, 1]), 0x07);
        assert_eq!(crc8(*b"1234"), 0xc2);
    }

    #[test]
    fn a_plane_without_room_is_left_alone() {
        let mut short = vec![7; 640 * 15 + 639];
        assert!(!write(&mut short, 640, 1));
        assert!(short.iter().all(|&s| s == 7));
        assert_eq!(read(&short, 640), None);
        let mut narrow = vec![7; 320 * 240];
        assert!(!write(&mut narrow, 320, 1));
        assert_eq!(read(&narrow, usize::MAX), None);
    }

    #[test]
    fn the_last_row_may_end_with_the_blocks() {
        let mut plane = vec![0; 700 * 15 + 640];
        assert!(write(&mut plane, 700, 42));
        assert_eq!(read(&plane, 700), Some(42));
    }

    #[test]
    fn a_flat_picture_holds_no_counter_but_black_reads_as_nought() {
        assert_eq!(read(&[200; 640 * 16], 640), None);
        assert_eq!(read(&[16; 640 * 16], 640), Some(0));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value: u32, pad in 0usize..65) {
            let stride = WIDTH + pad;
            let mut plane = vec![99; stride * 20];
            prop_assert!(write(&mut plane, stride, value));
            prop_assert_eq!(read(&plane, stride), Some(value));
        }

        #[test]
        fn noise_below_the_threshold_does_no_harm(value: u32, noise in prop::collection::vec(-60i16..60, 64)) {
            let mut plane = vec![0; WIDTH * HEIGHT];
            write(&mut plane, WIDTH, value);
            for (sample, n) in plane.iter_mut().zip(noise.iter().cycle()) {
                *sample = (i16::from(*sample) + n).clamp(0, 255) as u8;
            }
            prop_assert_eq!(read(&plane, WIDTH), Some(value));
        }

        #[test]
        fn one_wrong_block_is_noticed(value: u32, block in 0usize..40) {
            let mut plane = vec![0; WIDTH * HEIGHT];
            write(&mut plane, WIDTH, value);
            for row in plane.chunks_mut(WIDTH) {
                row[block * 16..][..16].iter_mut().for_each(|s| *s = 251 - *s);
            }
            prop_assert_eq!(read(&plane, WIDTH), None);
        }
    }
}
