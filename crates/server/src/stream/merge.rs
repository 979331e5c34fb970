//! Tags gathered to go out together.

use std::mem;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use container::flv::{Tag, TagKind, write_tag};

/// Sound waits for the next picture, or for a while where none comes: one write for a reader instead of three.
/// A picture waits for nothing.
#[derive(Debug)]
pub(crate) struct Merge {
    longest: Duration,
    pending: Pending,
}

/// Bytes of further tracks that wait for something of the main ones, at most.
const MOST_FURTHER: usize = 4 << 20;

/// Tags not yet gone out.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    /// The first, until there are more: then all are in `bytes`.
    only: Option<Bytes>,
    bytes: BytesMut,
    /// Tags of further tracks, which go out behind them.
    further: BytesMut,
    /// How many, without those.
    pub(crate) tags: u64,
    /// Time of the first, in milliseconds on the stream's line.
    pub(crate) ms: i64,
    /// Whether decoding can begin with the first.
    pub(crate) key: bool,
    since: Option<Instant>,
}

impl Merge {
    /// Sound waits for `longest` at most.
    pub(crate) fn new(longest: Duration) -> Self {
        Self {
            longest,
            pending: Pending::default(),
        }
    }

    /// What waits.
    pub(crate) fn take(&mut self) -> Option<Pending> {
        (self.pending.tags > 0).then(|| mem::take(&mut self.pending))
    }

    /// What waits, where nothing follows: that may be of further tracks alone.
    pub(crate) fn take_last(&mut self) -> Option<Pending> {
        let waits = self.pending.tags > 0 || !self.pending.further.is_empty();
        waits.then(|| mem::take(&mut self.pending))
    }

    /// Adds a tag of a further track at `ms`, which goes out with the next of a main one; false when too much waits
    /// already.
    pub(crate) fn add_further(&mut self, tag: &Tag, ms: i64) -> bool {
        let bytes = write_tag(tag);
        let pending = &mut self.pending;
        if pending.further.len() + bytes.len() > MOST_FURTHER {
            return false;
        }
        if pending.tags == 0 {
            pending.ms = ms;
        }
        pending.further.extend_from_slice(&bytes);
        true
    }

    /// Adds a tag; gives what has to go out now. A key frame's tag has to find nothing waiting: see `take`.
    pub(crate) fn add(&mut self, tag: &Tag, ms: i64, key: bool, now: Instant) -> Option<Pending> {
        let pending = &mut self.pending;
        let bytes = write_tag(tag);
        if pending.tags == 0 {
            (pending.ms, pending.key, pending.since) = (ms, key, Some(now));
            pending.only = Some(bytes);
        } else {
            if let Some(only) = pending.only.take() {
                pending.bytes.extend_from_slice(&only);
            }
            pending.bytes.extend_from_slice(&bytes);
        }
        pending.tags += 1;
        let waited = pending
            .since
            .is_none_or(|since| now.saturating_duration_since(since) >= self.longest);
        if tag.kind == TagKind::Video || waited {
            return self.take();
        }
        None
    }
}

impl Pending {
    /// The tags' bytes: those of the main tracks, those of further ones.
    pub(crate) fn into_bytes(self) -> (Bytes, Bytes) {
        let main = self.only.unwrap_or_else(|| self.bytes.freeze());
        (main, self.further.freeze())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(kind: TagKind) -> Tag {
        Tag {
            kind,
            timestamp: 0,
            data: Bytes::from_static(&[1, 2, 3]),
        }
    }

    #[test]
    fn sound_rides_with_the_next_picture() {
        let (mut merge, now) = (Merge::new(Duration::from_millis(50)), Instant::now());
        assert!(merge.add(&tag(TagKind::Audio), 10, false, now).is_none());
        assert!(merge.add(&tag(TagKind::Audio), 31, false, now).is_none());
        let out = merge.add(&tag(TagKind::Video), 33, false, now).unwrap();
        assert_eq!((out.tags, out.ms, out.key), (3, 10, false));
        assert_eq!(out.into_bytes().0.len(), 3 * 18);
        assert!(merge.take().is_none());
    }

    #[test]
    fn sound_alone_waits_a_while_and_no_longer() {
        let (mut merge, now) = (Merge::new(Duration::from_millis(50)), Instant::now());
        let at = |ms| now + Duration::from_millis(ms);
        assert!(merge.add(&tag(TagKind::Audio), 0, true, at(0)).is_none());
        assert!(merge.add(&tag(TagKind::Audio), 23, false, at(23)).is_none());
        let out = merge.add(&tag(TagKind::Audio), 46, false, at(50)).unwrap();
        assert_eq!((out.tags, out.key), (3, true));
    }

    #[test]
    fn further_tracks_ride_along_and_never_without_end() {
        let (mut merge, now) = (Merge::new(Duration::ZERO), Instant::now());
        assert!(merge.add_further(&tag(TagKind::Audio), 0));
        assert!(merge.take().is_none(), "nothing goes out for them alone");
        let out = merge.add(&tag(TagKind::Video), 0, true, now).unwrap();
        assert_eq!(out.tags, 1);
        let (main, further) = out.into_bytes();
        assert_eq!((main.len(), further.len()), (18, 18));
        let large = Tag {
            data: vec![0; MOST_FURTHER / 2].into(),
            ..tag(TagKind::Video)
        };
        let taken = [(); 3].map(|()| merge.add_further(&large, 40));
        assert_eq!(taken, [true, false, false]);
        let out = merge.take_last().unwrap();
        assert_eq!((out.tags, out.ms, out.key), (0, 40, false));
        assert!((1..=MOST_FURTHER).contains(&out.into_bytes().1.len()));
        assert!(merge.take_last().is_none());
    }

    #[test]
    fn without_a_window_nothing_waits() {
        let mut merge = Merge::new(Duration::ZERO);
        assert!(
            merge
                .add(&tag(TagKind::Audio), 0, false, Instant::now())
                .is_some()
        );
    }
}
