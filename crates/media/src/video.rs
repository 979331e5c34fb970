//! Pictures in memory.

use bytes::Bytes;

use crate::Timestamp;

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Size {
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Size {
    /// A size of `width` by `height` pixels.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Number of pixels.
    pub const fn area(self) -> usize {
        self.width as usize * self.height as usize
    }
}

/// How the pixels of a frame lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// A plane of luma, then a plane of interleaved Cb and Cr at half size both ways.
    Nv12,
    /// Planes of luma, Cb and Cr, the last two at half size both ways.
    I420,
    /// Packed `Y0 Cb Y1 Cr`, two pixels in four bytes.
    Yuyv,
    /// Packed red, green, blue, alpha; alpha is straight (not premultiplied).
    Rgba8,
}

/// The matrix between R'G'B' and Y'CbCr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Matrix {
    /// Rec. ITU-R BT.601.
    Bt601,
    /// Rec. ITU-R BT.709.
    Bt709,
    /// Rec. ITU-R BT.2020, non-constant luminance.
    Bt2020,
}

/// Which code values mean black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Range {
    /// Luma 16 to 235, chroma 16 to 240.
    Limited,
    /// 0 to 255.
    Full,
}

/// Where a subsampled chroma sample stands among its luma samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Siting {
    /// In the left column, midway between the rows: MPEG-2, H.264's default.
    Left,
    /// In the middle of the four: JPEG.
    Center,
    /// On the upper left sample: BT.2020.
    TopLeft,
}

/// What the numbers of a frame mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ColorInfo {
    /// Matrix of the Y'CbCr values.
    pub matrix: Matrix,
    /// Range of the values.
    pub range: Range,
    /// Siting of the chroma samples.
    pub siting: Siting,
}

impl ColorInfo {
    /// High-definition video: BT.709, limited range, left siting. The program's own.
    pub const BT709: Self = Self {
        matrix: Matrix::Bt709,
        range: Range::Limited,
        siting: Siting::Left,
    };
    /// Standard-definition video: BT.601, limited range, left siting.
    pub const BT601: Self = Self {
        matrix: Matrix::Bt601,
        range: Range::Limited,
        siting: Siting::Left,
    };
    /// JPEG pictures: BT.601, full range, centre siting.
    pub const JPEG: Self = Self {
        matrix: Matrix::Bt601,
        range: Range::Full,
        siting: Siting::Center,
    };
}

/// One plane of a frame within its buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plane {
    /// Byte at which the plane begins.
    pub offset: usize,
    /// Bytes from one row to the next; at least the bytes of a row.
    pub stride: usize,
}

/// A picture and the moment it shows. Cloning shares the pixels.
#[derive(Clone, Debug)]
pub struct VideoFrame {
    /// When the picture was taken, on the show clock.
    pub pts: Timestamp,
    /// Width and height; even for the subsampled formats.
    pub size: Size,
    /// Layout of the pixels.
    pub format: PixelFormat,
    /// Meaning of the numbers.
    pub color: ColorInfo,
    /// All planes, in one buffer.
    pub data: Bytes,
    /// Where each plane lies in `data`; as many entries count as the format has planes.
    pub planes: [Plane; 3],
}

impl VideoFrame {
    /// A frame whose planes lie tightly one after another; `None` when `data` is shorter than that needs or,
    /// for a subsampled format, `size` is odd.
    pub fn packed(
        pts: Timestamp,
        size: Size,
        format: PixelFormat,
        color: ColorInfo,
        data: Bytes,
    ) -> Option<Self> {
        let subsampled = format != PixelFormat::Rgba8;
        if subsampled
            && (!size.width.is_multiple_of(2)
                || (format != PixelFormat::Yuyv && !size.height.is_multiple_of(2)))
        {
            return None;
        }
        let (w, luma) = (size.width as usize, size.area());
        let at = |offset, stride| Plane { offset, stride };
        let planes = match format {
            PixelFormat::Nv12 => [at(0, w), at(luma, w), Plane::default()],
            PixelFormat::I420 => [at(0, w), at(luma, w / 2), at(luma + luma / 4, w / 2)],
            PixelFormat::Yuyv => [at(0, w * 2), Plane::default(), Plane::default()],
            PixelFormat::Rgba8 => [at(0, w * 4), Plane::default(), Plane::default()],
        };
        (data.len() >= format.packed_len(size)).then_some(Self {
            pts,
            size,
            format,
            color,
            data,
            planes,
        })
    }

    /// The rows of plane `index`, from its first byte; empty when the format has no such plane.
    pub fn plane(&self, index: usize) -> &[u8] {
        if index >= self.format.plane_count() {
            return &[];
        }
        self.data.get(self.planes[index].offset..).unwrap_or(&[])
    }
}

impl PixelFormat {
    /// Number of planes.
    pub const fn plane_count(self) -> usize {
        match self {
            Self::Nv12 => 2,
            Self::I420 => 3,
            Self::Yuyv | Self::Rgba8 => 1,
        }
    }

    /// Bytes of a tightly packed frame of `size`.
    pub const fn packed_len(self, size: Size) -> usize {
        match self {
            Self::Nv12 | Self::I420 => size.area() / 2 * 3,
            Self::Yuyv => size.area() * 2,
            Self::Rgba8 => size.area() * 4,
        }
    }
}
