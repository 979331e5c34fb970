//! One viewer's reading of a stream as FLV.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use container::flv;

use super::live::Live;
use super::ring::{Cursor, Read, Start};
use super::{State, Stream};

/// Reads a stream from its newest key frame on. What it gives is an FLV file without end: header, `anchorJoin`
/// (which moment of the day the first tag behind it stands for), metadata and configurations, media. When the
/// publisher returns, or changes its configurations, `anchorJoin` and they come again, in line. `anchorJoin` also
/// comes again every half minute: two machines' clocks drift apart by some tens of milliseconds an hour.
#[derive(Debug)]
pub struct FlvReader {
    stream: Arc<Stream>,
    cursor: Cursor,
}

enum Next {
    Bytes(Bytes),
    Wait,
    End,
}

impl FlvReader {
    /// A reader of `stream`.
    pub fn new(stream: Arc<Stream>) -> Self {
        stream.readers.now.fetch_add(1, Relaxed);
        stream.readers.total.fetch_add(1, Relaxed);
        Self {
            stream,
            cursor: Cursor::default(),
        }
    }

    /// The next bytes; waits for them. None when the stream has ended, or its publisher was away for too long.
    pub async fn next(&mut self) -> Option<Bytes> {
        let stream = Arc::clone(&self.stream);
        loop {
            let mut news = pin!(stream.news.notified());
            news.as_mut().enable();
            match self.poll(Instant::now()) {
                Next::Bytes(bytes) => return Some(bytes),
                Next::End => return None,
                Next::Wait => news.await,
            }
        }
    }

    fn poll(&mut self, now: Instant) -> Next {
        let before = self.cursor;
        let held = self.stream.held();
        if held.closed {
            return Next::End;
        }
        let bytes = match held.live.read(&mut self.cursor, now) {
            Read::Go(bytes) => bytes,
            Read::Open(start, bytes) => join(&held.live, &start, true, &bytes),
            Read::Again(start, bytes) => join(&held.live, &start, false, &bytes),
            Read::Wait if held.released && !matches!(held.state, State::Live(_)) => return Next::End,
            Read::Wait => return self.count(before, Next::Wait),
        };
        drop(held);
        self.count(before, Next::Bytes(bytes))
    }

    fn count(&self, before: Cursor, next: Next) -> Next {
        let readers = &self.stream.readers;
        if let Next::Bytes(bytes) = &next {
            readers.sent_bytes.fetch_add(bytes.len() as u64, Relaxed);
        }
        if self.cursor.skipped != before.skipped {
            readers.skips.fetch_add(self.cursor.skips - before.skips, Relaxed);
            readers
                .skipped
                .fetch_add(self.cursor.skipped - before.skipped, Relaxed);
        }
        next
    }
}

impl Drop for FlvReader {
    fn drop(&mut self) {
        self.stream.readers.now.fetch_sub(1, Relaxed);
    }
}

/// What stands before the first batch, or before one with new configurations; then the batch.
fn join(live: &Live, start: &Start, first: bool, batch: &Bytes) -> Bytes {
    let mut out = BytesMut::new();
    if first {
        let (video, audio) = start.tracks;
        out.extend_from_slice(&flv::header(video, audio));
    }
    out.extend_from_slice(&live.join_tag(start.ms));
    out.extend_from_slice(&start.opening);
    out.extend_from_slice(batch);
    out.freeze()
}
