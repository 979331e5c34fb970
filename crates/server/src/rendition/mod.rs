//! A stream as browsers play it by WebRTC: H.264 without B-frames and Opus, packetized once for all viewers.
//!
//! What the publisher sends in that form goes on as it is; the rest is made by a worker process. It begins with the first
//! viewer and ends half a minute after the last.

mod feed;
mod making;
mod order;
mod pauses;
mod units;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::stream::Stream;
use crate::{App, Name};
use feed::Feed;

use units::{UnitReader, Units};

/// The renditions that are made now, by the names of their streams.
#[derive(Debug, Default)]
pub(crate) struct Renditions(Mutex<HashMap<Name, Arc<Rendition>>>);

/// One that is made.
#[derive(Debug)]
struct Rendition {
    stream: Arc<Stream>,
    units: Arc<Units>,
    viewers: AtomicUsize,
    /// Told when a viewer's decoder needs a key frame.
    wish: tokio::sync::Notify,
}

/// One viewer's share; while there is one the rendition goes on.
#[derive(Debug)]
pub(crate) struct Seat {
    rendition: Arc<Rendition>,
    pub(crate) reader: UnitReader,
}

impl Renditions {
    /// A viewer's share in the rendition of `stream`, which is begun if nobody had one.
    pub(crate) fn enter(&self, app: &Arc<App>, stream: &Arc<Stream>) -> Seat {
        let mut held = self.held();
        let rendition = Self::begun(&mut held, app, stream);
        rendition.viewers.fetch_add(1, Relaxed);
        drop(held);
        let reader = UnitReader::new(Arc::clone(&rendition.units));
        Seat { rendition, reader }
    }

    /// Begins the rendition of `stream` if nobody did yet.
    pub(crate) fn begin(&self, app: &Arc<App>, stream: &Arc<Stream>) {
        Self::begun(&mut self.held(), app, stream);
    }

    fn begun(
        held: &mut HashMap<Name, Arc<Rendition>>,
        app: &Arc<App>,
        stream: &Arc<Stream>,
    ) -> Arc<Rendition> {
        let known = held.get(stream.name());
        // A stream that ended and began anew has the same name.
        let same = known.filter(|known| Arc::ptr_eq(&known.stream, stream));
        same.cloned().unwrap_or_else(|| {
            let rendition = Arc::new(Rendition {
                stream: Arc::clone(stream),
                units: Arc::default(),
                viewers: AtomicUsize::new(0),
                wish: tokio::sync::Notify::new(),
            });
            held.insert(stream.name().clone(), Arc::clone(&rendition));
            tokio::spawn(Feed::new(Arc::clone(app), Arc::clone(&rendition)).run());
            rendition
        })
    }

    /// Forgets `rendition` if nobody watches it; false when somebody does.
    fn forget(&self, rendition: &Arc<Rendition>) -> bool {
        let mut held = self.held();
        let unseen = rendition.viewers.load(Relaxed) == 0;
        if unseen {
            Self::remove(&mut held, rendition);
        }
        unseen
    }

    /// Forgets `rendition`: it ended.
    fn end(&self, rendition: &Arc<Rendition>) {
        Self::remove(&mut self.held(), rendition);
        rendition.units.close();
    }

    fn remove(held: &mut HashMap<Name, Arc<Rendition>>, rendition: &Arc<Rendition>) {
        let name = rendition.stream.name();
        if held.get(name).is_some_and(|known| Arc::ptr_eq(known, rendition)) {
            held.remove(name);
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Name, Arc<Rendition>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// The viewer's decoder needs a key frame.
    pub(crate) fn want_key_frame(&self) {
        self.rendition.wish.notify_one();
    }

    /// The stream.
    pub(crate) fn stream(&self) -> &Arc<Stream> {
        &self.rendition.stream
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.rendition.viewers.fetch_sub(1, Relaxed);
    }
}
