//! Rules of this repository that no other tool checks, each with its reason.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::places;

/// Every rule with the places that break it.
pub(crate) fn check() -> Vec<(&'static str, Vec<String>)> {
    let files = tracked();
    vec![
        (
            "lock files name no registry's host, so that any mirror serves",
            lock_files(),
        ),
        (
            "pure crates name no IO, clock, window, GPU or GStreamer in their manifests",
            pure_manifests(),
        ),
        ("`studio` and `server` never see each other", apart()),
        (
            "of the server only the inside of its worker processes speaks to GStreamer",
            outside_workers(&files),
        ),
        ("nothing tracked is larger than 8 MB", large(&files)),
    ]
}

fn tracked() -> Vec<PathBuf> {
    let out = Command::new("git")
        .current_dir(places::root())
        .args(["ls-files", "-z"])
        .output();
    let bytes = out.map(|o| o.stdout).unwrap_or_default();
    let names = bytes.split(|b| *b == 0).filter(|n| !n.is_empty());
    names
        .map(|n| places::root().join(String::from_utf8_lossy(n).as_ref()))
        .collect()
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(places::root().join(path)).unwrap_or_default()
}

fn lock_files() -> Vec<String> {
    let lock = read("ui/package-lock.json");
    let mut found: Vec<String> = Vec::new();
    if lock.is_empty() {
        found.push("ui/package-lock.json is missing".into());
    }
    if lock.contains("\"resolved\"") {
        found.push(
            "ui/package-lock.json has \"resolved\" addresses: set omit-lockfile-registry-resolved".into(),
        );
    }
    found
}

/// What a crate that decides must not depend on.
const IMPURE: &[&str] = &[
    "tokio",
    "wgpu",
    "gstreamer",
    "nokhwa",
    "cpal",
    "axum",
    "reqwest",
    "tauri",
    "libc",
];

fn pure_manifests() -> Vec<String> {
    let pure = ["media", "container", "packager", "uplink", "sound"];
    pure.iter().flat_map(|name| depends(name, IMPURE)).collect()
}

fn apart() -> Vec<String> {
    [
        depends("studio", &["server"]),
        depends("server", &["studio", "gstreamer"]),
    ]
    .concat()
}

/// The server's sources that name `pipeline`, those of the inside of its workers apart.
fn outside_workers(files: &[PathBuf]) -> Vec<String> {
    let source = places::root().join("crates/server/src");
    let inside = source.join("worker/inside");
    let outside = |file: &&PathBuf| file.starts_with(&source) && !file.starts_with(&inside);
    let speaks = |file: &&PathBuf| read(file).contains("pipeline::");
    let found = files.iter().filter(outside).filter(speaks);
    found.map(|file| file.display().to_string()).collect()
}

/// Those of `others` that stand among the dependencies (not those of tests) of crate `name`.
fn depends(name: &str, others: &[&str]) -> Vec<String> {
    let manifest = read(format!("crates/{name}/Cargo.toml"));
    let section = manifest.split("[dependencies]").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let named = |line: &str, other: &str| line.split(['.', ' ', '=']).next() == Some(other);
    let broken = others
        .iter()
        .filter(|other| section.lines().any(|line| named(line, other)));
    broken
        .map(|other| format!("crates/{name} depends on {other}"))
        .collect()
}

fn large(files: &[PathBuf]) -> Vec<String> {
    let size = |p: &Path| std::fs::metadata(p).map_or(0, |m| m.len());
    files
        .iter()
        .filter(|p| size(p) > 8_000_000)
        .map(|p| p.display().to_string())
        .collect()
}
