//! Pictures of cameras that send each as a JPEG.
//!
//! What a camera sends is looked over before a decoder sees it: the size in its header must be the agreed one, so
//! no header makes a decoder allocate more, and only sequential JPEGs of three components pass, which take a time
//! that goes with their size. Cameras leave out the Huffman tables (the standard's typical ones are meant) and
//! pad their buffers.

use std::sync::{Arc, Mutex, PoisonError};

use gstreamer as gst;
use gstreamer::prelude::*;
use media::driver::{BadPicture, Decoder};
use media::{PixelFormat, Size, Timestamp, VideoFrame};

use crate::chain::{Chain, Flow, Output};
use crate::{Error, element, frame};

/// Most scans of a picture; one is usual, three where its components follow each other.
const MOST_SCANS: usize = 3;

/// Looks a JPEG over (ITU-T T.81, annex B) without decoding it: its length from the start marker to the end
/// marker, without what follows.
///
/// # Errors
/// [`BadPicture::Broken`] when it has no beginning or end, or is of a kind that cameras don't send;
/// [`BadPicture::WrongSize`].
pub fn inspect(data: &[u8], size: Size) -> Result<usize, BadPicture> {
    const BROKEN: BadPicture = BadPicture::Broken;
    if !data.starts_with(&[0xff, 0xd8]) {
        return Err(BROKEN);
    }
    let (mut at, mut framed, mut scans) = (2, false, 0);
    loop {
        let (marker, after) = marker(data, at).ok_or(BROKEN)?;
        at = after;
        match marker {
            0xd9 if scans > 0 => return Ok(at),
            0xd9 | 0xd8 | 0x00 => return Err(BROKEN),
            0x01 | 0xd0..=0xd7 => continue,
            _ => {}
        }
        let segment = segment(data, at).ok_or(BROKEN)?;
        at += 2 + segment.len();
        match marker {
            0xc0 | 0xc1 if !framed => {
                header(segment, size)?;
                framed = true;
            }
            // Other frames, arithmetic coding, a second header, a height that comes later.
            0xc0..=0xc3 | 0xc5..=0xcf | 0xdc..=0xdf => return Err(BROKEN),
            0xda if framed && scans < MOST_SCANS => {
                scans += 1;
                at = scan_end(data, at).ok_or(BROKEN)?;
            }
            0xda => return Err(BROKEN),
            _ => {}
        }
    }
}

/// The marker at `at`, which may have fill bytes before it, and where it ends.
fn marker(data: &[u8], at: usize) -> Option<(u8, usize)> {
    let rest = data.get(at..)?.strip_prefix(&[0xff])?;
    let fill = rest.iter().take_while(|b| **b == 0xff).count();
    Some((*rest.get(fill)?, at + 1 + fill + 1))
}

/// What a segment holds behind its length, which stands at `at`.
fn segment(data: &[u8], at: usize) -> Option<&[u8]> {
    let (len, rest) = data.get(at..)?.split_first_chunk()?;
    let len = usize::from(u16::from_be_bytes(*len)).checked_sub(2)?;
    rest.get(..len)
}

/// A frame header: eight bits, the agreed size, luma and two components of chroma that aren't finer.
fn header(segment: &[u8], size: Size) -> Result<(), BadPicture> {
    let (fixed, components) = segment.split_first_chunk::<6>().ok_or(BadPicture::Broken)?;
    let [precision, h1, h0, w1, w0, count] = *fixed;
    let side = |high, low| u32::from(u16::from_be_bytes([high, low]));
    if (side(w1, w0), side(h1, h0)) != (size.width, size.height) {
        return Err(BadPicture::WrongSize);
    }
    let sampling: Vec<u8> = components.chunks(3).filter_map(|c| c.get(1).copied()).collect();
    // The last is 4:2:2 as ffmpeg writes it.
    let usual = matches!(
        sampling.as_slice(),
        [0x22 | 0x21 | 0x12 | 0x11, 0x11, 0x11] | [0x22, 0x12, 0x12]
    );
    match precision == 8 && count == 3 && components.len() == 9 && usual {
        true => Ok(()),
        false => Err(BadPicture::Broken),
    }
}

/// Where the coded data that begin at `at` end: at the next marker that isn't a restart.
fn scan_end(data: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += data.get(at..)?.iter().position(|b| *b == 0xff)?;
        match data.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}

/// Decodes JPEG pictures of one size, by libjpeg on the caller's thread.
pub struct JpegDecoder {
    size: Size,
    chain: Option<Chain>,
    ready: Arc<Mutex<Option<VideoFrame>>>,
}

impl JpegDecoder {
    /// A decoder for pictures of `size`.
    ///
    /// # Errors
    /// [`Error::MissingElement`]; [`Error::Unsupported`] for a size that I420 can't have.
    pub fn new(size: Size) -> Result<Self, Error> {
        if !size.width.is_multiple_of(2) || !size.height.is_multiple_of(2) {
            return Err(Error::Unsupported(format!("JPEG pictures of {size:?}")));
        }
        let mut decoder = Self {
            size,
            chain: None,
            ready: Arc::default(),
        };
        decoder.chain()?;
        Ok(decoder)
    }

    /// The elements; made anew after an error.
    fn chain(&mut self) -> Result<&Chain, Error> {
        if self.chain.is_none() {
            self.chain = Some(chain(self.size, &self.ready)?);
        }
        self.chain.as_ref().ok_or(Error::Finished)
    }
}

impl Decoder for JpegDecoder {
    fn decode(&mut self, data: &[u8], into: &mut [u8]) -> Result<(), BadPicture> {
        let len = inspect(data, self.size)?;
        let buffer = gst::Buffer::from_slice(data[..len].to_vec());
        let pushed = self.chain().and_then(|chain| chain.push(buffer));
        if let Err(error) = pushed {
            tracing::debug!(%error, "a JPEG could not be decoded");
            self.chain = None;
        }
        let frame = self.ready.lock().unwrap_or_else(PoisonError::into_inner).take();
        match frame.filter(|f| f.size == self.size && f.format == PixelFormat::I420) {
            Some(frame) => pack(&frame, into).ok_or(BadPicture::Broken),
            None => Err(BadPicture::Broken),
        }
    }
}

fn chain(size: Size, ready: &Arc<Mutex<Option<VideoFrame>>>) -> Result<Chain, Error> {
    let jpeg = element::make("jpegdec")?;
    // The default is quicker by nothing that can be measured here, and less exact.
    jpeg.set_property_from_str("idct-method", "islow");
    // One broken picture is no reason to give up, nor are a hundred.
    jpeg.set_property("max-errors", -1i32);
    let number = |n: u32| i32::try_from(n).map_err(|_| Error::Unsupported(format!("pictures of {size:?}")));
    let input = gst::Caps::builder("image/jpeg")
        .field("width", number(size.width)?)
        .field("height", number(size.height)?)
        .field("framerate", gst::Fraction::new(30, 1))
        .field("parsed", true)
        .build();
    let output = gst::Caps::builder("video/x-raw").field("format", "I420").build();
    let ready = Arc::clone(ready);
    let exit = move |out: Output| {
        let frame = frame::from_buffer(out.buffer, &out.caps, Timestamp::ZERO);
        *ready.lock().unwrap_or_else(PoisonError::into_inner) = frame;
        Flow::Continue(())
    };
    Chain::new("jpegdec", &[&jpeg], &input, &output, exit)
}

/// The planes of an I420 frame tightly one after another; `None` when `into` is too short.
fn pack(frame: &VideoFrame, mut into: &mut [u8]) -> Option<()> {
    let (width, height) = (frame.size.width as usize, frame.size.height as usize);
    for (index, (row, rows)) in [(width, height), (width / 2, height / 2), (width / 2, height / 2)]
        .into_iter()
        .enumerate()
    {
        let (here, rest) = into.split_at_mut_checked(row * rows)?;
        into = rest;
        let (from, stride) = (frame.plane(index), frame.planes[index].stride);
        if stride == row {
            here.copy_from_slice(from.get(..row * rows)?);
        } else {
            let lines = from.chunks(stride.max(1));
            for (to, from) in here.chunks_exact_mut(row.max(1)).zip(lines) {
                to.copy_from_slice(from.get(..row)?);
            }
        }
    }
    Some(())
}

#[cfg(test)]
#[path = "jpeg_tests.rs"]
mod tests;
