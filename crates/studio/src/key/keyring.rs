//! This machine's keyring (Secret Service, Keychain, Credential Manager), asked with a limit.
//!
//! A session without D-Bus, or a locked keyring that waits for its password, may keep a caller for ever. Each
//! question therefore goes to a thread of its own; who asks gives up after two seconds. While such a question
//! hangs, later ones are given up at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use keyring::v1::{Entry, Error};

/// The name under which the keyring files our keys.
const SERVICE: &str = "anchor-studio";

/// The longest a question may take: a session's own keyring answers within milliseconds.
const LIMIT: Duration = Duration::from_secs(2);

/// There is a keyring, but it is locked, or silent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoAnswer;

/// What a keyring does for us.
pub(super) trait Ring {
    /// What is kept under `name`; `None` where there is nothing, or no keyring.
    fn get(&self, name: &str) -> Result<Option<String>, NoAnswer>;

    /// Whether `text` is now kept under `name`.
    fn set(&self, name: &str, text: &str) -> bool;
}

/// The machine's own.
pub(super) struct SystemRing;

impl Ring for SystemRing {
    fn get(&self, name: &str) -> Result<Option<String>, NoAnswer> {
        let name = name.to_owned();
        let asked = within(LIMIT, &HANGING, move || {
            Entry::new(SERVICE, &name).and_then(|e| e.get_password())
        });
        match asked.ok_or(NoAnswer)? {
            Ok(text) => Ok(Some(text)),
            Err(Error::NoStorageAccess(_)) => Err(NoAnswer),
            Err(_) => Ok(None),
        }
    }

    fn set(&self, name: &str, text: &str) -> bool {
        let (name, text) = (name.to_owned(), text.to_owned());
        let asked = within(LIMIT, &HANGING, move || {
            Entry::new(SERVICE, &name).and_then(|e| e.set_password(&text))
        });
        asked.is_some_and(|kept| kept.is_ok())
    }
}

/// Questions that were given up and have not come back.
static HANGING: Hanging = Hanging::new();

/// A count of threads.
struct Hanging(AtomicUsize);

impl Hanging {
    const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }
}

/// The outcome of `work`, run on a thread of its own; `None` when it takes longer than `limit`, or while earlier
/// work of that kind still hangs.
fn within<T: Send + 'static>(
    limit: Duration,
    hanging: &'static Hanging,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    if hanging.0.load(Ordering::Acquire) > 0 {
        return None;
    }
    let (done, outcome) = sync_channel(1);
    let given_up = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&given_up);
    let run = move || {
        let _ = done.send(work());
        // The second of the two to arrive here knows that the work was given up and has come back.
        if seen.fetch_add(1, Ordering::AcqRel) > 0 {
            hanging.0.fetch_sub(1, Ordering::AcqRel);
        }
    };
    std::thread::Builder::new()
        .name("keyring".into())
        .spawn(run)
        .ok()?;
    match outcome.recv_timeout(limit) {
        Ok(value) => Some(value),
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => {
            hanging.0.fetch_add(1, Ordering::AcqRel);
            if given_up.fetch_add(1, Ordering::AcqRel) > 0 {
                hanging.0.fetch_sub(1, Ordering::AcqRel);
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_in_time_answers_and_hanging_work_is_given_up_until_it_comes_back() {
        static HERE: Hanging = Hanging::new();
        assert_eq!(within(Duration::MAX, &HERE, || 7), Some(7));

        let (release, held) = sync_channel::<()>(0);
        let (back, came_back) = sync_channel::<()>(1);
        let hang = move || {
            let _ = held.recv();
            let _ = back.send(());
        };
        assert_eq!(within(Duration::ZERO, &HERE, hang), None);
        // Asked again it gives up at once: with this limit it would otherwise wait for ever.
        assert_eq!(within(Duration::MAX, &HERE, || 7), None);

        release.send(()).unwrap();
        came_back.recv().unwrap();
        while HERE.0.load(Ordering::Acquire) > 0 {
            std::thread::yield_now();
        }
        assert_eq!(within(Duration::MAX, &HERE, || 7), Some(7));
    }

    #[test]
    fn work_that_panics_is_no_answer() {
        static HERE: Hanging = Hanging::new();
        assert_eq!(
            within(Duration::MAX, &HERE, || -> u8 { panic!("on purpose") }),
            None
        );
        assert_eq!(within(Duration::MAX, &HERE, || 7), Some(7));
    }
}
