//! Permissions of this crate's commands, and what Tauri builds in.

use std::path::Path;
use std::{fs, io};

/// What stands in for the window's page until the pages are built.
const PLACEHOLDER: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <title>Anchor Studio</title>\n<p>The page of this window was not built with it.</p>\n</html>\n";

/// What the page can ask: it needs a permission for each.
const COMMANDS: &[&str] = &[
    "start",
    "watch",
    "ask",
    "choose",
    "store_key",
    "make_bundle",
    "save_bundle",
    "close",
];

fn main() -> io::Result<()> {
    page()?;
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    tauri_build::try_build(attributes).map_err(io::Error::other)
}

/// The page is compiled in: it must be there, and what changes it changes the program.
fn page() -> io::Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist");
    let page = dist.join("studio.html");
    if !page.exists() {
        fs::create_dir_all(&dist)?;
        fs::write(&page, PLACEHOLDER)?;
    }
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
