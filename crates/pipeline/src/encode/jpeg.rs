//! Pictures to JPEGs, each by itself, for screens of this machine.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use gstreamer::prelude::*;
use media::{ColorInfo, FrameRate, PixelFormat, Size, VideoFrame};

use crate::chain::{Chain, Flow, Output};
use crate::{Error, element, frame};

/// Sides must be multiples of this: libjpeg reads whole blocks of luma at half size of chroma.
pub const JPEG_BLOCK: u32 = 16;

/// Encodes pictures as JPEGs of 4:2:0 by libjpeg, on the caller's thread.
pub struct JpegEncoder {
    quality: u8,
    made: Option<Made>,
}

/// The elements, made for one layout and size.
struct Made {
    format: PixelFormat,
    size: Size,
    chain: Chain,
    ready: Arc<Mutex<Option<Bytes>>>,
}

impl JpegEncoder {
    /// An encoder of `quality`, 1 to 100 in libjpeg's measure.
    pub const fn new(quality: u8) -> Self {
        Self { quality, made: None }
    }

    /// The picture as a JPEG (JFIF: BT.601, full range). Elements are made anew when its size or layout is another
    /// than the last one's.
    ///
    /// # Errors
    /// [`Error::WrongFormat`] when it isn't NV12 or I420, in BT.601 and full range, of sides that are multiples of
    /// [`JPEG_BLOCK`]; [`Error::MissingElement`]; [`Error::Element`].
    pub fn encode(&mut self, picture: &VideoFrame) -> Result<Bytes, Error> {
        element::init()?;
        check(picture)?;
        let buffer = frame::to_buffer(picture)?;
        let fits = |made: &Made| (made.format, made.size) == (picture.format, picture.size);
        let made = match self.made.take().filter(fits) {
            Some(made) => made,
            None => self.make(picture.format, picture.size)?,
        };
        // After an error they are made anew.
        made.chain.push(buffer)?;
        let jpeg = made.ready.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.made = Some(made);
        jpeg.ok_or_else(|| Error::element("jpegenc", "it gave nothing"))
    }

    fn make(&self, format: PixelFormat, size: Size) -> Result<Made, Error> {
        let jpeg = element::make("jpegenc")?;
        jpeg.set_property("quality", i32::from(self.quality.clamp(1, 100)));
        // The picture is shown small and for an instant: the quicker transform's errors aren't seen.
        jpeg.set_property_from_str("idct-method", "ifast");
        let input = frame::caps(format, size, FrameRate::whole(30), ColorInfo::JPEG)?;
        let output = gstreamer::Caps::new_empty_simple("image/jpeg");
        let ready = Arc::new(Mutex::new(None));
        let kept = Arc::clone(&ready);
        let exit = move |out: Output| {
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = frame::bytes(out.buffer);
            Flow::Continue(())
        };
        let chain = Chain::new("jpegenc", &[&jpeg], &input, &output, exit)?;
        Ok(Made {
            format,
            size,
            chain,
            ready,
        })
    }
}

fn check(picture: &VideoFrame) -> Result<(), Error> {
    let Size { width, height } = picture.size;
    let wrong = match picture {
        p if !matches!(p.format, PixelFormat::Nv12 | PixelFormat::I420) => "it is neither NV12 nor I420",
        p if (p.color.matrix, p.color.range) != (ColorInfo::JPEG.matrix, ColorInfo::JPEG.range) => {
            "its colours aren't BT.601 in full range"
        }
        _ if width == 0 || height == 0 => "it is empty",
        _ if !width.is_multiple_of(JPEG_BLOCK) || !height.is_multiple_of(JPEG_BLOCK) => {
            "its sides aren't multiples of 16"
        }
        _ => return Ok(()),
    };
    Err(Error::WrongFormat(wrong))
}

#[cfg(test)]
#[path = "jpeg_tests.rs"]
mod tests;
