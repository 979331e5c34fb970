//! Aggregate messages (clause 7.1.6): several messages, each behind a header like an FLV tag's and followed
//! by its size.

use container::flv::{Tag, TagKind};

use crate::chunk::Message;
use crate::{Error, Limits};

const TAG_HEADER: usize = 11;

/// The tags in an aggregate, sharing its bytes. Their timestamps are moved so that the first has the
/// aggregate's own; what isn't audio, video or data is left out.
///
/// # Errors
/// [`Error::Aggregate`], [`Error::MessageTooLarge`] or, when it ends within a tag, [`Error::Protocol`].
pub(crate) fn split(message: &Message, limits: &Limits) -> Result<Vec<Tag>, Error> {
    let payload = &message.payload;
    let (mut at, mut first, mut tags) = (0, None, Vec::new());
    for count in 0.. {
        if at >= payload.len() {
            break;
        }
        if count >= limits.aggregate {
            return Err(Error::Aggregate);
        }
        let cut = Error::Protocol("an aggregate is cut short");
        let Some(h) = payload.get(at..at + TAG_HEADER) else {
            return Err(cut);
        };
        let len = u32::from_be_bytes([0, h[1], h[2], h[3]]) as usize;
        let time = u32::from_be_bytes([h[7], h[4], h[5], h[6]]);
        let end = at + TAG_HEADER + len;
        if end > payload.len() {
            return Err(cut);
        }
        let shift = message.timestamp.wrapping_sub(*first.get_or_insert(time));
        if let Some(kind) = TagKind::from_u8(h[0]) {
            check(kind, len, limits)?;
            let data = payload.slice(at + TAG_HEADER..end);
            tags.push(Tag {
                kind,
                timestamp: time.wrapping_add(shift),
                data,
            });
        }
        at = end + 4;
    }
    Ok(tags)
}

fn check(kind: TagKind, len: usize, limits: &Limits) -> Result<(), Error> {
    let limit = match kind {
        TagKind::Audio => limits.audio,
        TagKind::Video => limits.video,
        TagKind::Script => limits.data,
    };
    if len > limit {
        return Err(Error::MessageTooLarge {
            kind: kind as u8,
            len,
            limit,
        });
    }
    Ok(())
}
