//! The cameras and microphones of this machine, for people.

use std::collections::BTreeMap;
use std::fmt::Write;

use api::source::{Device, Devices};
use capture::camera::{CameraInfo, Mode};

use crate::show::{Canvas, Show, Source, SourceKind};

/// A show made from what is attached to this machine; `None` without a camera. Takes some tenths of a second.
pub(crate) fn first_show() -> Option<Show> {
    super::first::show(&attached(&Canvas::default(), &[]))
}

/// The cameras and microphones of this machine, what each would deliver to `canvas`, and which of `sources` has it.
pub(crate) fn attached(canvas: &Canvas, sources: &[Source]) -> Devices {
    let camera = |info: CameraInfo| {
        let modes = capture::camera::modes(&info);
        let best = capture::camera::choose(&modes, canvas.size, canvas.rate, None);
        Device {
            used: user(sources, &info.id, &info.name),
            id: info.id,
            name: info.name,
            best: best.map(|choice| choice.why),
        }
    };
    let microphone = |info: capture::DeviceInfo| Device {
        used: user(sources, &info.id, &info.name),
        id: info.id,
        name: info.name,
        best: None,
    };
    Devices {
        cameras: capture::camera::list().into_iter().map(camera).collect(),
        microphones: capture::microphone::list().into_iter().map(microphone).collect(),
    }
}

/// The source that is the device of this id or name.
fn user(sources: &[Source], id: &str, name: &str) -> Option<String> {
    let has = |s: &&Source| match &s.kind {
        SourceKind::Camera { device, .. } | SourceKind::Microphone { device } => {
            device == id || device == name
        }
        _ => false,
    };
    sources.iter().find(has).map(|s| s.name.clone())
}

/// The sources among `cameras`, by name and the device they ask for, that share a USB connection with another of them.
/// Waits for drivers.
pub(crate) fn sharing(cameras: &[(String, String)]) -> Vec<String> {
    let known = capture::camera::list();
    let connection = |device: &str| capture::camera::shared_usb(capture::camera::find(&known, device)?);
    let all: Vec<_> = cameras
        .iter()
        .map(|(name, device)| (name, connection(device)))
        .collect();
    let shares =
        |own: &Option<String>| own.is_some() && all.iter().filter(|(_, other)| other == own).count() > 1;
    all.iter()
        .filter(|(_, own)| shares(own))
        .map(|(name, _)| (*name).clone())
        .collect()
}

/// All devices, a line each; what each camera offers is indented below it.
pub(crate) fn list() -> String {
    let cameras = capture::camera::list();
    let mut text = String::new();
    for camera in &cameras {
        text += &described(camera, &capture::camera::modes(camera));
    }
    if cameras.is_empty() {
        text += "camera: none\n";
    }
    let microphones = capture::microphone::list();
    for microphone in &microphones {
        // Writing to a String can't fail.
        let _ = writeln!(text, "microphone: {}", microphone.name);
    }
    if microphones.is_empty() {
        text += "microphone: none\n";
    }
    text
}

fn described(camera: &CameraInfo, modes: &[Mode]) -> String {
    let mut text = format!("camera: {}\n    {} ({})\n", camera.name, camera.id, camera.path);
    // Sizes that are offered at the same rates share a line.
    let mut sizes: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for mode in modes {
        let rates: Vec<_> = mode.rates.iter().map(|r| trimmed(r.as_f64())).collect();
        let size = format!("{}x{}", mode.size.width, mode.size.height);
        let key = (mode.format.to_string(), rates.join(", "));
        sizes.entry(key).or_default().push(size);
    }
    for ((format, rates), sizes) in sizes {
        let _ = writeln!(text, "    {format} {} at {rates} fps", sizes.join(", "));
    }
    text
}

/// `30` or `29.97`.
fn trimmed(rate: f64) -> String {
    format!("{rate:.2}")
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use capture::camera::Format;
    use media::{FrameRate, Size};

    #[test]
    fn a_camera_is_listed_with_what_it_offers() {
        let mode = |format, width, height, rates: &[FrameRate]| Mode {
            format,
            size: Size::new(width, height),
            rates: rates.to_vec(),
        };
        let ntsc = FrameRate::new(30_000, 1_001).unwrap();
        let modes = [
            mode(Format::Mjpeg, 1280, 720, &[FrameRate::whole(30), ntsc]),
            mode(Format::Yuyv, 640, 360, &[FrameRate::whole(30)]),
            mode(Format::Yuyv, 320, 180, &[FrameRate::whole(30)]),
        ];
        let camera = CameraInfo {
            id: "bus:usb-1".into(),
            name: "Desk".into(),
            path: "/dev/video0".into(),
        };
        assert_eq!(
            described(&camera, &modes),
            "camera: Desk\n    bus:usb-1 (/dev/video0)\n    MJPEG 1280x720 at 30, 29.97 fps\n    YUYV 640x360, \
             320x180 at 30 fps\n"
        );
    }
}
