//! nokhwa: raw pictures at whole frames a second. Nothing of it is seen elsewhere.
//!
//! nokhwa sets a camera up; its pictures are read by the library that it stands on, because nokhwa hands out the
//! whole of a driver's buffer, a copy, and doesn't say how much of it was filled or whether the driver found it
//! damaged: a camera that sends half pictures would show the other half of old ones. Rates like 29.97, which it
//! refuses, and JPEGs are left to others.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use media::Plane;
use media::driver::{DeviceFormat, DevicePicture, DeviceRequest, Driver, DriverError};
use nokhwa::NokhwaError;
use nokhwa::utils::{
    CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType, Resolution,
};
use v4l::buffer::{Flags, Metadata, Type};
use v4l::io::mmap::Stream;
use v4l::io::traits::CaptureStream;

use super::super::platform::{self, Prepared};
use crate::clock;
use crate::thread::panic_text;

/// Buffers of the driver's: nokhwa's own number.
const BUFFERS: u32 = 4;

/// A camera that streams. Its calls may block and panic; its drop may panic too, so it is never dropped.
pub(super) struct Nokhwa {
    stream: Stream<'static>,
    planes: Option<[Plane; 3]>,
}

/// Whether nokhwa can ask a camera for this.
pub(super) fn can(request: &DeviceRequest) -> bool {
    wanted(request).is_some()
}

impl Nokhwa {
    /// Opens the camera and sets it to what is asked for.
    pub(super) fn open(request: &DeviceRequest, prepared: Prepared) -> Result<Self, DriverError> {
        let refused = || DriverError::Format("nokhwa can't ask for it".into());
        let (index, format) = wanted(request).ok_or_else(refused)?;
        caught(problem, || {
            let formats = [format.format()];
            let request = RequestedFormat::with_formats(RequestedFormatType::Exact(format), &formats);
            // What it set stays when it lets go; some drivers give buffers only to the one who set them up last.
            nokhwa::Camera::new(index, request).map(drop)
        })?;
        let open = || {
            Stream::with_buffers(
                &v4l::Device::with_path(&request.path)?,
                Type::VideoCapture,
                BUFFERS,
            )
        };
        Ok(Self {
            stream: caught(failed, open)?,
            planes: planes(request, prepared.stride as usize),
        })
    }
}

impl Driver for Nokhwa {
    fn next(&mut self) -> Result<DevicePicture<'_>, DriverError> {
        let stream = &mut self.stream;
        let (buffer, about) = caught(failed, || CaptureStream::next(stream))?;
        let filled = buffer.len().min(about.bytesused as usize);
        Ok(DevicePicture {
            data: &buffer[..filled],
            planes: self.planes,
            taken: taken(about),
            arrival: clock::monotonic(),
            damaged: about.flags.contains(Flags::ERROR),
        })
    }
}

/// The driver's time, where it is of the monotonic clock.
fn taken(about: &Metadata) -> Option<i64> {
    let monotonic = about.flags & Flags::TIMESTAMP_MASK == Flags::TIMESTAMP_MONOTONIC;
    let nanos = about.timestamp.sec.checked_mul(1_000_000_000)?;
    let nanos = nanos.checked_add(about.timestamp.usec.checked_mul(1_000)?)?;
    (monotonic && nanos > 0).then_some(nanos)
}

fn wanted(request: &DeviceRequest) -> Option<(CameraIndex, CameraFormat)> {
    let format = match request.format {
        DeviceFormat::Yuyv => FrameFormat::YUYV,
        DeviceFormat::Nv12 => FrameFormat::NV12,
        DeviceFormat::Mjpeg => return None,
    };
    let size = Resolution::new(request.size.width, request.size.height);
    let number = request.path.strip_prefix("/dev/video")?.parse().ok()?;
    let rate = request.rate;
    let whole = rate.num().is_multiple_of(rate.den());
    whole.then(|| {
        (
            CameraIndex::Index(number),
            CameraFormat::new(size, format, rate.num() / rate.den()),
        )
    })
}

/// The planes where rows are longer than their pixels; a driver that says nothing packs them.
fn planes(request: &DeviceRequest, stride: usize) -> Option<[Plane; 3]> {
    let (width, height) = (request.size.width as usize, request.size.height as usize);
    let at = |offset| Plane { offset, stride };
    match request.format {
        DeviceFormat::Yuyv if stride > 2 * width => Some([at(0), Plane::default(), Plane::default()]),
        DeviceFormat::Nv12 if stride > width => Some([at(0), at(stride * height), Plane::default()]),
        _ => None,
    }
}

/// What a library answers; a panic of its own is an answer too.
fn caught<T, E>(
    meaning: impl FnOnce(&E) -> DriverError,
    call: impl FnOnce() -> Result<T, E>,
) -> Result<T, DriverError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(answer) => answer.map_err(|error| meaning(&error)),
        Err(panic) => Err(DriverError::Refused(panic_text(&*panic))),
    }
}

/// What an error means. nokhwa only has texts; the platform knows its own word for "busy".
fn problem(error: &NokhwaError) -> DriverError {
    let text = error.to_string();
    match error {
        NokhwaError::SetPropertyError { .. } if !platform::busy(&text) => DriverError::Format(text),
        NokhwaError::GetPropertyError { property, .. } if property == "CameraFormat" => {
            DriverError::Format(text)
        }
        _ => told(&text),
    }
}

/// What an error of the system's means.
fn failed(error: &io::Error) -> DriverError {
    told(&error.to_string())
}

/// What the platform's text means.
fn told(text: &str) -> DriverError {
    match platform::busy(text) {
        true => DriverError::Busy,
        false => DriverError::Refused(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::Size;

    fn request(rate: &str, format: DeviceFormat) -> DeviceRequest {
        DeviceRequest {
            path: "/dev/video3".into(),
            format,
            size: Size::new(640, 360),
            rate: rate.parse().unwrap(),
        }
    }

    #[test]
    fn only_what_nokhwa_can_ask_for_is_asked() {
        let rate = |rate, format| wanted(&request(rate, format)).map(|(_, f)| f.frame_rate());
        assert_eq!(rate("30", DeviceFormat::Yuyv), Some(30));
        assert_eq!(rate("60/2", DeviceFormat::Nv12), Some(30));
        assert_eq!(rate("29.97", DeviceFormat::Yuyv), None);
        assert_eq!(rate("30", DeviceFormat::Mjpeg), None);
        assert!(!can(&DeviceRequest {
            path: "video3".into(),
            ..request("30", DeviceFormat::Yuyv)
        }));
    }

    #[test]
    fn rows_with_padding_are_told_from_packed_ones() {
        let nv12 = request("30", DeviceFormat::Nv12);
        assert_eq!(planes(&nv12, 640), None);
        assert_eq!(planes(&nv12, 0), None);
        let padded = planes(&nv12, 704).unwrap();
        assert_eq!(
            padded[1],
            Plane {
                offset: 704 * 360,
                stride: 704
            }
        );
    }
}
