//! The answers of one connection, and until when each has to be taken.
//!
//! Who takes an answer slowly, or grants it no room (RFC 9113, 6.9), keeps the media in memory that it is made of, long
//! after all others are done with them: as much as he likes, with as many requests.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::response::Response;
use http_body::{Frame, SizeHint};

/// An answer that lasts as long as a show does; its response bears this as an extension.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endless;

/// How long a connection may take for what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For the whole of an answer, from its beginning.
    pub(super) answer: Duration,
    /// For the next bytes of one without an end.
    pub(super) stall: Duration,
    /// For the next request, where none is being answered; none where HTTP itself looks after that.
    pub(super) unused: Option<Duration>,
}

/// Why a connection is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// An answer wasn't taken in time.
    Slow,
    /// Nothing was asked for.
    Unused,
}

/// Which answers are on their way. Without IO or clock.
#[derive(Debug)]
struct Open {
    patience: Patience,
    /// For each answer the moment by which it, or its next bytes, have to be taken; none while it isn't begun, or has
    /// no next bytes.
    due: BTreeMap<u64, Option<Instant>>,
    next: u64,
    /// Since when there is none.
    unused: Instant,
}

impl Open {
    fn new(patience: Patience, now: Instant) -> Self {
        Self {
            patience,
            due: BTreeMap::new(),
            next: 0,
            unused: now,
        }
    }

    fn ask(&mut self) -> u64 {
        self.next += 1;
        self.wait(self.next);
        self.next
    }

    /// The answer is the server's to give, or to go on with.
    fn wait(&mut self, id: u64) {
        self.due.insert(id, None);
    }

    /// The answer is there to be taken.
    fn begin(&mut self, id: u64, endless: bool, now: Instant) {
        let lasts = match endless {
            true => self.patience.stall,
            false => self.patience.answer,
        };
        self.due.insert(id, Some(now + lasts));
    }

    fn end(&mut self, id: u64, now: Instant) {
        self.due.remove(&id);
        self.unused = now;
    }

    /// When it has to be looked again, if nothing ends before: what begins later is due later.
    fn look(&self, now: Instant) -> Result<Instant, Over> {
        let patience = &self.patience;
        let later = now + patience.answer.min(patience.stall);
        let unused = patience.unused.filter(|_| self.due.is_empty());
        let unused = unused.map(|lasts| self.unused + lasts);
        let due = self.due.values().flatten().min().copied();
        if due.is_some_and(|due| due <= now) {
            return Err(Over::Slow);
        }
        if unused.is_some_and(|until| until <= now) {
            return Err(Over::Unused);
        }
        let wake = patience.unused.map_or(later, |lasts| later.min(now + lasts));
        Ok([due, unused].into_iter().flatten().fold(wake, Instant::min))
    }
}

/// The answers of a connection. Cloning shares them.
#[derive(Clone, Debug)]
pub(super) struct Answers(Arc<Mutex<Open>>);

impl Answers {
    /// Those of a connection that begins now.
    pub(super) fn new(patience: Patience) -> Self {
        Self(Arc::new(Mutex::new(Open::new(patience, now()))))
    }

    /// A request came.
    pub(super) fn ask(&self) -> Asked {
        Asked {
            id: self.open().ask(),
            answers: self.clone(),
        }
    }

    /// Waits until an answer is overdue, or the connection was unused for too long.
    pub(super) async fn over(&self) -> Over {
        loop {
            let look = self.open().look(now());
            match look {
                Ok(wake) => tokio::time::sleep_until(wake.into()).await,
                Err(over) => return over,
            }
        }
    }

    /// How long an answer may take.
    pub(super) fn patience(&self) -> Duration {
        self.open().patience.answer
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One request; dropping it, or the answer made of it, ends it.
#[derive(Debug)]
pub(super) struct Asked {
    answers: Answers,
    id: u64,
}

impl Asked {
    /// `response`, which has to be taken in time from now on.
    pub(super) fn answered(self, response: Response) -> Response {
        let endless = response.extensions().get::<Endless>().is_some();
        self.answers.open().begin(self.id, endless, now());
        response.map(|inner| {
            let asked = self;
            Body::new(Timed {
                inner,
                endless,
                asked,
            })
        })
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.answers.open().end(self.id, now());
    }
}

/// An answer's body. It is asked for more when there is room for it.
#[derive(Debug)]
struct Timed {
    inner: Body,
    endless: bool,
    asked: Asked,
}

impl http_body::Body for Timed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.get_mut();
        let frame = Pin::new(&mut this.inner).poll_frame(cx);
        if this.endless {
            let Asked { answers, id } = &this.asked;
            match frame {
                Poll::Pending => answers.open().wait(*id),
                Poll::Ready(_) => answers.open().begin(*id, true, now()),
            }
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// By tokio's clock, which tests can stop.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

#[cfg(test)]
mod tests;
