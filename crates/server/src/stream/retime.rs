//! From a publisher's timestamps to those that viewers get.

use container::flv::TagKind;

/// A stamp this far ahead of the one before begins a new count, in milliseconds.
const LONGEST_AHEAD: i64 = 10_000;
/// A stamp this far behind does, too; less is interleaving.
const LONGEST_BEHIND: i64 = 3_000;
/// What a new session stands behind the last tag of the one before: about a frame, so that a player sees no
/// gap to wait at.
pub(super) const STEP: i64 = 40;
/// Where a stream begins, so that a first tag a little behind the very first has room.
const BEGIN: i64 = 1_000;

/// One line of milliseconds for a stream, rising over all sessions of its publisher.
///
/// A publisher counts from where it likes, begins anew with each connection and wraps at 2^32; viewers keep
/// their connection meanwhile and must see time go on.
#[derive(Debug)]
pub(crate) struct Retime {
    /// The newest time of each kind: sound, pictures.
    newest: [i64; 2],
    session: Option<Session>,
    jumps: u64,
}

#[derive(Clone, Copy, Debug)]
struct Session {
    /// The newest stamp as it came, and as counted through wraps.
    raw: u32,
    stamp: i64,
    /// From counted stamps to times.
    offset: i64,
}

/// A tag's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retimed {
    /// Milliseconds on the stream's line; FLV carries the lower 32 bits.
    pub(crate) ms: i64,
    /// Whether the count began anew here.
    pub(crate) anew: bool,
}

impl Default for Retime {
    fn default() -> Self {
        Self {
            newest: [BEGIN - STEP; 2],
            session: None,
            jumps: 0,
        }
    }
}

impl Retime {
    /// The next tag is the first of a publisher's session.
    pub(crate) fn begin_session(&mut self) {
        self.session = None;
    }

    /// The place of a tag of `kind` stamped `raw`: never before one of its kind that came earlier.
    pub(crate) fn place(&mut self, kind: TagKind, raw: u32) -> Retimed {
        let (stamp, anew) = self.count(raw);
        let offset = match self.session {
            Some(session) if !anew => session.offset,
            _ => self.end() + STEP - stamp,
        };
        let newer = self.session.is_none_or(|s| anew || stamp > s.stamp);
        if newer {
            self.session = Some(Session { raw, stamp, offset });
        }
        let newest = &mut self.newest[usize::from(kind == TagKind::Video)];
        *newest = (*newest).max(stamp + offset);
        Retimed { ms: *newest, anew }
    }

    /// The place of a tag of a further track stamped `raw`, which holds nothing back; none before the session's first
    /// tag of a main one, and where the count would begin anew.
    pub(crate) fn beside(&self, raw: u32) -> Option<i64> {
        let session = self.session?;
        let ahead = i64::from(raw.wrapping_sub(session.raw) as i32);
        let near = (-LONGEST_BEHIND..=LONGEST_AHEAD).contains(&ahead);
        near.then(|| (session.stamp + ahead + session.offset).max(0))
    }

    /// Something else than a publisher's tags has been placed up to `ms`.
    pub(crate) fn hold(&mut self, kind: TagKind, ms: i64) {
        let newest = &mut self.newest[usize::from(kind == TagKind::Video)];
        *newest = (*newest).max(ms);
    }

    /// The newest time of all.
    pub(crate) fn end(&self) -> i64 {
        self.newest[0].max(self.newest[1])
    }

    /// Jumps within sessions so far.
    pub(crate) fn jumps(&self) -> u64 {
        self.jumps
    }

    /// `raw` counted through wraps, and whether the count begins with it.
    fn count(&mut self, raw: u32) -> (i64, bool) {
        let Some(session) = self.session else {
            return (raw.into(), true);
        };
        let ahead = i64::from(raw.wrapping_sub(session.raw) as i32);
        if (-LONGEST_BEHIND..=LONGEST_AHEAD).contains(&ahead) {
            return (session.stamp + ahead, false);
        }
        self.jumps += 1;
        (raw.into(), true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TagKind::{Audio, Video};
    use proptest::prelude::*;

    #[test]
    fn a_session_goes_on_where_the_last_one_ended() {
        let mut line = Retime::default();
        assert_eq!(
            line.place(Video, 5_000),
            Retimed {
                ms: 1_000,
                anew: true
            }
        );
        assert_eq!(line.place(Audio, 4_990).ms, 990);
        assert_eq!(
            line.place(Video, 5_033),
            Retimed {
                ms: 1_033,
                anew: false
            }
        );
        line.begin_session();
        assert_eq!(
            line.place(Video, 0),
            Retimed {
                ms: 1_073,
                anew: true
            }
        );
        assert_eq!(line.place(Video, 40).ms, 1_113);
        assert_eq!(line.jumps(), 0);
    }

    #[test]
    fn a_wrap_is_no_jump_and_a_jump_is_mended() {
        let mut line = Retime::default();
        let first = line.place(Video, u32::MAX - 9).ms;
        assert_eq!(line.place(Video, 30).ms, first + 40);
        assert_eq!(line.jumps(), 0);
        assert_eq!(
            line.place(Video, 3_600_000),
            Retimed {
                ms: first + 80,
                anew: true
            }
        );
        assert_eq!(line.place(Video, 0).ms, first + 120);
        assert_eq!(line.jumps(), 2);
    }

    #[test]
    fn a_further_track_finds_its_place_and_moves_nothing() {
        let mut line = Retime::default();
        assert_eq!(line.beside(5_000), None);
        line.place(Video, 5_000);
        assert_eq!(line.beside(5_020), Some(1_020));
        assert_eq!(line.beside(3_600_000), None);
        assert_eq!(line.place(Video, 5_010).ms, 1_010);
    }

    proptest! {
        #[test]
        fn time_never_goes_back_within_a_kind(stamps in prop::collection::vec((any::<bool>(), any::<u32>(), any::<bool>()), 1..200)) {
            let mut line = Retime::default();
            let mut last = [i64::MIN; 2];
            for (video, raw, new) in stamps {
                if new {
                    line.begin_session();
                }
                let placed = line.place(if video { Video } else { Audio }, raw % 20_000).ms;
                prop_assert!(placed >= last[usize::from(video)]);
                last[usize::from(video)] = placed;
            }
        }
    }
}
