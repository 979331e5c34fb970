//! Bodies of audio tags: AAC as FLV always had it (annex E.4.2), and the codecs of Enhanced RTMP.

use bytes::{BufMut, Bytes, BytesMut};
use media::AudioCodec;

use super::Error;
use super::enhanced::{self, CODED, FourCc, Head, Part, SEQUENCE_END, SEQUENCE_START};

/// AAC, in a tag of either form.
pub const AAC: FourCc = *b"mp4a";
/// Opus.
pub const OPUS: FourCc = *b"Opus";

/// The four characters of a codec.
pub const fn four_of(codec: AudioCodec) -> FourCc {
    match codec {
        AudioCodec::Aac => AAC,
        AudioCodec::Opus => OPUS,
    }
}

/// SoundFormat of AAC, and the one that says that a FourCC follows.
const OLD_AAC: u8 = 10;
const ENHANCED: u8 = 9;
/// The first byte for AAC: "44 kHz, 16 bits, stereo" whatever the sound is (E.4.2.1).
const AAC_FIRST: u8 = OLD_AAC << 4 | 0x0f;
/// AudioPacketType: several tracks.
const MULTITRACK: u8 = 5;

/// What an audio tag holds for one track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AudioTag {
    /// The decoder's configuration: AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1); Opus' identification header
    /// (RFC 7845, 5.1).
    SequenceHeader(Bytes),
    /// One packet: a raw_data_block of AAC, without ADTS.
    Frame(Bytes),
    /// No more sound follows.
    EndOfSequence,
    /// Something else: another codec, where the channels stand.
    Other,
}

/// One track's part of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioPart {
    /// Number of the track; an ordinary tag is of track 0.
    pub track: u8,
    /// The codec; zeros and SoundFormat for those that never had four characters.
    pub codec: FourCc,
    /// Nanoseconds to be added to the tag's timestamp, below a million.
    pub nanos: u32,
    /// What it holds.
    pub tag: AudioTag,
}

/// Reads a tag's body; the parts share its bytes.
///
/// # Errors
/// [`Error::Truncated`] when the body ends within a header; nothing follows that.
pub fn parts(body: &Bytes) -> Result<impl Iterator<Item = Result<AudioPart, Error>> + use<>, Error> {
    let first = *body.first().ok_or(Error::Truncated)?;
    let (old, new) = match first >> 4 {
        ENHANCED => (None, Some(new(body, first)?)),
        format => (Some(old(body, format)), None),
    };
    Ok(old.into_iter().chain(new.into_iter().flatten()))
}

/// Reads a tag of one track of AAC; all else is [`AudioTag::Other`].
///
/// # Errors
/// As [`parts`].
pub fn parse(body: &Bytes) -> Result<AudioTag, Error> {
    match parts(body)?.next().transpose()? {
        Some(AudioPart {
            track: 0,
            codec: AAC,
            tag,
            ..
        }) => Ok(tag),
        _ => Ok(AudioTag::Other),
    }
}

fn old(body: &Bytes, format: u8) -> Result<AudioPart, Error> {
    let (codec, tag) = match format {
        OLD_AAC => {
            let packet = *body.get(1).ok_or(Error::Truncated)?;
            (AAC, tag(packet, body.slice(2..)))
        }
        other => ([0, 0, 0, other], AudioTag::Other),
    };
    Ok(AudioPart {
        track: 0,
        codec,
        nanos: 0,
        tag,
    })
}

fn new(body: &Bytes, first: u8) -> Result<impl Iterator<Item = Result<AudioPart, Error>> + use<>, Error> {
    let head = Head::read(body, first & 0x0f)?;
    let nanos = head.nanos;
    Ok(head.tracks(MULTITRACK)?.map(move |part| {
        let Part {
            track,
            codec,
            packet,
            data,
        } = part?;
        Ok(AudioPart {
            track,
            codec,
            nanos,
            tag: tag(packet, data),
        })
    }))
}

fn tag(packet: u8, data: Bytes) -> AudioTag {
    match packet {
        SEQUENCE_START => AudioTag::SequenceHeader(data),
        CODED => AudioTag::Frame(data),
        SEQUENCE_END => AudioTag::EndOfSequence,
        _ => AudioTag::Other,
    }
}

/// The body of a tag with the decoder's configuration of AAC.
pub fn sequence_header(asc: &[u8]) -> Bytes {
    body(SEQUENCE_START, asc)
}

/// The same of any codec: AAC in the old form, which every player knows.
pub fn sequence_header_of(codec: FourCc, configuration: &[u8]) -> Bytes {
    match codec {
        AAC => sequence_header(configuration),
        _ => enhanced::body(ENHANCED << 4 | SEQUENCE_START, codec, None, configuration),
    }
}

/// The body of a tag with one packet of AAC.
pub fn frame(data: &[u8]) -> Bytes {
    body(CODED, data)
}

/// The same of any codec: AAC in the old form.
pub fn frame_of(codec: FourCc, data: &[u8]) -> Bytes {
    match codec {
        AAC => frame(data),
        _ => enhanced::body(ENHANCED << 4 | CODED, codec, None, data),
    }
}

/// The body of a tag with a part of a further track, as a message of its own; none for what isn't understood.
pub fn track_body(part: &AudioPart) -> Option<Bytes> {
    let (packet, data): (_, &[u8]) = match &part.tag {
        AudioTag::SequenceHeader(config) => (SEQUENCE_START, config),
        AudioTag::Frame(data) => (CODED, data),
        AudioTag::EndOfSequence => (SEQUENCE_END, &[]),
        AudioTag::Other => return None,
    };
    let first = ENHANCED << 4 | MULTITRACK;
    Some(enhanced::track_body(
        first,
        packet,
        part.codec,
        part.track,
        &[data],
    ))
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
        [first, ..] if first >> 4 == ENHANCED => first & 0x0f == SEQUENCE_START,
        [first, packet_type, ..] => first >> 4 == OLD_AAC && packet_type == SEQUENCE_START,
        _ => false,
    }
}
