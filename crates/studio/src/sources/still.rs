//! Pictures made by arithmetic.

use bytes::Bytes;
use media::{ColorInfo, PixelFormat, Size, Timestamp, VideoFrame, limited_709};
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
