//! From the device's callback to the mixer: two rings without locks, one of samples and one of what is known
//! of each block.

use std::time::Instant;

use rtrb::{Consumer, Producer, RingBuffer};

/// Blocks the ring of marks holds.
const BLOCKS: usize = 1_024;

/// One block of the device.
#[derive(Clone, Copy, Debug)]
struct Mark {
    arrival: Instant,
    /// Instants in the block.
    instants: usize,
    /// Instants thrown away before it because the mixer was not there to take them.
    lost: u64,
}

/// The callback's side.
pub(super) struct Sink {
    samples: Producer<f32>,
    marks: Producer<Mark>,
    channels: usize,
    lost: u64,
}

/// The mixer's side.
pub(super) struct Feed {
    samples: Consumer<f32>,
    marks: Consumer<Mark>,
    channels: u16,
}

/// One block as the mixer's side gets it: its samples in up to two pieces, interleaved.
pub(super) struct Block<'a> {
    pub(super) arrival: Instant,
    pub(super) lost: u64,
    pub(super) channels: u16,
    pub(super) samples: [&'a [f32]; 2],
}

/// Both sides, for a device of `channels` (above zero), with room for `instants`: a second of it. The mixer
/// empties it every 10 ms.
pub(super) fn feed(channels: u16, instants: u32) -> (Sink, Feed) {
    let per_instant = usize::from(channels.max(1));
    let (samples, taken) = RingBuffer::new(instants as usize * per_instant);
    let (marks, read) = RingBuffer::new(BLOCKS);
    let sink = Sink {
        samples,
        marks,
        channels: per_instant,
        lost: 0,
    };
    let feed = Feed {
        samples: taken,
        marks: read,
        channels: channels.max(1),
    };
    (sink, feed)
}

impl Sink {
    /// Takes a block. Waits for nothing, allocates nothing, says nothing: what finds no room is counted.
    pub(super) fn push(&mut self, samples: impl ExactSizeIterator<Item = f32>, arrival: Instant) {
        let instants = samples.len() / self.channels;
        let room = self.marks.slots() > 0;
        match self.samples.write_chunk_uninit(instants * self.channels) {
            Ok(chunk) if room => {
                chunk.fill_from_iter(samples);
            }
            _ => {
                self.lost += instants as u64;
                return;
            }
        }
        let mark = Mark {
            arrival,
            instants,
            lost: std::mem::take(&mut self.lost),
        };
        // There was room, and nobody else writes.
        let _ = self.marks.push(mark);
    }
}

impl Feed {
    /// Hands over the blocks that arrived since the last call, in order.
    pub(super) fn drain(&mut self, mut each: impl FnMut(Block<'_>)) {
        while let Ok(mark) = self.marks.pop() {
            let wanted = mark.instants * usize::from(self.channels);
            let Ok(chunk) = self.samples.read_chunk(wanted) else {
                return;
            };
            let (first, second) = chunk.as_slices();
            each(Block {
                arrival: mark.arrival,
                lost: mark.lost,
                channels: self.channels,
                samples: [first, second],
            });
            chunk.commit_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drained(feed: &mut Feed) -> Vec<(u64, Vec<f32>)> {
        let mut blocks = Vec::new();
        feed.drain(|b| blocks.push((b.lost, b.samples.concat())));
        blocks
    }

    #[test]
    fn blocks_come_out_as_they_went_in() {
        let (mut sink, mut feed) = feed(2, 48_000);
        let arrival = Instant::now();
        for n in 0..300 {
            // Together more than the ring holds, so that blocks lie across its end.
            let value = n as f32;
            sink.push(std::iter::repeat_n(value, 2 * 500), arrival);
            assert_eq!(drained(&mut feed), [(0, vec![value; 1_000])]);
        }
    }

    #[test]
    fn without_a_reader_the_newest_is_lost_and_counted() {
        let (mut sink, mut feed) = feed(1, 48_000);
        for _ in 0..110 {
            sink.push(std::iter::repeat_n(0.5, 480), Instant::now());
        }
        assert_eq!(drained(&mut feed).len(), 100);
        sink.push(std::iter::repeat_n(0.25, 480), Instant::now());
        assert_eq!(drained(&mut feed), [(10 * 480, vec![0.25; 480])]);
        (0..2 * BLOCKS).for_each(|_| sink.push(std::iter::repeat_n(0.5, 1), Instant::now()));
        assert_eq!(drained(&mut feed).len(), BLOCKS);
    }
}
