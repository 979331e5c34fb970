//! Messages to chunks.

use bytes::{BufMut, BytesMut};

use super::{EXTENDED, Message};

/// Appends `message` to `out` as chunks of `chunk_size` bytes on chunk stream `id` (2 to 63).
///
/// The first chunk has a full header (type 0), the others none (type 3), so the bytes depend on nothing that
/// was sent before and can be shared by many receivers. An extended timestamp is repeated in each chunk, as
/// encoders and servers do (clause 5.3.1.3). A payload over 2^24 - 1 bytes has no form and is cut there.
pub fn write(message: &Message, id: u8, chunk_size: u32, out: &mut BytesMut) {
    debug_assert!((2..64).contains(&id), "chunk stream ids of one byte are used");
    let payload = &message.payload[..message.payload.len().min(0xff_ffff)];
    let chunk_size = (chunk_size as usize).max(1);
    let extended = (message.timestamp >= EXTENDED).then_some(message.timestamp);
    out.reserve(16 + payload.len() + payload.len() / chunk_size * 5);

    out.put_u8(id & 0x3f);
    out.put_uint(u64::from(message.timestamp.min(EXTENDED)), 3);
    out.put_uint(payload.len() as u64, 3);
    out.put_u8(message.kind);
    out.put_u32_le(message.stream);
    let mut chunks = payload.chunks(chunk_size);
    put(extended, chunks.next().unwrap_or_default(), out);
    for chunk in chunks {
        out.put_u8(0xc0 | id);
        put(extended, chunk, out);
    }
}

fn put(extended: Option<u32>, bytes: &[u8], out: &mut BytesMut) {
    if let Some(timestamp) = extended {
        out.put_u32(timestamp);
    }
    out.put_slice(bytes);
}
