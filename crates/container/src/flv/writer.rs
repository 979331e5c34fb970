//! FLV to bytes (annex E.2 to E.4).

use bytes::{BufMut, Bytes, BytesMut};
use media::{CodecParameters, Packet};

use super::{Tag, TagKind, audio, video};

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

/// The tag of a track's configuration at `timestamp`.
pub fn configuration(parameters: &CodecParameters, timestamp: u32) -> Tag {
    let (kind, data) = match parameters {
        CodecParameters::Video(p) => (
            TagKind::Video,
            video::sequence_header_of(video::four_of(p.codec), &p.config),
        ),
        CodecParameters::Audio(p) => (
            TagKind::Audio,
            audio::sequence_header_of(audio::four_of(p.codec), &p.config),
        ),
    };
    Tag {
        kind,
        timestamp,
        data,
    }
}

/// The tag of `packet`, of a track with these parameters. Times are rounded to milliseconds.
pub fn access_unit(parameters: &CodecParameters, packet: &Packet) -> Tag {
    const MILLIS: u32 = 1000;
    let (pts, dts) = (packet.pts.as_ticks(MILLIS), packet.dts.as_ticks(MILLIS));
    let (kind, data) = match parameters {
        CodecParameters::Video(p) => {
            let (codec, composition) = (video::four_of(p.codec), (pts - dts) as i32);
            (
                TagKind::Video,
                video::frame_of(codec, packet.key, composition, &packet.data),
            )
        }
        CodecParameters::Audio(p) => (
            TagKind::Audio,
            audio::frame_of(audio::four_of(p.codec), &packet.data),
        ),
    };
    Tag {
        kind,
        timestamp: dts as u32,
        data,
    }
}
