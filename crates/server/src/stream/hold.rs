//! What happens to a stream while its publisher gives nothing: a slate stands in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use container::flv::{Tag, TagKind};
use media::FrameRate;
use tokio::sync::oneshot;

use super::live::{Arrival, Live, News};
use super::retime::STEP;
use super::tracks::{Frame, Media, Tracks};
use super::{Held, State, Stream};
use crate::slate::Form;

/// So long after the last tag of a publisher who left the slate begins: one who is back by then isn't missed, and few
/// players have run dry.
const LEFT: Duration = Duration::from_millis(500);
/// The same of one who is still connected, and a few pictures: a line hesitates now and then.
const SILENT: Duration = Duration::from_secs(2);
const SILENT_PICTURES: u32 = 3;
/// So long before it the slate is made, where there is none yet: another publisher may take the place of one who is silent
/// for a second, and then it begins at once.
const AHEAD: Duration = Duration::from_millis(1_100);
/// At most so much of it is played in a heap to begin with, which takes the place of what was missed; what was missed
/// before that stays a hole.
const BACK: Duration = Duration::from_secs(3);
/// What a publisher sends is old if it belongs so far before the slate's end, in milliseconds: viewers have seen the slate
/// at its time.
const OLD: i64 = 1_000;
/// Old pictures are waited out for so long; then it is the publisher's clock that stood still, and they count as new.
const OLD_FOR: Duration = Duration::from_secs(3);
/// Somebody watches who asked for something so recently.
const RECENTLY: Duration = Duration::from_secs(15);

/// A slate on a stream's line.
#[derive(Debug, Default)]
pub(super) struct Hold {
    pub(super) tracks: Tracks,
    /// Whether the publisher, whose playlists these are, stamps its key frames.
    pub(super) studio: bool,
    /// Since when what the publisher sends is old.
    old: Option<Instant>,
}

/// A slate that is made, and waits for its moment.
#[derive(Debug)]
pub(super) struct StandBy {
    configurations: Vec<Tag>,
    begins: oneshot::Sender<Begin>,
}

/// Where a slate begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Begin {
    /// On the stream's line, in milliseconds.
    pub(crate) ms: i64,
    /// The same moment.
    pub(crate) at: Instant,
}

/// How a publisher's frame that comes while there is a slate is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Back {
    /// Not yet: decoding can't begin with it, or it is old.
    No,
    /// The show goes on where its timestamps say.
    There,
    /// The show goes on behind the slate.
    Behind,
}

impl Hold {
    /// Whether the show goes on with `frame`, which `now` came for the time `ms` of the line; `end` is the slate's. Without
    /// a time the publisher's session is a new one.
    pub(super) fn back(&mut self, begins: bool, ms: Option<i64>, end: i64, now: Instant) -> Back {
        if !begins {
            return Back::No;
        }
        let Some(ms) = ms else { return Back::Behind };
        if ms >= end {
            return Back::There;
        }
        let since = *self.old.get_or_insert(now);
        let waited = now.saturating_duration_since(since) >= OLD_FOR;
        match ms + OLD >= end || waited {
            true => Back::Behind,
            false => Back::No,
        }
    }
}

impl Live {
    /// A slate begins, of tracks with these configurations: gives its time on the line.
    fn begin_hold(&mut self, configurations: &[Tag], missed: Duration) -> i64 {
        self.flush();
        let mut tracks = Tracks::after(self.tracks.version());
        for tag in configurations {
            // A worker's, read once already.
            let _ = tracks.read(tag);
        }
        self.hold = Some(Hold {
            tracks,
            studio: self.studio,
            old: None,
        });
        self.retime.end() + STEP + i64::try_from(missed.as_millis()).unwrap_or(0)
    }

    /// The slate is over; what follows has other configurations.
    pub(super) fn end_hold(&mut self) {
        if self.hold.is_none() {
            return;
        }
        self.flush();
        if let Some(hold) = self.hold.take() {
            self.tracks.retell(hold.tracks.version());
        }
    }

    /// The same at `now`, where the publisher left off.
    fn begin_hold_at(&mut self, configurations: &[Tag], now: Instant) -> Begin {
        let step = Duration::from_millis(STEP.unsigned_abs());
        let gone = now.saturating_duration_since(self.counted.last_media + step);
        let missed = gone.saturating_sub(BACK);
        let at = self.counted.last_media + step + missed;
        let ms = self.begin_hold(configurations, missed);
        Begin { ms, at }
    }

    /// A tag of the slate, for the time `ms` of the line.
    fn hold(&mut self, tag: &Tag, ms: i64, at: Arrival) -> News {
        let Some(hold) = &mut self.hold else {
            return News::default();
        };
        let Ok(Media::Frame(frame)) = hold.tracks.read(tag) else {
            return News::default();
        };
        self.retime.hold(tag.kind, ms);
        self.hand_on(tag, &frame, ms, at)
    }

    /// Whether a publisher's frame goes on to the viewers: with a slate there, the first that decoding can begin with.
    pub(super) fn resumes(&mut self, tag: &Tag, frame: &Frame, now: Instant) -> bool {
        let begins = frame.is_picture_key() || !self.tracks.has_pictures();
        let ms = self.retime.beside(tag.timestamp);
        let end = self.retime.end();
        let Some(hold) = &mut self.hold else { return true };
        let back = hold.back(begins, ms, end, now);
        if back == Back::No {
            return false;
        }
        self.end_hold();
        if back == Back::Behind {
            self.retime.begin_session();
        }
        true
    }

    /// The form of a slate for the tracks as they are.
    fn form(&self) -> Option<Form> {
        let interval = self.counted.key_interval_ms.map(Duration::from_millis);
        let key = self.last_picture.clone();
        Form::of(self.tracks.video(), self.tracks.audio(), key, interval)
    }

    /// From when on a slate is due; `left`: the publisher is gone.
    fn slate_due(&self, left: bool) -> Instant {
        let rate = self.tracks.video().and_then(|video| video.rate);
        let picture = Duration::from_nanos(rate.map_or(0, FrameRate::frame_nanos).unsigned_abs());
        let patience = match left {
            true => LEFT,
            false => SILENT + SILENT_PICTURES * picture,
        };
        self.counted.last_media + patience
    }
}

impl Stream {
    /// The form of the slate that the stream needs by now or in a moment, and from when on: none while media comes, while
    /// there is one, when nobody watches, and where nothing was to be seen yet. Who is told takes the place of whoever
    /// plays it, until [`leave_slate`](Self::leave_slate).
    pub(crate) fn wants_slate(&self, now: Instant) -> Option<(Form, Instant)> {
        let mut held = self.held();
        let due = held.slate_due(self.hold_viewers)?;
        let early = now + AHEAD < due;
        if early || held.slated || !held.may_have_slate() {
            return None;
        }
        let asked = held
            .asked
            .is_some_and(|asked| now.saturating_duration_since(asked) < RECENTLY);
        if !asked && !self.has_readers() {
            return None;
        }
        let form = held.live.form()?;
        held.slated = true;
        Some((form, due))
    }

    /// The slate takes the stream's line over, with these configurations; none when media came meanwhile, or the show
    /// ended.
    pub(crate) fn begin_slate(&self, configurations: &[Tag], now: Instant) -> Option<Begin> {
        let mut held = self.held();
        if held.closed || now < held.slate_due(self.hold_viewers)? {
            return None;
        }
        let begin = held.live.begin_hold_at(configurations, now);
        drop(held);
        self.notify();
        Some(begin)
    }

    /// The slate stands by with these configurations until `due`, and takes the line over then, or as soon as another
    /// publisher takes the place of the one who is silent. None as of [`begin_slate`](Self::begin_slate).
    pub(crate) async fn slate_stands_by(&self, configurations: &[Tag], due: Instant) -> Option<Begin> {
        let mut begun = self.stand_by(configurations);
        tokio::select! {
            () = tokio::time::sleep_until(due.into()) => {}
            begin = &mut begun => return begin.ok(),
        }
        self.held().standby = None;
        // It may have begun in the same moment.
        let begun = begun.try_recv().ok();
        begun.or_else(|| self.begin_slate(configurations, Instant::now()))
    }

    fn stand_by(&self, configurations: &[Tag]) -> oneshot::Receiver<Begin> {
        let (begins, begun) = oneshot::channel();
        self.held().standby = Some(StandBy {
            configurations: configurations.to_vec(),
            begins,
        });
        begun
    }

    /// A tag of the slate for the time `ms` of the line; false when the slate is over.
    pub(crate) fn take_slate(self: &Arc<Self>, tag: &Tag, ms: i64, at: Arrival) -> bool {
        let mut held = self.held();
        if held.closed || held.live.hold.is_none() {
            return false;
        }
        let news = held.live.hold(tag, ms, at);
        self.tell(held, news, at.now);
        true
    }

    /// No slate can be made for the publisher's session.
    pub(crate) fn refuse_slate(&self) {
        let mut held = self.held();
        held.slate_refused = Some(held.sessions);
    }

    /// Nobody plays a slate any more.
    pub(crate) fn leave_slate(&self) {
        let mut held = self.held();
        held.slated = false;
        held.live.end_hold();
    }

    /// Whether viewers get a slate now.
    pub fn is_held(&self) -> bool {
        self.held().live.hold.is_some()
    }

    /// Whether there is something to be seen now: the show, or its slate, which may be about to begin.
    pub fn is_watchable(&self) -> bool {
        self.held().is_watchable()
    }

    /// Whether somebody watches on a connection of its own.
    fn has_readers(&self) -> bool {
        let readers = [&self.flv, &self.rtmp, &self.srt, &self.web_rtc];
        readers.iter().any(|readers| readers.now() > 0)
    }
}

impl Held {
    /// Another publisher takes the place of one who is silent: a slate that stands by begins.
    pub(super) fn begin_standby(&mut self, now: Instant) {
        if !matches!(self.state, State::Live(_)) {
            return;
        }
        if let Some(StandBy {
            configurations,
            begins,
        }) = self.standby.take()
        {
            let begin = self.live.begin_hold_at(&configurations, now);
            if begins.send(begin).is_err() {
                // Nobody is there to play it.
                self.live.end_hold();
            }
        }
    }

    /// Whether a slate could be shown now.
    fn may_have_slate(&self) -> bool {
        let seen = self.live.newest_ms().is_some();
        seen && !self.released && !self.closed && self.slate_refused != Some(self.sessions)
    }

    /// From when on a slate is due; none where the show hasn't begun, or is over, and where viewers aren't held so long.
    fn slate_due(&self, longest: Duration) -> Option<Instant> {
        match self.state {
            State::Live(_) => Some(self.live.slate_due(false)),
            State::Interrupted => {
                let due = self.live.slate_due(true);
                (due < self.since + longest).then_some(due)
            }
            State::Announced(_) | State::Ended => None,
        }
    }

    pub(super) fn is_watchable(&self) -> bool {
        match self.state {
            State::Live(_) => true,
            // With the first who watches a slate begins.
            State::Interrupted => self.live.hold.is_some() || self.may_have_slate(),
            State::Announced(_) | State::Ended => false,
        }
    }
}

/// Whether a tag is of pictures or sound.
pub(super) fn is_media(tag: &Tag) -> bool {
    tag.kind != TagKind::Script
}

#[cfg(test)]
mod tests;
