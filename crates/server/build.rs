//! Makes sure that `ui/dist`, which is embedded in the program, exists: when the pages were not built, with a
//! page that says so.

use std::path::Path;
use std::{env, fs, io};

/// What stands in for the watch page until the pages are built.
const PLACEHOLDER: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <title>Anchor</title>\n<p>The pages of this server were not built with it.</p>\n</html>\n";

fn main() -> io::Result<()> {
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let dist = Path::new(&root).join("../../ui/dist");
    let page = dist.join("watch.html");
    if !page.exists() {
        fs::create_dir_all(&dist)?;
        fs::write(&page, PLACEHOLDER)?;
    }
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
