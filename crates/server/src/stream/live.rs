//! A stream as its publisher feeds it: decides what readers get, without IO or clock.

use std::time::{Duration, Instant};

use api::Fault;
use bytes::Bytes;
use container::flv::script::{Join, join_message};
use container::flv::{self, Tag, TagKind, write_tag};
use container::sei;
use media::{MediaClock, TrackKind, Utc, VideoCodec};
use packager::Stamp;

use super::clock::ClockLine;
use super::crowd::{Coalescing, Due};
use super::hold::Hold;
use super::merge::{Merge, Pending};
use super::package::{Package, Unit};
use super::rate::Rate;
use super::retime::Retime;
use super::ring::{Batch, Cursor, Read, Ring, Start};
use super::tags::Tags;
use super::tracks::{Frame, Media, Tracks};
use crate::config;

/// `anchorJoin` comes again so often, at a key frame.
const REJOIN: Duration = Duration::from_secs(30);
/// Where there are no pictures readers may begin this often.
const AUDIO_START: Duration = Duration::from_secs(1);

/// The moment a tag arrived, on both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// On the machine's monotonic clock.
    pub now: Instant,
    /// In the time of day.
    pub utc: Utc,
}

/// For whom there is something new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// Readers of FLV.
    pub(crate) flv: bool,
    /// Those who wait for a part or a playlist.
    pub(crate) hls: bool,
}

/// What a stream holds and has counted.
#[derive(Debug)]
pub(crate) struct Live {
    ring: Ring,
    reader_lag: Duration,
    pub(super) retime: Retime,
    merge: Merge,
    coalescing: Coalescing,
    pub(crate) clock: ClockLine,
    /// When `anchorJoin` last stood among the tags.
    joined: Option<Instant>,
    /// The clock message of the key frame that follows.
    announced: Option<MediaClock>,
    pub(crate) tracks: Tracks,
    pub(crate) package: Package,
    /// Version of the configurations that are in the ring.
    ringed: u64,
    last_key: Option<(Instant, i64)>,
    /// Whether the publisher stamps its key frames, as our studio does.
    pub(super) studio: bool,
    /// The last key frame of a codec that no slate can be made in.
    pub(super) last_picture: Option<Bytes>,
    /// The slate that stands in for the publisher.
    pub(super) hold: Option<Hold>,
    pub(crate) counted: Counted,
}

/// Counters since the stream began.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) bytes: u64,
    pub(crate) byte_rate: Rate,
    pub(crate) frames: u64,
    pub(crate) frame_rate: Rate,
    pub(crate) packets: u64,
    pub(crate) refused: u64,
    pub(crate) key_interval_ms: Option<u64>,
    pub(crate) last_media: Instant,
    pub(crate) last_error: Option<Fault>,
}

impl Live {
    pub(crate) fn new(config: &config::Stream, now: Instant) -> Self {
        Self {
            ring: Ring::new(config.ring_bytes),
            reader_lag: Duration::from_millis(config.reader_lag_ms),
            retime: Retime::default(),
            merge: Merge::new(Duration::from_millis(config.merge_ms)),
            coalescing: Coalescing::default(),
            joined: None,
            clock: ClockLine::default(),
            announced: None,
            tracks: Tracks::default(),
            package: Package::new(config),
            ringed: 0,
            last_key: None,
            studio: false,
            last_picture: None,
            hold: None,
            counted: Counted::new(now),
        }
    }

    /// A publisher's session begins. A slate goes on until its first key frame.
    pub(crate) fn begin_session(&mut self, now: Instant) {
        if self.hold.is_none() {
            self.flush();
            self.clock.begin();
        }
        self.retime.begin_session();
        self.tracks.begin_session();
        self.announced = None;
        self.last_picture = None;
        self.studio = false;
        self.counted.begin_session(now);
    }

    /// It ended: what waits goes out.
    pub(crate) fn end_session(&mut self) {
        if self.hold.is_none() {
            self.close();
        }
    }

    /// What was placed on the line so far is done with: readers begin with what follows.
    pub(super) fn flush(&mut self) {
        self.close();
        self.ring.forget_starts();
        self.last_key = None;
    }

    fn close(&mut self) {
        if let Some(pending) = self.merge.take_last() {
            let at = self.counted.last_media;
            self.send(pending, at);
        }
        self.package.end_session();
    }

    /// Takes the clock message of the key frame that follows.
    pub(crate) fn announce(&mut self, clock: MediaClock) {
        self.announced = Some(clock);
    }

    /// Takes a tag of the publisher. What is new by it.
    pub(crate) fn take(&mut self, tag: &Tag, at: Arrival) -> News {
        self.counted.arrived(tag, at.now);
        let news = match self.tracks.read(tag) {
            Ok(Media::Frame(frame)) => self.frame(tag, &frame, at),
            Ok(Media::Configured | Media::Nothing) => News::default(),
            Err(fault) => {
                self.counted.refuse(fault);
                News::default()
            }
        };
        self.further(tag);
        news
    }

    /// What stood in `tag` of further tracks, which waits for something of the main ones to go with.
    fn further(&mut self, tag: &Tag) {
        self.counted.refused += self.tracks.further().left_out();
        let Some(ms) = self.retime.beside(tag.timestamp).filter(|_| self.hold.is_none()) else {
            return;
        };
        for data in self.tracks.further().parts() {
            let further = Tag {
                kind: tag.kind,
                timestamp: ms as u32,
                data: data.clone(),
            };
            self.counted.refused += u64::from(!self.merge.add_further(&further, ms));
        }
    }

    fn frame(&mut self, tag: &Tag, frame: &Frame, at: Arrival) -> News {
        self.counted.frame(frame.kind, at.now);
        if !self.resumes(tag, frame, at.now) {
            return News::default();
        }
        let placed = self.retime.place(tag.kind, tag.timestamp);
        if placed.anew {
            self.clock.begin();
        }
        self.clock.arrived(placed.ms, at.utc);
        if frame.is_picture_key() {
            self.stamp(placed.ms + i64::from(frame.composition_ms), &frame.data, at.utc);
            self.counted
                .key_frame(self.last_key.map(|(_, ms)| placed.ms - ms));
            let plain = self
                .tracks
                .video()
                .is_some_and(|video| video.codec == VideoCodec::H264);
            self.last_picture = (!plain).then(|| frame.data.clone());
        }
        self.hand_on(tag, frame, placed.ms, at)
    }

    /// Hands a frame, of the publisher or of a slate, to the viewers: it has the time `ms` on the stream's line.
    pub(super) fn hand_on(&mut self, tag: &Tag, frame: &Frame, ms: i64, at: Arrival) -> News {
        let (tracks, studio) = match &self.hold {
            Some(hold) => (&hold.tracks, hold.studio),
            None => (&self.tracks, self.studio),
        };
        let unit = Unit {
            frame,
            stamp: Stamp {
                ms: tag.timestamp,
                nanos: frame.nanos,
            },
            utc: self
                .clock
                .at(ms + i64::from(frame.composition_ms))
                .map(|moment| moment.utc),
            studio,
        };
        let hls = self.package.push(tracks, unit);
        let plain = Tag {
            kind: tag.kind,
            timestamp: ms as u32,
            data: tracks.plain_body(tag, frame),
        };
        let start = frame.is_picture_key() || self.sound_starts(at.now);
        News {
            flv: self.gather(&plain, ms, start, at.now),
            hls,
        }
    }

    /// The tracks that viewers get now.
    fn shown(&self) -> &Tracks {
        self.hold.as_ref().map_or(&self.tracks, |hold| &hold.tracks)
    }

    fn gather(&mut self, tag: &Tag, ms: i64, start: bool, now: Instant) -> bool {
        let mut sent = false;
        if start {
            self.last_key = Some((now, ms));
            if let Some(pending) = self.merge.take() {
                self.send(pending, now);
                sent = true;
            }
        }
        match self.merge.add(tag, ms, start, now) {
            Some(pending) => self.send(pending, now),
            None => return sent,
        }
        true
    }

    /// Whether readers may begin with a packet of sound that arrives `now`.
    fn sound_starts(&self, now: Instant) -> bool {
        let due = |(at, _): (Instant, i64)| now.saturating_duration_since(at) >= AUDIO_START;
        !self.shown().has_pictures() && self.last_key.is_none_or(due)
    }

    /// Sets the clock by a key frame's stamp: the one in the picture, or else the message before it.
    fn stamp(&mut self, ms: i64, data: &Bytes, arrival: Utc) {
        let announced = self.announced.take();
        if let Some(stamp) = sei::find(data).or(announced) {
            self.studio = true;
            self.clock.stamp(ms, &stamp, arrival);
        }
    }

    fn send(&mut self, pending: Pending, at: Instant) {
        let tracks = self.shown();
        let version = tracks.version();
        let start = (pending.key || version != self.ringed).then(|| Start {
            key: pending.key,
            // Nobody begins without a key frame: who comes to it has what was before.
            opening: match pending.key {
                true => tracks.opening(pending.ms as u32),
                false => tracks.opening_since(self.ringed, pending.ms as u32),
            },
            further: tracks.further().opening(pending.ms as u32),
            version,
            tracks: (tracks.video().is_some(), tracks.audio().is_some()),
            ms: pending.ms,
        });
        self.ringed = version;
        let (count, key, ms) = (pending.tags, pending.key, pending.ms);
        let (main, further) = pending.into_bytes();
        let tags = Tags::new(self.rejoined(ms, key, main, at), further).of_slate(self.hold.is_some());
        self.ring.push(Batch {
            tags,
            count,
            at,
            start,
        });
    }

    /// The newest time on the stream's line at which readers may begin.
    pub(crate) fn newest_ms(&self) -> Option<i64> {
        self.last_key.map(|(_, ms)| ms)
    }

    /// The time on the stream's line whose lower 32 bits are `ms`: the one that is nearest.
    pub(crate) fn whole(&self, ms: u32) -> i64 {
        flv::nearest(ms, self.newest_ms().unwrap_or_default())
    }

    /// Something for readers came at `now`: when do those in bunches get it, who are sent something once in `pause`?
    pub(super) fn due(&mut self, now: Instant, pause: Duration) -> Due {
        let due = self.coalescing.arrived(now, pause);
        if due == Due::Now {
            self.ring.bunch();
        }
        due
    }

    /// Readers in bunches get what came.
    pub(super) fn send_bunch(&mut self, now: Instant) {
        self.coalescing.sent(now);
        self.ring.bunch();
    }

    /// The place of a reader who comes now; see [`Ring::cursor`].
    pub(crate) fn cursor(&self, in_bunches: bool) -> Cursor {
        self.ring.cursor(in_bunches)
    }

    /// The next for the reader at `cursor`.
    pub(crate) fn read(&self, cursor: &mut Cursor, now: Instant) -> Read {
        self.ring.read(cursor, now, self.reader_lag)
    }

    /// The tag `anchorJoin`: the moment of the day at a place on the stream's line, that of the next media tag.
    pub(crate) fn join_tag(&self, ms: i64) -> Bytes {
        let moment = self.clock.at(ms);
        let timestamp = ms as u32;
        let data = join_message(&Join {
            utc: moment.map(|m| m.utc).unwrap_or_default(),
            timestamp,
            estimated: moment.is_some_and(|m| m.estimated),
            synchronised: moment.is_some_and(|m| m.synchronised),
            known: moment.is_some(),
        });
        write_tag(&Tag {
            kind: TagKind::Script,
            timestamp,
            data,
        })
    }

    /// `bytes` of a batch that begins at `ms`, behind a fresh `anchorJoin` when the last one is long ago.
    fn rejoined(&mut self, ms: i64, key: bool, bytes: Bytes, now: Instant) -> Bytes {
        let joined = *self.joined.get_or_insert(now);
        if !key || now.saturating_duration_since(joined) < REJOIN {
            return bytes;
        }
        self.joined = Some(now);
        [self.join_tag(ms), bytes].concat().into()
    }

    /// Jumps within the publisher's timestamps so far.
    pub(crate) fn jumps(&self) -> u64 {
        self.retime.jumps()
    }

    /// Gives the bytes of a stream back that nobody reads any more.
    pub(crate) fn clear(&mut self) {
        self.ring.clear();
    }
}

impl Counted {
    fn new(now: Instant) -> Self {
        Self {
            bytes: 0,
            byte_rate: Rate::new(now),
            frames: 0,
            frame_rate: Rate::new(now),
            packets: 0,
            refused: 0,
            key_interval_ms: None,
            last_media: now,
            last_error: None,
        }
    }

    fn begin_session(&mut self, now: Instant) {
        self.byte_rate = Rate::new(now);
        self.frame_rate = Rate::new(now);
        self.key_interval_ms = None;
        self.last_media = now;
    }

    fn arrived(&mut self, tag: &Tag, now: Instant) {
        // Who only talks about a show is silent.
        if tag.kind != TagKind::Script {
            self.last_media = now;
            self.bytes += tag.data.len() as u64;
            self.byte_rate.add(tag.data.len() as u64, now);
        }
    }

    fn frame(&mut self, kind: TrackKind, now: Instant) {
        match kind {
            TrackKind::Audio => self.packets += 1,
            TrackKind::Video => {
                self.frames += 1;
                self.frame_rate.add(1, now);
            }
        }
    }

    fn key_frame(&mut self, interval_ms: Option<i64>) {
        self.key_interval_ms = interval_ms
            .and_then(|ms| u64::try_from(ms).ok())
            .or(self.key_interval_ms);
    }

    fn refuse(&mut self, fault: Fault) {
        self.refused += 1;
        if self.last_error.as_ref() != Some(&fault) {
            tracing::warn!(%fault, "media refused");
            self.last_error = Some(fault);
        }
    }
}

#[cfg(test)]
mod tests;
