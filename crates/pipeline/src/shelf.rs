//! Where a chain's exit puts what its owner takes after each push.

use std::sync::{Arc, Mutex, PoisonError};

/// Two hands on the same shelf: one in the exit, one with the chain's owner.
pub(crate) struct Shelf<T>(Arc<Mutex<Vec<T>>>);

impl<T> Shelf<T> {
    /// Adds one.
    pub(crate) fn put(&self, item: T) {
        // What is guarded is whole after every statement.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(item);
    }

    /// All there is.
    pub(crate) fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for Shelf<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
