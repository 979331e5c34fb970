//! Still pictures.

use std::io::BufReader;
use std::path::Path;

use image::imageops::FilterType;
use image::{ImageDecoder, ImageReader, Limits};
use media::{
    ColorInfo, Matrix, PixelFormat, Range, Siting, Size, SourceCounters, Timestamp, VideoFrame, VideoSource,
    limited_709,
};

use super::{check, problem};
use crate::{Error, FileProblem};

/// The largest file, in MiB.
const LARGEST_MIB: u32 = 64;
/// The most pixels a side.
const LONGEST_SIDE: u32 = 8_192;
/// The most memory a decoder may take, in bytes: a picture of the longest sides, once.
const MOST_MEMORY: u64 = 4 * (LONGEST_SIDE as u64) * (LONGEST_SIDE as u64);

/// Reads a PNG or JPEG: RGBA with straight alpha, at time zero, turned upright where the file says how.
///
/// # Errors
/// [`Error::File`] with the path and what is wrong; pictures over 8192 pixels a side or 64 MiB are refused unread.
pub fn image(path: &Path) -> Result<VideoFrame, Error> {
    check(path, LARGEST_MIB)?;
    decode(path).map_err(|what| problem(path, what))
}

fn decode(path: &Path) -> Result<VideoFrame, FileProblem> {
    let damaged = |e: ::image::ImageError| FileProblem::Damaged(e.to_string());
    let file = std::fs::File::open(path).map_err(|e| FileProblem::Unreadable(e.to_string()))?;
    let reader = ImageReader::new(BufReader::new(file)).with_guessed_format();
    let mut reader = reader.map_err(|e| FileProblem::Unreadable(e.to_string()))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let orientation = decoder.orientation().map_err(damaged)?;
    let mut picture = ::image::DynamicImage::from_decoder(decoder).map_err(damaged)?;
    picture.apply_orientation(orientation);
    let picture = picture.into_rgba8();
    let size = Size::new(picture.width(), picture.height());
    let data = picture.into_raw().into();
    VideoFrame::packed(Timestamp::ZERO, size, PixelFormat::Rgba8, RGB, data)
        .ok_or_else(|| FileProblem::Damaged("it is shorter than its size says".to_owned()))
}

/// A PNG or JPEG in memory as an NV12 or I420 picture of `size` (both even), BT.709, limited range: whole, in the middle,
/// the rest filled with the colour of its upper left corner.
///
/// # Errors
/// [`Error::File`] when it is damaged, [`Error::WrongFormat`] for another format.
pub fn fitted(bytes: &[u8], size: Size, format: PixelFormat) -> Result<VideoFrame, Error> {
    let damaged = |what: String| problem(Path::new("(in memory)"), FileProblem::Damaged(what));
    let picture = ::image::load_from_memory(bytes).map_err(|e| damaged(e.to_string()))?;
    let scaled = picture
        .resize(size.width, size.height, FilterType::Triangle)
        .to_rgb8();
    let corner = *scaled.get_pixel(0, 0);
    let mut canvas = ::image::RgbImage::from_pixel(size.width, size.height, corner);
    let (x, y) = (size.width - scaled.width(), size.height - scaled.height());
    ::image::imageops::replace(&mut canvas, &scaled, i64::from(x / 2), i64::from(y / 2));
    let data = match format {
        PixelFormat::Nv12 => nv12(&canvas),
        PixelFormat::I420 => i420(&canvas),
        _ => return Err(Error::WrongFormat("a still picture is made as NV12 or I420")),
    };
    VideoFrame::packed(Timestamp::ZERO, size, format, ColorInfo::BT709, data.into())
        .ok_or_else(|| damaged("its size is odd".to_owned()))
}

/// Y' of each pixel, then Cb and Cr of each square's upper left one.
fn nv12(picture: &::image::RgbImage) -> Vec<u8> {
    let mut data: Vec<u8> = picture.pixels().map(|p| limited_709(p.0)[0]).collect();
    for y in (0..picture.height()).step_by(2) {
        for x in (0..picture.width()).step_by(2) {
            data.extend_from_slice(&limited_709(picture.get_pixel(x, y).0)[1..]);
        }
    }
    data
}

/// The same with each plane of chroma by itself.
fn i420(picture: &::image::RgbImage) -> Vec<u8> {
    let mut data = nv12(picture);
    let luma = picture.pixels().len();
    let chroma = data.split_off(luma);
    data.extend(chroma.iter().step_by(2));
    data.extend(chroma.iter().skip(1).step_by(2));
    data
}

/// Red, green and blue of the full range; the matrix is that of the program they are laid over.
const RGB: ColorInfo = ColorInfo {
    matrix: Matrix::Bt709,
    range: Range::Full,
    siting: Siting::Center,
};

/// A picture that doesn't change, as a source. Each tick gets it at the tick's time.
#[derive(Clone, Debug)]
pub struct Still {
    frame: VideoFrame,
    counters: SourceCounters,
}

impl Still {
    /// A source that always shows `frame`.
    pub fn new(frame: VideoFrame) -> Self {
        Self {
            frame,
            counters: SourceCounters {
                received: 1,
                ..SourceCounters::default()
            },
        }
    }
}

impl VideoSource for Still {
    fn frame_at(&mut self, at: Timestamp) -> Option<VideoFrame> {
        Some(VideoFrame {
            pts: at,
            ..self.frame.clone()
        })
    }

    fn counters(&self) -> SourceCounters {
        self.counters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let picture =
            ::image::RgbaImage::from_fn(width, height, |x, y| ::image::Rgba([x as u8, y as u8, 7, 128]));
        picture.write_to(&mut bytes, ::image::ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_png_is_read_with_its_alpha_whatever_its_name() {
        let (_folder, path) = written("card.jpg", &png(33, 20));
        let frame = image(&path).unwrap();
        assert_eq!(
            (frame.size, frame.format),
            (Size::new(33, 20), PixelFormat::Rgba8)
        );
        assert_eq!(frame.plane(0)[4 * (33 * 2 + 5)..][..4], [5, 2, 7, 128]);
        let mut still = Still::new(frame);
        let at = Timestamp::from_millis(40);
        assert_eq!(still.frame_at(at).unwrap().pts, at);
    }

    #[test]
    fn what_can_t_be_read_is_refused_with_path_and_reason() {
        let refused = |path: &Path| image(path).unwrap_err().to_string();
        let (folder, path) = written("card.png", b"no picture at all");
        assert!(refused(&path).contains("its contents can't be read"));
        let missing = folder.path().join("nothing.png");
        let words = format!("can't use {}: there is no such file", missing.display());
        assert_eq!(refused(&missing), words);
        assert!(refused(folder.path()).contains("not an ordinary file"));
        let (_folder, path) = written("half.png", &png(300, 300)[..200]);
        assert!(refused(&path).contains("its contents can't be read"));
        let (_folder, path) = written("wide.png", &png(8_193, 1));
        assert!(refused(&path).contains("its contents can't be read"));
    }

    #[test]
    fn a_picture_is_fitted_whole_with_its_own_colours() {
        let red = ::image::RgbImage::from_pixel(20, 20, ::image::Rgb([255, 0, 0]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        red.write_to(&mut bytes, ::image::ImageFormat::Png).unwrap();
        let frame = fitted(&bytes.into_inner(), Size::new(64, 36), PixelFormat::Nv12).unwrap();
        assert_eq!((frame.size, frame.format), (Size::new(64, 36), PixelFormat::Nv12));
        assert!(frame.plane(0)[..64 * 36].iter().all(|y| *y == 63));
        assert!(frame.plane(1).chunks(2).all(|c| c == [102, 240]));
        assert!(fitted(b"no picture", Size::new(64, 36), PixelFormat::Nv12).is_err());
    }
}
