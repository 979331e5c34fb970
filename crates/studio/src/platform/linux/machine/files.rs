//! Small files of the kernel.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// No file is read further.
const MOST_BYTES: u64 = 64 * 1024;
/// No folder is searched further.
const MOST_ENTRIES: usize = 4096;

/// What is in a file.
pub(super) fn bytes(path: impl AsRef<Path>) -> Option<Vec<u8>> {
    // Nearly all are shorter than a page: then one read gets it, and a second one the end.
    let mut bytes = Vec::with_capacity(4096);
    File::open(path)
        .ok()?
        .take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .ok()?;
    Some(bytes)
}

/// What is in a text file.
pub(in crate::platform::linux) fn text(path: impl AsRef<Path>) -> Option<String> {
    String::from_utf8(bytes(path)?).ok()
}

/// The one word or phrase that a file consists of.
pub(super) fn word(path: impl AsRef<Path>) -> Option<String> {
    Some(text(path)?.trim().to_owned())
}

/// The one number that a file consists of.
pub(super) fn number<T: FromStr>(path: impl AsRef<Path>) -> Option<T> {
    text(path)?.trim().parse().ok()
}

/// What lies in `folder` under a name that begins with `prefix`; nothing if there is no such folder.
pub(super) fn entries(folder: impl AsRef<Path>, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let entries = entries.take(MOST_ENTRIES).flatten();
    let wanted = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
    wanted.map(|entry| entry.path()).collect()
}
