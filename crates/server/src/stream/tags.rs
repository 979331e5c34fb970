//! Tags on their way out, in the forms that readers take.

use std::sync::{Arc, OnceLock};

use bytes::{Bytes, BytesMut};
use container::flv::{TagKind, script, tags};
use rtmp::server::write_shared;

/// Some tags together: as FLV, and as RTMP once a player has asked for it. Each form is made once for all readers.
#[derive(Clone, Debug)]
pub(crate) struct Tags {
    flv: Bytes,
    rtmp: Arc<OnceLock<Bytes>>,
}

impl Tags {
    /// Whole FLV tags, written here.
    pub(crate) fn new(flv: Bytes) -> Self {
        Self {
            flv,
            rtmp: Arc::default(),
        }
    }

    /// As they stand in an FLV file.
    pub(crate) fn flv(&self) -> &Bytes {
        &self.flv
    }

    /// As messages for players; the first who asks has them made.
    pub(crate) fn rtmp(&self) -> Bytes {
        self.rtmp.get_or_init(|| chunks(&self.flv)).clone()
    }
}

/// FLV tags as RTMP messages for players. `anchorJoin` stays behind: it is for pages.
pub(crate) fn chunks(flv: &Bytes) -> Bytes {
    let mut out = BytesMut::with_capacity(flv.len() + flv.len() / 256);
    for tag in tags(flv) {
        if tag.kind != TagKind::Script || script::name(&tag.data).as_deref() != Some(script::JOIN) {
            write_shared(&tag, &mut out);
        }
    }
    out.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;
    use container::flv::{Tag, write_tag};

    fn tag(kind: TagKind, data: &[u8]) -> Tag {
        Tag {
            kind,
            timestamp: 40,
            data: Bytes::copy_from_slice(data),
        }
    }

    #[test]
    fn a_batch_is_chunked_once_and_without_what_is_for_pages() {
        let join = script::join_message(&script::Join {
            utc: media::Utc(0),
            timestamp: 0,
            estimated: false,
            synchronised: false,
            known: false,
        });
        let all = [
            tag(TagKind::Script, &join),
            tag(TagKind::Video, &[0x17; 5_000]),
            tag(TagKind::Audio, &[0xaf; 10]),
        ];
        let flv: BytesMut = all.iter().flat_map(|tag| write_tag(tag).to_vec()).collect();
        let batch = Tags::new(flv.freeze());
        let mut expected = BytesMut::new();
        all[1..].iter().for_each(|tag| write_shared(tag, &mut expected));
        let (first, second) = (batch.rtmp(), batch.clone().rtmp());
        assert_eq!(first, expected);
        assert_eq!(first.as_ptr(), second.as_ptr(), "the same bytes for all");
    }
}
