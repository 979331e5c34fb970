//! A first show, from what is attached to this machine.

use api::scene::{Layer, Rect, Scene};
use api::source::{Device, Devices};
use media::Size;

use crate::show::{Canvas, Fallback, Plan, Show, Source, SourceKind};

/// Cameras that a first show uses; more can be added by hand.
const CAMERAS: usize = 4;

/// A show of `devices`: a scene for each camera, one with the second camera small over the first, and the first
/// microphone. `None` without a camera.
pub(super) fn show(devices: &Devices) -> Option<Show> {
    let canvas = Canvas::default();
    let mut sources = Vec::new();
    for device in devices.cameras.iter().take(CAMERAS) {
        sources.push(source(device, &sources, |device| SourceKind::Camera {
            device,
            size: None,
            rate: None,
            format: None,
            fallback: Fallback::Last,
        }));
    }
    let mut scenes: Vec<Scene> = sources
        .iter()
        .map(|s| scene(&s.name, &[layer(s, None)]))
        .collect();
    let [first, ..] = &sources[..] else { return None };
    if let [first, second, ..] = &sources[..] {
        let both = format!("{} + {}", first.name, second.name);
        scenes.push(scene(
            &both,
            &[layer(first, None), layer(second, Some(corner(canvas.size)))],
        ));
    }
    let start = Some(first.name.clone());
    if let Some(device) = devices.microphones.first() {
        sources.push(source(device, &sources, |device| SourceKind::Microphone {
            device,
        }));
    }
    Some(Show {
        name: "My show".into(),
        canvas,
        companion: None,
        line_mode: Default::default(),
        resume: false,
        sources,
        start,
        scenes,
        plan: Plan::default(),
        outputs: Vec::new(),
    })
}

fn source(device: &Device, others: &[Source], kind: impl Fn(String) -> SourceKind) -> Source {
    let plain = device.name.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain: String = plain.chars().take(40).collect();
    let taken = |name: &str| others.iter().any(|s| s.name == name);
    let mut name = if plain.is_empty() {
        "camera".to_owned()
    } else {
        plain.clone()
    };
    let mut number = 2;
    while taken(&name) {
        name = format!("{plain} {number}");
        number += 1;
    }
    Source {
        name,
        gain_db: 0.0,
        mute: false,
        kind: kind(device.id.clone()),
    }
}

fn scene(name: &str, layers: &[Layer]) -> Scene {
    Scene {
        name: name.to_owned(),
        layers: layers.to_vec(),
    }
}

fn layer(source: &Source, rect: Option<Rect>) -> Layer {
    Layer {
        source: Some(source.name.clone()),
        rect,
        ..Layer::default()
    }
}

/// The lower right corner, a fourth of the width, a fortieth from the edges.
fn corner(canvas: Size) -> Rect {
    let (width, height) = (canvas.width / 4, canvas.height / 4);
    let edge = canvas.width / 40;
    Rect {
        x: (canvas.width - width - edge) as i32,
        y: (canvas.height - height - edge) as i32,
        width,
        height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(id: &str, name: &str) -> Device {
        Device {
            id: id.into(),
            name: name.into(),
            ..Device::default()
        }
    }

    #[test]
    fn two_cameras_of_one_name_make_three_scenes_that_fit_together() {
        let devices = Devices {
            cameras: vec![device("a", "HD  Webcam"), device("b", "HD Webcam")],
            microphones: vec![device("pulse", "HD Webcam")],
        };
        let show = show(&devices).unwrap();
        assert_eq!(show.problems(), []);
        let names: Vec<_> = show.sources.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["HD Webcam", "HD Webcam 2", "HD Webcam 3"]);
        assert_eq!(show.scenes[2].name, "HD Webcam + HD Webcam 2");
    }

    #[test]
    fn without_a_camera_there_is_none() {
        let devices = Devices {
            microphones: vec![device("pulse", "Sound")],
            ..Devices::default()
        };
        assert!(show(&devices).is_none());
    }
}
