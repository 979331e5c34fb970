//! Changes of bytes.

use std::ops::Range;

use fastrand::Rng;

/// The most bytes that one change adds, repeats or takes.
const RUN: usize = 64;
/// Headers stand in front: half of all changes are made among so many bytes.
const FRONT: usize = 24;
/// Bytes at the edges of what bytes can mean.
const EDGES: [u8; 8] = [0, 1, 0x7f, 0x80, 0x81, 0xfe, 0xff, 0x20];

/// Where other bytes come from.
pub(super) struct Donor<'a> {
    /// Bytes of a recording.
    pub(super) message: &'a [u8],
    /// Words of the protocol.
    pub(super) words: &'a [&'a str],
}

/// Makes one change.
pub(super) fn change(rng: &mut Rng, bytes: &mut Vec<u8>, donor: &Donor<'_>) {
    if bytes.is_empty() {
        return insert(rng, bytes, donor);
    }
    let at = place(rng, bytes.len());
    match rng.u8(..13) {
        0 | 1 => bytes[at] ^= 1 << rng.u8(..8),
        2 => bytes[at] = rng.u8(..),
        3 => bytes[at] = EDGES[rng.usize(..EDGES.len())],
        4..=6 => number(rng, &mut bytes[at..]),
        7 => bytes.truncate(at),
        8 => drop(bytes.drain(run(rng, at, bytes.len()))),
        9 => repeat(rng, bytes, at),
        10 => overwrite(rng, bytes, at, donor),
        _ => insert(rng, bytes, donor),
    }
}

fn place(rng: &mut Rng, len: usize) -> usize {
    let near = if rng.bool() { len.min(FRONT) } else { len };
    rng.usize(..near)
}

/// A piece from `at` on, of 1 to [`RUN`] bytes.
fn run(rng: &mut Rng, at: usize, len: usize) -> Range<usize> {
    let most = (len - at).min(RUN);
    at..at + rng.usize(1..=most.max(1)).min(len - at)
}

/// Takes the next 1 to 4 bytes for a number, and puts another there: a little more or less, or an extreme.
fn number(rng: &mut Rng, bytes: &mut [u8]) {
    let width = rng.usize(1..=4).min(bytes.len());
    let field = &mut bytes[..width];
    let little = rng.u8(..4) == 0;
    if little {
        field.reverse();
    }
    let now = field.iter().fold(0_u32, |n, &byte| n << 8 | u32::from(byte));
    let most = u32::MAX >> (32 - 8 * width);
    let near = rng.u32(1..=16);
    let new = match rng.u8(..6) {
        0 | 1 => now.wrapping_add(near),
        2 | 3 => now.wrapping_sub(near),
        4 => most - near + 1,
        _ => most / 2 + near - 8,
    };
    let written = new.to_be_bytes();
    field.copy_from_slice(&written[4 - width..]);
    if little {
        field.reverse();
    }
}

/// Repeats a piece, up to 16 times.
fn repeat(rng: &mut Rng, bytes: &mut Vec<u8>, at: usize) {
    let piece = bytes[run(rng, at, bytes.len())].repeat(rng.usize(1..=16));
    bytes.splice(at..at, piece);
}

fn overwrite(rng: &mut Rng, bytes: &mut [u8], at: usize, donor: &Donor<'_>) {
    let new = given(rng, donor);
    let len = new.len().min(bytes.len() - at);
    bytes[at..at + len].copy_from_slice(&new[..len]);
}

fn insert(rng: &mut Rng, bytes: &mut Vec<u8>, donor: &Donor<'_>) {
    let at = rng.usize(..=bytes.len());
    bytes.splice(at..at, given(rng, donor));
}

/// Bytes from elsewhere: a word, a piece of another message, or nonsense.
fn given(rng: &mut Rng, donor: &Donor<'_>) -> Vec<u8> {
    match rng.u8(..4) {
        0 | 1 if !donor.words.is_empty() => donor.words[rng.usize(..donor.words.len())].into(),
        0..=2 if !donor.message.is_empty() => {
            let at = rng.usize(..donor.message.len());
            donor.message[run(rng, at, donor.message.len())].to_vec()
        }
        _ => nonsense(rng),
    }
}

fn nonsense(rng: &mut Rng) -> Vec<u8> {
    let len = rng.usize(1..=8);
    std::iter::repeat_with(|| rng.u8(..)).take(len).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_change_within_their_width() {
        let mut rng = Rng::with_seed(1);
        for _ in 0..10_000 {
            let mut bytes = [0xaa, 0, 0, 0, 0xbb];
            number(&mut rng, &mut bytes[1..4]);
            assert_eq!((bytes[0], bytes[4]), (0xaa, 0xbb));
        }
    }
}
