//! Lays a package out and packs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::facts::Facts;
use super::manifest::{self, From, Item};
use super::{Package, control, depends, output};
use crate::places;

/// Texts of dpkg that are packed as they are, with their modes.
const SCRIPTS: &[(&str, u32)] = &[
    ("conffiles", 0o644),
    ("postinst", 0o755),
    ("postrm", 0o755),
    ("prerm", 0o755),
];

/// Makes `folder/NAME_VERSION_ARCHITECTURE.deb` of programs that are built.
pub(super) fn pack(package: Package, facts: &Facts, folder: &Path) -> Result<PathBuf, String> {
    let root = folder.join(package.name());
    let _ = std::fs::remove_dir_all(&root);
    let items = manifest::parse(&read(&package.folder().join("files"))?)?;
    for item in &items {
        lay(item, facts, &root)?;
    }
    describe(package, &items, facts, &root)?;
    let name = format!("{}_{}_{}.deb", package.name(), facts.version, facts.architecture);
    let file = folder.join(name);
    let mut command = Command::new("dpkg-deb");
    // One thread: what xz makes depends on how many there are.
    command.args(["--root-owner-group", "-Zxz", "--threads-max=1", "--build"]);
    command
        .arg(&root)
        .arg(&file)
        .env("SOURCE_DATE_EPOCH", facts.epoch.to_string());
    output(&mut command)?;
    std::fs::remove_dir_all(&root).map_err(|e| format!("{}: {e}", root.display()))?;
    Ok(file)
}

/// Puts one file in its place.
fn lay(item: &Item, facts: &Facts, root: &Path) -> Result<(), String> {
    let to = root.join(&item.to);
    folder_of(&to)?;
    match &item.from {
        From::Built(program) => {
            let built = places::target().join("release").join(program);
            output(
                Command::new("strip")
                    .args(["--strip-all", "--remove-section=.comment", "-o"])
                    .arg(&to)
                    .arg(built),
            )?;
        }
        From::Source(path) => {
            let bytes = source(path, facts)?;
            if item.compressed() {
                compress(&bytes, &to)?;
            } else {
                write(&to, &bytes)?;
            }
        }
    }
    set_mode(&to, item.mode)
}

/// A file of the repository; those of `installer/` are filled in.
fn source(path: &str, facts: &Facts) -> Result<Vec<u8>, String> {
    let full = places::root().join(path);
    if !path.starts_with("installer/") {
        return std::fs::read(&full).map_err(|e| format!("{}: {e}", full.display()));
    }
    let values = [("VERSION", facts.version.as_str()), ("DATE", &facts.date)];
    let filled = control::fill(&read(&full)?, &values).map_err(|e| format!("{path}: {e}"))?;
    Ok(filled.into_bytes())
}

/// Writes the folder `DEBIAN`.
fn describe(package: Package, items: &[Item], facts: &Facts, root: &Path) -> Result<(), String> {
    let programs = items.iter().filter(|i| matches!(i.from, From::Built(_)));
    let programs: Vec<PathBuf> = programs.map(|i| root.join(&i.to)).collect();
    let scratch = root.with_extension("scratch");
    let libraries = depends::of(&programs, &scratch);
    let _ = std::fs::remove_dir_all(&scratch);
    let debian = root.join("DEBIAN");
    let values = [
        ("VERSION", facts.version.as_str()),
        ("ARCHITECTURE", &facts.architecture),
        ("SIZE", &kibibytes(items, root).to_string()),
        ("LIBRARIES", &libraries?),
    ];
    let text = control::fill(&read(&package.folder().join("control"))?, &values)?;
    place(&debian.join("control"), text.as_bytes(), 0o644)?;
    place(&debian.join("md5sums"), sums(items, root)?.as_bytes(), 0o644)?;
    for (script, mode) in SCRIPTS {
        let from = package.folder().join(script);
        if from.exists() {
            place(&debian.join(script), read(&from)?.as_bytes(), *mode)?;
        }
    }
    set_mode(&debian, 0o755)
}

/// What it takes when installed: each file rounded up, as `Installed-Size` is defined (Debian policy 5.6.20).
fn kibibytes(items: &[Item], root: &Path) -> u64 {
    let size = |item: &Item| std::fs::metadata(root.join(&item.to)).map_or(0, |m| m.len());
    items.iter().map(|item| size(item).div_ceil(1024)).sum()
}

fn sums(items: &[Item], root: &Path) -> Result<String, String> {
    let mut places: Vec<&str> = items.iter().map(|i| i.to.as_str()).collect();
    places.sort_unstable();
    output(Command::new("md5sum").current_dir(root).args(places))
}

fn compress(bytes: &[u8], to: &Path) -> Result<(), String> {
    let plain = to.with_extension("");
    write(&plain, bytes)?;
    // Without name and time, which would differ from build to build.
    output(Command::new("gzip").args(["-9", "-n", "-f"]).arg(&plain)).map(|_| ())
}

fn place(path: &Path, bytes: &[u8], mode: u32) -> Result<(), String> {
    folder_of(path)?;
    write(path, bytes)?;
    set_mode(path, mode)
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|e| format!("{}: {e}", path.display()))
}

/// Makes the folders above `path`, open to all whatever this user's umask says.
fn folder_of(path: &Path) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    let mut command = Command::new("install");
    command
        .args(["-d", "-m", "0755"])
        .arg(folder)
        .stdin(Stdio::null());
    output(&mut command).map(|_| ())
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
        .map_err(|e| format!("{}: {e}", path.display()))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> Result<(), String> {
    Ok(())
}
