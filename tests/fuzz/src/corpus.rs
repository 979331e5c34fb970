//! Recordings of real sessions, and inputs that once did harm.

use std::io;
use std::path::{Path, PathBuf};

use crate::mutate::Seed;
use crate::target::Target;

/// Below a folder of recordings: inputs that once did harm, each named for what it did.
const REGRESSIONS: &str = "regressions";

/// The folder of all recordings.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora")
}

/// The recordings of `target`, by name.
///
/// # Errors
/// The folder can't be read, or has none.
pub fn recordings(target: &Target) -> io::Result<Vec<(String, Vec<u8>)>> {
    let folder = folder().join(target.corpus);
    let found = files(&folder)?;
    match found.is_empty() {
        true => Err(io::Error::other(format!(
            "there is no recording in {}",
            folder.display()
        ))),
        false => Ok(found),
    }
}

/// Inputs for `target` that once did harm.
///
/// # Errors
/// The folder can't be read.
pub fn regressions(target: &Target) -> io::Result<Vec<(String, Vec<u8>)>> {
    match files(&folder().join(target.corpus).join(REGRESSIONS)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        found => found,
    }
}

/// The recordings of `target`, taken apart.
///
/// # Errors
/// As [`recordings`].
pub fn seeds(target: &Target) -> io::Result<Vec<Seed>> {
    let all = recordings(target)?;
    Ok(all
        .into_iter()
        .map(|(_, bytes)| Seed::new(target, bytes))
        .collect())
}

/// The files of `folder` in the order of their names, which git keeps the same everywhere.
fn files(folder: &Path) -> io::Result<Vec<(String, Vec<u8>)>> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(named)? {
        let path = entry?.path();
        if path.is_file() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            found.push((name.into_owned(), std::fs::read(&path)?));
        }
    }
    found.sort();
    Ok(found)
}
