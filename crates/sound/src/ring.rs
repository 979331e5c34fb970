//! A ring of a device's newest samples, read by their count.

/// No count goes further by loss: there is room to go on counting for longer than any device runs.
const FURTHEST: i64 = i64::MAX / 4;

/// Keeps the newest samples of a device, one or two channels of them. Memory is taken once, in `new`.
#[derive(Clone, Debug)]
pub(crate) struct AudioRing {
    samples: Vec<f32>,
    channels: usize,
    capacity: usize,
    head: i64,
}

impl AudioRing {
    /// A ring that holds the newest `instants` (at least one) of `channels`, of which the first two count.
    pub(crate) fn new(instants: usize, channels: u16) -> Self {
        let (capacity, channels) = (instants.max(1), usize::from(channels.clamp(1, 2)));
        Self {
            samples: vec![0.0; capacity * channels],
            channels,
            capacity,
            head: 0,
        }
    }

    /// Channels kept: one or two.
    pub(crate) fn channels(&self) -> usize {
        self.channels
    }

    /// Instants pushed or lost so far: the device's count of the next one.
    pub(crate) fn head(&self) -> i64 {
        self.head
    }

    /// Adds samples as the device gave them, interleaved in `channels`. Says how many instants they were.
    pub(crate) fn push(&mut self, samples: &[f32], channels: u16) -> u64 {
        let width = usize::from(channels.max(1));
        for instant in samples.chunks_exact(width) {
            let slot = self.slot(self.head);
            for (c, kept) in self.samples[slot..slot + self.channels].iter_mut().enumerate() {
                *kept = instant[c.min(width - 1)];
            }
            self.head += 1;
        }
        (samples.len() / width) as u64
    }

    /// Counts `instants` that the device recorded but that never got here: they are silent.
    pub(crate) fn lose(&mut self, instants: u64) {
        let (all, room) = (i64::try_from(instants).unwrap_or(i64::MAX), self.capacity as i64);
        for _ in 0..all.min(room) {
            let slot = self.slot(self.head);
            self.samples[slot..slot + self.channels].fill(0.0);
            self.head += 1;
        }
        self.head = self.head.saturating_add((all - room).max(0)).min(FURTHEST);
    }

    /// Fills `out` (interleaved in the channels kept) with what was counted from `from` on. Says how many
    /// instants of it aren't there: they are silent.
    pub(crate) fn read(&self, from: i64, out: &mut [f32]) -> u64 {
        let oldest = (self.head - self.capacity as i64).max(0);
        let mut missing = 0;
        for (at, instant) in (from..).zip(out.chunks_exact_mut(self.channels)) {
            if (oldest..self.head).contains(&at) {
                let slot = self.slot(at);
                instant.copy_from_slice(&self.samples[slot..slot + self.channels]);
            } else {
                instant.fill(0.0);
                missing += 1;
            }
        }
        missing
    }

    fn slot(&self, at: i64) -> usize {
        at.rem_euclid(self.capacity as i64) as usize * self.channels
    }
}

#[cfg(test)]
mod tests;
