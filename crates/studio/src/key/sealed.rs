//! Keys in sealed files: what stands in for a keyring where there is none.
//!
//! Each key is a file `NAME.sealed` in the configuration folder, encrypted with XChaCha20-Poly1305 under a secret of
//! 32 random bytes, which is a file of this user's alone in the data folder. The key's name is bound to it as
//! associated data, so that one file can't be passed off as another.
//!
//! It protects keys in a configuration folder that is copied, synchronised or backed up by itself. It does not
//! protect them from who can read this user's whole home: both halves are there. There is no password, for nobody
//! would be there to type it when a show starts by itself; and what is random already gains nothing from a slow
//! password hash. Nor is the machine's id mixed in: sound servers and D-Bus write it into file names in the home,
//! so it would keep no secret from a thief, and a restored backup would lose its keys.
//!
//! Earlier versions kept keys in plain files named `NAME`: such a file is read once and sealed.

use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rtmp::Secret;

use super::{KeyError, from_text};

/// What a sealed file begins with; the rest is the nonce, the encrypted key and its tag.
const MAGIC: &[u8] = b"anchor-studio key 1\n";
/// Bytes of the secret.
const SECRET: usize = 32;
/// Bytes of the nonce.
const NONCE: usize = 24;
/// The largest file that is read: a key is at most 4 KiB.
const LARGEST: u64 = 8192;

/// The sealed keys of one user.
pub(super) struct Sealed {
    keys: PathBuf,
    secret: PathBuf,
}

impl Sealed {
    /// Keys are in the folder `keys`, opened by the secret in the file `secret`. Nothing is made before a key is put.
    pub(super) fn new(keys: PathBuf, secret: PathBuf) -> Self {
        Self { keys, secret }
    }

    /// The key of `name`, when there is one.
    pub(super) fn get(&self, name: &str) -> Result<Option<Secret>, KeyError> {
        let path = self.file(name);
        match read(&path).map_err(|e| KeyError::file(&path, e))? {
            Some(bytes) => {
                let secret = read(&self.secret).map_err(|e| KeyError::file(&self.secret, e))?;
                let key = secret.and_then(|secret| open(&cipher(&secret)?, name, &bytes));
                key.map(Some).ok_or_else(|| KeyError::Damaged(name.to_owned()))
            }
            None => self.plain(name),
        }
    }

    /// Seals `key` under `name`; returns the file.
    pub(super) fn put(&self, name: &str, key: &Secret) -> Result<PathBuf, KeyError> {
        let cipher = self.secret()?;
        let path = self.file(name);
        let sealed = seal(&cipher, name, key).map_err(|e| KeyError::file(&path, e))?;
        let draft = draft(&path, &sealed).map_err(|e| KeyError::file(&path, e))?;
        std::fs::rename(&draft, &path).map_err(|e| KeyError::file(&path, e))?;
        remove(&self.keys.join(name))?;
        Ok(path)
    }

    /// Forgets the key of `name`.
    pub(super) fn remove(&self, name: &str) -> Result<(), KeyError> {
        remove(&self.file(name))?;
        remove(&self.keys.join(name))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.keys.join(format!("{name}.sealed"))
    }

    /// The key of an earlier version's plain file, which is sealed from now on.
    fn plain(&self, name: &str) -> Result<Option<Secret>, KeyError> {
        let path = self.keys.join(name);
        let failed = |reason: &str| KeyError::file(&path, reason);
        let Some(bytes) = read(&path).map_err(|e| failed(&e.to_string()))? else {
            return Ok(None);
        };
        let text = String::from_utf8(bytes).map_err(|_| failed("it is not text"))?;
        let key = from_text(&text).ok_or_else(|| failed("it is empty"))?;
        if let Err(error) = self.put(name, &key) {
            tracing::warn!(name, %error, "a stream key stays in a plain file");
        }
        Ok(Some(key))
    }

    /// The secret, made where there is none. One that is damaged opens nothing any more and is made anew.
    fn secret(&self) -> Result<XChaCha20Poly1305, KeyError> {
        let failed = |e: std::io::Error| KeyError::file(&self.secret, e);
        let there = read(&self.secret).map_err(failed)?;
        if let Some(cipher) = there.as_deref().and_then(cipher) {
            return Ok(cipher);
        }
        let mut fresh = [0; SECRET];
        random(&mut fresh).map_err(failed)?;
        let draft = draft(&self.secret, &fresh).map_err(failed)?;
        let settled = if there.is_some() {
            std::fs::rename(&draft, &self.secret)
        } else {
            settle(&draft, &self.secret)
        };
        settled.map_err(failed)?;
        let kept = read(&self.secret).map_err(failed)?;
        let cipher = kept.as_deref().and_then(cipher);
        cipher.ok_or_else(|| KeyError::file(&self.secret, "it is not whole"))
    }
}

fn cipher(secret: &[u8]) -> Option<XChaCha20Poly1305> {
    XChaCha20Poly1305::new_from_slice(secret).ok()
}

fn bound(name: &str) -> Vec<u8> {
    [MAGIC, name.as_bytes()].concat()
}

fn seal(cipher: &XChaCha20Poly1305, name: &str, key: &Secret) -> std::io::Result<Vec<u8>> {
    let mut nonce = [0; NONCE];
    random(&mut nonce)?;
    let payload = Payload {
        msg: key.expose().as_bytes(),
        aad: &bound(name),
    };
    let hidden = cipher.encrypt(&XNonce::from(nonce), payload);
    let hidden = hidden.map_err(|_| std::io::Error::other("it can't be encrypted"))?;
    Ok([MAGIC, &nonce, &hidden].concat())
}

fn open(cipher: &XChaCha20Poly1305, name: &str, bytes: &[u8]) -> Option<Secret> {
    let (nonce, hidden) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<NONCE>()?;
    let payload = Payload {
        msg: hidden,
        aad: &bound(name),
    };
    let text = cipher.decrypt(&XNonce::from(*nonce), payload).ok()?;
    from_text(std::str::from_utf8(&text).ok()?)
}

fn random(bytes: &mut [u8]) -> std::io::Result<()> {
    getrandom::fill(bytes).map_err(|e| std::io::Error::other(e.to_string()))
}

/// The content of a file; `None` when there is no such file.
fn read(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let file = match std::fs::File::open(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn remove(path: &Path) -> Result<(), KeyError> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(KeyError::file(path, e)),
        _ => Ok(()),
    }
}

/// Writes a file beside `path` that only its owner can read, in a folder that only its owner can enter.
fn draft(path: &Path, bytes: &[u8]) -> std::io::Result<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let mut number = [0; 8];
    random(&mut number)?;
    let draft = path.with_extension(format!("{:016x}.new", u64::from_le_bytes(number)));
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    written.map(|()| draft)
}

/// Gives `draft` its name, unless another process was first: then its file stays.
fn settle(draft: &Path, path: &Path) -> std::io::Result<()> {
    let linked = std::fs::hard_link(draft, path);
    match &linked {
        // A file system without links; who comes second there replaces the first.
        Err(e) if e.kind() != ErrorKind::AlreadyExists => return std::fs::rename(draft, path),
        _ => {}
    }
    std::fs::remove_file(draft)
}
