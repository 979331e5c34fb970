//! Bodies of audio tags (annex E.4.2), and AAC in the form of Enhanced RTMP v2 ("ExAudioTagHeader").

use bytes::{BufMut, Bytes, BytesMut};

use super::Error;

/// SoundFormat of AAC, and the one that says that a FourCC follows.
const AAC: u8 = 10;
const ENHANCED: u8 = 9;
/// The first byte for AAC: "44 kHz, 16 bits, stereo" whatever the sound is (E.4.2.1).
const AAC_FIRST: u8 = AAC << 4 | 0x0f;
/// AACPacketType, and AudioPacketType of the same meaning.
const SEQUENCE_HEADER: u8 = 0;
const FRAME: u8 = 1;

/// What an audio tag holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AudioTag {
    /// AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1).
    SequenceHeader(Bytes),
    /// One raw_data_block of AAC, without ADTS.
    Frame(Bytes),
    /// Another codec.
    Other,
}

/// Reads a tag's body; the parts share its bytes.
///
/// # Errors
/// [`Error::Truncated`] when the body ends within its header.
pub fn parse(body: &Bytes) -> Result<AudioTag, Error> {
    let first = *body.first().ok_or(Error::Truncated)?;
    let (packet_type, header) = match first >> 4 {
        AAC => (*body.get(1).ok_or(Error::Truncated)?, 2),
        ENHANCED if body.get(1..5).ok_or(Error::Truncated)? == b"mp4a" => (first & 0x0f, 5),
        _ => return Ok(AudioTag::Other),
    };
    Ok(match packet_type {
        SEQUENCE_HEADER => AudioTag::SequenceHeader(body.slice(header..)),
        FRAME => AudioTag::Frame(body.slice(header..)),
        _ => AudioTag::Other,
    })
}

/// The body of a tag with the decoder's configuration.
pub fn sequence_header(asc: &[u8]) -> Bytes {
    body(SEQUENCE_HEADER, asc)
}

/// The body of a tag with one packet.
pub fn frame(data: &[u8]) -> Bytes {
    body(FRAME, data)
}

fn body(packet_type: u8, data: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(2 + data.len());
    out.put_slice(&[AAC_FIRST, packet_type]);
    out.put_slice(data);
    out.freeze()
}

/// Whether a tag's body is a decoder's configuration, of any codec.
pub fn is_sequence_header(body: &[u8]) -> bool {
    match *body {
        [first, ..] if first >> 4 == ENHANCED => first & 0x0f == SEQUENCE_HEADER,
        [first, packet_type, ..] => first >> 4 == AAC && packet_type == SEQUENCE_HEADER,
        _ => false,
    }
}
