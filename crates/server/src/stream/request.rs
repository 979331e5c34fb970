//! One viewer's request for a piece of HLS.

use std::pin::pin;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::Stream;
use super::package::{Answer, Ask};

/// Target duration where none is known yet, in seconds: the longest first GOP the packager waits for, over 3.
const FIRST_TARGET: u64 = 4;

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// These bytes, one after another, and the target duration in seconds.
    Ready(Vec<Bytes>, u64),
    /// It made no sense.
    BadRequest,
    /// There is no such thing.
    NotFound,
    /// It did not come within three target durations, or the server stops.
    Late,
    /// Too many wait already.
    Crowded,
}

impl Stream {
    /// Answers `ask`; waits where playlists promised what is asked for, for three target durations at most
    /// (draft-pantos-hls-rfc8216bis, 6.2.5.2) and in one of `places`.
    pub(crate) async fn request(&self, ask: Ask, places: &Semaphore) -> Outcome {
        let mut place = None;
        let mut deadline = None;
        let outcome = loop {
            let mut parts = pin!(self.parts.notified());
            parts.as_mut().enable();
            let target = match self.ask(ask) {
                Ok((Answer::Wait, target)) => target,
                Ok((answer, target)) => break decided(answer, target),
                Err(Closed) => break Outcome::Late,
            };
            if place.is_none() {
                let Ok(permit) = places.try_acquire() else {
                    break Outcome::Crowded;
                };
                self.requests.waiting.fetch_add(1, Relaxed);
                tracing::debug!(stream = %self.name, ?ask, "a request waits");
                place = Some((permit, Waiting(self)));
            }
            let until = *deadline.get_or_insert_with(|| Instant::now() + Duration::from_secs(3 * target));
            if timeout_at(until, parts).await.is_err() {
                break Outcome::Late;
            }
        };
        drop(place);
        self.count(&outcome);
        outcome
    }

    fn ask(&self, ask: Ask) -> Result<(Answer, u64), Closed> {
        let mut held = self.held();
        if held.closed {
            return Err(Closed);
        }
        let answer = held.live.package.ask(ask);
        Ok((answer, held.live.package.target().unwrap_or(FIRST_TARGET)))
    }

    fn count(&self, outcome: &Outcome) {
        self.requests.answered.fetch_add(1, Relaxed);
        if let Outcome::Ready(pieces, _) = outcome {
            let bytes: usize = pieces.iter().map(Bytes::len).sum();
            self.requests.sent_bytes.fetch_add(bytes as u64, Relaxed);
        }
    }
}

/// The server stops.
struct Closed;

/// Counted as waiting until dropped, also when the viewer leaves.
struct Waiting<'a>(&'a Stream);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.requests.waiting.fetch_sub(1, Relaxed);
    }
}

fn decided(answer: Answer, target: u64) -> Outcome {
    match answer {
        Answer::Ready(pieces) => Outcome::Ready(pieces, target),
        Answer::BadRequest => Outcome::BadRequest,
        Answer::NotFound | Answer::Wait => Outcome::NotFound,
    }
}
