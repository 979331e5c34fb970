//! The page's script, as it would be sent compressed.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Bytes of all scripts of the window's page, each compressed by gzip.
///
/// # Errors
/// The pages were not built, or there is no gzip.
pub(crate) fn script() -> io::Result<usize> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist");
    let mut found = BTreeSet::new();
    let mut open = vec![dist.join("studio.html")];
    while let Some(file) = open.pop() {
        let text = std::fs::read_to_string(&file)?;
        for script in scripts(&text) {
            let script = dist.join("assets").join(script);
            if script.exists() && found.insert(script.clone()) {
                open.push(script);
            }
        }
    }
    found.iter().map(compressed).sum()
}

/// The names of scripts that `text` speaks of.
fn scripts(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(['"', '\'', '`', '/']);
    words.filter(|word| word.ends_with(".js") && word.len() < 200)
}

fn compressed(file: &PathBuf) -> io::Result<usize> {
    let output = Command::new("gzip")
        .args(["-9", "-c"])
        .arg(file)
        .stderr(Stdio::null())
        .output()?;
    Ok(output.stdout.len())
}
