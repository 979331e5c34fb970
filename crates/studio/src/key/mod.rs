//! Stream keys: kept outside the show file, shown nowhere.
//!
//! A key that is named (`key = { keyring = "NAME" }`) lies in this machine's keyring or, where there is none, in a
//! sealed file (the `sealed` module says what that protects and what it doesn't). A sealed file is written only
//! when the keyring would not take the key and removed when it does, so where there is one it holds the newest.

mod keyring;
mod sealed;

use std::path::{Path, PathBuf};

use rtmp::Secret;

use self::keyring::{Ring, SystemRing};
use self::sealed::Sealed;
use crate::show::KeyRef;

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
    /// The sealed file doesn't open.
    #[error(
        "the stored stream key '{0}' can't be opened: its file was changed, or comes from another computer; \
         store it again with `anchor-studio key set {0}`"
    )]
    Damaged(String),
    /// The keyring is there but gave nothing in time.
    #[error("the keyring did not hand out the stream key '{0}': unlock it, then try again")]
    Locked(String),
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
            Self::Damaged(_) => "key.damaged",
            Self::Locked(_) => "key.locked",
            Self::BadName(_) => "key.name",
            Self::Empty => "key.empty",
        }
    }

    fn file(path: &Path, reason: impl ToString) -> Self {
        Self::File {
            path: path.into(),
            reason: reason.to_string(),
        }
    }
}

/// Where a key was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// In this machine's keyring.
    Keyring,
    /// In a sealed file: there is no keyring here, or it didn't take the key.
    File(PathBuf),
}

impl Stored {
    /// What a person is told: where the key `name` is now, and how well it is kept there.
    pub fn sentence(&self, name: &str) -> String {
        match self {
            Self::Keyring => format!("The key '{name}' is in this machine's keyring."),
            Self::File(path) => format!(
                "No keyring of this machine took it: the key '{name}' is encrypted in {}. What opens it is in another \
                 folder of yours, so a copy or a backup of the settings alone doesn't give the key away; whoever can \
                 read all your files can take it.",
                path.display()
            ),
        }
    }
}

/// Fetches the key that `reference` means. It waits at most two seconds for a keyring, on the calling thread; it may
/// be called from a tokio task.
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
        KeyRef::Keyring(name) => Store::of_this_user().get(name),
    }
}

/// Stores `key` under `name`: in the keyring, or where there is none in a sealed file. It waits as [`fetch`] does.
///
/// # Errors
/// [`KeyError`] when neither takes it.
pub fn store(name: &str, key: &Secret) -> Result<Stored, KeyError> {
    Store::of_this_user().put(name, key)
}

/// Where named keys are.
struct Store<R> {
    ring: R,
    sealed: Sealed,
}

impl Store<SystemRing> {
    fn of_this_user() -> Self {
        let ours = |variable, otherwise| base(variable, otherwise).join("anchor-studio");
        Self {
            ring: SystemRing,
            sealed: Sealed::new(
                ours("XDG_CONFIG_HOME", ".config").join("keys"),
                ours("XDG_DATA_HOME", ".local/share").join("seal"),
            ),
        }
    }
}

impl<R: Ring> Store<R> {
    fn get(&self, name: &str) -> Result<Secret, KeyError> {
        let name = check(name)?;
        if let Some(key) = self.sealed.get(name)? {
            return Ok(key);
        }
        match self.ring.get(name) {
            Ok(Some(text)) => from_text(&text).ok_or_else(|| KeyError::Missing(name.to_owned())),
            Ok(None) => Err(KeyError::Missing(name.to_owned())),
            Err(keyring::NoAnswer) => Err(KeyError::Locked(name.to_owned())),
        }
    }

    fn put(&self, name: &str, key: &Secret) -> Result<Stored, KeyError> {
        let name = check(name)?;
        if self.ring.set(name, key.expose()) {
            self.sealed.remove(name)?;
            return Ok(Stored::Keyring);
        }
        self.sealed.put(name, key).map(Stored::File)
    }
}

fn check(name: &str) -> Result<&str, KeyError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let good = (1..=64).contains(&name.len()) && name.chars().all(fits);
    good.then_some(name)
        .ok_or_else(|| KeyError::BadName(name.chars().take(64).collect()))
}

/// A base folder of this user (XDG Base Directory Specification): the variable where it holds an absolute path, else
/// the folder of the home that stands in for it.
fn base(variable: &str, otherwise: &str) -> PathBuf {
    let set = std::env::var_os(variable).map(PathBuf::from);
    set.filter(|path| path.is_absolute()).unwrap_or_else(|| {
        let home = std::env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from);
        home.join(otherwise)
    })
}

fn read(path: &Path) -> Result<Secret, KeyError> {
    let text = std::fs::read_to_string(path).map_err(|e| KeyError::file(path, e))?;
    from_text(&text).ok_or_else(|| KeyError::file(path, "it is empty"))
}

#[cfg(test)]
mod tests;
