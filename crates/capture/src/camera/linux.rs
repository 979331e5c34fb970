//! Cameras on Linux: what V4L2 knows and nokhwa doesn't say.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use media::driver::{DeviceFormat, DeviceRequest, DriverError};
use media::{ColorInfo, FrameRate, Matrix, Range, Siting, Size};
use v4l::capability::Flags;
use v4l::format::{Colorspace, Quantization};
use v4l::frameinterval::FrameIntervalEnum;
use v4l::framesize::FrameSizeEnum;
use v4l::video::Capture;
use v4l::video::capture::Parameters;
use v4l::{FourCC, Fraction};

use super::identity::{Traits, controller, distinct, is_fast, plain, serial};
use super::{CameraInfo, Mode};

pub(super) use super::child::serve;
pub(super) use super::link::Line;
pub(super) use super::supervisor::run;

/// Where sysfs lies.
const SYS: &str = "/sys";
/// Most sizes of a format, and rates of a size, that are looked at.
const MOST: usize = 64;
/// Sizes that are asked for where a camera says only from where to where they go.
const SIZES: [(u32, u32); 9] = [
    (3840, 2160),
    (2560, 1440),
    (1920, 1080),
    (1280, 960),
    (1280, 720),
    (800, 600),
    (640, 480),
    (640, 360),
    (320, 240),
];
/// Rates that are asked for where a camera says only from where to where they go.
const RATES: [(u32, u32); 9] = [
    (60, 1),
    (60_000, 1001),
    (50, 1),
    (30, 1),
    (30_000, 1001),
    (25, 1),
    (20, 1),
    (15, 1),
    (10, 1),
];
const KNOWN: [(DeviceFormat, [u8; 4]); 3] = [
    (DeviceFormat::Yuyv, *b"YUYV"),
    (DeviceFormat::Nv12, *b"NV12"),
    (DeviceFormat::Mjpeg, *b"MJPG"),
];

/// The numbers of the nodes of /dev that may take pictures, in their order. Opens nothing.
pub(super) fn nodes() -> Vec<u32> {
    let number = |entry: std::io::Result<std::fs::DirEntry>| {
        let name = entry.ok()?.file_name();
        name.to_str()?.strip_prefix("video")?.parse().ok()
    };
    let mut nodes: Vec<u32> = std::fs::read_dir("/dev")
        .map(|dir| dir.filter_map(number).collect())
        .unwrap_or_default();
    nodes.sort_unstable();
    nodes
}

/// The cameras there are. A node that holds only metadata is none.
pub(super) fn list() -> Vec<CameraInfo> {
    distinct(nodes().into_iter().filter_map(traits).collect())
}

fn traits(number: u32) -> Option<Traits> {
    let path = format!("/dev/video{number}");
    let serial = serial(Path::new(SYS), number);
    let unnamed = Traits {
        name: path.clone(),
        path: path.clone(),
        serial: serial.clone(),
        bus: None,
    };
    let asked = v4l::Device::with_path(&path).map(|device| catch_unwind(move || device.query_caps()));
    match asked {
        Ok(Ok(Ok(caps))) if !caps.capabilities.contains(Flags::VIDEO_CAPTURE) => None,
        Ok(Ok(Ok(caps))) => Some(Traits {
            name: plain(&caps.card).unwrap_or_else(|| path.clone()),
            bus: plain(&caps.bus),
            ..unnamed
        }),
        Err(e) if gone(&e) => None,
        Ok(Ok(Err(e))) if gone(&e) => None,
        // It is there but says nothing, perhaps because another program has it to itself.
        _ => Some(unnamed),
    }
}

/// The USB connection that the camera at `path` shares with all others of its controller: none where it is none of USB, or
/// fast enough for several.
pub(super) fn shared_usb(path: &str) -> Option<String> {
    let number = path.strip_prefix("/dev/video")?.parse().ok()?;
    if is_fast(Path::new(SYS), number) {
        return None;
    }
    let device = v4l::Device::with_path(path).ok()?;
    let caps = catch_unwind(move || device.query_caps()).ok()?.ok()?;
    controller(&plain(&caps.bus)?).map(str::to_owned)
}

const EBUSY: i32 = 16;

/// ENOENT, ENODEV and ENXIO: the node is there no more, or nothing behind it.
fn gone(error: &std::io::Error) -> bool {
    matches!(error.raw_os_error(), Some(2 | 19 | 6))
}

/// How the camera at `path` can deliver; empty when it can't be asked.
pub(super) fn modes(path: &str) -> Vec<Mode> {
    let Ok(device) = v4l::Device::with_path(path) else {
        return Vec::new();
    };
    // The library panics on text that is no UTF-8.
    let modes = catch_unwind(AssertUnwindSafe(|| {
        let offered = device.enum_formats().unwrap_or_default();
        let has = |code: &[u8; 4]| offered.iter().any(|f| f.fourcc.repr == *code);
        let known = KNOWN.iter().filter(|(_, code)| has(code));
        known
            .flat_map(|(format, code)| sized(&device, *format, *code))
            .collect()
    }));
    modes.unwrap_or_default()
}

fn sized(device: &v4l::Device, format: DeviceFormat, code: [u8; 4]) -> Vec<Mode> {
    let code = FourCC::new(&code);
    let offered = device.enum_framesizes(code).unwrap_or_default();
    let mut sizes: Vec<Size> = Vec::new();
    for offer in offered.into_iter().take(MOST) {
        match offer.size {
            FrameSizeEnum::Discrete(d) => sizes.push(Size::new(d.width, d.height)),
            FrameSizeEnum::Stepwise(s) => {
                let fits = |v: u32, least: u32, most: u32, step: u32| {
                    (least..=most).contains(&v) && (v - least).is_multiple_of(step.max(1))
                };
                let known = SIZES.iter().filter(|(w, h)| {
                    fits(*w, s.min_width, s.max_width, s.step_width)
                        && fits(*h, s.min_height, s.max_height, s.step_height)
                });
                sizes.extend(known.map(|(w, h)| Size::new(*w, *h)));
            }
        }
    }
    sizes.dedup();
    sizes.truncate(MOST);
    let mode = |size: Size| Mode {
        format,
        size,
        rates: rates(device, code, size),
    };
    sizes.into_iter().map(mode).collect()
}

fn rates(device: &v4l::Device, code: FourCC, size: Size) -> Vec<FrameRate> {
    let offered = device.enum_frameintervals(code, size.width, size.height);
    let mut rates: Vec<FrameRate> = Vec::new();
    for offer in offered.unwrap_or_default().into_iter().take(MOST) {
        match offer.interval {
            FrameIntervalEnum::Discrete(f) => rates.extend(FrameRate::new(f.denominator, f.numerator)),
            FrameIntervalEnum::Stepwise(s) => {
                let seconds = |f: Fraction| f64::from(f.numerator) / f64::from(f.denominator.max(1));
                let range = seconds(s.min)..=seconds(s.max);
                let known = RATES.iter().filter_map(|(n, d)| FrameRate::new(*n, *d));
                rates.extend(known.filter(|r| range.contains(&(1.0 / r.as_f64()))));
            }
        }
    }
    if rates.is_empty() {
        // It doesn't say: then what it is set to.
        let set = device.params().ok();
        let rate = set.and_then(|p| FrameRate::new(p.interval.denominator, p.interval.numerator));
        rates.push(rate.unwrap_or(FrameRate::whole(30)));
    }
    rates
}

/// What a device was set to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prepared {
    pub(super) color: ColorInfo,
    /// Bytes from a row to the next.
    pub(super) stride: u32,
}

/// Sets the device to what is asked for, as far as it goes along; `None` where it can't be set so. nokhwa refuses a
/// camera that was left at a rate or a format that it doesn't know, though it would change both.
///
/// # Errors
/// Another program has it, or it is gone.
pub(super) fn prepare(request: &DeviceRequest) -> Result<Option<Prepared>, DriverError> {
    match set(request) {
        Ok(format) => Ok(Some(Prepared {
            color: color(format.colorspace, format.quantization),
            stride: format.stride,
        })),
        Err(e) if e.raw_os_error() == Some(EBUSY) => Err(DriverError::Busy),
        Err(e) if gone(&e) => Err(DriverError::Refused(e.to_string())),
        Err(_) => Ok(None),
    }
}

fn set(request: &DeviceRequest) -> std::io::Result<v4l::Format> {
    let device = v4l::Device::with_path(&request.path)?;
    let code = KNOWN
        .iter()
        .find(|(f, _)| *f == request.format)
        .map_or(*b"YUYV", |k| k.1);
    let ask = || {
        let Size { width, height } = request.size;
        let got = device.set_format(&v4l::Format::new(width, height, FourCC::new(&code)))?;
        let interval = Fraction::new(request.rate.den(), request.rate.num());
        // Some have only one rate and no way to ask for it.
        let _ = device.set_params(&Parameters::new(interval));
        Ok(got)
    };
    catch_unwind(AssertUnwindSafe(ask)).unwrap_or_else(|_| Err(std::io::ErrorKind::InvalidData.into()))
}

/// Whether a text that nokhwa wrote is of EBUSY.
pub(super) fn busy(text: &str) -> bool {
    text.contains("(os error 16)")
}

/// Matrix and range of a V4L2 colour space (Linux media API, "Colorspaces": each has its default matrix; sRGB's
/// is BT.601; Y'CbCr is limited unless said otherwise, save for JPEG). Chroma stands with the left pixel.
fn color(space: Colorspace, quantization: Quantization) -> ColorInfo {
    let matrix = match space {
        Colorspace::Rec709 | Colorspace::DCIP3 | Colorspace::SMPTE240M => Matrix::Bt709,
        Colorspace::Rec2020 => Matrix::Bt2020,
        _ => Matrix::Bt601,
    };
    let range = match (quantization, space) {
        (Quantization::FullRange, _) | (Quantization::Default, Colorspace::JPEG) => Range::Full,
        _ => Range::Limited,
    };
    ColorInfo {
        matrix,
        range,
        siting: Siting::Left,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_the_drivers_or_those_of_standard_definition() {
        use {Colorspace as C, Quantization as Q};
        assert_eq!(color(C::Default, Q::Default), ColorInfo::BT601);
        assert_eq!(color(C::SRGB, Q::Default), ColorInfo::BT601);
        assert_eq!(color(C::Rec709, Q::Default), ColorInfo::BT709);
        assert_eq!(color(C::JPEG, Q::Default).range, Range::Full);
        assert_eq!(color(C::SRGB, Q::FullRange).range, Range::Full);
    }

    #[test]
    fn busy_is_told_by_its_number() {
        assert!(busy("V4L2 Error: Device or resource busy (os error 16)"));
        assert!(!busy("No such device (os error 19)"));
    }
}
