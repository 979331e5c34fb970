//! The picture viewers see while they are kept out.

use media::{PixelFormat, Size, VideoFrame};

/// "Back in a moment", in both languages.
const PICTURE: &[u8] = include_bytes!("../../../../assets/cover/cover.png");

/// The cover picture for a canvas of `size`; both even.
///
/// # Errors
/// What is bundled can't be read: a broken build.
pub(crate) fn cover(size: Size) -> Result<VideoFrame, pipeline::Error> {
    pipeline::file::fitted(PICTURE, size, PixelFormat::Nv12)
}
