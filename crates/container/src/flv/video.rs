//! Bodies of video tags (annex E.4.3), and H.264 in the form of Enhanced RTMP v2 ("ExVideoTagHeader").

use bytes::{BufMut, Bytes, BytesMut};

use super::Error;

/// CodecID of H.264.
const AVC: u8 = 7;
/// Frame types.
const KEY: u8 = 1;
const INTER: u8 = 2;
/// AVCPacketType, and ExVideoPacketType of the same meaning.
const SEQUENCE_HEADER: u8 = 0;
const FRAME: u8 = 1;
const END_OF_SEQUENCE: u8 = 2;
/// ExVideoPacketType: coded frames without composition time.
const FRAME_X: u8 = 3;
/// Composition times are signed 24-bit numbers.
const MAX_COMPOSITION: i32 = 0x7f_ffff;

/// What a video tag holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VideoTag {
    /// AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1).
    SequenceHeader(Bytes),
    /// One access unit of H.264.
    Frame {
        /// Whether decoding can begin here.
        key: bool,
        /// Presentation less decoding time, in milliseconds: -2^23 to 2^23 - 1.
        composition_ms: i32,
        /// NAL units, each behind its length.
        data: Bytes,
    },
    /// No more pictures follow.
    EndOfSequence,
    /// Another codec, or a message to players.
    Other,
}

/// Reads a tag's body; the parts share its bytes.
///
/// # Errors
/// [`Error::Truncated`] when the body ends within its header.
pub fn parse(body: &Bytes) -> Result<VideoTag, Error> {
    let first = *body.first().ok_or(Error::Truncated)?;
    if first & 0x80 != 0 {
        return parse_enhanced(body, first);
    }
    let frame_type = first >> 4;
    if first & 0x0f != AVC || !(1..=4).contains(&frame_type) {
        return Ok(VideoTag::Other);
    }
    let packet_type = *body.get(1).ok_or(Error::Truncated)?;
    match packet_type {
        SEQUENCE_HEADER => Ok(VideoTag::SequenceHeader(rest(body, 5)?)),
        FRAME => Ok(VideoTag::Frame {
            key: frame_type == KEY,
            composition_ms: composition(body, 2)?,
            data: rest(body, 5)?,
        }),
        END_OF_SEQUENCE => Ok(VideoTag::EndOfSequence),
        _ => Ok(VideoTag::Other),
    }
}

/// `first`: 1 bit enhanced, 3 bits frame type, 4 bits packet type; then a FourCC.
fn parse_enhanced(body: &Bytes, first: u8) -> Result<VideoTag, Error> {
    let (frame_type, packet_type) = (first >> 4 & 7, first & 0x0f);
    if packet_type > FRAME_X || !(1..=4).contains(&frame_type) {
        return Ok(VideoTag::Other);
    }
    if body.get(1..5).ok_or(Error::Truncated)? != b"avc1" {
        return Ok(VideoTag::Other);
    }
    let (composition_ms, at) = match packet_type {
        SEQUENCE_HEADER => return Ok(VideoTag::SequenceHeader(rest(body, 5)?)),
        END_OF_SEQUENCE => return Ok(VideoTag::EndOfSequence),
        FRAME_X => (0, 5),
        _ => (composition(body, 5)?, 8),
    };
    Ok(VideoTag::Frame {
        key: frame_type == KEY,
        composition_ms,
        data: rest(body, at)?,
    })
}

fn rest(body: &Bytes, at: usize) -> Result<Bytes, Error> {
    if body.len() < at {
        return Err(Error::Truncated);
    }
    Ok(body.slice(at..))
}

fn composition(body: &Bytes, at: usize) -> Result<i32, Error> {
    let b = body.get(at..at + 3).ok_or(Error::Truncated)?;
    Ok(i32::from_be_bytes([b[0], b[1], b[2], 0]) >> 8)
}

/// The body of a tag with the decoder's configuration.
pub fn sequence_header(avcc: &[u8]) -> Bytes {
    body(KEY, SEQUENCE_HEADER, 0, avcc)
}

/// The body of a tag with one access unit. `composition_ms` is limited to what 24 bits hold.
pub fn frame(key: bool, composition_ms: i32, data: &[u8]) -> Bytes {
    body(if key { KEY } else { INTER }, FRAME, composition_ms, data)
}

/// The body of a tag that says that no more pictures follow.
pub fn end_of_sequence() -> Bytes {
    body(KEY, END_OF_SEQUENCE, 0, &[])
}

fn body(frame_type: u8, packet_type: u8, composition_ms: i32, data: &[u8]) -> Bytes {
    let composition = composition_ms.clamp(-MAX_COMPOSITION - 1, MAX_COMPOSITION);
    let mut out = BytesMut::with_capacity(5 + data.len());
    out.put_u8(frame_type << 4 | AVC);
    out.put_u8(packet_type);
    out.put_int(i64::from(composition), 3);
    out.put_slice(data);
    out.freeze()
}

/// Whether a tag's body begins a GOP: a key frame's coded picture, of any codec.
pub fn is_key_frame(body: &[u8]) -> bool {
    match *body {
        [first, ..] if first & 0x80 != 0 => first >> 4 & 7 == KEY && matches!(first & 0x0f, FRAME | FRAME_X),
        [first, packet_type, ..] if first & 0x0f == AVC => first >> 4 == KEY && packet_type == FRAME,
        [first, ..] => first & 0x0f != AVC && first >> 4 == KEY,
        [] => false,
    }
}

/// Whether a tag's body is a decoder's configuration, of any codec.
pub fn is_sequence_header(body: &[u8]) -> bool {
    match *body {
        [first, ..] if first & 0x80 != 0 => first & 0x0f == SEQUENCE_HEADER,
        [first, packet_type, ..] => first & 0x0f == AVC && packet_type == SEQUENCE_HEADER,
        _ => false,
    }
}
