//! FLV to bytes (annex E.2 to E.4).

use bytes::{BufMut, Bytes, BytesMut};

use super::Tag;

/// Bytes of a tag's header.
const TAG_HEADER: usize = 11;

/// The beginning of a file or of an HTTP-FLV answer: header and PreviousTagSize0, 13 bytes.
pub fn header(has_video: bool, has_audio: bool) -> Bytes {
    let flags = u8::from(has_video) | u8::from(has_audio) << 2;
    Bytes::copy_from_slice(&[b'F', b'L', b'V', 1, flags, 0, 0, 0, 9, 0, 0, 0, 0])
}

/// A whole tag: header of 11 bytes, body, and the tag's size in 4 bytes. A body over 2^24 - 1 bytes has no
/// form in FLV and is cut there.
pub fn write_tag(tag: &Tag) -> Bytes {
    let body = &tag.data[..tag.data.len().min(0xff_ffff)];
    let mut out = BytesMut::with_capacity(TAG_HEADER + body.len() + 4);
    out.put_u8(tag.kind as u8);
    out.put_uint(body.len() as u64, 3);
    out.put_uint(u64::from(tag.timestamp & 0xff_ffff), 3);
    out.put_u8((tag.timestamp >> 24) as u8);
    out.put_uint(0, 3); // stream id: always 0
    out.put_slice(body);
    out.put_u32((TAG_HEADER + body.len()) as u32);
    out.freeze()
}
