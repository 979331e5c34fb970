//! The show file of this run.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Material;
use super::addresses::Addresses;
use super::build::Programs;
use super::fixtures::Fixtures;
use crate::places;

/// Writes the show file and its key into `folder`.
pub(super) fn write(
    material: Material,
    programs: &Programs,
    folder: &Path,
    at: Addresses,
    key: &str,
    fixtures: Option<&Fixtures>,
) -> Result<PathBuf, String> {
    let devices = match (material, fixtures) {
        (Material::Fixtures, Some(fixtures)) => fixtures.devices(),
        (Material::Devices, _) => attached(programs),
        _ => Devices::default(),
    };
    let text = if devices.cameras.is_empty() {
        demo(at)?
    } else {
        from_devices(&devices, at)
    };
    let failed = |what: &Path, e: std::io::Error| format!("{} can't be written: {e}", what.display());
    let key_file = folder.join("demo.key");
    write_private(&key_file, key).map_err(|e| failed(&key_file, e))?;
    let file = folder.join("show.toml");
    std::fs::write(&file, text).map_err(|e| failed(&file, e))?;
    Ok(file)
}

/// What a show is made from.
#[derive(Default)]
pub(super) struct Devices {
    pub(super) cameras: Vec<String>,
    pub(super) microphone: Option<String>,
    /// Whether the first camera sees somebody before a green screen.
    pub(super) screen: bool,
}

/// What is attached to this machine.
fn attached(programs: &Programs) -> Devices {
    let out = Command::new(&programs.studio).arg("devices").output();
    let text = out
        .map(|o| String::from_utf8_lossy(&o.stdout).into_owned())
        .unwrap_or_default();
    let found = listed(&text);
    // A microphone without a camera is a sound card's input, hardly ever a show.
    match found.cameras.first() {
        Some(camera) => println!(
            "  Camera: {camera}; microphone: {}; what is missing comes from the demo show",
            found.microphone.as_deref().unwrap_or("none")
        ),
        None => println!("  No camera is attached: this is the bundled demo show."),
    }
    found
}

/// Reads what `anchor-studio devices` prints: `camera: NAME` and `microphone: NAME`, or `none`.
fn listed(text: &str) -> Devices {
    let all = |what: &str| -> Vec<String> {
        let names = text.lines().filter_map(|l| l.strip_prefix(what)).map(str::trim);
        names
            .filter(|n| *n != "none" && !n.is_empty())
            .map(str::to_owned)
            .collect()
    };
    Devices {
        cameras: all("camera:"),
        microphone: all("microphone:").into_iter().next(),
        screen: false,
    }
}

/// The bundled show, with this run's addresses.
fn demo(at: Addresses) -> Result<String, String> {
    let folder = places::root().join("assets/demo");
    let text = std::fs::read_to_string(folder.join("show.toml"))
        .map_err(|e| format!("the bundled show can't be read: {e}"))?;
    Ok(text
        .replace("http://127.0.0.1:8080", &format!("http://{}", at.http))
        .replace("rtmp://127.0.0.1:1935", &format!("rtmp://{}", at.rtmp))
        .replace("path = \"", &format!("path = \"{}/", folder.display())))
}

/// A show of two cameras, a microphone and a card. The demo show stands in for what isn't attached.
fn from_devices(devices: &Devices, at: Addresses) -> String {
    let demo = places::root().join("assets/demo");
    let camera = |index: usize, otherwise: &str| match devices.cameras.get(index) {
        Some(name) => format!("type = \"camera\"\ndevice = {name:?}"),
        None => format!("type = \"file\"\ngrain = true\npath = {:?}", demo.join(otherwise)),
    };
    let voice = match &devices.microphone {
        Some(name) => format!("type = \"microphone\"\ndevice = {name:?}"),
        None => format!(
            "type = \"file\"\ntrack = \"audio\"\npath = {:?}",
            demo.join("voice.flac")
        ),
    };
    let key = if devices.screen {
        "[[scene.layer]]\nsource = \"table\"\n[[scene.layer]]\nsource = \"host\"\n\
         key = { color = \"#00b140\", similarity = 0.2, smoothness = 0.08, spill = 0.3 }\n"
    } else {
        "[[scene.layer]]\nsource = \"host\"\n"
    };
    // Without the host the product is shown, not a picture that stands still.
    format!(
        "name = \"Live\"\n[canvas]\nsize = \"1280x720\"\n[companion]\nurl = \"http://{http}\"\n\
         [[source]]\nname = \"host\"\n{host}\n{fallback}\
         [[source]]\nname = \"table\"\n{table}\n[[source]]\nname = \"voice\"\n{voice}\n\
         [[source]]\nname = \"card\"\ntype = \"image\"\npath = {card:?}\n\
         [[scene]]\nname = \"host\"\n{key}[[scene.layer]]\nsource = \"card\"\n\
         rect = {{ x = 820, y = 480, width = 420, height = 200 }}\n\
         [[scene]]\nname = \"the product\"\n[[scene.layer]]\nsource = \"table\"\n\
         [[scene.layer]]\nsource = \"host\"\nrect = {{ x = 936, y = 36, width = 308, height = 174 }}\n\
         [[output]]\nname = \"your server\"\ntype = \"rtmp\"\nurl = \"rtmp://{rtmp}/live\"\n\
         key = {{ file = \"demo.key\" }}\n",
        http = at.http,
        rtmp = at.rtmp,
        host = camera(0, "host.mp4"),
        table = camera(1, "table.mp4"),
        fallback = "fallback = { source = \"table\" }\n",
        card = demo.join("card.png"),
    )
}

/// A file that only its owner can read.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    writeln!(options.open(path)?, "{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_read_from_their_list() {
        let text = "camera: Desk\n    usb-1 (/dev/video0)\n    MJPEG 1280x720 at 30 fps\ncamera: Door\n\
                    microphone: Headset\nmicrophone: Line in\n";
        let devices = listed(text);
        assert_eq!(devices.cameras, ["Desk", "Door"]);
        assert_eq!(devices.microphone.as_deref(), Some("Headset"));
        let none = listed("camera: none\nmicrophone: none\n");
        assert!(none.cameras.is_empty() && none.microphone.is_none());
    }

    #[test]
    fn what_is_missing_comes_from_the_demo_show() {
        let at = Addresses {
            http: ([127, 0, 0, 1], 8080).into(),
            rtmp: ([127, 0, 0, 1], 1935).into(),
            rtc: ([127, 0, 0, 1], 8189).into(),
            admin: ([127, 0, 0, 1], 8081).into(),
        };
        let one = Devices {
            cameras: vec!["Desk".into()],
            ..Devices::default()
        };
        let text = from_devices(&one, at);
        assert!(text.contains("device = \"Desk\""));
        assert!(text.contains("table.mp4") && text.contains("voice.flac"));
        assert!(text.contains("rtmp://127.0.0.1:1935/live"));
        let all = Devices {
            cameras: vec!["Desk".into(), "Door".into()],
            microphone: Some("Headset".into()),
            screen: true,
        };
        let text = from_devices(&all, at);
        assert!(text.contains("device = \"Door\"") && text.contains("type = \"microphone\""));
        assert!(!text.contains(".mp4") && text.contains("#00b140"));
    }
}
