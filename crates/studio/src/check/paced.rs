//! A body of an HTTP request that goes out at a pace, for a while.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::Frame;
use tokio::time::{Instant, Sleep, sleep_until};

/// Bytes of a piece.
const PIECE: usize = 8 * 1024;

/// Noise at so many bytes a second, until its time is over.
pub(super) struct Paced {
    piece: Bytes,
    per_second: f64,
    begun: Instant,
    lasts: Duration,
    /// Bytes that were taken so far.
    sent: Arc<AtomicU64>,
    timer: Pin<Box<Sleep>>,
}

impl Paced {
    /// From now on for `lasts`, at most `kbps`; what was taken of it is counted in `sent`.
    pub(super) fn new(kbps: u32, lasts: Duration, sent: Arc<AtomicU64>) -> Self {
        let begun = Instant::now();
        let mut piece = vec![0; PIECE];
        // Noise, as pictures are: a way that packs what it carries gains nothing. Without it zeros will do.
        let _ = getrandom::fill(&mut piece);
        Self {
            piece: piece.into(),
            per_second: f64::from(kbps) * 125.0,
            begun,
            lasts,
            sent,
            timer: Box::pin(sleep_until(begun)),
        }
    }
}

impl http_body::Body for Paced {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let due = self.sent.load(Relaxed) as f64 / self.per_second.max(1.0);
        if due >= self.lasts.as_secs_f64() || self.begun.elapsed() >= self.lasts {
            return Poll::Ready(None);
        }
        let due = self.begun + Duration::from_secs_f64(due);
        if due > Instant::now() {
            self.timer.as_mut().reset(due);
            ready!(self.timer.as_mut().poll(cx));
        }
        self.sent.fetch_add(PIECE as u64, Relaxed);
        Poll::Ready(Some(Ok(Frame::data(self.piece.clone()))))
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    /// Bytes that leave when each piece takes so long.
    async fn taken(kbps: u32, each: Duration) -> (u64, Duration) {
        let sent = Arc::new(AtomicU64::new(0));
        let mut body = Box::pin(Paced::new(kbps, Duration::from_secs(12), Arc::clone(&sent)));
        let begun = Instant::now();
        while poll_fn(|cx| http_body::Body::poll_frame(body.as_mut(), cx))
            .await
            .is_some()
        {
            tokio::time::sleep(each).await;
        }
        (sent.load(Relaxed), begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn it_goes_out_at_its_pace_and_ends_in_time() {
        let (bytes, took) = taken(4000, Duration::ZERO).await;
        assert!((5_990_000..6_010_000).contains(&bytes), "{bytes}");
        assert!(took <= Duration::from_millis(12_010), "{took:?}");
        let (bytes, took) = taken(4000, Duration::from_millis(100)).await;
        assert_eq!(
            bytes,
            120 * PIECE as u64,
            "as much as is taken, and no burst to catch up"
        );
        assert!(took <= Duration::from_millis(12_110), "{took:?}");
    }
}
