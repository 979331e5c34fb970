//! Counters of those who read a stream on a connection of their own.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use api::server::ReaderStats;

/// Readers of one kind.
#[derive(Debug, Default)]
pub(super) struct Readers {
    now: AtomicU64,
    total: AtomicU64,
    sent_bytes: AtomicU64,
    skips: AtomicU64,
    skipped: AtomicU64,
}

impl Readers {
    /// One comes.
    pub(super) fn enter(&self) {
        self.now.fetch_add(1, Relaxed);
        self.total.fetch_add(1, Relaxed);
    }

    /// One goes.
    pub(super) fn leave(&self) {
        self.now.fetch_sub(1, Relaxed);
    }

    /// One was sent so many bytes.
    pub(super) fn sent(&self, bytes: usize) {
        self.sent_bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// One passed over tags or pictures that it was too slow for: so many times, so many in all.
    pub(super) fn skipped(&self, times: u64, tags: u64) {
        self.skips.fetch_add(times, Relaxed);
        self.skipped.fetch_add(tags, Relaxed);
    }

    /// How many there are.
    pub(super) fn now(&self) -> u64 {
        self.now.load(Relaxed)
    }

    /// The sums so far.
    pub(super) fn stats(&self) -> ReaderStats {
        ReaderStats {
            now: self.now.load(Relaxed),
            total: self.total.load(Relaxed),
            sent_bytes: self.sent_bytes.load(Relaxed),
            skips: self.skips.load(Relaxed),
            skipped_tags: self.skipped.load(Relaxed),
        }
    }
}
