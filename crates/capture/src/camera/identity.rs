//! Which camera is which, also after it was plugged in elsewhere.

use std::collections::HashSet;
use std::path::Path;

/// A camera that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraInfo {
    /// `serial:…` where the camera has a serial number, else `bus:…`, the place it is plugged in; else its path.
    /// The first two stay when it is plugged in again.
    pub id: String,
    /// What it calls itself.
    pub name: String,
    /// Where the platform keeps it now, like `/dev/video0`.
    pub path: String,
}

/// Longest serial number that is taken for one.
const LONGEST: usize = 128;

/// What the platform tells of a device.
#[derive(Clone, Debug, Default)]
pub(super) struct Traits {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) serial: Option<String>,
    pub(super) bus: Option<String>,
}

/// The cameras under ids that differ: where two have the same serial number, as some makers give all their
/// cameras, the second goes by its place.
pub(super) fn distinct(devices: Vec<Traits>) -> Vec<CameraInfo> {
    let mut taken = HashSet::new();
    devices
        .into_iter()
        .map(|d| {
            let serial = d.serial.map(|s| format!("serial:{s}"));
            let bus = d.bus.map(|b| format!("bus:{b}"));
            let ids = [serial, bus, Some(d.path.clone())];
            let id = ids.into_iter().flatten().find(|id| !taken.contains(id));
            let id = id.unwrap_or_else(|| d.path.clone());
            taken.insert(id.clone());
            CameraInfo {
                id,
                name: d.name,
                path: d.path,
            }
        })
        .collect()
}

/// The serial number of the USB device that the node `video<number>` belongs to; `sys` is where sysfs lies.
pub(super) fn serial(sys: &Path, number: u32) -> Option<String> {
    let node = sys.join(format!("class/video4linux/video{number}/device"));
    // `device` is a link to the interface; the numbers are those of the device around it.
    let text = std::fs::read_to_string(node.join("../serial")).ok()?;
    plain(&text)
}

/// What USB 2 carries at most, in Mbit/s.
const USB_2: f32 = 480.0;

/// Whether the node `video<number>` belongs to a USB device that is faster than USB 2.
pub(super) fn is_fast(sys: &Path, number: u32) -> bool {
    let node = sys.join(format!("class/video4linux/video{number}/device"));
    let speed = std::fs::read_to_string(node.join("../speed")).unwrap_or_default();
    speed.trim().parse().is_ok_and(|mbps: f32| mbps > USB_2)
}

/// The controller of a place on USB, as a driver tells it: `usb-0000:00:14.0-2.1` is on `usb-0000:00:14.0`.
pub(super) fn controller(bus: &str) -> Option<&str> {
    let (controller, port) = bus.rsplit_once('-')?;
    let is_port = port.split('.').all(|n| n.parse::<u8>().is_ok());
    (controller.starts_with("usb-") && is_port).then_some(controller)
}

/// What a device says of itself, if it is something.
pub(super) fn plain(text: &str) -> Option<String> {
    let text = text.trim();
    let sound = !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control);
    sound.then(|| text.to_owned())
}

/// The camera among `known` that `wanted` means: its id, its path, or its name in whatever case.
pub fn find<'a>(known: &'a [CameraInfo], wanted: &str) -> Option<&'a CameraInfo> {
    let lower = wanted.to_lowercase();
    let by = |same: &dyn Fn(&CameraInfo) -> bool| known.iter().find(|c| same(c));
    by(&|c| c.id == wanted)
        .or_else(|| by(&|c| c.path == wanted))
        .or_else(|| by(&|c| c.name.to_lowercase() == lower))
}

/// The camera that came back: the one it was, by what stays of it; or another that `wanted` means, unless that
/// is a path, behind which there may be any camera by now.
pub(super) fn find_again<'a>(
    known: &'a [CameraInfo],
    wanted: &str,
    was: Option<&CameraInfo>,
) -> Option<&'a CameraInfo> {
    let Some(was) = was else {
        return find(known, wanted);
    };
    let stays = was.id != was.path;
    let same = known.iter().find(|c| c.id == was.id);
    same.or_else(|| {
        (!stays || wanted != was.path)
            .then(|| find(known, wanted))
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn device(name: &str, path: &str, serial: Option<&str>, bus: Option<&str>) -> Traits {
        Traits {
            name: name.into(),
            path: path.into(),
            serial: serial.map(Into::into),
            bus: bus.map(Into::into),
        }
    }

    fn ids(devices: Vec<Traits>) -> Vec<String> {
        distinct(devices).into_iter().map(|c| c.id).collect()
    }

    #[test]
    fn a_serial_number_goes_before_the_place_and_that_before_the_path() {
        let devices = vec![
            device("Desk", "/dev/video0", Some("A1"), Some("usb-1")),
            device("Side", "/dev/video2", None, Some("usb-2")),
            device("Old", "/dev/video4", None, None),
        ];
        assert_eq!(ids(devices), ["serial:A1", "bus:usb-2", "/dev/video4"]);
    }

    #[test]
    fn cameras_with_the_same_number_still_differ() {
        let twin = |n: u32| device("Twin", &format!("/dev/video{n}"), Some("0001"), Some("usb-1"));
        assert_eq!(
            ids(vec![twin(0), twin(1), twin(2)]),
            ["serial:0001", "bus:usb-1", "/dev/video2"]
        );
    }

    /// A sysfs where the node `video3` belongs to a USB device, and that device's folder.
    fn plugged_in() -> (tempfile::TempDir, PathBuf) {
        let sys = tempfile::tempdir().unwrap();
        let device = sys.path().join("devices/usb1/1-1");
        let interface = device.join("1-1:1.0");
        std::fs::create_dir_all(&interface).unwrap();
        let node = sys.path().join("class/video4linux/video3");
        std::fs::create_dir_all(&node).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&interface, node.join("device")).unwrap();
        (sys, device)
    }

    #[test]
    fn the_number_is_read_beside_the_interface() {
        let (sys, device) = plugged_in();
        assert_eq!(serial(sys.path(), 3), None);
        for (text, read) in [(" A1B2\n", Some("A1B2")), ("\n", None), ("a\u{7}b", None)] {
            std::fs::write(device.join("serial"), text).unwrap();
            assert_eq!(serial(sys.path(), 3).as_deref(), read);
        }
    }

    #[test]
    fn cameras_of_one_controller_share_it_unless_they_are_fast() {
        for (bus, expected) in [
            ("usb-0000:00:14.0-2", Some("usb-0000:00:14.0")),
            ("usb-0000:00:14.0-2.1.4", Some("usb-0000:00:14.0")),
            ("usb-xhci-hcd.0.auto-1", Some("usb-xhci-hcd.0.auto")),
            ("platform:preload-3", None),
            ("PCI:0000:00:05.0", None),
            ("usb-", None),
        ] {
            assert_eq!(controller(bus), expected, "{bus}");
        }
        let (sys, device) = plugged_in();
        for (text, fast) in [("480\n", false), ("12\n", false), ("5000\n", true), ("?", false)] {
            std::fs::write(device.join("speed"), text).unwrap();
            assert_eq!(is_fast(sys.path(), 3), fast, "{text}");
        }
        assert!(!is_fast(sys.path(), 4), "nobody knows");
    }

    #[test]
    fn id_path_and_name_all_find_it() {
        let known = distinct(vec![
            device("/dev/video2", "/dev/video0", Some("A1"), None),
            device("Desk", "/dev/video2", None, Some("usb-2")),
        ]);
        for (wanted, name) in [
            ("serial:A1", "/dev/video2"),
            ("/dev/video2", "Desk"),
            ("desk", "Desk"),
            ("bus:usb-2", "Desk"),
        ] {
            assert_eq!(find(&known, wanted).unwrap().name, name);
        }
        assert_eq!(find(&known, "side"), None);
    }

    #[test]
    fn a_camera_that_comes_back_is_known_by_what_stays_of_it() {
        let first = distinct(vec![device("Desk", "/dev/video0", Some("A1"), None)]);
        let other = distinct(vec![
            device("Side", "/dev/video0", Some("B2"), None),
            device("Desk", "/dev/video1", Some("C3"), None),
        ]);
        // Another camera stands where it was: by path it isn't meant, by name it is.
        assert_eq!(find_again(&other, "/dev/video0", Some(&first[0])), None);
        assert_eq!(
            find_again(&other, "Desk", Some(&first[0])).unwrap().path,
            "/dev/video1"
        );
        assert_eq!(find_again(&other, "/dev/video0", None).unwrap().name, "Side");
        let mut moved = first.clone();
        moved[0].path = "/dev/video7".into();
        assert_eq!(
            find_again(&moved, "/dev/video0", Some(&first[0])).unwrap().path,
            "/dev/video7"
        );
    }
}
