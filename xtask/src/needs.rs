//! What a task needs of the machine: looked at in the first second, before anything is built.

use std::process::Command;

use crate::places;

/// Debian packages for building and running the server and the studio.
pub(crate) const BUILD: &[&str] = &[
    "build-essential",
    "cmake",
    "gstreamer1.0-libav",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
    "gstreamer1.0-plugins-ugly",
    "libasound2-dev",
    "libclang-dev",
    "libgstreamer-plugins-base1.0-dev",
    "libgstreamer1.0-dev",
    "libsrt-gnutls-dev",
    "mesa-vulkan-drivers",
    "nasm",
    "pkg-config",
];

/// What building and running the studio's window needs besides.
pub(crate) const WINDOW: &[&str] = &["libgtk-3-dev", "libwebkit2gtk-4.1-dev"];

/// What the fixtures need: a sound server for null sinks, and ALSA's bridge to it.
pub(crate) const FIXTURES: &[&str] = &["libasound2-plugins", "pulseaudio", "pulseaudio-utils"];

/// What the tests need besides: browsers, peers and tools.
pub(crate) const TEST: &[&str] = &[
    "chromium",
    "chromium-driver",
    "curl",
    "dbus-daemon",
    "desktop-file-utils",
    "faketime",
    "ffmpeg",
    "fonts-noto-cjk",
    "gstreamer1.0-plugins-bad",
    "gstreamer1.0-tools",
    "iproute2",
    "libnginx-mod-rtmp",
    "nginx-core",
    "obs-plugins",
    "obs-studio",
    "python3-pip",
    "srt-tools",
    "v4l-utils",
    "webkit2gtk-driver",
    "xauth",
    "xvfb",
];

/// Node and npm (cargo is there: it runs this).
pub(crate) fn toolchain() -> Result<(), String> {
    let node = version("node", "--version").unwrap_or_default();
    if node < (20, 19) {
        return Err(match node {
            (0, 0) => {
                "Node.js 20.19 or later is missing. Install it with:\n  apt-get install nodejs npm".into()
            }
            (a, b) => format!("Node.js is {a}.{b}, 20.19 or later is needed to build the pages."),
        });
    }
    places::program("npm")
        .map(|_| ())
        .ok_or_else(|| "npm is missing. Install it with:\n  apt-get install npm".into())
}

/// Free space where things are built, in GiB, must be at least `gib`.
pub(crate) fn disk(gib: u64) -> Result<(), String> {
    let dir = places::target();
    let probe = dir.ancestors().find(|d| d.exists()).unwrap_or(&dir);
    let Ok(out) = Command::new("df").args(["-Pk"]).arg(probe).output() else {
        return Ok(());
    };
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let free = text
        .lines()
        .nth(1)
        .and_then(|l| l.split_whitespace().nth(3))
        .and_then(|k| k.parse::<u64>().ok());
    match free {
        Some(kib) if kib < gib << 20 => Err(format!(
            "{} GiB are free in {}, the build needs {gib}. Free some space, or build elsewhere with:\n  \
             CARGO_TARGET_DIR=/another/disk cargo xtask …",
            kib >> 20,
            probe.display()
        )),
        _ => Ok(()),
    }
}

/// Installs what is missing of `packages` through apt, saying so; without root it says the line to run.
pub(crate) fn packages(packages: &[&str]) -> Result<(), String> {
    if places::program("dpkg-query").is_none() {
        println!(
            "  This is no Debian: the packages it needs, by Debian's names: {}",
            packages.join(" ")
        );
        return Ok(());
    }
    let missing = missing(packages);
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get install --no-install-recommends -y {}", missing.join(" "));
    if !is_root() {
        return Err(format!(
            "{} system packages are missing. Install them with:\n  sudo {line}",
            missing.len()
        ));
    }
    println!("  Installing {} system packages: {line}", missing.len());
    let apt = |args: &[&str]| {
        Command::new("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["-q"])
            .args(args)
            .output()
    };
    let _ = apt(&["update"]);
    let mut args = vec!["install", "--no-install-recommends", "-y"];
    args.extend(&missing);
    match apt(&args) {
        Ok(out) if out.status.success() => Ok(()),
        Ok(out) => {
            let said = String::from_utf8_lossy(&out.stderr).into_owned();
            Err(format!(
                "apt could not install them. Try it by hand:\n  {line}\n{}",
                said.trim()
            ))
        }
        Err(e) => Err(format!(
            "apt-get can't be started ({e}). Install by hand:\n  {line}"
        )),
    }
}

/// Those of `packages` that are not installed.
fn missing<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    let out = Command::new("dpkg-query")
        .args(["-W", "-f=${Package} ${Status}\n"])
        .args(packages)
        .output();
    let text = out
        .map(|o| String::from_utf8_lossy(&o.stdout).into_owned())
        .unwrap_or_default();
    let have = |p: &str| {
        text.lines()
            .any(|l| l.strip_prefix(p).is_some_and(|s| s == " install ok installed"))
    };
    packages.iter().copied().filter(|p| !have(p)).collect()
}

/// Whether this runs as root.
pub(crate) fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|o| o.stdout.starts_with(b"0"))
}

/// Major and minor version that `program flag` prints, as in `v20.19.4`.
fn version(program: &str, flag: &str) -> Option<(u32, u32)> {
    let out = Command::new(program).arg(flag).output().ok()?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let mut parts = text
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(str::parse::<u32>);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}
