//! JPEG pictures one behind the other, as `ffmpeg -f mjpeg` writes them.

use std::ops::Range;

/// Where each whole picture lies. What is between pictures, and an unfinished last one, is left out.
pub(crate) fn split(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut pictures = Vec::new();
    let mut at = 0;
    while let Some(start) = bytes[at..].windows(3).position(|b| b == [0xff, 0xd8, 0xff]) {
        let start = at + start;
        match end(bytes, start + 2) {
            Some(end) => {
                pictures.push(start..end);
                at = end;
            }
            None => at = start + 2,
        }
    }
    pictures
}

/// Where the picture ends whose first segment is at `at`. Thumbnails lie inside segments, which are leapt over.
fn end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let (mark, kind) = (*bytes.get(at)?, *bytes.get(at + 1)?);
        match (mark, kind) {
            (0xff, 0xd9) => return Some(at + 2),
            (0xff, 0xff) => at += 1,
            (0xff, 0xc0..=0xcf | 0xda..=0xef | 0xfe) => {
                let length = u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]);
                at += 2 + usize::from(length);
                if kind == 0xda {
                    at += scan(bytes.get(at..)?)?;
                }
            }
            _ => return None,
        }
    }
}

/// Bytes of a scan's data: up to a marker that is neither a stuffed zero nor a restart (T.81, B.1.1.2).
fn scan(bytes: &[u8]) -> Option<usize> {
    bytes
        .windows(2)
        .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7))
}
