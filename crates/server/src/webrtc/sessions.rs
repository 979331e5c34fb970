//! Sessions by the addresses their peers got.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::{Code, Fault};
use rtc::net::Handle;

use crate::Name;

/// The sessions of a server.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions(Arc<Mutex<HashMap<String, Entry>>>);

/// One session, as the HTTP side knows it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) stream: Name,
    pub(super) handle: Handle,
    /// The ICE name in the peer's offer.
    pub(super) ufrag: Option<String>,
    pub(super) leave: Leave,
}

/// Whether a session was ended by the peer's word (RFC 9725, 4.2), and not because its connection was lost. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leave(Arc<AtomicBool>);

impl Leave {
    /// The peer says so.
    pub(super) fn take(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it did.
    pub(crate) fn was_taken(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A session's place: dropping it takes it out.
#[derive(Debug)]
pub(super) struct Place {
    sessions: Sessions,
    pub(super) id: String,
}

impl Sessions {
    /// Adds a session under a name that nobody can guess.
    pub(super) fn add(&self, entry: Entry) -> Result<Place, Fault> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(|error| {
            let message = format!("The system gives no random numbers: {error}.");
            Fault::new(Code::NotAble, message)
        })?;
        let id: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        self.held().insert(id.clone(), entry);
        Ok(Place {
            sessions: self.clone(),
            id,
        })
    }

    /// The session `id` of `stream`.
    pub(super) fn get(&self, stream: &str, id: &str) -> Option<Entry> {
        let found = self.held().get(id).cloned();
        found.filter(|entry| entry.stream.to_string() == stream)
    }

    fn held(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.sessions.held().remove(&self.id);
    }
}
