//! Where the preview takes its pictures from the tick.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
use media::VideoFrame;

use crate::scene::Flat;

/// What there is to be seen at one tick. Frames of sources may hold their device's memory: let go of them soon.
pub(crate) struct Shot {
    /// Number of the program frame.
    pub(crate) tick: u64,
    /// The program frame as it is sent.
    pub(crate) program: VideoFrame,
    /// The scene it shows.
    pub(crate) on_air: Arc<Flat>,
    /// Whether it is the cover picture.
    pub(crate) covered: bool,
    /// All scenes.
    pub(crate) scenes: Arc<[Arc<Flat>]>,
    /// The sources of pictures, by their index; empty where one was removed.
    pub(crate) names: Arc<[String]>,
    /// Their frames, by their index.
    pub(crate) sources: Vec<Option<VideoFrame>>,
}

/// Hands a shot over when one is wanted. The tick never waits, and does nothing while none is.
#[derive(Default)]
pub(crate) struct Tap {
    wanted: AtomicBool,
    slot: Mutex<Slot>,
    filled: Condvar,
    looked_at: ArcSwap<Vec<usize>>,
}

#[derive(Default)]
struct Slot {
    shot: Option<Shot>,
    /// Room for the next shot's sources.
    spare: Vec<Option<VideoFrame>>,
}

impl Tap {
    /// Asks for the shot of the next program frame.
    pub(crate) fn want(&self) {
        self.wanted.store(true, Ordering::Release);
    }

    /// The shot that was asked for, waiting up to `patience`.
    pub(crate) fn take(&self, patience: Duration) -> Option<Shot> {
        let empty = |slot: &mut Slot| slot.shot.is_none();
        let waited = self.filled.wait_timeout_while(self.lock(), patience, empty);
        let (mut slot, _) = waited.unwrap_or_else(PoisonError::into_inner);
        slot.shot.take()
    }

    /// Gives the memory of a shot's sources back, emptied.
    pub(crate) fn recycle(&self, mut sources: Vec<Option<VideoFrame>>) {
        sources.clear();
        self.lock().spare = sources;
    }

    /// Keeps these sources awake, on air or not.
    pub(crate) fn look_at(&self, sources: Vec<usize>) {
        if **self.looked_at.load() != sources {
            self.looked_at.store(Arc::new(sources));
        }
    }

    /// The sources that are looked at.
    pub(crate) fn looked_at(&self) -> Guard<Arc<Vec<usize>>> {
        self.looked_at.load()
    }

    /// The tick's side: makes a shot, its sources in the empty memory it is handed, if one is wanted.
    pub(crate) fn offer(&self, make: impl FnOnce(Vec<Option<VideoFrame>>) -> Shot) {
        if !self.wanted.load(Ordering::Acquire) {
            return;
        }
        // Taken this instant by the other side: the next frame will do.
        let Ok(mut slot) = self.slot.try_lock() else {
            return;
        };
        self.wanted.store(false, Ordering::Relaxed);
        slot.shot = Some(make(std::mem::take(&mut slot.spare)));
        self.filled.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        // A shot is put in or taken out whole.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
