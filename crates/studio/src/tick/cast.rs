//! The sources of pictures: what each shows at a tick, and what stands in for one that is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use api::studio::{Failure, SourceStats};
use compositor::SourceFormat;
use media::{Timestamp, VideoFrame, VideoSource};

use super::order::{News, Teller};
use super::thread::source_stats;

/// A source that has left the air is kept awake so long: the operator may go back.
const LINGER: i64 = 1_000_000_000;
/// A picture that is shown for the first time is no older than this.
const FRESH: i64 = 300_000_000;
/// Ticks between two looks at a source that nobody sees.
const LOOK: u64 = 8;

/// Says why no picture comes from a source; `None` while it delivers or may yet.
pub(crate) type Watch = Box<dyn Fn() -> Option<String> + Send>;

/// One source of pictures.
pub(crate) struct Member {
    /// Its name.
    pub(crate) name: String,
    /// Where its pictures come from.
    pub(crate) source: Box<dyn VideoSource>,
    /// What stands in for it.
    pub(crate) backup: Backup,
    /// Whether it is lost; sources that can't be lost have none.
    pub(crate) watch: Option<Watch>,
}

/// What stands in for a source that is lost.
pub(crate) enum Backup {
    /// Its last picture.
    Last,
    /// Nothing.
    Nothing,
    /// Another source, by its index.
    Source(usize),
    /// A picture.
    Image(VideoFrame),
}

/// How the sources are, for others to read.
#[derive(Debug)]
pub(crate) struct Board(Vec<(AtomicBool, AtomicBool)>);

impl Board {
    /// Whether source `index` delivers, and whether it is seen.
    pub(crate) fn read(&self, index: usize) -> (bool, bool) {
        let read = |b: &AtomicBool| b.load(Ordering::Relaxed);
        self.0
            .get(index)
            .map_or((false, false), |(live, seen)| (read(live), read(seen)))
    }
}

/// All sources of pictures.
pub(crate) struct Cast {
    members: Vec<Member>,
    states: Vec<State>,
    frames: Vec<Option<VideoFrame>>,
    formats: Vec<Option<SourceFormat>>,
    board: Arc<Board>,
    teller: Teller,
}

struct State {
    live: bool,
    visible: bool,
    awake_until: Timestamp,
    last: Option<VideoFrame>,
    /// Whether the frame of this tick is its own, and new enough to be shown first.
    fresh: bool,
}

impl Cast {
    pub(crate) fn new(members: Vec<Member>, teller: Teller) -> Self {
        let states = members.iter().map(|_| State {
            live: true,
            visible: false,
            awake_until: Timestamp::ZERO,
            last: None,
            fresh: false,
        });
        let board = members
            .iter()
            .map(|_| (AtomicBool::new(true), AtomicBool::new(false)))
            .collect();
        Self {
            states: states.collect(),
            frames: vec![None; members.len()],
            formats: vec![None; members.len()],
            board: Arc::new(Board(board)),
            members,
            teller,
        }
    }

    /// How the sources are, for others to read.
    pub(crate) fn board(&self) -> Arc<Board> {
        Arc::clone(&self.board)
    }

    /// The pictures of this tick, in the order of the sources.
    pub(crate) fn frames(&self) -> &[Option<VideoFrame>] {
        &self.frames
    }

    /// What each source's pictures are like, as far as any has come.
    pub(crate) fn formats(&self) -> &[Option<SourceFormat>] {
        &self.formats
    }

    /// What became of the sources.
    pub(crate) fn stats(&self) -> Vec<SourceStats> {
        let lost = |member: &Member| member.watch.as_ref().and_then(|watch| watch());
        let stats = |member: &Member| SourceStats {
            error: lost(member).map(|sentence| Failure {
                code: "source.lost".into(),
                sentence,
            }),
            ..source_stats(&member.name, member.source.counters())
        };
        self.members.iter().map(stats).collect()
    }

    /// Tells the sources who is seen from `at` on, as `seen` says.
    pub(crate) fn look(&mut self, at: Timestamp, seen: impl Fn(usize) -> bool) {
        for index in 0..self.members.len() {
            let stands_in = self
                .members
                .iter()
                .zip(&self.states)
                .enumerate()
                .any(|(i, (m, s))| {
                    matches!(m.backup, Backup::Source(other) if other == index) && !s.live && seen(i)
                });
            let state = &mut self.states[index];
            if seen(index) || stands_in {
                state.awake_until = at + std::time::Duration::from_nanos(LINGER as u64);
            }
            let visible = at < state.awake_until;
            if visible != state.visible {
                state.visible = visible;
                self.members[index].source.set_visible(visible);
                self.board.0[index].1.store(visible, Ordering::Relaxed);
            }
        }
    }

    /// Takes each source's picture for `at`, which is tick `tick`. Whether any has another format than before.
    pub(crate) fn collect(&mut self, at: Timestamp, tick: u64) -> bool {
        for index in 0..self.members.len() {
            self.take(index, at, tick);
        }
        for index in 0..self.members.len() {
            if self.frames[index].is_none() {
                self.frames[index] = self.stand_in(index);
            }
        }
        self.follow()
    }

    fn take(&mut self, index: usize, at: Timestamp, tick: u64) {
        let (member, state) = (&mut self.members[index], &mut self.states[index]);
        let frame = member.source.frame_at(at);
        // The seldom look is for those who deliver only when seen.
        let look = frame.is_none() && (state.visible || tick.is_multiple_of(LOOK));
        let lost = match (&frame, &member.watch) {
            (None, Some(watch)) if look => watch(),
            (None, Some(_)) if !state.live => Some(String::new()),
            _ => None,
        };
        let live = lost.is_none();
        if live != state.live {
            state.live = live;
            self.board.0[index].0.store(live, Ordering::Relaxed);
            let source = member.name.clone();
            self.teller.tell(match lost {
                Some(reason) => News::Lost { source, tick, reason },
                None => News::Back { source, tick },
            });
        }
        state.fresh = !live
            || frame
                .as_ref()
                .is_some_and(|f| at.nanos_since(f.pts) < FRESH || member.watch.is_none());
        if frame.is_some() {
            state.last.clone_from(&frame);
        }
        self.frames[index] = frame;
    }

    /// What stands in for source `index`, which has no picture of its own now.
    fn stand_in(&self, index: usize) -> Option<VideoFrame> {
        let state = &self.states[index];
        match &self.members[index].backup {
            // One that is only waking up holds its last picture too.
            _ if state.live => state.last.clone(),
            Backup::Last => state.last.clone(),
            Backup::Nothing => None,
            Backup::Source(other) => self.frames.get(*other).cloned().flatten(),
            Backup::Image(picture) => Some(picture.clone()),
        }
    }

    fn follow(&mut self) -> bool {
        let mut changed = false;
        for (known, frame) in self.formats.iter_mut().zip(&self.frames) {
            let Some(frame) = frame else { continue };
            let format = SourceFormat::from(frame);
            changed |= known.replace(format) != Some(format);
        }
        changed
    }

    /// Whether all sources that `shown` names have a picture to begin with, or are lost.
    pub(crate) fn ready(&self, shown: impl Fn(usize) -> bool) -> bool {
        (0..self.members.len()).all(|index| !shown(index) || self.states[index].fresh)
    }
}

#[cfg(test)]
#[path = "cast_tests.rs"]
mod tests;
