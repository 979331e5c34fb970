//! FLV: tags as they stand in a file, in an HTTP-FLV answer and, without their headers, in RTMP messages
//! ("Adobe Flash Video File Format Specification", version 10.1, annex E), in the forms of Enhanced RTMP as well.

pub mod audio;
mod enhanced;
mod reader;
pub mod script;
pub mod video;
mod writer;

#[cfg(test)]
mod enhanced_tests;
#[cfg(test)]
mod tests;

use std::fmt;

use bytes::Bytes;

pub use enhanced::FourCc;
pub use reader::{Reader, tags};
pub use writer::{access_unit, configuration, header, write_tag};

/// The largest body the reader takes: 4 MiB, as large as a video message may be on the ingest.
pub const MAX_BODY: usize = 4 * 1024 * 1024;

/// What a tag holds; the values are those of FLV and of RTMP's message types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TagKind {
    /// Sound.
    Audio = 8,
    /// Pictures.
    Video = 9,
    /// AMF0 values: a name and what belongs to it.
    Script = 18,
}

impl TagKind {
    /// The kind with FLV's number `n`.
    pub const fn from_u8(n: u8) -> Option<Self> {
        match n {
            8 => Some(Self::Audio),
            9 => Some(Self::Video),
            18 => Some(Self::Script),
            _ => None,
        }
    }
}

/// One tag. Cloning shares the body.
#[derive(Clone, PartialEq, Eq)]
pub struct Tag {
    /// What the body holds.
    pub kind: TagKind,
    /// Decoding time in milliseconds; goes on at 0 after 2^32 - 1.
    pub timestamp: u32,
    /// The body, beginning with the codec's header byte: up to 2^24 - 1 bytes.
    pub data: Bytes,
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} at {} ms, {} bytes",
            self.kind,
            self.timestamp,
            self.data.len()
        )
    }
}

/// Why bytes could not be read as FLV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file does not begin with an FLV header of version 1.
    #[error("not an FLV file")]
    Header,
    /// A tag of a kind that FLV doesn't know, or an encrypted one.
    #[error("FLV tag type {0} is not supported")]
    Kind(u8),
    /// A tag's body is larger than [`MAX_BODY`].
    #[error("an FLV tag of {0} bytes is too large")]
    TooLarge(usize),
    /// A tag's body ends within its header.
    #[error("the FLV tag is cut short")]
    Truncated,
}

/// The time on a line that doesn't wrap, in milliseconds, whose lower 32 bits are `timestamp`: the one nearest to `near`.
pub fn nearest(timestamp: u32, near: i64) -> i64 {
    near + i64::from(timestamp.wrapping_sub(near as u32).cast_signed())
}
