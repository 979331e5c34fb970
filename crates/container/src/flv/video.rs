//! Bodies of video tags: H.264 as FLV always had it (annex E.4.3), and the codecs of Enhanced RTMP.

use bytes::{BufMut, Bytes, BytesMut};
use media::VideoCodec;

use super::Error;
use super::enhanced::{self, CODED, FourCc, Head, Part, SEQUENCE_END, SEQUENCE_START};
use crate::{av1, h264, hevc, vp9};

/// H.264, in a tag of either form.
pub const H264: FourCc = *b"avc1";
/// H.265.
pub const HEVC: FourCc = *b"hvc1";
/// AV1.
pub const AV1: FourCc = *b"av01";
/// VP9.
pub const VP9: FourCc = *b"vp09";

/// The four characters of a codec.
pub const fn four_of(codec: VideoCodec) -> FourCc {
    match codec {
        VideoCodec::H264 => H264,
        VideoCodec::Hevc => HEVC,
        VideoCodec::Av1 => AV1,
        VideoCodec::Vp9 => VP9,
    }
}

/// CodecID of H.264, and the one that H.265 was given before Enhanced RTMP.
const AVC: u8 = 7;
const OLD_HEVC: u8 = 12;
/// Frame types: those below [`COMMAND`] are pictures.
/// Reserved, but what MediaMTX 1.20 says of every picture.
const UNSAID: u8 = 0;
const KEY: u8 = 1;
const INTER: u8 = 2;
const COMMAND: u8 = 5;
/// VideoPacketType: coded frames without composition time, and several tracks.
const CODED_X: u8 = 3;
const MULTITRACK: u8 = 6;
/// The bit of an enhanced header.
const ENHANCED: u8 = 0x80;
/// Composition times are signed 24-bit numbers.
const MAX_COMPOSITION: i32 = 0x7f_ffff;

/// What a video tag holds for one track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VideoTag {
    /// The decoder's configuration: AVC- or HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1 and 8.3.3.1),
    /// AV1CodecConfigurationRecord, VPCodecConfigurationRecord.
    SequenceHeader(Bytes),
    /// One access unit.
    Frame {
        /// Whether decoding can begin here.
        key: bool,
        /// Presentation less decoding time, in milliseconds: -2^23 to 2^23 - 1.
        composition_ms: i32,
        /// NAL units, each behind its length; a temporal unit of AV1; a frame of VP9.
        data: Bytes,
    },
    /// No more pictures follow.
    EndOfSequence,
    /// Something else: another codec, metadata, a message to players.
    Other,
}

/// One track's part of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoPart {
    /// Number of the track; an ordinary tag is of track 0.
    pub track: u8,
    /// The codec; zeros and CodecID for those that never had four characters.
    pub codec: FourCc,
    /// Nanoseconds to be added to the tag's timestamp, below a million.
    pub nanos: u32,
    /// What it holds.
    pub tag: VideoTag,
}

/// Reads a tag's body; the parts share its bytes.
///
/// # Errors
/// [`Error::Truncated`] when the body ends within a header; nothing follows that.
pub fn parts(body: &Bytes) -> Result<impl Iterator<Item = Result<VideoPart, Error>> + use<>, Error> {
    let first = *body.first().ok_or(Error::Truncated)?;
    let (old, new) = match first & ENHANCED {
        0 => (Some(old(body, first)), None),
        _ => (None, new(body, first)?),
    };
    Ok(old.into_iter().chain(new.into_iter().flatten()))
}

/// Reads a tag of one track of H.264; all else is [`VideoTag::Other`].
///
/// # Errors
/// As [`parts`].
pub fn parse(body: &Bytes) -> Result<VideoTag, Error> {
    match parts(body)?.next().transpose()? {
        Some(VideoPart {
            track: 0,
            codec: H264,
            tag,
            ..
        }) => Ok(tag),
        _ => Ok(VideoTag::Other),
    }
}

/// 4 bits frame type, 4 bits CodecID.
fn old(body: &Bytes, first: u8) -> Result<VideoPart, Error> {
    let (frame_type, id) = (first >> 4, first & 0x0f);
    let codec = match id {
        AVC => H264,
        OLD_HEVC => HEVC,
        _ => [0, 0, 0, id],
    };
    let tag = match codec {
        H264 | HEVC if (1..COMMAND).contains(&frame_type) => old_tag(body, frame_type == KEY)?,
        _ => VideoTag::Other,
    };
    Ok(VideoPart {
        track: 0,
        codec,
        nanos: 0,
        tag,
    })
}

fn old_tag(body: &Bytes, key: bool) -> Result<VideoTag, Error> {
    match *body.get(1).ok_or(Error::Truncated)? {
        SEQUENCE_START => Ok(VideoTag::SequenceHeader(rest(body, 5)?)),
        CODED => Ok(VideoTag::Frame {
            key,
            composition_ms: composition(body, 2)?,
            data: rest(body, 5)?,
        }),
        SEQUENCE_END => Ok(VideoTag::EndOfSequence),
        _ => Ok(VideoTag::Other),
    }
}

/// 1 bit enhanced, 3 bits frame type, 4 bits packet type; modifiers; then a FourCC or several tracks. None for
/// messages to players.
fn new(
    body: &Bytes,
    first: u8,
) -> Result<Option<impl Iterator<Item = Result<VideoPart, Error>> + use<>>, Error> {
    let frame_type = first >> 4 & 7;
    if frame_type >= COMMAND {
        return Ok(None);
    }
    let head = Head::read(body, first & 0x0f)?;
    let nanos = head.nanos;
    let tracks = head.tracks(MULTITRACK)?;
    Ok(Some(tracks.map(move |part| {
        let part = part?;
        Ok(VideoPart {
            track: part.track,
            codec: part.codec,
            nanos,
            tag: new_tag(&part, frame_type)?,
        })
    })))
}

fn new_tag(part: &Part, frame_type: u8) -> Result<VideoTag, Error> {
    let data = &part.data;
    let (composition_ms, at) = match part.packet {
        SEQUENCE_START => return Ok(VideoTag::SequenceHeader(data.clone())),
        SEQUENCE_END => return Ok(VideoTag::EndOfSequence),
        // Only codecs with B-frames of that kind have the field.
        CODED if matches!(part.codec, H264 | HEVC) => (composition(data, 0)?, 3),
        CODED | CODED_X => (0, 0),
        _ => return Ok(VideoTag::Other),
    };
    let data = rest(data, at)?;
    let key = match frame_type {
        UNSAID => begins(part.codec, &data),
        frame_type => frame_type == KEY,
    };
    Ok(VideoTag::Frame {
        key,
        composition_ms,
        data,
    })
}

/// Whether decoding can begin at an access unit, as it says itself.
fn begins(codec: FourCc, data: &[u8]) -> bool {
    match codec {
        H264 => h264::has_idr(data),
        HEVC => hevc::has_irap(data),
        AV1 => av1::has_sequence_header(data),
        VP9 => vp9::is_key(data),
        _ => false,
    }
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

/// The body of a tag with the decoder's configuration of H.264.
pub fn sequence_header(avcc: &[u8]) -> Bytes {
    body(KEY, SEQUENCE_START, 0, avcc)
}

/// The same of any codec: H.264 in the old form, which every player knows.
pub fn sequence_header_of(codec: FourCc, configuration: &[u8]) -> Bytes {
    match codec {
        H264 => sequence_header(configuration),
        _ => enhanced::body(ENHANCED | KEY << 4 | SEQUENCE_START, codec, None, configuration),
    }
}

/// The body of a tag with one access unit of H.264. `composition_ms` is limited to what 24 bits hold.
pub fn frame(key: bool, composition_ms: i32, data: &[u8]) -> Bytes {
    body(frame_type(key), CODED, composition_ms, data)
}

/// The same of any codec: H.264 in the old form, H.265 with its composition time where it isn't 0.
pub fn frame_of(codec: FourCc, key: bool, composition_ms: i32, data: &[u8]) -> Bytes {
    let (packet, composition) = match codec {
        H264 => return frame(key, composition_ms, data),
        HEVC if composition_ms == 0 => (CODED_X, None),
        HEVC => (CODED, Some(limited(composition_ms))),
        _ => (CODED, None),
    };
    enhanced::body(ENHANCED | frame_type(key) << 4 | packet, codec, composition, data)
}

/// The body of a tag with a part of a further track, as a message of its own; none for what isn't understood.
pub fn track_body(part: &VideoPart) -> Option<Bytes> {
    let of = |key: bool, packet, data: &[&[u8]]| {
        let first = ENHANCED | frame_type(key) << 4 | MULTITRACK;
        Some(enhanced::track_body(first, packet, part.codec, part.track, data))
    };
    match &part.tag {
        VideoTag::SequenceHeader(record) => of(true, SEQUENCE_START, &[record]),
        VideoTag::Frame {
            key,
            composition_ms,
            data,
        } => match (part.codec, *composition_ms) {
            (H264 | HEVC, 0) => of(*key, CODED_X, &[data]),
            (H264 | HEVC, ms) => of(*key, CODED, &[&limited(ms).to_be_bytes()[1..], data]),
            _ => of(*key, CODED, &[data]),
        },
        VideoTag::EndOfSequence => of(true, SEQUENCE_END, &[]),
        VideoTag::Other => None,
    }
}

/// The body of a tag that says that no more pictures follow.
pub fn end_of_sequence() -> Bytes {
    body(KEY, SEQUENCE_END, 0, &[])
}

const fn frame_type(key: bool) -> u8 {
    if key { KEY } else { INTER }
}

fn limited(composition_ms: i32) -> i32 {
    composition_ms.clamp(-MAX_COMPOSITION - 1, MAX_COMPOSITION)
}

fn body(frame_type: u8, packet_type: u8, composition_ms: i32, data: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(5 + data.len());
    out.put_u8(frame_type << 4 | AVC);
    out.put_u8(packet_type);
    out.put_int(limited(composition_ms).into(), 3);
    out.put_slice(data);
    out.freeze()
}

/// Whether a tag's body begins a GOP: a key frame's coded picture, of any codec and track.
pub fn is_key_frame(body: &[u8]) -> bool {
    match *body {
        [first, ..] if first & ENHANCED != 0 => {
            first >> 4 & 7 == KEY && matches!(packet_type(body), Some(CODED | CODED_X))
        }
        [first, packet_type, ..] if matches!(first & 0x0f, AVC | OLD_HEVC) => {
            first >> 4 == KEY && packet_type == CODED
        }
        [first, ..] => !matches!(first & 0x0f, AVC | OLD_HEVC) && first >> 4 == KEY,
        [] => false,
    }
}

/// Whether a tag's body is a decoder's configuration, of any codec and track.
pub fn is_sequence_header(body: &[u8]) -> bool {
    match *body {
        [first, ..] if first & ENHANCED != 0 => packet_type(body) == Some(SEQUENCE_START),
        [first, packet_type, ..] => matches!(first & 0x0f, AVC | OLD_HEVC) && packet_type == SEQUENCE_START,
        _ => false,
    }
}

/// The packet type of an enhanced body, behind modifiers and the word for several tracks.
fn packet_type(body: &[u8]) -> Option<u8> {
    let first = *body.first()?;
    let head = match first & 0x0f {
        // The common case takes no memory.
        packet if packet < MULTITRACK => return Some(packet),
        packet => Head::read(&Bytes::copy_from_slice(&body[..body.len().min(1024)]), packet).ok()?,
    };
    match head.packet {
        MULTITRACK => Some(head.rest.first()? & 0x0f),
        packet => Some(packet),
    }
}
