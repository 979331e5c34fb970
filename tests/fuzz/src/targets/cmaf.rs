//! Chunks of CMAF.

use bytes::Bytes;
use container::cmaf::read_chunk;

use crate::target::{Parser, Seen, Target, first};

pub(super) const TARGET: Target = Target {
    name: "cmaf",
    corpus: "cmaf",
    marker: "a chunk was read: moof and mdat",
    // 4096 samples, and boxes as large as the input.
    memory: 2 << 20,
    split,
    join,
    opening: first,
    words: &["prft", "moof", "mfhd", "traf", "tfhd", "tfdt", "trun", "mdat"],
    parser: || Box::new(read) as Box<dyn Parser>,
};

/// Chunk by chunk: each ends with its mdat.
fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut rest, mut chunks) = (bytes, vec![Vec::new()]);
    while !rest.is_empty() {
        let (one, after) = rest.split_at(size(rest).min(rest.len()));
        // There is always one.
        let Some(chunk) = chunks.last_mut() else { break };
        chunk.extend(one);
        if one.get(4..8) == Some(b"mdat") && !after.is_empty() {
            chunks.push(Vec::new());
        }
        rest = after;
    }
    chunks
}

/// Each chunk's last box has the size that is left for it.
fn join(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in chunks {
        let mut last = 0;
        while chunk.len() - last > size(&chunk[last..]) {
            last += size(&chunk[last..]);
        }
        let begin = out.len() + last;
        out.extend(chunk);
        if let Some(size) = out.get_mut(begin..begin + 4) {
            size.copy_from_slice(&((chunk.len() - last) as u32).to_be_bytes());
        }
    }
    out
}

/// The size that a box says it has, at least that of its header.
fn size(bytes: &[u8]) -> usize {
    let said = bytes.first_chunk().map_or(0, |size| u32::from_be_bytes(*size));
    (said as usize).max(8)
}

fn read(input: &[u8]) -> Seen {
    let (mut bytes, mut seen) = (Bytes::copy_from_slice(input), Seen::default());
    loop {
        match read_chunk(&mut bytes) {
            Ok(Some(chunk)) => {
                let data: usize = chunk.samples.iter().map(|sample| sample.data.len()).sum();
                assert!(
                    data <= input.len(),
                    "samples share the chunk's bytes, each its own"
                );
                seen.past = true;
            }
            Ok(None) => return seen,
            Err(_) => {
                return Seen {
                    refused: true,
                    ..seen
                };
            }
        }
    }
}
