//! Changes recordings, message by message.

mod bytes;

use fastrand::Rng;

use crate::target::Target;
use bytes::{Donor, change};

/// Messages behind the opening that an input has at most.
const WINDOW: usize = 24;
/// Bytes behind the opening that an input has at most which is damaged as bytes.
const RAW: usize = 6 * 1024;
/// Bytes of a message at most, after it was changed.
const LARGEST: usize = 16 * 1024;

/// A recording, taken apart.
pub struct Seed {
    bytes: Vec<u8>,
    opening: Vec<Vec<u8>>,
    rest: Vec<Vec<u8>>,
}

impl Seed {
    /// Takes `bytes` apart as `target` says.
    pub fn new(target: &Target, bytes: Vec<u8>) -> Self {
        let mut opening = (target.split)(&bytes);
        let count = (target.opening)(&opening).min(opening.len());
        let rest = opening.split_off(count);
        Self { bytes, opening, rest }
    }

    /// How many messages it has.
    pub fn messages(&self) -> usize {
        self.opening.len() + self.rest.len()
    }
}

/// Makes inputs: the same ones for the same seed.
pub struct Mutator {
    rng: Rng,
}

impl Mutator {
    /// A mutator that begins at `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            rng: Rng::with_seed(seed),
        }
    }

    /// The next input: one of `seeds` with one to four changes. One in eight is changed as bytes, the others as
    /// messages.
    ///
    /// # Panics
    /// There is no seed.
    pub fn input(&mut self, target: &Target, seeds: &[Seed]) -> Vec<u8> {
        let seed = &seeds[self.rng.usize(..seeds.len())];
        let changes = 1 + self.rng.u32(..).trailing_zeros().min(3);
        if self.rng.u8(..8) == 0 {
            return self.raw(target, seed, changes);
        }
        let mut messages = self.window(seed);
        for _ in 0..changes {
            self.change(target, seeds, seed.opening.len(), &mut messages);
        }
        (target.join)(&messages)
    }

    /// The beginning of a recording, damaged anywhere.
    fn raw(&mut self, target: &Target, seed: &Seed, changes: u32) -> Vec<u8> {
        let opening = seed.opening.iter().map(Vec::len).sum::<usize>();
        let opening = opening.min(seed.bytes.len());
        let end = self.rng.usize(opening..=seed.bytes.len().min(opening + RAW));
        let mut bytes = seed.bytes[..end].to_vec();
        let donor = Donor {
            message: &seed.bytes,
            words: target.words,
        };
        for _ in 0..changes {
            let mut tail = bytes.split_off(self.rng.usize(..=bytes.len()));
            change(&mut self.rng, &mut tail, &donor);
            bytes.append(&mut tail);
        }
        bytes
    }

    /// The opening, and some messages from anywhere behind it.
    fn window(&mut self, seed: &Seed) -> Vec<Vec<u8>> {
        let from = self.rng.usize(..=seed.rest.len());
        // Half of them go on where the opening ends.
        let from = if self.rng.bool() { 0 } else { from };
        let count = self.rng.usize(..=WINDOW).min(seed.rest.len() - from);
        let rest = &seed.rest[from..from + count];
        seed.opening.iter().chain(rest).cloned().collect()
    }

    /// One change: of a message's bytes, or of which messages there are.
    fn change(&mut self, target: &Target, seeds: &[Seed], opening: usize, messages: &mut Vec<Vec<u8>>) {
        if messages.is_empty() {
            return;
        }
        let at = self.place(opening, messages.len());
        match self.rng.u8(..12) {
            0 => drop(messages.remove(at)),
            1 => messages.insert(at, messages[at].clone()),
            2 => {
                let other = self.rng.usize(..messages.len());
                messages.swap(at, other);
            }
            3 => messages.insert(at + 1, self.foreign(seeds)),
            _ => {
                let message = self.foreign(seeds);
                let donor = Donor {
                    message: &message,
                    words: target.words,
                };
                change(&mut self.rng, &mut messages[at], &donor);
                messages[at].truncate(LARGEST);
            }
        }
    }

    /// Which of so many messages is changed: behind the opening nine times in ten, where there is something.
    fn place(&mut self, opening: usize, messages: usize) -> usize {
        let behind = opening < messages && self.rng.u8(..10) > 0;
        self.rng.usize(if behind { opening } else { 0 }..messages)
    }

    /// A message of any recording.
    fn foreign(&mut self, seeds: &[Seed]) -> Vec<u8> {
        let seed = &seeds[self.rng.usize(..seeds.len())];
        if seed.messages() == 0 {
            return Vec::new();
        }
        let at = self.rng.usize(..seed.messages());
        let mut all = seed.opening.iter().chain(&seed.rest);
        all.nth(at).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets;

    fn inputs(seed: u64) -> Vec<Vec<u8>> {
        let target = targets::find("amf0").unwrap();
        let seeds = [Seed::new(
            target,
            b"\x02\0\x07connect\0\x3f\xf0\0\0\0\0\0\0\x05".to_vec(),
        )];
        let mut mutator = Mutator::new(seed);
        (0..200).map(|_| mutator.input(target, &seeds)).collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_inputs() {
        assert_eq!(inputs(7), inputs(7));
        assert_ne!(inputs(7), inputs(8));
    }

    #[test]
    fn inputs_differ_from_each_other() {
        let mut all = inputs(1);
        all.sort();
        all.dedup();
        assert!(all.len() > 120, "{}", all.len());
    }
}
