//! What the tick is told, and what it tells.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::cast::Member;
use crate::scene::Flat;

/// Orders and news that may wait. Both sides look at least once a tick.
pub(crate) const WAITING: usize = 64;

/// The number of the first program frame that obeys, or why none does.
pub(crate) type Answer = oneshot::Sender<Result<u64, compositor::Error>>;

/// What the tick is told.
pub(crate) enum Order {
    /// Bring a scene on air.
    Show {
        /// The scene.
        scene: Arc<Flat>,
        /// Length of the fade; zero is a cut.
        fade: Duration,
        /// Answered when it is on air.
        answer: Option<Answer>,
    },
    /// Whether scenes are drawn with the filters that they can do without. Answers nobody: the window learns of it otherwise.
    Filters {
        /// With them.
        on: bool,
    },
    /// All scenes, some of them edited: those shown change at once, the others' kernels are made ready.
    Scenes {
        /// The scenes.
        scenes: Vec<Arc<Flat>>,
        /// Answered when they are drawn.
        answer: Answer,
    },
    /// A new source of pictures.
    AddSource {
        /// Its place among them.
        index: usize,
        /// The source.
        member: Box<Member>,
        /// Answered when its pictures are taken.
        answer: Answer,
    },
    /// A source of pictures goes, and with it the layers that show it.
    RemoveSource {
        /// Its place.
        index: usize,
        /// The scenes without it.
        scenes: Vec<Arc<Flat>>,
        /// Answered when they are drawn.
        answer: Answer,
    },
    /// Send the cover picture in the program's place, or no longer.
    Cover {
        /// Which.
        on: bool,
        /// Answered with the first frame of which that is sure.
        answer: Answer,
    },
    /// Throw the graphics device away and open it anew.
    Restart {
        /// Answered when it has been thrown away.
        answer: Answer,
    },
}

/// What the tick tells.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum News {
    /// A scene is on air from this program frame on.
    OnAir { scene: String, tick: u64 },
    /// No pictures come from a source any more.
    Lost {
        source: String,
        tick: u64,
        reason: String,
    },
    /// Pictures come from a source again.
    Back { source: String, tick: u64 },
    /// The graphics device was lost.
    GraphicsLost(compositor::Error),
    /// The graphics device could not be opened; it is tried again.
    GraphicsRefused(compositor::Error),
    /// Program frames are composed again, by this adapter.
    GraphicsBack { adapter: String, tick: u64 },
}

/// Tells news to whoever listens; never waits.
#[derive(Clone, Debug)]
pub(crate) struct Teller(mpsc::Sender<News>);

impl Teller {
    /// A teller, and where its news arrive.
    pub(crate) fn new() -> (Self, mpsc::Receiver<News>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), receiver)
    }

    /// Tells; what finds no room is only in the log.
    pub(crate) fn tell(&self, news: News) {
        if let Err(mpsc::error::TrySendError::Full(news)) = self.0.try_send(news) {
            tracing::warn!(?news, "the show's news are not being read");
        }
    }
}
