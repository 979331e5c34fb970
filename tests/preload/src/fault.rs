//! Frames as a camera with a bad cable or a bad driver delivers them.

use crate::spec::Pixels;

/// Cuts a frame to half; with an odd number of bytes missing, so that a line ends in the midst of a pixel.
pub(crate) fn shorten(frame: &mut Vec<u8>) {
    frame.truncate((frame.len() / 2).saturating_sub(1));
}

/// Makes rubbish of a frame, in turns by its number. Raw: none of it, a third of it, one byte of it. JPEG: nothing,
/// noise, the beginning only, its marks of beginning and end around noise, and a header that promises other sizes.
pub(crate) fn spoil(pixels: Pixels, sequence: u32, frame: &mut Vec<u8>) {
    match (pixels, sequence % 5) {
        (_, 0) => frame.clear(),
        (Pixels::Mjpeg, 1) => noise(sequence, frame),
        (Pixels::Mjpeg, 2) => frame.truncate(frame.len() * 2 / 3),
        (Pixels::Mjpeg, 3) => {
            let middle = 2..frame.len() - 2;
            noise(sequence, &mut frame[middle]);
        }
        (Pixels::Mjpeg, _) => resize(sequence, frame),
        (_, 1 | 3) => frame.truncate(frame.len() / 3),
        _ => frame.truncate(1),
    }
}

/// Numbers by G. Marsaglia's xorshift (2003).
fn noise(seed: u32, bytes: &mut [u8]) {
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    for byte in bytes {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *byte = state as u8;
    }
}

/// Writes another size into the frame header (ITU-T T.81, B.2.2): twice as wide, next time as large as can be.
fn resize(sequence: u32, frame: &mut [u8]) {
    let start = frame
        .windows(2)
        .position(|pair| pair[0] == 0xff && matches!(pair[1], 0xc0..=0xc2));
    let Some(size) = start.and_then(|start| frame.get_mut(start + 5..start + 9)) else {
        return;
    };
    if sequence.is_multiple_of(2) {
        size.copy_from_slice(&[0xff; 4]);
    } else {
        let width = u16::from_be_bytes([size[2], size[3]]).saturating_mul(2);
        size[2..].copy_from_slice(&width.to_be_bytes());
    }
}

#[cfg(test)]
#[path = "fault_tests.rs"]
mod tests;
