//! The keys as the running server knows them.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use api::Fault;

use super::{Keys, changed};
use crate::name::Name;

/// The keys of a data directory, read again when their file has changed: a key added or removed while the
/// server runs counts from the next publish on. A publisher already live stays.
#[derive(Debug)]
pub struct KeyCache {
    data: PathBuf,
    held: Mutex<(Option<SystemTime>, Keys)>,
}

impl KeyCache {
    /// Reads the keys of `data`.
    pub fn open(data: PathBuf) -> Result<Self, Fault> {
        let held = Mutex::new((changed(&data), Keys::read(&data)?));
        Ok(Self { data, held })
    }

    /// The stream that `presented` publishes to. When the file can't be read again the keys known before stay.
    pub fn find(&self, presented: &str) -> Option<Name> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let now = changed(&self.data);
        if held.0 != now {
            match Keys::read(&self.data) {
                Ok(keys) => *held = (now, keys),
                Err(fault) => tracing::warn!(%fault, "keys stay as they were"),
            }
        }
        held.1.find(presented)
    }

    /// Number of keys known.
    pub fn len(&self) -> usize {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.1.entries().len()
    }

    /// Whether no key is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
