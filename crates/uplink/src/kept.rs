//! The last things of many.

use std::collections::VecDeque;

/// So many are kept.
const MOST: usize = 64;

/// The last 64 of what was put in, oldest first.
#[derive(Clone, Debug)]
pub struct Kept<T> {
    entries: VecDeque<T>,
    /// How many were kept once and aren't any more.
    gone: u64,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            gone: 0,
        }
    }
}

impl<T> Kept<T> {
    /// Those that are kept, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &T> {
        self.entries.iter()
    }

    /// How many there ever were.
    pub fn count(&self) -> u64 {
        self.gone + self.entries.len() as u64
    }

    /// Those that are kept but for the first `number` that there ever were, oldest first.
    pub fn after(&self, number: u64) -> impl Iterator<Item = &T> {
        let skip = usize::try_from(number.saturating_sub(self.gone)).unwrap_or(usize::MAX);
        self.entries.iter().skip(skip)
    }

    pub(crate) fn last_mut(&mut self) -> Option<&mut T> {
        self.entries.back_mut()
    }

    pub(crate) fn put(&mut self, entry: T) {
        if self.entries.len() == MOST {
            self.entries.pop_front();
            self.gone += 1;
        }
        self.entries.push_back(entry);
    }
}
