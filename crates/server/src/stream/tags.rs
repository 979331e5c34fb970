//! Tags on their way out, in the forms that readers take.

use std::sync::{Arc, OnceLock};

use bytes::{Bytes, BytesMut};
use container::flv::{TagKind, script, tags};
use rtmp::server::write_shared;

/// Some tags together, those of the main tracks and those of further ones: as FLV, and as RTMP once a player has asked
/// for it. Each form is made once for all readers.
#[derive(Clone, Debug)]
pub(crate) struct Tags {
    main: Bytes,
    further: Bytes,
    /// Whether they are of a slate, and not the publisher's.
    is_slate: bool,
    made: Arc<Made>,
}

/// What was asked for so far.
#[derive(Debug, Default)]
struct Made {
    all: OnceLock<Bytes>,
    main_rtmp: OnceLock<Bytes>,
    all_rtmp: OnceLock<Bytes>,
}

impl Tags {
    /// Whole FLV tags, written here.
    pub(crate) fn new(main: Bytes, further: Bytes) -> Self {
        Self {
            main,
            further,
            is_slate: false,
            made: Arc::default(),
        }
    }

    /// All of `parts`, none of which is of a slate unless the others are.
    pub(crate) fn joined<'a>(parts: impl Iterator<Item = &'a Self>) -> Self {
        let (mut main, mut further, mut is_slate) = (BytesMut::new(), BytesMut::new(), false);
        for part in parts {
            main.extend_from_slice(&part.main);
            further.extend_from_slice(&part.further);
            is_slate |= part.is_slate;
        }
        Self::new(main.freeze(), further.freeze()).of_slate(is_slate)
    }

    /// The same as tags of a slate, or of a publisher.
    pub(crate) fn of_slate(self, is_slate: bool) -> Self {
        Self { is_slate, ..self }
    }

    /// Whether they are of a slate.
    pub(crate) fn is_slate(&self) -> bool {
        self.is_slate
    }

    /// How many bytes they are.
    pub(crate) fn len(&self) -> usize {
        self.main.len() + self.further.len()
    }

    /// As they stand in an FLV file: with all tracks, or the main ones.
    pub(crate) fn flv(&self, all: bool) -> &Bytes {
        match all && !self.further.is_empty() {
            true => self
                .made
                .all
                .get_or_init(|| [&self.main[..], &self.further].concat().into()),
            false => &self.main,
        }
    }

    /// As messages for players; the first who asks has them made.
    pub(crate) fn rtmp(&self, all: bool) -> Bytes {
        let made = match all && !self.further.is_empty() {
            true => &self.made.all_rtmp,
            false => &self.made.main_rtmp,
        };
        made.get_or_init(|| chunks(self.flv(all))).clone()
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
        let batch = Tags::new(flv.freeze(), Bytes::new());
        let mut expected = BytesMut::new();
        all[1..].iter().for_each(|tag| write_shared(tag, &mut expected));
        let (first, second) = (batch.rtmp(false), batch.clone().rtmp(true));
        assert_eq!(first, expected);
        assert_eq!(first.as_ptr(), second.as_ptr(), "the same bytes for all");
    }

    #[test]
    fn further_tracks_are_for_who_asked() {
        let [main, further] = [0x17, 0xaf].map(|byte| write_tag(&tag(TagKind::Video, &[byte; 9])));
        let batch = Tags::new(main.clone(), further.clone());
        assert_eq!(batch.len(), main.len() + further.len());
        assert_eq!(
            [batch.flv(false), batch.flv(true)],
            [&main, &[&main[..], &further].concat().into()]
        );
        let (few, all) = (batch.rtmp(false), batch.rtmp(true));
        assert!(all.starts_with(&few) && all.len() > few.len());
        assert_eq!(all.as_ptr(), batch.rtmp(true).as_ptr(), "made once");
        assert_eq!(batch.flv(true).as_ptr(), batch.flv(true).as_ptr());
    }
}
