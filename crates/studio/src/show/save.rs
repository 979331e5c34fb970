//! From a show to its file, whole or not at all.

use std::io::Write;
use std::path::Path;

use super::Show;

/// The text of a show file.
///
/// # Errors
/// A show that TOML can't hold; there is none today.
pub fn text(show: &Show) -> std::io::Result<String> {
    toml::to_string(show).map_err(std::io::Error::other)
}

/// Writes the show file at `path`: the old one stands until the new one is on the disk.
///
/// # Errors
/// What the system said: a full disk, a folder that can't be written to.
pub fn save(path: &Path, show: &Show) -> std::io::Result<()> {
    let text = text(show)?;
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let draft = path.with_extension("toml.new");
    let mut file = std::fs::File::create(&draft)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = written {
        let _ = std::fs::remove_file(&draft);
        return Err(error);
    }
    std::fs::rename(&draft, path)?;
    // The name is on the disk when its folder is; where that can't be asked for, the system does it soon.
    let _ = std::fs::File::open(folder).and_then(|f| f.sync_all());
    Ok(())
}
