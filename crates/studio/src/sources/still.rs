//! Pictures made by arithmetic.

use bytes::Bytes;
use media::{ColorInfo, PixelFormat, Size, Timestamp, VideoFrame};
use pipeline::file::Still;

/// A small picture of one colour; the compositor scales it.
pub(crate) fn color(rgb: [u8; 3]) -> Still {
    let [y, cb, cr] = limited_709(rgb);
    let size = Size::new(16, 16);
    let mut data = vec![y; size.area()];
    data.extend([cb, cr].repeat(size.area() / 4));
    Still::new(nv12(Timestamp::ZERO, size, data.into()))
}

/// A tightly packed NV12 frame of the program's own colours; `size` is even.
pub(crate) fn nv12(pts: Timestamp, size: Size, data: Bytes) -> VideoFrame {
    VideoFrame::packed(pts, size, PixelFormat::Nv12, ColorInfo::BT709, data)
        .expect("callers give even sizes and as many bytes as they need")
}

/// R'G'B' to limited-range Y'CbCr (ITU-R BT.709, 3.2 and 3.4).
pub(crate) fn limited_709(rgb: [u8; 3]) -> [u8; 3] {
    let [r, g, b] = rgb.map(|c| f32::from(c) / 255.0);
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let (cb, cr) = ((b - y) / 1.8556, (r - y) / 1.5748);
    [16.0 + 219.0 * y, 128.0 + 224.0 * cb, 128.0 + 224.0 * cr].map(|v| v.round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_bt_709() {
        assert_eq!(limited_709([255, 255, 255]), [235, 128, 128]);
        assert_eq!(limited_709([0, 0, 0]), [16, 128, 128]);
        assert_eq!(limited_709([0, 255, 0]), [173, 42, 26]);
    }
}
