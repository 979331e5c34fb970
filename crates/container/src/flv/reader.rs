//! FLV from bytes, as they arrive.

use bytes::{Buf, Bytes, BytesMut};

use super::{Error, MAX_BODY, Tag, TagKind};

/// Bytes of a tag's header.
const TAG_HEADER: usize = 11;

/// Takes an FLV file in pieces of any size and gives its tags.
///
/// It holds what was pushed and not yet read: less than one tag when [`Reader::next_tag`] is called until it
/// gives none after each push.
#[derive(Debug, Default)]
pub struct Reader {
    buffer: BytesMut,
    begun: bool,
}

impl Reader {
    /// A reader at the beginning of a file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next tag; none until more bytes are pushed.
    ///
    /// # Errors
    /// [`Error::Header`], [`Error::Kind`] or [`Error::TooLarge`]; the file can't be read on.
    pub fn next_tag(&mut self) -> Result<Option<Tag>, Error> {
        if !self.begun && !self.header()? {
            return Ok(None);
        }
        let Some((kind, len, timestamp)) = tag_header(&self.buffer)? else {
            return Ok(None);
        };
        let whole = TAG_HEADER + len + 4;
        if self.buffer.len() < whole {
            self.buffer.reserve(whole - self.buffer.len());
            return Ok(None);
        }
        self.buffer.advance(TAG_HEADER);
        let data = self.copy_out(len);
        self.buffer.advance(4); // the tag's size again; writers get it wrong, nobody needs it
        Ok(Some(Tag {
            kind,
            timestamp,
            data,
        }))
    }

    /// A body of its own allocation, so that a small tag kept long doesn't hold a large buffer.
    fn copy_out(&mut self, len: usize) -> Bytes {
        let body = Bytes::copy_from_slice(&self.buffer[..len]);
        self.buffer.advance(len);
        body
    }

    /// Reads the file's header and PreviousTagSize0; false until they are there.
    fn header(&mut self) -> Result<bool, Error> {
        let b = &self.buffer;
        if b.len() < 9 {
            return Ok(false);
        }
        let offset = u32::from_be_bytes([b[5], b[6], b[7], b[8]]) as usize;
        // Longer headers are allowed for later versions; none was ever seen.
        if !b.starts_with(b"FLV\x01") || !(9..=64).contains(&offset) {
            return Err(Error::Header);
        }
        if b.len() < offset + 4 {
            return Ok(false);
        }
        self.buffer.advance(offset + 4);
        self.begun = true;
        Ok(true)
    }
}

/// The tags that `bytes` holds one after another, without a file's header; their bodies share its memory. Ends
/// where no whole tag follows.
pub fn tags(bytes: &Bytes) -> impl Iterator<Item = Tag> + use<> {
    let mut rest = bytes.clone();
    std::iter::from_fn(move || {
        let (kind, len, timestamp) = tag_header(&rest).ok().flatten()?;
        let data = (rest.len() >= TAG_HEADER + len + 4).then(|| rest.slice(TAG_HEADER..TAG_HEADER + len))?;
        rest.advance(TAG_HEADER + len + 4);
        Some(Tag {
            kind,
            timestamp,
            data,
        })
    })
}

/// Kind, bytes of the body and timestamp of the tag that `b` begins with; none while its header isn't whole.
fn tag_header(b: &[u8]) -> Result<Option<(TagKind, usize, u32)>, Error> {
    if b.len() < TAG_HEADER {
        return Ok(None);
    }
    // Bit 5 marks an encrypted tag, so such a tag has no known kind either.
    let kind = TagKind::from_u8(b[0]).ok_or(Error::Kind(b[0]))?;
    let len = u32::from_be_bytes([0, b[1], b[2], b[3]]) as usize;
    if len > MAX_BODY {
        return Err(Error::TooLarge(len));
    }
    let timestamp = u32::from_be_bytes([b[7], b[4], b[5], b[6]]);
    Ok(Some((kind, len, timestamp)))
}
