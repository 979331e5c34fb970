//! Frames in GStreamer's words and back, sharing the pixels both ways.

use bytes::Bytes;
use gstreamer as gst;
use gstreamer_video as gst_video;
use gstreamer_video::{VideoColorMatrix, VideoColorPrimaries, VideoColorRange, VideoTransferFunction};
use media::{ColorInfo, FrameRate, Matrix, PixelFormat, Plane, Range, Siting, Size, Timestamp, VideoFrame};

use crate::{Error, clock};

/// GStreamer's name of a layout.
pub(crate) fn format(format: PixelFormat) -> gst_video::VideoFormat {
    match format {
        PixelFormat::Nv12 => gst_video::VideoFormat::Nv12,
        PixelFormat::I420 => gst_video::VideoFormat::I420,
        PixelFormat::Yuyv => gst_video::VideoFormat::Yuy2,
        PixelFormat::Rgba8 => gst_video::VideoFormat::Rgba,
    }
}

/// Our name of a layout, where we have one.
fn format_of(format: gst_video::VideoFormat) -> Option<PixelFormat> {
    match format {
        gst_video::VideoFormat::Nv12 => Some(PixelFormat::Nv12),
        gst_video::VideoFormat::I420 => Some(PixelFormat::I420),
        gst_video::VideoFormat::Yuy2 => Some(PixelFormat::Yuyv),
        gst_video::VideoFormat::Rgba => Some(PixelFormat::Rgba8),
        _ => None,
    }
}

/// Raw video as caps, colour included.
pub(crate) fn caps(
    layout: PixelFormat,
    size: Size,
    rate: FrameRate,
    color: ColorInfo,
) -> Result<gst::Caps, Error> {
    let refused = |_| Error::Unsupported(format!("pictures of {size:?} at {rate}"));
    let number = |n: u32| i32::try_from(n).map_err(|_| Error::Unsupported(format!("{rate} frames a second")));
    gst_video::VideoInfo::builder(format(layout), size.width, size.height)
        .fps(gst::Fraction::new(number(rate.num())?, number(rate.den())?))
        .colorimetry(&colorimetry(color))
        .chroma_site(match color.siting {
            Siting::Left => gst_video::VideoChromaSite::MPEG2,
            Siting::Center => gst_video::VideoChromaSite::JPEG,
            Siting::TopLeft => gst_video::VideoChromaSite::COSITED,
        })
        .build()
        .and_then(|info| info.to_caps())
        .map_err(refused)
}

/// Matrix and range as given; transfer and primaries are those that belong to the matrix.
fn colorimetry(color: ColorInfo) -> gst_video::VideoColorimetry {
    let range = match color.range {
        Range::Limited => VideoColorRange::Range16_235,
        Range::Full => VideoColorRange::Range0_255,
    };
    let (matrix, transfer, primaries) = match color.matrix {
        Matrix::Bt601 => (
            VideoColorMatrix::Bt601,
            VideoTransferFunction::Bt601,
            VideoColorPrimaries::Smpte170m,
        ),
        Matrix::Bt709 => (
            VideoColorMatrix::Bt709,
            VideoTransferFunction::Bt709,
            VideoColorPrimaries::Bt709,
        ),
        Matrix::Bt2020 => (
            VideoColorMatrix::Bt2020,
            VideoTransferFunction::Bt202010,
            VideoColorPrimaries::Bt2020,
        ),
    };
    gst_video::VideoColorimetry::new(range, matrix, transfer, primaries)
}

/// What a decoded stream says of its colours; what it leaves open is taken as BT.709 from 720 rows on, else BT.601.
pub(crate) fn color_of(info: &gst_video::VideoInfo) -> ColorInfo {
    let said = info.colorimetry();
    let matrix = match said.matrix() {
        VideoColorMatrix::Bt709 => Matrix::Bt709,
        VideoColorMatrix::Bt2020 => Matrix::Bt2020,
        VideoColorMatrix::Unknown if info.height() >= 720 => Matrix::Bt709,
        _ => Matrix::Bt601,
    };
    let range = match said.range() {
        VideoColorRange::Range0_255 => Range::Full,
        _ => Range::Limited,
    };
    let site = info.chroma_site();
    let siting = if site == gst_video::VideoChromaSite::JPEG {
        Siting::Center
    } else if site == gst_video::VideoChromaSite::COSITED {
        Siting::TopLeft
    } else {
        Siting::Left
    };
    ColorInfo {
        matrix,
        range,
        siting,
    }
}

/// The frame as a buffer that shares its bytes, with its planes described.
///
/// # Errors
/// [`Error::WrongFormat`] when a plane reaches past the end of the data; [`Error::WrongTime`].
pub(crate) fn to_buffer(frame: &VideoFrame) -> Result<gst::Buffer, Error> {
    const SHORT: Error = Error::WrongFormat("a plane reaches past the end of its data");
    if !planes_fit(frame) {
        return Err(SHORT);
    }
    let planes = &frame.planes[..frame.format.plane_count()];
    let offsets: Vec<usize> = planes.iter().map(|p| p.offset).collect();
    let strides = planes.iter().map(|p| i32::try_from(p.stride));
    let strides: Vec<i32> = strides.collect::<Result<_, _>>().map_err(|_| SHORT)?;
    let mut buffer = gst::Buffer::from_slice(frame.data.clone());
    let writable = buffer.get_mut().ok_or(SHORT)?;
    writable.set_pts(clock::to_gst(frame.pts)?);
    let (flags, Size { width, height }) = (gst_video::VideoFrameFlags::empty(), frame.size);
    let layout = format(frame.format);
    gst_video::VideoMeta::add_full(writable, flags, layout, width, height, &offsets, &strides)
        .map_err(|_| SHORT)?;
    Ok(buffer)
}

/// Whether each row of each plane lies within the data: GStreamer itself doesn't look.
fn planes_fit(frame: &VideoFrame) -> bool {
    let (w, h) = (frame.size.width as usize, frame.size.height as usize);
    let extents: [(usize, usize); 3] = match frame.format {
        PixelFormat::Nv12 => [(w, h), (w, h / 2), (0, 0)],
        PixelFormat::I420 => [(w, h), (w / 2, h / 2), (w / 2, h / 2)],
        PixelFormat::Yuyv => [(w * 2, h), (0, 0), (0, 0)],
        PixelFormat::Rgba8 => [(w * 4, h), (0, 0), (0, 0)],
    };
    let fits = |plane: &Plane, (row, rows): (usize, usize)| {
        let before_last = plane.stride.checked_mul(rows.saturating_sub(1))?;
        let end = plane.offset.checked_add(before_last)?.checked_add(row)?;
        (plane.stride >= row && end <= frame.data.len()).then_some(())
    };
    let planes = frame.planes.iter().zip(extents);
    planes
        .take(frame.format.plane_count())
        .all(|(plane, extent)| fits(plane, extent).is_some())
}

/// A decoded buffer as a frame that shares its bytes; `None` for a layout we have no name for.
pub(crate) fn from_buffer(buffer: gst::Buffer, caps: &gst::Caps, pts: Timestamp) -> Option<VideoFrame> {
    let info = gst_video::VideoInfo::from_caps(caps).ok()?;
    let format = format_of(info.format())?;
    let mut planes = [Plane::default(); 3];
    let described = buffer.meta::<gst_video::VideoMeta>();
    let (offsets, strides) = match &described {
        Some(meta) => (meta.offset(), meta.stride()),
        None => (info.offset(), info.stride()),
    };
    for (plane, (offset, stride)) in planes.iter_mut().zip(offsets.iter().zip(strides)) {
        *plane = Plane {
            offset: *offset,
            stride: usize::try_from(*stride).ok()?,
        };
    }
    let frame = VideoFrame {
        pts,
        size: Size::new(info.width(), info.height()),
        format,
        color: color_of(&info),
        data: bytes(buffer)?,
        planes,
    };
    planes_fit(&frame).then_some(frame)
}

/// A buffer's bytes, shared; `None` when it can't be read.
pub(crate) fn bytes(buffer: gst::Buffer) -> Option<Bytes> {
    buffer.into_mapped_buffer_readable().ok().map(Bytes::from_owner)
}
