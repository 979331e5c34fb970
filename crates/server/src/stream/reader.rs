//! One viewer's reading of a stream.

use std::pin::pin;
use std::sync::Arc;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use container::flv;

use super::Stream;
use super::live::Live;
use super::readers::Readers;
use super::ring::{Cursor, Read, Start};
use super::tags::{Tags, chunks};

/// In which form a reader takes a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An FLV file without end: header, `anchorJoin` (which moment of the day the first tag behind it stands for),
    /// metadata and configurations, media. When the publisher returns, or changes its configurations, `anchorJoin`
    /// and they come again, in line. `anchorJoin` also comes again every half minute: two machines' clocks drift
    /// apart by some tens of milliseconds an hour.
    Flv,
    /// FLV tags alone, `anchorJoin` now and then among them: metadata, configurations and media. Those of a slate are left
    /// out: other servers get the publisher's own, as many of them break where configurations change.
    Tags,
    /// The same, to be written into a transport stream for a player by SRT.
    Srt,
    /// The same, to be made ready for WebRTC.
    Units,
    /// Messages of RTMP as [`rtmp::server::write_shared`] makes them: metadata, configurations and media.
    Rtmp,
}

impl Form {
    /// Whether it is read by so many that they are sent what comes in bunches.
    fn is_crowd(self) -> bool {
        matches!(self, Self::Flv | Self::Rtmp)
    }
}

/// Reads a stream from its newest key frame on.
#[derive(Debug)]
pub struct Reader {
    stream: Arc<Stream>,
    form: Form,
    all_tracks: bool,
    cursor: Cursor,
}

/// What a look at the stream found.
enum Found {
    /// What stands before the tags, then they.
    Tags(Option<Bytes>, Tags),
    Wait,
    End,
}

impl Reader {
    /// A reader of `stream`.
    pub fn new(stream: Arc<Stream>, form: Form) -> Self {
        stream.readers(form).enter();
        if form.is_crowd() {
            stream.crowd.enter();
        }
        let cursor = stream.held().live.cursor(form.is_crowd());
        Self {
            stream,
            form,
            all_tracks: false,
            cursor,
        }
    }

    /// Whether tracks beside the first of each kind are wished, too; at first they are not.
    pub fn take_all_tracks(&mut self, all_tracks: bool) {
        self.all_tracks = all_tracks;
    }

    /// The next bytes; waits for them. None when the stream has ended, or its publisher was away for too long.
    /// A call that is dropped has taken nothing.
    pub async fn next(&mut self) -> Option<Bytes> {
        let stream = Arc::clone(&self.stream);
        let news = match self.form.is_crowd() {
            true => &stream.bunches,
            false => &stream.news,
        };
        loop {
            let mut news = pin!(news.notified());
            news.as_mut().enable();
            let before = self.cursor;
            let found = self.look(Instant::now());
            self.count(before);
            match found {
                Found::Tags(opening, tags) => {
                    let bytes = self.formed(opening, &tags);
                    // Of further tracks alone, which aren't for everybody.
                    if !bytes.is_empty() {
                        return Some(bytes);
                    }
                }
                Found::End => return None,
                Found::Wait => news.await,
            }
        }
    }

    fn look(&mut self, now: Instant) -> Found {
        let held = self.stream.held();
        if held.closed {
            return Found::End;
        }
        match held.live.read(&mut self.cursor, now) {
            Read::Go(tags) => Found::Tags(None, tags),
            Read::Open(start, tags) => Found::Tags(Some(self.opening(&held.live, &start, true)), tags),
            Read::Again(start, tags) => Found::Tags(Some(self.opening(&held.live, &start, false)), tags),
            Read::Wait if held.released && !held.is_watchable() => Found::End,
            Read::Wait => Found::Wait,
        }
    }

    /// What stands before the first batch, or before one with new configurations.
    fn opening(&self, live: &Live, start: &Start, first: bool) -> Bytes {
        let opening = match self.all_tracks {
            true => [&start.opening[..], &start.further].concat().into(),
            false => start.opening.clone(),
        };
        match self.form {
            Form::Rtmp => return chunks(&opening),
            Form::Tags | Form::Srt | Form::Units => return opening,
            Form::Flv => {}
        }
        let mut out = BytesMut::new();
        if first {
            let (video, audio) = start.tracks;
            out.extend_from_slice(&flv::header(video, audio));
        }
        out.extend_from_slice(&live.join_tag(start.ms));
        out.extend_from_slice(&opening);
        out.freeze()
    }

    fn formed(&self, opening: Option<Bytes>, tags: &Tags) -> Bytes {
        if self.form == Form::Tags && tags.is_slate() {
            return Bytes::new();
        }
        let bytes = match self.form {
            Form::Rtmp => tags.rtmp(self.all_tracks),
            _ => tags.flv(self.all_tracks).clone(),
        };
        let bytes = match opening {
            Some(opening) => [opening, bytes].concat().into(),
            None => bytes,
        };
        self.readers().sent(bytes.len());
        bytes
    }

    fn count(&self, before: Cursor) {
        if self.cursor.skipped != before.skipped {
            let (skips, skipped) = (
                self.cursor.skips - before.skips,
                self.cursor.skipped - before.skipped,
            );
            self.readers().skipped(skips, skipped);
        }
    }

    fn readers(&self) -> &Readers {
        self.stream.readers(self.form)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.readers().leave();
        if self.form.is_crowd() {
            self.stream.crowd.leave();
        }
    }
}
