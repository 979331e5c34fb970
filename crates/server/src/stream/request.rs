//! One viewer's request for a piece of HLS or DASH.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use super::Stream;
use super::package::{Answer, Ask};
use super::text::Text;
use crate::listen::Pass;

/// Target duration where none is known yet, in seconds: the longest first GOP the packager waits for, over 3.
const FIRST_TARGET: u64 = 4;

/// What became of a request.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// This text, and the target duration in seconds.
    Text(Arc<Text>, u64),
    /// These bytes, one after another.
    Ready(Vec<Bytes>),
    /// These bytes, and what follows.
    Growing(Vec<Bytes>, Growth),
    /// It made no sense.
    BadRequest,
    /// There is no such thing.
    NotFound,
    /// It did not come within three target durations, or the server stops.
    Late,
    /// Too many wait already.
    Crowded,
}

/// The rest of a segment that grows.
#[derive(Debug)]
pub(crate) struct Growth {
    stream: Arc<Stream>,
    ask: Ask,
    /// Parts of it that were handed out.
    sent: usize,
    complete: bool,
    _place: Pass,
}

/// A segment was not finished: the stream is gone, or nothing came for too long.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the segment was not finished")]
pub(crate) struct Unfinished;

impl Growth {
    /// The parts that come next, once there are some; none at the end.
    ///
    /// # Errors
    /// When nothing comes for three target durations, or the stream is gone.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Bytes>>, Unfinished> {
        let stream = Arc::clone(&self.stream);
        let mut deadline = None;
        while !self.complete {
            let mut parts = pin!(stream.parts.notified());
            parts.as_mut().enable();
            let (answer, target) = stream.ask(self.ask).map_err(|Closed| Unfinished)?;
            let all = match answer {
                Answer::Growing(all) => all,
                Answer::Ready(all) => {
                    self.complete = true;
                    all
                }
                _ => return Err(Unfinished),
            };
            let more = all.get(self.sent..).unwrap_or_default();
            if !more.is_empty() {
                self.sent = all.len();
                stream.count_sent(more);
                return Ok(Some(more.to_vec()));
            }
            let until = *deadline.get_or_insert_with(|| Instant::now() + three(target));
            if !self.complete {
                timeout_at(until, parts).await.map_err(|_| Unfinished)?;
            }
        }
        Ok(None)
    }
}

impl Stream {
    /// What a player by HLS begins with, below the stream's address: playlists, init segments and the first part of pictures,
    /// as far as they are there.
    pub(crate) fn beginning(&self) -> Vec<String> {
        let held = self.held();
        let inits: Vec<_> = held.live.package.inits().collect();
        let names = inits.iter().flat_map(|(rendition, version)| {
            let name = rendition.name();
            [format!("{name}.m3u8"), format!("{name}/init-{version}.mp4")]
        });
        let multivariant = (!inits.is_empty()).then(|| "index.m3u8".to_owned());
        let part = held.live.package.beginning();
        let part = part.map(|(msn, part)| format!("video/{msn}.{part}.m4s"));
        multivariant.into_iter().chain(part).chain(names).collect()
    }

    /// Answers `ask`; waits where playlists and manifests promised what is asked for, for three target durations at most
    /// (draft-pantos-hls-rfc8216bis, 6.2.5.2) and in the place that `enter` finds.
    pub(crate) async fn request(self: &Arc<Self>, mut ask: Ask, enter: impl Fn() -> Option<Pass>) -> Outcome {
        let mut place = None;
        let mut waiting = None;
        let mut deadline = None;
        let outcome = loop {
            let mut parts = pin!(self.parts.notified());
            parts.as_mut().enable();
            let Ok((answer, target)) = self.ask(ask) else {
                break Outcome::Late;
            };
            if place.is_none() && matches!(answer, Answer::Wait(_) | Answer::Growing(_)) {
                place = enter();
            }
            match (answer, place.take()) {
                (Answer::Wait(init), Some(taken)) => {
                    place = Some(taken);
                    ask = ask.with(init);
                }
                (answer, place) => break self.decided(answer, ask, target, place),
            }
            waiting.get_or_insert_with(|| Waiting::begin(self, ask));
            let until = *deadline.get_or_insert_with(|| Instant::now() + three(target));
            if timeout_at(until, parts).await.is_err() {
                break Outcome::Late;
            }
        };
        drop(waiting);
        self.count(&outcome);
        outcome
    }

    fn decided(self: &Arc<Self>, answer: Answer, ask: Ask, target: u64, place: Option<Pass>) -> Outcome {
        match (answer, place) {
            (Answer::Text(text), _) => Outcome::Text(text, target),
            (Answer::Ready(pieces), _) => Outcome::Ready(pieces),
            (Answer::Transport(muxed), _) => match muxed.bytes() {
                Ok(bytes) => Outcome::Ready(vec![bytes]),
                Err(error) => {
                    tracing::warn!(stream = %self.name, %error, "a segment can't be a transport stream");
                    Outcome::NotFound
                }
            },
            (Answer::Growing(parts), Some(place)) => {
                let growth = Growth {
                    stream: Arc::clone(self),
                    ask,
                    sent: parts.len(),
                    complete: false,
                    _place: place,
                };
                Outcome::Growing(parts, growth)
            }
            (Answer::Growing(_) | Answer::Wait(_), _) => Outcome::Crowded,
            (Answer::BadRequest, _) => Outcome::BadRequest,
            (Answer::NotFound, _) => Outcome::NotFound,
        }
    }

    /// The answer as things are, and the target duration in seconds.
    fn ask(&self, ask: Ask) -> Result<(Answer, u64), Closed> {
        let mut held = self.held();
        if held.closed {
            return Err(Closed);
        }
        held.asked = Some(Instant::now().into_std());
        let answer = held.live.package.ask(ask);
        Ok((answer, held.live.package.target().unwrap_or(FIRST_TARGET)))
    }

    fn count(&self, outcome: &Outcome) {
        self.requests.answered.fetch_add(1, Relaxed);
        match outcome {
            Outcome::Text(text, _) => self.count_sent(&[text.plain()]),
            Outcome::Ready(pieces) | Outcome::Growing(pieces, _) => self.count_sent(pieces),
            _ => {}
        }
    }

    fn count_sent(&self, pieces: &[Bytes]) {
        let bytes: usize = pieces.iter().map(Bytes::len).sum();
        self.requests.sent_bytes.fetch_add(bytes as u64, Relaxed);
    }
}

/// The server stops.
struct Closed;

/// How long something that was promised is waited for.
fn three(target_seconds: u64) -> Duration {
    Duration::from_secs(3 * target_seconds)
}

/// Counted as waiting until dropped, also when the viewer leaves.
struct Waiting<'a>(&'a Stream);

impl<'a> Waiting<'a> {
    fn begin(stream: &'a Stream, ask: Ask) -> Self {
        stream.requests.waiting.fetch_add(1, Relaxed);
        tracing::debug!(stream = %stream.name, ?ask, "a request waits");
        Self(stream)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.requests.waiting.fetch_sub(1, Relaxed);
    }
}
