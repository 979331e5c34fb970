//! nokhwa, the library behind all cameras. Nothing of it is seen elsewhere.

use media::{FrameRate, PixelFormat, Timestamp};
use nokhwa::utils::{
    CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType, Resolution,
};
use nokhwa::{Buffer, NokhwaError};

use super::{CameraConfig, platform};
use crate::{DeviceInfo, DeviceKind, Error, ShowClock};

/// A camera that streams. Its calls may block and its drop may panic: it stays on its own thread.
pub(super) struct Driver {
    camera: nokhwa::Camera,
}

/// One picture as the driver gave it.
pub(super) struct Raw {
    pub(super) buffer: Buffer,
    pub(super) arrival: Timestamp,
    pub(super) taken: Option<Timestamp>,
}

impl Driver {
    /// Opens the camera at `index`, which is `info`, and lets it stream.
    pub(super) fn open(info: &DeviceInfo, index: CameraIndex, config: &CameraConfig) -> Result<Self, Error> {
        let format = wanted_format(config).ok_or_else(|| {
            let reason = "only YUYV and NV12 at whole frames a second are known here";
            refusal(info, config, Problem::Format, reason)
        })?;
        let formats = [format.format()];
        let request = RequestedFormat::with_formats(RequestedFormatType::Exact(format), &formats);
        let told = |e: NokhwaError| refusal(info, config, problem(&e), &e.to_string());
        let mut camera = nokhwa::Camera::new(index, request).map_err(told)?;
        camera.open_stream().map_err(told)?;
        Ok(Self { camera })
    }

    /// The next picture; blocks until the driver has one.
    pub(super) fn next(&mut self, clock: ShowClock) -> Result<Raw, NokhwaError> {
        let buffer = self.camera.frame()?;
        let arrival = clock.now();
        // nokhwa tells the driver's time by the day's clock; what is older than a second is no time of ours.
        let taken = buffer
            .capture_timestamp()
            .and_then(|day| clock.of_day_time(day))
            .filter(|taken| (0..1_000_000_000).contains(&arrival.nanos_since(*taken)));
        Ok(Raw {
            buffer,
            arrival,
            taken,
        })
    }
}

fn wanted_format(config: &CameraConfig) -> Option<CameraFormat> {
    let format = match config.format {
        PixelFormat::Yuyv => FrameFormat::YUYV,
        PixelFormat::Nv12 => FrameFormat::NV12,
        PixelFormat::I420 | PixelFormat::Rgba8 => return None,
    };
    let size = Resolution::new(config.size.width, config.size.height);
    let whole = |rate: FrameRate| rate.num().is_multiple_of(rate.den());
    whole(config.rate).then(|| CameraFormat::new(size, format, config.rate.num() / config.rate.den()))
}

#[derive(Clone, Copy)]
enum Problem {
    Busy,
    Format,
    Other,
}

/// What an error of nokhwa's means. It only has texts; the platform knows its own word for "busy".
fn problem(error: &NokhwaError) -> Problem {
    let text = error.to_string();
    match error {
        _ if platform::busy(&text) => Problem::Busy,
        NokhwaError::SetPropertyError { .. } => Problem::Format,
        NokhwaError::GetPropertyError { property, .. } if property == "CameraFormat" => Problem::Format,
        _ => Problem::Other,
    }
}

fn refusal(info: &DeviceInfo, config: &CameraConfig, problem: Problem, reason: &str) -> Error {
    let (kind, name, reason) = (DeviceKind::Camera, info.name.clone(), reason.to_owned());
    match problem {
        Problem::Busy => Error::Busy { kind, name },
        Problem::Format => Error::Format {
            kind,
            name,
            wanted: config.wanted(),
            reason,
        },
        Problem::Other => Error::Refused { kind, name, reason },
    }
}

/// Why the first picture didn't come.
pub(super) fn no_picture(info: &DeviceInfo, config: &CameraConfig, error: &NokhwaError) -> Error {
    refusal(info, config, problem(error), &error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::Size;

    #[test]
    fn only_what_nokhwa_can_ask_for_is_asked() {
        let config = |rate: &str, format| CameraConfig {
            id: "0".into(),
            size: Size::new(640, 360),
            rate: rate.parse().unwrap(),
            format,
        };
        let rate = |c| wanted_format(&c).map(|f| f.frame_rate());
        assert_eq!(rate(config("30", PixelFormat::Yuyv)), Some(30));
        assert_eq!(rate(config("60/2", PixelFormat::Nv12)), Some(30));
        assert_eq!(rate(config("29.97", PixelFormat::Yuyv)), None);
        assert_eq!(rate(config("30", PixelFormat::I420)), None);
    }
}
