//! Cameras on Linux: what V4L2 knows and nokhwa doesn't say.

use std::panic::catch_unwind;
use std::path::Path;

use media::{ColorInfo, Matrix, PixelFormat, Range, Siting};
use nokhwa::utils::CameraIndex;
use v4l::capability::Flags;
use v4l::format::{Colorspace, Quantization};
use v4l::video::Capture;

use super::CameraConfig;
use crate::DeviceInfo;

/// The nodes of /dev that take pictures, by number. A node that holds only metadata is none.
pub(super) fn list() -> Vec<(DeviceInfo, CameraIndex)> {
    // The library panics on names that aren't as it expects.
    let nodes = catch_unwind(|| {
        let nodes = v4l::context::enum_devices();
        let node = |n: &v4l::context::Node| Some((u32::try_from(n.index()).ok()?, n.path().to_owned()));
        nodes.iter().filter_map(node).collect::<Vec<_>>()
    });
    let mut nodes = nodes.unwrap_or_default();
    nodes.sort_unstable();
    nodes
        .into_iter()
        .filter_map(|(index, path)| Some((camera(&path)?, CameraIndex::Index(index))))
        .collect()
}

fn camera(path: &Path) -> Option<DeviceInfo> {
    let caps = catch_unwind(|| v4l::Device::with_path(path)?.query_caps()).ok()?;
    let id = path.to_string_lossy().into_owned();
    match caps {
        Ok(caps) if !caps.capabilities.contains(Flags::VIDEO_CAPTURE) => None,
        Ok(caps) if !caps.card.is_empty() => Some(DeviceInfo { id, name: caps.card }),
        // It is there but says nothing, perhaps because another program has it to itself.
        _ => Some(DeviceInfo { name: id.clone(), id }),
    }
}

/// Whether an error's text is that of EBUSY.
pub(super) fn busy(text: &str) -> bool {
    text.contains("(os error 16)")
}

/// What the driver says of its colours; BT.601, limited range, where it says nothing.
pub(super) fn color(info: &DeviceInfo, config: &CameraConfig) -> ColorInfo {
    let format = catch_unwind(|| v4l::Device::with_path(&info.id)?.format());
    let said = match format {
        Ok(Ok(format)) => meaning(format.colorspace, format.quantization),
        _ => ColorInfo::BT601,
    };
    // Packed 4:2:2 has its chroma with the left pixel of each pair.
    let siting = match config.format {
        PixelFormat::Nv12 => said.siting,
        _ => Siting::Left,
    };
    ColorInfo { siting, ..said }
}

/// Matrix and range of a V4L2 colour space (Linux media API, "Colorspaces": each has its default matrix; sRGB's
/// is BT.601; Y'CbCr is limited unless said otherwise, save for JPEG).
fn meaning(space: Colorspace, quantization: Quantization) -> ColorInfo {
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
        assert_eq!(
            meaning(Colorspace::Default, Quantization::Default),
            ColorInfo::BT601
        );
        assert_eq!(meaning(Colorspace::SRGB, Quantization::Default), ColorInfo::BT601);
        assert_eq!(
            meaning(Colorspace::Rec709, Quantization::Default),
            ColorInfo::BT709
        );
        assert_eq!(
            meaning(Colorspace::JPEG, Quantization::Default).range,
            Range::Full
        );
        assert_eq!(
            meaning(Colorspace::SRGB, Quantization::FullRange).range,
            Range::Full
        );
    }

    #[test]
    fn busy_is_told_by_its_number() {
        assert!(busy("V4L2 Error: Device or resource busy (os error 16)"));
        assert!(!busy("No such device (os error 19)"));
    }
}
