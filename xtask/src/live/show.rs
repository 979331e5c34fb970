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
    let text = match (&devices.camera, &devices.microphone) {
        (None, None) => demo(at)?,
        _ => from_devices(&devices, at),
    };
    let failed = |what: &Path, e: std::io::Error| format!("{} can't be written: {e}", what.display());
    let key_file = folder.join("demo.key");
    write_private(&key_file, key).map_err(|e| failed(&key_file, e))?;
    let file = folder.join("show.toml");
    std::fs::write(&file, text).map_err(|e| failed(&file, e))?;
    Ok(file)
}

/// The first camera and the first microphone.
#[derive(Default)]
pub(super) struct Devices {
    pub(super) camera: Option<String>,
    pub(super) microphone: Option<String>,
}

/// What is attached to this machine.
fn attached(programs: &Programs) -> Devices {
    let out = Command::new(&programs.studio).arg("devices").output();
    let text = out
        .map(|o| String::from_utf8_lossy(&o.stdout).into_owned())
        .unwrap_or_default();
    let first = |what: &str| {
        let names = text.lines().filter_map(|l| l.strip_prefix(what)).map(str::trim);
        names
            .filter(|n| *n != "none" && !n.is_empty())
            .map(str::to_owned)
            .next()
    };
    let found = Devices {
        camera: first("camera:"),
        microphone: first("microphone:"),
    };
    // A microphone without a camera is a sound card's input, hardly ever a show.
    match &found.camera {
        Some(camera) => println!(
            "  Camera: {camera}; microphone: {}",
            found.microphone.as_deref().unwrap_or("none")
        ),
        None => println!("  No camera is attached: this is the bundled demo show."),
    }
    if found.camera.is_some() {
        found
    } else {
        Devices::default()
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

/// A show of one camera, or the bundled pictures where there is none, and one microphone.
fn from_devices(devices: &Devices, at: Addresses) -> String {
    let demo = places::root().join("assets/demo");
    let picture = match &devices.camera {
        Some(camera) => format!("type = \"camera\"\ndevice = {camera:?}"),
        None => format!("type = \"file\"\npath = {:?}", demo.join("host.mp4")),
    };
    let sound = match &devices.microphone {
        Some(name) => {
            format!("[[source]]\nname = \"microphone\"\ntype = \"microphone\"\ndevice = {name:?}\n")
        }
        None => String::new(),
    };
    format!(
        "name = \"Live\"\n[canvas]\nsize = \"1280x720\"\n[companion]\nurl = \"http://{}\"\n\
         [[source]]\nname = \"camera\"\n{picture}\n{sound}\
         [[source]]\nname = \"card\"\ntype = \"image\"\npath = {:?}\n\
         [[scene]]\nname = \"camera\"\n[[scene.layer]]\nsource = \"camera\"\n\
         [[scene.layer]]\nsource = \"card\"\nrect = {{ x = 820, y = 480, width = 420, height = 200 }}\n\
         [[output]]\nname = \"your server\"\ntype = \"rtmp\"\nurl = \"rtmp://{}/live\"\nkey = {{ file = \"demo.key\" }}\n",
        at.http,
        demo.join("card.png"),
        at.rtmp
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
