//! Buffers that are used again once the frame made of them has gone.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// Buffers kept for another time; more are let go.
const KEPT: usize = 16;

/// A shelf of buffers of one size.
#[derive(Clone, Default)]
pub(super) struct Pool {
    free: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Pool {
    /// A buffer of `len` bytes with anything in it.
    pub(super) fn take(&self, len: usize) -> Vec<u8> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = free.pop().unwrap_or_default();
        buffer.resize(len, 0);
        buffer
    }

    /// The buffer as shared bytes, which come back here when the last of them is dropped.
    pub(super) fn share(&self, buffer: Vec<u8>) -> Bytes {
        Bytes::from_owner(Pooled {
            buffer,
            pool: self.clone(),
        })
    }
}

struct Pooled {
    buffer: Vec<u8>,
    pool: Pool,
}

impl AsRef<[u8]> for Pooled {
    fn as_ref(&self) -> &[u8] {
        &self.buffer
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let mut free = self.pool.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < KEPT {
            free.push(std::mem::take(&mut self.buffer));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_when_its_last_frame_has_gone() {
        let pool = Pool::default();
        let first = pool.share(pool.take(1_000));
        let (address, shared) = (first.as_ptr(), first.clone());
        drop(first);
        let second = pool.take(1_000);
        assert_ne!(second.as_ptr(), address);
        drop(shared);
        let third = pool.take(1_000);
        assert_eq!(third.as_ptr(), address);
    }
}
