//! What a stream of a program is, by stream_type (ISO/IEC 13818-1, table 2-34) and descriptors (2.6).

use std::fmt;

use super::opus;

/// stream_type of what is written here.
pub(super) const H264: u8 = 0x1b;
pub(super) const HEVC: u8 = 0x24;
pub(super) const AAC: u8 = 0x0f;
/// PES packets with private data: a descriptor says what they are.
pub(super) const PRIVATE: u8 = 0x06;

/// Descriptor tags: a registered format's four characters (2.6.8), and DVB's (ETSI EN 300 468, table 12).
const REGISTRATION: u8 = 0x05;
const TELETEXT: u8 = 0x56;
const SUBTITLES: u8 = 0x59;
const AC3: u8 = 0x6a;
const EAC3: u8 = 0x7a;

/// What a stream of a program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamKind {
    /// H.264 pictures.
    H264,
    /// H.265 pictures.
    Hevc,
    /// AAC in ADTS.
    Aac,
    /// Opus of so many channels, 1 or 2.
    Opus(u8),
    /// Something known by name that isn't read.
    Unread(&'static str),
    /// Something else, by its stream_type.
    Unknown(u8),
}

impl StreamKind {
    /// The kind of a stream with this stream_type and these descriptors.
    pub(super) fn of(stream_type: u8, descriptors: &[u8]) -> Self {
        match stream_type {
            H264 => Self::H264,
            HEVC => Self::Hevc,
            AAC => Self::Aac,
            PRIVATE => private(descriptors),
            0x01 => Self::Unread("MPEG-1 video"),
            0x02 => Self::Unread("MPEG-2 video"),
            0x03 | 0x04 => Self::Unread("MPEG audio (MP2 or MP3)"),
            0x10 => Self::Unread("MPEG-4 part 2 video"),
            0x11 => Self::Unread("AAC in LATM (only AAC in ADTS can be read)"),
            0x15 => Self::Unread("timed metadata"),
            0x21 => Self::Unread("JPEG 2000 video"),
            0x32 => Self::Unread("JPEG XS video"),
            0x33 => Self::Unread("H.266 video"),
            // Private to ATSC and SCTE.
            0x81 => Self::Unread("AC-3 sound"),
            0x86 => Self::Unread("SCTE-35 cues"),
            0x87 => Self::Unread("Enhanced AC-3 sound"),
            other => Self::Unknown(other),
        }
    }

    /// Whether it is pictures that can be read.
    pub const fn is_video(self) -> bool {
        matches!(self, Self::H264 | Self::Hevc)
    }

    /// Whether it is sound that can be read.
    pub const fn is_audio(self) -> bool {
        matches!(self, Self::Aac | Self::Opus(_))
    }
}

fn private(descriptors: &[u8]) -> StreamKind {
    let known = split(descriptors).find_map(|(tag, body)| match tag {
        REGISTRATION => registered(body, descriptors),
        TELETEXT => Some(StreamKind::Unread("teletext")),
        SUBTITLES => Some(StreamKind::Unread("DVB subtitles")),
        AC3 => Some(StreamKind::Unread("AC-3 sound")),
        EAC3 => Some(StreamKind::Unread("Enhanced AC-3 sound")),
        _ => None,
    });
    known.unwrap_or(StreamKind::Unread("private data"))
}

fn registered(body: &[u8], all: &[u8]) -> Option<StreamKind> {
    match body.first_chunk()? {
        b"HEVC" => Some(StreamKind::Hevc),
        b"AV01" => Some(StreamKind::Unread("AV1 video")),
        b"Opus" => Some(opus(all)),
        b"AC-3" => Some(StreamKind::Unread("AC-3 sound")),
        b"EAC3" => Some(StreamKind::Unread("Enhanced AC-3 sound")),
        b"BSSD" => Some(StreamKind::Unread("SMPTE 302M sound")),
        b"KLVA" => Some(StreamKind::Unread("KLV metadata")),
        _ => None,
    }
}

fn opus(descriptors: &[u8]) -> StreamKind {
    let extension = split(descriptors).find(|(tag, _)| *tag == opus::EXTENSION);
    let channels = extension.and_then(|(_, body)| opus::channels(body));
    channels.map_or(
        StreamKind::Unread("Opus sound of other than one or two channels"),
        StreamKind::Opus,
    )
}

/// Descriptors one after another: tag and body. Ends early at one that is cut short.
fn split(mut descriptors: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let &[tag, len, ref rest @ ..] = descriptors else {
            return None;
        };
        let (body, next) = rest.split_at_checked(usize::from(len))?;
        descriptors = next;
        Some((tag, body))
    })
}

impl fmt::Display for StreamKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::H264 => f.write_str("H.264 video"),
            Self::Hevc => f.write_str("H.265 video"),
            Self::Aac => f.write_str("AAC sound"),
            Self::Opus(_) => f.write_str("Opus sound"),
            Self::Unread(name) => f.write_str(name),
            Self::Unknown(stream_type) => write!(f, "a stream of type {stream_type:#04x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_says_what_private_data_are() {
        let private = |descriptors: &[u8]| StreamKind::of(PRIVATE, descriptors);
        assert_eq!(private(b"\x0a\x04eng\0\x05\x04HEVC"), StreamKind::Hevc);
        assert_eq!(private(b"\x05\x04Opus\x7f\x02\x80\x02"), StreamKind::Opus(2));
        assert!(!private(b"\x05\x04Opus\x7f\x02\x80\x06").is_audio());
        assert_eq!(private(b"\x6a\x01\0").to_string(), "AC-3 sound");
        for unsaid in [&b""[..], b"\x05", b"\x05\x04HEV", b"\x05\x02HE", b"\x05\x04ABCD"] {
            assert_eq!(private(unsaid).to_string(), "private data");
        }
    }

    #[test]
    fn kinds_have_names() {
        assert_eq!(StreamKind::of(0x02, &[]).to_string(), "MPEG-2 video");
        assert_eq!(StreamKind::of(0xea, &[]).to_string(), "a stream of type 0xea");
        assert!(StreamKind::of(HEVC, &[]).is_video() && StreamKind::of(AAC, &[]).is_audio());
    }
}
