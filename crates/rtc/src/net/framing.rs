//! Packets within TCP: each behind its length in two bytes (RFC 4571, 2).

use bytes::{Buf, Bytes, BytesMut};

/// `packet` as it is written; none when it is longer than can be said.
pub(super) fn frame(packet: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(packet.len()).ok()?;
    Some([&length.to_be_bytes()[..], packet].concat())
}

/// Takes the next whole packet off `buffer`; empty ones mean nothing.
pub(super) fn next(buffer: &mut BytesMut) -> Option<Bytes> {
    loop {
        let length = usize::from(u16::from_be_bytes(*buffer.first_chunk::<2>()?));
        if buffer.len() < 2 + length {
            return None;
        }
        buffer.advance(2);
        let packet = buffer.split_to(length).freeze();
        if !packet.is_empty() {
            return Some(packet);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packets_come_out_as_they_went_in_however_they_are_cut(
            packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..400), 0..8),
            size in 1_usize..300,
        ) {
            let bytes: Vec<u8> = packets.iter().flat_map(|packet| frame(packet).unwrap()).collect();
            let (mut buffer, mut out) = (BytesMut::new(), Vec::new());
            for piece in bytes.chunks(size) {
                buffer.extend_from_slice(piece);
                out.extend(std::iter::from_fn(|| next(&mut buffer)));
            }
            prop_assert_eq!(out, packets);
        }
    }
}
