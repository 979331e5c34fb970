//! Finds where packets begin.

use super::super::{PACKET, SYNC_BYTE};

/// Cuts bytes into packets. It holds what doesn't make a whole one, and while it searches no more than one.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    rest: Vec<u8>,
    /// The last packet didn't begin where it should have.
    searching: bool,
    resyncs: u64,
}

impl Splitter {
    /// How often a beginning had to be searched for.
    pub(super) const fn resyncs(&self) -> u64 {
        self.resyncs
    }

    /// Adds bytes and hands each packet to `each`.
    pub(super) fn push(&mut self, bytes: &[u8], each: impl FnMut(&[u8; PACKET])) {
        if self.rest.is_empty() {
            // Datagrams hold whole packets: nothing is copied.
            let used = self.read(bytes, each);
            self.rest.extend_from_slice(&bytes[used..]);
            return;
        }
        let mut all = std::mem::take(&mut self.rest);
        all.extend_from_slice(bytes);
        let used = self.read(&all, each);
        all.drain(..used);
        self.rest = all;
    }

    /// How many bytes were read.
    fn read(&mut self, bytes: &[u8], mut each: impl FnMut(&[u8; PACKET])) -> usize {
        let mut at = 0;
        while let Some(packet) = bytes[at..].first_chunk() {
            if !self.searching && packet[0] == SYNC_BYTE {
                each(packet);
                at += PACKET;
                continue;
            }
            self.resyncs += u64::from(!self.searching);
            let (skip, found) = search(&bytes[at..]);
            self.searching = !found;
            at += skip;
            if !found {
                break;
            }
        }
        at
    }
}

/// Where a packet begins that another follows, or where one may that isn't followed yet.
fn search(bytes: &[u8]) -> (usize, bool) {
    let candidates = bytes.iter().enumerate().filter(|(_, byte)| **byte == SYNC_BYTE);
    for (at, _) in candidates {
        match bytes.get(at + PACKET) {
            Some(&SYNC_BYTE) => return (at, true),
            Some(_) => {}
            None => return (at, false),
        }
    }
    (bytes.len(), false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packet(n: u8) -> [u8; PACKET] {
        let mut packet = [n; PACKET];
        packet[0] = SYNC_BYTE;
        packet
    }

    fn read(pieces: &[&[u8]]) -> (Vec<u8>, u64) {
        let (mut sync, mut read) = (Splitter::default(), vec![]);
        for piece in pieces {
            sync.push(piece, |packet| read.push(packet[1]));
            assert!(sync.rest.len() <= PACKET);
        }
        (read, sync.resyncs)
    }

    #[test]
    fn packets_are_found_behind_other_bytes() {
        let whole = [packet(1), packet(2), packet(3)].concat();
        assert_eq!(read(&[&whole]), (vec![1, 2, 3], 0));
        assert_eq!(read(&[b"HELO ", &whole]), (vec![1, 2, 3], 1));
        // A sync byte that no other follows.
        assert_eq!(read(&[b"\0G\0", &whole]), (vec![1, 2, 3], 1));
        // One byte is missing in the midst, which the next packet pays for.
        let pieces = [&whole[..200], &whole[201..], &packet(4), &packet(5)];
        assert_eq!(read(&pieces), (vec![1, 2, 4, 5], 1));
    }

    #[test]
    fn a_packet_alone_is_read_at_once() {
        assert_eq!(read(&[&packet(1)]), (vec![1], 0));
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(bytes in proptest::collection::vec(prop_oneof![Just(b'G'), any::<u8>()], 0..2000),
            piece in 1usize..500)
        {
            let pieces: Vec<&[u8]> = bytes.chunks(piece).collect();
            prop_assert_eq!(read(&pieces), read(&[&bytes]));
        }
    }
}
