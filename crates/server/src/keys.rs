//! Stream keys: made here, shown once, kept as hashes.
//!
//! `DATA/keys.toml` holds for each key its stream name, the SHA-256 of its text and when it was made. The text
//! has 160 random bits, so a plain hash is enough: there is nothing to guess.

use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

use api::{Code, Fault};
use media::Utc;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::name::Name;

mod cache;
mod throttle;

pub use cache::KeyCache;
pub use throttle::Throttle;

/// Random bytes in a key: 160 bits.
const KEY_BYTES: usize = 20;

/// The alphabet of RFC 4648 base32, in lower case.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The keys of a data directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// One entry a stream name.
    #[serde(default)]
    key: Vec<Entry>,
}

/// A key as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The stream it publishes to.
    pub name: String,
    /// SHA-256 of the key's text, in hexadecimal.
    sha256: String,
    /// When it was made, RFC 3339.
    pub created: String,
}

impl Keys {
    /// The keys kept in `data`; none when there is no file yet.
    pub fn read(data: &Path) -> Result<Self, Fault> {
        let path = path(data);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(unreadable(&path, &e)),
        };
        let keys: Self = toml::from_str(&text).map_err(|e| unreadable(&path, &e.message()))?;
        match keys.key.iter().find(|k| Name::new(&k.name).is_err()) {
            Some(_) => Err(unreadable(&path, &"a name in it is not a name")),
            None => Ok(keys),
        }
    }

    /// Writes the keys to `data`, readable by their owner alone; the old file stays until the new one is whole.
    pub fn write(&self, data: &Path) -> Result<(), Fault> {
        let text = toml::to_string(self).map_err(|e| unwritable(data, &e))?;
        crate::data::write_private(data, &path(data), &text).map_err(|e| unwritable(data, &e))
    }

    /// Makes a key for `name` and returns its text: the only time it is known.
    pub fn add(&mut self, name: &Name, now: Utc) -> Result<String, Fault> {
        if self.key.iter().any(|k| k.name == name.as_str()) {
            let message = format!("There is a key named {name} already. Remove it first to make a new one.");
            return Err(Fault::new(Code::KeyExists, message));
        }
        let mut random = [0; KEY_BYTES];
        getrandom::fill(&mut random).map_err(|e| {
            Fault::new(
                Code::KeysUnreadable,
                format!("The system gives no random bytes: {e}."),
            )
        })?;
        let text = base32(&random);
        self.key.push(Entry {
            name: name.to_string(),
            sha256: hex(&Sha256::digest(text.as_bytes())),
            created: now.iso_millis(),
        });
        Ok(text)
    }

    /// Forgets the key of `name`.
    pub fn remove(&mut self, name: &Name) -> Result<(), Fault> {
        let before = self.key.len();
        self.key.retain(|k| k.name != name.as_str());
        if self.key.len() < before {
            return Ok(());
        }
        Err(Fault::new(
            Code::KeyUnknown,
            format!("There is no key named {name}."),
        ))
    }

    /// The keys as they are kept, in the order they were made.
    pub fn entries(&self) -> &[Entry] {
        &self.key
    }

    /// The stream that `presented` publishes to. Takes as long for a wrong key as for a right one.
    pub fn find(&self, presented: &str) -> Option<Name> {
        let digest = hex(&Sha256::digest(presented.as_bytes()));
        let mut found = None;
        for entry in &self.key {
            if bool::from(entry.sha256.as_bytes().ct_eq(digest.as_bytes())) {
                found = Some(&entry.name);
            }
        }
        found.and_then(|name| Name::new(name).ok())
    }
}

fn path(data: &Path) -> PathBuf {
    data.join("keys.toml")
}

/// When the file of keys in `data` was last changed; `None` when there is none.
fn changed(data: &Path) -> Option<SystemTime> {
    fs::metadata(path(data)).and_then(|m| m.modified()).ok()
}

fn unreadable(path: &Path, why: &dyn std::fmt::Display) -> Fault {
    let message = format!("The file of stream keys {} can't be read: {why}.", path.display());
    Fault::new(Code::KeysUnreadable, message)
}

fn unwritable(data: &Path, why: &dyn std::fmt::Display) -> Fault {
    let message = format!("The data directory {} can't be written: {why}.", data.display());
    Fault::new(Code::DataUnwritable, message)
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut bits, mut held) = (0u32, 0u32);
    for &byte in bytes {
        held = (held << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits) as usize & 31]));
        }
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from(b"0123456789abcdef"[usize::from(n & 15)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(*b)]).collect()
}

#[cfg(test)]
mod tests;
