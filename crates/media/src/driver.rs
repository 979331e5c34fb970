//! How a camera is read, whoever reads it.
//!
//! A camera lives in a child process of its own, which asks a [`Backend`] for what it can't do itself. So the
//! crate that owns the child and the crate that brings another way to read a device, or a decoder, needn't know
//! each other. Times here are nanoseconds of the machine's monotonic clock, which all its processes share; the
//! show clock is the parent's.

use std::fmt;

use crate::{FrameRate, Plane, Size};

/// How a camera hands its pictures over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceFormat {
    /// Packed `Y0 Cb Y1 Cr`.
    Yuyv,
    /// A plane of luma, then one of interleaved Cb and Cr at half size both ways.
    Nv12,
    /// Each picture by itself as a JPEG.
    Mjpeg,
}

impl fmt::Display for DeviceFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yuyv => "YUYV",
            Self::Nv12 => "NV12",
            Self::Mjpeg => "MJPEG",
        })
    }
}

/// A device and what it is to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRequest {
    /// Where the platform keeps it, like `/dev/video0`.
    pub path: String,
    /// Layout of the pictures.
    pub format: DeviceFormat,
    /// Their size.
    pub size: Size,
    /// How many a second.
    pub rate: FrameRate,
}

/// One picture, lent until the next is asked for.
#[derive(Clone, Copy, Debug)]
pub struct DevicePicture<'a> {
    /// Its bytes: those that the device filled, where the driver knows how many these are.
    pub data: &'a [u8],
    /// Where the planes of a raw picture lie in `data`; `None`: tightly one after another.
    pub planes: Option<[Plane; 3]>,
    /// When it was taken, by the device's driver.
    pub taken: Option<i64>,
    /// When it came out of the driver.
    pub arrival: i64,
    /// The driver says that a part of it is missing.
    pub damaged: bool,
}

/// Why a device doesn't deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriverError {
    /// Another program has it.
    Busy,
    /// It can't deliver what is asked for; the platform's words.
    Format(String),
    /// It is gone, broke, or was refused; the platform's words.
    Refused(String),
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("another program has it"),
            Self::Format(reason) | Self::Refused(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for DriverError {}

/// An open device that streams. It stays on the thread that opened it.
pub trait Driver {
    /// The next picture; waits for it, for ever where the device stalls.
    ///
    /// # Errors
    /// The device is gone or broke. It isn't asked again.
    fn next(&mut self) -> Result<DevicePicture<'_>, DriverError>;
}

/// What is wrong with a compressed picture. It is left out and the next one is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPicture {
    /// Its data make no sense, or are cut off.
    Broken,
    /// It is of another size than was agreed.
    WrongSize,
}

/// Turns compressed pictures of one size into raw ones.
pub trait Decoder: Send {
    /// Decodes one picture into `into`: the three planes of I420, tightly one after another, of the agreed
    /// size. `into` is as long as that needs. After an error it holds anything.
    ///
    /// # Errors
    /// See [`BadPicture`]; the next picture may be well again.
    fn decode(&mut self, data: &[u8], into: &mut [u8]) -> Result<(), BadPicture>;
}

/// Other ways to read a device than the child's own, and its decoders.
pub trait Backend: Sync {
    /// Opens a device and lets it stream.
    ///
    /// # Errors
    /// What the platform said.
    fn open(&self, request: &DeviceRequest) -> Result<Box<dyn Driver>, DriverError>;

    /// Looks at a JPEG's headers, without decoding it: its length without what a device pads it with.
    ///
    /// # Errors
    /// It is no whole JPEG, or not of `size`.
    fn inspect(&self, data: &[u8], size: Size) -> Result<usize, BadPicture>;

    /// A decoder for JPEG pictures of `size`. What it gives is [`ColorInfo::JPEG`](crate::ColorInfo::JPEG).
    ///
    /// # Errors
    /// There is none on this machine.
    fn decoder(&self, size: Size) -> Result<Box<dyn Decoder>, DriverError>;
}
