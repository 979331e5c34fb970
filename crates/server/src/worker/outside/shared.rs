//! What a worker's owner and its task share: a lock held for moments.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use container::flv::{Tag, TagKind, audio, video};
use tokio::sync::Notify;

use super::WorkerStats;
use crate::worker::backlog::{Backlog, Taken};
use crate::worker::control::Said;
use crate::worker::progress::{Progress, Stall};

#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// A tag waits, or none follows.
    input: Notify,
    /// A key frame is wanted.
    order: Notify,
}

#[derive(Debug)]
struct State {
    backlog: Backlog,
    progress: Progress,
    stats: WorkerStats,
    finished: bool,
    broken: bool,
    /// The last line the process wrote on stderr.
    last_words: Option<String>,
    /// Why it said it ends.
    failure: Option<api::Fault>,
}

/// What is to be given next.
pub(super) enum Next {
    Tag(Tag),
    Wait,
    End,
}

impl Shared {
    pub(super) fn new(pid: Option<u32>) -> Self {
        let stats = WorkerStats {
            pid,
            ..WorkerStats::default()
        };
        Self {
            state: Mutex::new(State {
                backlog: Backlog::default(),
                progress: Progress::new(Instant::now()),
                stats,
                finished: false,
                broken: false,
                last_words: None,
                failure: None,
            }),
            input: Notify::new(),
            order: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // What is guarded is whole after every statement.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, tag: &Tag) -> Taken {
        let mut state = self.state();
        let taken = state.backlog.push(tag.clone());
        state.broken |= taken == Taken::Broken;
        drop(state);
        self.input.notify_one();
        taken
    }

    pub(super) fn finish(&self) {
        self.state().finished = true;
        self.input.notify_one();
    }

    pub(super) fn want_key_frame(&self) {
        self.order.notify_one();
    }

    pub(super) fn stats(&self) -> WorkerStats {
        let state = self.state();
        let stats = WorkerStats {
            pictures_left_out: state.backlog.pictures_left_out,
            sounds_left_out: state.backlog.sounds_left_out,
            ..state.stats.clone()
        };
        drop(state);
        stats.with_cost()
    }

    pub(super) fn oldest(&self) -> Next {
        let state = self.state();
        match state.backlog.oldest() {
            Some(tag) => Next::Tag(tag),
            None if state.finished => Next::End,
            None => Next::Wait,
        }
    }

    /// Done when there may be something to give.
    pub(super) async fn input(&self) {
        self.input.notified().await;
    }

    /// Done when a key frame is wanted.
    pub(super) async fn order(&self) {
        self.order.notified().await;
    }

    pub(super) fn given(&self, tag: &Tag) {
        let mut state = self.state();
        state.backlog.given();
        state.stats.given += 1;
        if is_media(tag) {
            state.progress.took(Instant::now());
        }
    }

    pub(super) fn made(&self, tag: &Tag) {
        let mut state = self.state();
        state.stats.made += 1;
        if is_media(tag) {
            state.progress.gave();
        }
    }

    pub(super) fn said(&self, said: Said) {
        let mut state = self.state();
        match said {
            Said::Ready(ready) => {
                state.progress.ready();
                (state.stats.ready, state.stats.landlock) = (true, ready.landlock);
            }
            Said::Counters(counters) => state.stats.counters = counters,
            Said::Failed { code, sentence } => state.failure = Some(api::Fault::new(code, sentence)),
        }
    }

    pub(super) fn wrote(&self, line: String) {
        self.state().last_words = Some(line);
    }

    pub(super) fn stalled(&self) -> Option<Stall> {
        self.state().progress.stalled(Instant::now())
    }

    pub(super) fn broken(&self) -> bool {
        self.state().broken
    }

    /// The process is no more.
    pub(super) fn ended(&self) {
        self.state().stats.pid = None;
    }

    /// What it said of its end, and what it last wrote.
    pub(super) fn farewell(&self) -> (Option<api::Fault>, Option<String>) {
        let mut state = self.state();
        (state.failure.take(), state.last_words.take())
    }
}

fn is_media(tag: &Tag) -> bool {
    match tag.kind {
        TagKind::Script => false,
        TagKind::Video => !video::is_sequence_header(&tag.data),
        TagKind::Audio => !audio::is_sequence_header(&tag.data),
    }
}
