//! The sources of pictures: what each shows at a tick, and what stands in for one that is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use api::studio::{Failure, SourceStats};
use compositor::SourceFormat;
use media::{SourceCounters, Timestamp, VideoFrame, VideoSource};

use super::order::{News, Teller};
use super::thread::source_stats;
use crate::aside::drop_aside;

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
    /// How it is, for others to read.
    pub(crate) lamp: Arc<Lamp>,
}

impl Member {
    /// What stands in the place of a source that was removed.
    fn vacant() -> Self {
        Self {
            name: String::new(),
            source: Box::new(Vacant),
            backup: Backup::Nothing,
            watch: None,
            lamp: Arc::default(),
        }
    }

    fn is_vacant(&self) -> bool {
        self.name.is_empty()
    }
}

/// No pictures.
struct Vacant;

impl VideoSource for Vacant {
    fn frame_at(&mut self, _: Timestamp) -> Option<VideoFrame> {
        None
    }

    fn counters(&self) -> SourceCounters {
        SourceCounters::default()
    }
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

/// How a source is, for others to read.
#[derive(Debug)]
pub(crate) struct Lamp {
    live: AtomicBool,
    visible: AtomicBool,
}

impl Default for Lamp {
    fn default() -> Self {
        Self {
            live: AtomicBool::new(true),
            visible: AtomicBool::new(false),
        }
    }
}

impl Lamp {
    /// Whether the source delivers.
    pub(crate) fn live(&self) -> bool {
        self.live.load(Ordering::Relaxed)
    }

    /// Whether it is seen.
    pub(crate) fn visible(&self) -> bool {
        self.visible.load(Ordering::Relaxed)
    }
}

/// All sources of pictures.
pub(crate) struct Cast {
    members: Vec<Member>,
    states: Vec<State>,
    frames: Vec<Option<VideoFrame>>,
    formats: Vec<Option<SourceFormat>>,
    /// Of sources that were removed.
    gone: Vec<SourceStats>,
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

impl State {
    const fn new() -> Self {
        Self {
            live: true,
            visible: false,
            awake_until: Timestamp::ZERO,
            last: None,
            fresh: false,
        }
    }
}

impl Cast {
    pub(crate) fn new(members: Vec<Member>, teller: Teller) -> Self {
        Self {
            states: members.iter().map(|_| State::new()).collect(),
            frames: vec![None; members.len()],
            formats: vec![None; members.len()],
            gone: Vec::new(),
            members,
            teller,
        }
    }

    /// Adds a source at place `index`: behind all others, or where one was removed.
    pub(crate) fn put(&mut self, index: usize, member: Member) {
        while self.members.len() <= index {
            self.members.push(Member::vacant());
            self.states.push(State::new());
            self.frames.push(None);
            self.formats.push(None);
        }
        self.replace(index, member);
    }

    /// Removes a source; its place stays empty, so that the others keep theirs.
    pub(crate) fn remove(&mut self, index: usize) {
        if index < self.members.len() {
            self.replace(index, Member::vacant());
        }
        for member in &mut self.members {
            if matches!(member.backup, Backup::Source(other) if other == index) {
                member.backup = Backup::Last;
            }
        }
    }

    fn replace(&mut self, index: usize, member: Member) {
        let old = std::mem::replace(&mut self.members[index], member);
        self.states[index] = State::new();
        self.frames[index] = None;
        self.formats[index] = None;
        if !old.is_vacant() {
            self.gone.push(Self::stats_of(&old));
            drop_aside("source-drop", old);
        }
    }

    /// The sources' names, in the order of the frame set; empty where one was removed.
    pub(crate) fn names(&self) -> Arc<[String]> {
        self.members.iter().map(|m| m.name.clone()).collect()
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
        let here = self.members.iter().filter(|m| !m.is_vacant());
        here.map(Self::stats_of)
            .chain(self.gone.iter().cloned())
            .collect()
    }

    fn stats_of(member: &Member) -> SourceStats {
        let lost = member.watch.as_ref().and_then(|watch| watch());
        SourceStats {
            error: lost.map(|sentence| Failure {
                code: "source.lost".into(),
                sentence,
            }),
            ..source_stats(&member.name, member.source.counters())
        }
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
                self.members[index].lamp.visible.store(visible, Ordering::Relaxed);
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
            member.lamp.live.store(live, Ordering::Relaxed);
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
