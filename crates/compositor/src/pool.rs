//! Buffers of finished pictures, used again and again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// A pool of equal buffers. A buffer comes back when the last [`Bytes`] on it is dropped, on whatever thread.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    len: usize,
    /// Most idle buffers kept; what comes back above it is freed.
    keep: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Vec<u8>>,
    made: u64,
}

/// A buffer on loan.
struct Loan {
    data: Vec<u8>,
    shared: Arc<Shared>,
}

impl Pool {
    /// A pool of buffers of `len` bytes, at most `keep` of them idle.
    pub(crate) fn new(len: usize, keep: usize) -> Self {
        let state = Mutex::new(State::default());
        Self {
            shared: Arc::new(Shared { len, keep, state }),
        }
    }

    /// A buffer filled by `fill`, which is given all of it with what its last use left there.
    pub(crate) fn filled(&self, fill: impl FnOnce(&mut [u8])) -> Bytes {
        let mut data = self.shared.take();
        fill(&mut data);
        Bytes::from_owner(Loan {
            data,
            shared: self.shared.clone(),
        })
    }

    /// Buffers made so far: stands still once as many exist as are in use at a time.
    pub(crate) fn made(&self) -> u64 {
        self.shared.lock().made
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<u8> {
        let mut state = self.lock();
        if let Some(data) = state.idle.pop() {
            return data;
        }
        state.made += 1;
        drop(state);
        vec![0; self.len]
    }
}

impl AsRef<[u8]> for Loan {
    fn as_ref(&self) -> &[u8] {
        &self.data
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        let data = std::mem::take(&mut self.data);
        let mut state = self.shared.lock();
        if state.idle.len() < self.shared.keep {
            state.idle.push(data);
        }
    }
}
