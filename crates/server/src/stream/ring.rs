//! What a stream keeps for its readers: one ring, and a place in it for each.
//!
//! All readers share the bytes; a reader is a number. So memory doesn't grow with them, and none holds another
//! or the publisher up: who falls out at the old end, or lags too far, goes on at the newest key frame.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::tags::Tags;

/// The most batches kept, however small.
const MOST_BATCHES: usize = 4096;

/// Some tags as they go out, together.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pub(crate) tags: Tags,
    /// How many.
    pub(crate) count: u64,
    /// When the last of them arrived.
    pub(crate) at: Instant,
    /// Set at each key frame, and where the decoders' configurations change.
    pub(crate) start: Option<Start>,
}

/// What a reader needs who begins at a batch, or comes to it with older configurations.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    /// Whether decoding can begin here.
    pub(crate) key: bool,
    /// Metadata and decoder configurations, as FLV tags.
    pub(crate) opening: Bytes,
    /// The same of further tracks.
    pub(crate) further: Bytes,
    /// Rises when the configurations change.
    pub(crate) version: u64,
    /// Whether the stream has pictures, and sound.
    pub(crate) tracks: (bool, bool),
    /// Time of the batch's first tag, in milliseconds on the stream's line.
    pub(crate) ms: i64,
}

/// The newest batches, within a number of bytes.
#[derive(Debug)]
pub(crate) struct Ring {
    batches: VecDeque<Batch>,
    /// Number of the oldest batch, and of its first tag.
    first: u64,
    first_tag: u64,
    bytes: usize,
    most_bytes: usize,
    /// Number of the newest key frame's batch, while readers may begin there.
    newest_start: Option<u64>,
    /// Tags before that batch.
    newest_start_tag: u64,
    /// Nobody begins before this batch.
    begins_at: u64,
    end_tag: u64,
    /// Version of the newest configurations.
    version: Option<u64>,
    /// Number of the batch behind those that went out last to readers in bunches.
    bunched: u64,
    /// Configurations change within what came since.
    mixed: bool,
    bunch: Option<Bunch>,
}

/// Batches that went out together last, as one piece.
#[derive(Debug)]
struct Bunch {
    from: u64,
    to: u64,
    tags: Tags,
    count: u64,
}

/// A reader's place.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor {
    /// Number of the batch that was the newest key frame's when the reader came, or would be the next.
    came_at: Option<u64>,
    /// Number of the next batch, once it has begun to read.
    next: Option<u64>,
    /// Number of that batch's first tag.
    tag: u64,
    /// Version of the configurations it has.
    version: Option<u64>,
    /// Whether batches that went out together are read as one.
    in_bunches: bool,
    /// Times it was too slow, and tags it missed.
    pub(crate) skips: u64,
    pub(crate) skipped: u64,
}

/// What a reader gets.
#[derive(Clone, Debug)]
pub(crate) enum Read {
    /// The first: what to open with, then the batch.
    Open(Start, Tags),
    /// New decoder configurations, then the batch.
    Again(Start, Tags),
    /// The next batch.
    Go(Tags),
    /// Nothing yet.
    Wait,
}

impl Ring {
    pub(crate) fn new(most_bytes: usize) -> Self {
        Self {
            batches: VecDeque::new(),
            first: 0,
            first_tag: 0,
            bytes: 0,
            most_bytes,
            newest_start: None,
            newest_start_tag: 0,
            begins_at: 0,
            end_tag: 0,
            version: None,
            bunched: 0,
            mixed: false,
            bunch: None,
        }
    }

    /// Adds a batch at the new end; the oldest go.
    pub(crate) fn push(&mut self, batch: Batch) {
        if batch.start.as_ref().is_some_and(|s| s.key) {
            self.newest_start = Some(self.end());
            self.newest_start_tag = self.end_tag;
        }
        if let Some(start) = &batch.start {
            self.mixed |= self.end() > self.bunched && self.version != Some(start.version);
            self.version = Some(start.version);
        }
        self.bytes += batch.tags.len();
        self.end_tag += batch.count;
        self.batches.push_back(batch);
        while self.bytes > self.most_bytes || self.batches.len() > MOST_BATCHES {
            self.drop_oldest();
        }
    }

    /// What came since the last call goes out together, to readers in bunches. They come to a change of configurations
    /// by single batches.
    pub(crate) fn bunch(&mut self) {
        let (from, to) = (self.bunched.max(self.first), self.end());
        let (mixed, skip) = (std::mem::take(&mut self.mixed), from - self.first);
        self.bunched = to;
        self.bunch = (to - from > 1 && !mixed).then(|| {
            let batches = || self.batches.iter().skip(skip as usize);
            Bunch {
                from,
                to,
                tags: Tags::joined(batches().map(|batch| &batch.tags)),
                count: batches().map(|batch| batch.count).sum(),
            }
        });
    }

    /// Nobody begins or goes on at what there is: the next key frame is of another session.
    pub(crate) fn forget_starts(&mut self) {
        self.newest_start = None;
        self.begins_at = self.end();
    }

    /// Gives the bytes back of what every reader has had time to take: all but the newest.
    pub(crate) fn clear(&mut self) {
        self.forget_starts();
        self.bunch = None;
        while !self.batches.is_empty() {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        let Some(oldest) = self.batches.pop_front() else {
            return;
        };
        if self.newest_start == Some(self.first) {
            self.newest_start = None;
        }
        self.bytes -= oldest.tags.len();
        self.first += 1;
        self.first_tag += oldest.count;
    }

    fn end(&self) -> u64 {
        self.first + self.batches.len() as u64
    }

    /// The place of a reader who comes now: at the newest key frame, or at the first to come, however late it begins
    /// to read; `in_bunches` when it takes together what went out together.
    pub(crate) fn cursor(&self, in_bunches: bool) -> Cursor {
        Cursor {
            in_bunches,
            came_at: Some(self.newest_start.unwrap_or_else(|| self.end())),
            ..Cursor::default()
        }
    }

    /// The next for the reader at `cursor`, who may lag by `lag` while there is a newer key frame.
    pub(crate) fn read(&self, cursor: &mut Cursor, now: Instant, lag: Duration) -> Read {
        let Some(next) = cursor.next else {
            return self.begin(cursor);
        };
        let late = next < self.first || self.batch(next).is_some_and(|b| b.at + lag < now);
        if late {
            match self.newest_start {
                Some(start) if start > next => self.skip(cursor, start),
                _ if next < self.first => {
                    // No key frame is held: it waits for the next one.
                    cursor.skips += 1;
                    self.skip_tags(cursor, self.end_tag);
                    cursor.next = None;
                    return Read::Wait;
                }
                _ => {}
            }
        }
        self.take(cursor)
    }

    fn begin(&self, cursor: &mut Cursor) -> Read {
        let Some(newest) = self.newest_start else {
            return Read::Wait;
        };
        let returning = cursor.version.is_some();
        if returning {
            self.skip_tags(cursor, self.newest_start_tag);
        }
        let came_at = cursor.came_at.filter(|_| !returning);
        let (start, tag) = came_at
            .and_then(|at| self.first_key(at))
            .unwrap_or((newest, self.newest_start_tag));
        cursor.next = Some(start);
        cursor.tag = tag;
        match self.batch(start).and_then(|b| b.start.clone()) {
            Some(start) if !returning => {
                cursor.version = Some(start.version);
                match self.take(cursor) {
                    Read::Go(tags) => Read::Open(start, tags),
                    other => other,
                }
            }
            _ => self.take(cursor),
        }
    }

    /// The first key frame's batch from number `at` on, and the tags before it.
    fn first_key(&self, at: u64) -> Option<(u64, u64)> {
        let mut tag = self.first_tag;
        for (number, batch) in (self.first..).zip(&self.batches) {
            let key = batch.start.as_ref().is_some_and(|start| start.key);
            if key && number >= at.max(self.begins_at) {
                return Some((number, tag));
            }
            tag += batch.count;
        }
        None
    }

    fn skip(&self, cursor: &mut Cursor, start: u64) {
        cursor.skips += 1;
        self.skip_tags(cursor, self.newest_start_tag);
        cursor.next = Some(start);
    }

    fn skip_tags(&self, cursor: &mut Cursor, to: u64) {
        cursor.skipped += to.saturating_sub(cursor.tag);
        cursor.tag = to;
    }

    fn take(&self, cursor: &mut Cursor) -> Read {
        let Some((next, batch)) = cursor.next.and_then(|n| Some((n, self.batch(n)?))) else {
            return Read::Wait;
        };
        let bunch = self.bunch.as_ref();
        let bunch = bunch.filter(|bunch| cursor.in_bunches && bunch.from == next);
        let (behind, count, tags) = match bunch {
            Some(bunch) => (bunch.to, bunch.count, bunch.tags.clone()),
            None => (next + 1, batch.count, batch.tags.clone()),
        };
        cursor.next = Some(behind);
        cursor.tag += count;
        match &batch.start {
            Some(start) if cursor.version != Some(start.version) => {
                cursor.version = Some(start.version);
                Read::Again(start.clone(), tags)
            }
            _ => Read::Go(tags),
        }
    }

    fn batch(&self, number: u64) -> Option<&Batch> {
        let index = number.checked_sub(self.first)?;
        self.batches.get(usize::try_from(index).ok()?)
    }
}

#[cfg(test)]
mod tests;
