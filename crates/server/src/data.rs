//! The data directory.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use api::{Code, Fault};

/// Makes the directory, for its owner alone, when it isn't there.
pub(crate) fn create(data: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data)
}

/// Makes sure that `data` is there and can be written.
pub(crate) fn check_writable(data: &Path) -> Result<(), Fault> {
    let probe = data.join(".writable");
    let written = create(data)
        .and_then(|()| fs::write(&probe, b""))
        .and_then(|()| fs::remove_file(&probe));
    written.map_err(|e| {
        let message = format!("The data directory {} can't be written: {e}.", data.display());
        Fault::new(Code::DataUnwritable, message)
    })
}

/// Writes a file in `data`, for its owner alone; the old one stays until the new one is whole.
pub(crate) fn write_private(data: &Path, path: &Path, text: &str) -> io::Result<()> {
    create(data)?;
    let fresh = path.with_extension("toml.new");
    match fs::remove_file(&fresh) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_the_way_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, b"").unwrap();
        assert!(check_writable(&dir.path().join("a/b")).is_ok());
        let fault = check_writable(&file).unwrap_err();
        assert_eq!(fault.code, Code::DataUnwritable);
        assert!(fault.message.contains("file"));
    }
}
