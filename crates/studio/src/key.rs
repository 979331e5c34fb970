//! Stream keys: kept outside the show file, shown nowhere.

use std::io::Write;
use std::path::{Path, PathBuf};

use rtmp::Secret;

use crate::show::KeyRef;

/// The name under which the keyring files our keys.
const SERVICE: &str = "anchor-studio";

/// The key in `text`: its first line without surrounding white space. `None` when nothing is left.
pub fn from_text(text: &str) -> Option<Secret> {
    let key = text.lines().next().unwrap_or("").trim();
    (!key.is_empty()).then(|| Secret::from(key))
}

/// Why a key can't be had or stored.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is none of that name.
    #[error("there is no stream key '{0}'; store it with `anchor-studio key set {0}`")]
    Missing(String),
    /// The variable isn't set.
    #[error("the environment variable {0}, which should hold the stream key, is not set")]
    NoVariable(String),
    /// The file can't be used.
    #[error("the stream key's file {path} can't be used: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A name that can't be a file's.
    #[error("'{0}' can't name a key: use 1 to 64 letters, digits, '-' and '_'")]
    BadName(String),
    /// Nothing was given.
    #[error("no key was given: type it, or send it on standard input")]
    Empty,
}

impl KeyError {
    /// The code the UI matches.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) | Self::NoVariable(_) => "key.missing",
            Self::File { .. } => "key.file",
            Self::BadName(_) => "key.name",
            Self::Empty => "key.empty",
        }
    }
}

/// Where a key was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// In this machine's keyring.
    Keyring,
    /// In a file that only this user can read: there is no keyring here.
    File(PathBuf),
}

/// Fetches the key that `reference` means.
///
/// # Errors
/// [`KeyError`] when it isn't there or can't be read.
pub fn fetch(reference: &KeyRef) -> Result<Secret, KeyError> {
    match reference {
        KeyRef::Env(name) => std::env::var(name)
            .ok()
            .and_then(|text| from_text(&text))
            .ok_or_else(|| KeyError::NoVariable(name.clone())),
        KeyRef::File(path) => read(path),
        KeyRef::Keyring(name) => from_keyring(check(name)?),
    }
}

/// Stores `key` under `name`: in the keyring, or where there is none in a file of this user's alone.
///
/// # Errors
/// [`KeyError`] when neither takes it.
pub fn store(name: &str, key: &Secret) -> Result<Stored, KeyError> {
    let name = check(name)?;
    let kept = keyring::v1::Entry::new(SERVICE, name).and_then(|entry| entry.set_password(key.expose()));
    if kept.is_ok() {
        return Ok(Stored::Keyring);
    }
    let path = file_of(name);
    write_private(&path, key.expose()).map_err(|e| KeyError::File {
        path: path.clone(),
        reason: e.to_string(),
    })?;
    Ok(Stored::File(path))
}

fn check(name: &str) -> Result<&str, KeyError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let good = (1..=64).contains(&name.len()) && name.chars().all(fits);
    good.then_some(name)
        .ok_or_else(|| KeyError::BadName(name.chars().take(64).collect()))
}

fn from_keyring(name: &str) -> Result<Secret, KeyError> {
    let entry = keyring::v1::Entry::new(SERVICE, name).and_then(|entry| entry.get_password());
    if let Some(key) = entry.ok().and_then(|text| from_text(&text)) {
        return Ok(key);
    }
    let path = file_of(name);
    if path.exists() {
        read(&path)
    } else {
        Err(KeyError::Missing(name.to_owned()))
    }
}

/// The file that stands in for a keyring.
fn file_of(name: &str) -> PathBuf {
    let home = || {
        std::env::var_os("HOME")
            .map_or_else(|| PathBuf::from("."), PathBuf::from)
            .join(".config")
    };
    let config = std::env::var_os("XDG_CONFIG_HOME").map_or_else(home, PathBuf::from);
    config.join("anchor-studio").join("keys").join(name)
}

fn read(path: &Path) -> Result<Secret, KeyError> {
    let failed = |reason: String| KeyError::File {
        path: path.into(),
        reason,
    };
    let text = std::fs::read_to_string(path).map_err(|e| failed(e.to_string()))?;
    from_text(&text).ok_or_else(|| failed("it is empty".into()))
}

/// Writes a file that only its owner can read, whole or not at all.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let draft = path.with_extension("new");
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    std::fs::rename(&draft, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_first_line_and_never_printed() {
        let key = from_text("  live_secret \n").unwrap();
        assert_eq!(key.expose(), "live_secret");
        assert!(!format!("{key:?}").contains("secret"));
        assert!(from_text(" \n").is_none());
    }

    #[test]
    fn a_key_in_a_file_is_found_and_the_file_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/shop");
        write_private(&path, "abc").unwrap();
        assert_eq!(fetch(&KeyRef::File(path.clone())).unwrap().expose(), "abc");
        #[cfg(unix)]
        {
            let mode =
                std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_missing_is_said_with_a_code() {
        let missing = fetch(&KeyRef::Env("ANCHOR_NO_SUCH_VARIABLE".into())).unwrap_err();
        assert_eq!(missing.code(), "key.missing");
        assert_eq!(
            fetch(&KeyRef::Keyring("../etc".into())).unwrap_err().code(),
            "key.name"
        );
        let no_file = fetch(&KeyRef::File("/nowhere/at/all".into())).unwrap_err();
        assert_eq!(no_file.code(), "key.file");
    }
}
