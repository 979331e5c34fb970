//! Streams: one publisher each, any number of readers.
//!
//! What a stream decides is in [`live`] and its parts, pure. Here it is shared: a lock held for a moment by
//! whoever has something to add or to take, and a word to those who wait.

mod announced;
mod clock;
mod crowd;
mod further;
mod hold;
mod hub;
mod live;
mod merge;
mod package;
mod rate;
mod reader;
mod readers;
mod request;
mod retime;
mod ring;
mod stats;
mod tags;
mod text;
mod tracks;
mod transport;
mod watcher;
mod wish;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use api::server::{BeatStats, ClockState, SrtStats, WebRtcStats};
use api::{Fault, StreamStats};
use container::flv::Tag;
use media::{MediaClock, Utc};
use tokio::sync::{Notify, mpsc};

use crate::config;
use crate::name::Name;
use crowd::{Crowd, Due};
use live::{Live, News};
use readers::Readers;

pub use announced::{MOST_AHEAD, Shown};
pub(crate) use hold::Begin;
pub use hub::{Hub, Publisher};
pub use live::Arrival;
pub(crate) use package::Ask;
pub use reader::{Form, Reader};
pub(crate) use request::{Growth, Outcome, Unfinished};
pub(crate) use text::{Document, Text};
pub(crate) use tracks::{Frame, Media, Tracks};
pub(crate) use watcher::Watcher;
pub use wish::Wish;

/// One stream.
#[derive(Debug)]
pub struct Stream {
    name: Name,
    held: Mutex<Held>,
    /// Told when there is something new to read, or nothing more to come.
    news: Notify,
    /// The same for readers in bunches.
    bunches: Notify,
    crowd: Arc<Crowd>,
    /// The same for those who wait for a part or a playlist.
    parts: Notify,
    flv: Readers,
    rtmp: Readers,
    srt: Readers,
    /// Viewers by WebRTC, who read a rendition.
    web_rtc: Readers,
    /// Of what makes a rendition, which is no viewer.
    units: Readers,
    pushes: Readers,
    requests: Requests,
    beats: Mutex<BeatStats>,
    /// How long viewers are held, by a slate where there is one, while the publisher is away.
    hold_viewers: Duration,
}

#[derive(Debug)]
struct Held {
    live: Live,
    state: State,
    since: Instant,
    sessions: u64,
    who: Option<Who>,
    /// What its connection last said of itself.
    transport: Option<SrtStats>,
    /// The same, by WebRTC.
    web_rtc: Option<WebRtcStats>,
    /// The publisher was away for too long: readers end.
    released: bool,
    /// The server stops: readers end.
    closed: bool,
    /// The publisher said that it is done, and not only gone.
    farewell: bool,
    /// When something was last asked for over HTTP.
    asked: Option<Instant>,
    /// Somebody sees to a slate.
    slated: bool,
    /// What they have ready, as long as it isn't due.
    standby: Option<hold::StandBy>,
    /// The publisher's session that no slate can be made for.
    slate_refused: Option<u64>,
}

#[derive(Debug)]
enum State {
    /// Nobody has published yet; it is to begin then, if that is known.
    Announced(Option<Utc>),
    /// A publisher is connected; the end of its wishes tells it that another took its place.
    Live(wish::Wishes),
    Interrupted,
    /// Kept for a while, so that players see the end.
    Ended,
}

/// Who publishes, as the statistics show it.
#[derive(Clone, Debug)]
pub struct Who {
    /// What the publisher calls itself.
    pub agent: String,
    /// Address and port.
    pub address: String,
    /// Whether it connects anew when it is asked to.
    pub reconnects: bool,
    /// Whether it makes a key frame when it is asked for one.
    pub key_frames: bool,
    /// When the publish began.
    pub since: Instant,
}

/// Counters of HLS requests.
#[derive(Debug, Default)]
struct Requests {
    answered: AtomicU64,
    waiting: AtomicU64,
    sent_bytes: AtomicU64,
}

impl Stream {
    fn new(name: Name, config: &config::Stream, crowd: Arc<Crowd>, now: Instant) -> Self {
        Self {
            name,
            held: Mutex::new(Held {
                live: Live::new(config, now),
                state: State::Interrupted,
                since: now,
                sessions: 0,
                who: None,
                transport: None,
                web_rtc: None,
                released: false,
                closed: false,
                farewell: false,
                asked: None,
                slated: false,
                standby: None,
                slate_refused: None,
            }),
            news: Notify::new(),
            bunches: Notify::new(),
            crowd,
            parts: Notify::new(),
            flv: Readers::default(),
            rtmp: Readers::default(),
            srt: Readers::default(),
            web_rtc: Readers::default(),
            units: Readers::default(),
            pushes: Readers::default(),
            requests: Requests::default(),
            beats: Mutex::default(),
            hold_viewers: Duration::from_millis(config.hold_viewers_ms),
        }
    }

    /// The public name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Whether the show has ended.
    pub fn is_ended(&self) -> bool {
        matches!(self.held().state, State::Ended)
    }

    /// Whether its pictures' times of day are stamped by the publisher, by a clock that follows a server's;
    /// else they are estimated or the publisher's own word.
    pub fn is_stamped(&self) -> bool {
        self.held().live.clock.stats().state == ClockState::Synchronised
    }

    /// Whether a publisher is connected.
    pub fn is_live(&self) -> bool {
        matches!(self.held().state, State::Live(_))
    }

    /// Bytes of media, and pictures, that were received.
    pub(crate) fn received(&self) -> (u64, u64) {
        let held = self.held();
        (held.live.counted.bytes, held.live.counted.frames)
    }

    /// What is known about the stream at `now`.
    pub fn stats(&self, now: Instant) -> StreamStats {
        stats::stats(self, now)
    }

    /// Changes what viewers' pages reported.
    pub fn beats(&self, change: impl FnOnce(&mut BeatStats)) {
        change(&mut self.beats.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn readers(&self, form: Form) -> &Readers {
        match form {
            Form::Flv => &self.flv,
            Form::Rtmp => &self.rtmp,
            Form::Srt => &self.srt,
            Form::Units => &self.units,
            Form::Tags => &self.pushes,
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A publisher takes its place. Gives the session's number, and what is wished of it until another takes the place.
    fn begin_session(&self, who: Who, now: Instant) -> (u64, mpsc::Receiver<Wish>) {
        let (wishes, wished) = wish::wishes();
        let mut held = self.held();
        held.begin_standby(now);
        held.live.begin_session(now);
        held.state = State::Live(wishes);
        held.since = now;
        held.sessions += 1;
        held.who = Some(who);
        held.transport = None;
        held.web_rtc = None;
        (held.released, held.farewell) = (false, false);
        let session = held.sessions;
        drop(held);
        self.notify();
        (session, wished)
    }

    /// The publisher of `session` is gone, because of `fault` if something went wrong.
    fn end_session(&self, session: u64, fault: Option<Fault>, now: Instant) {
        let mut held = self.held();
        if held.sessions != session {
            return;
        }
        if fault.is_some() {
            held.live.counted.last_error = fault;
        }
        // Who is sent away as the show is ended doesn't interrupt it.
        if !matches!(held.state, State::Ended) {
            held.live.end_session();
            held.state = State::Interrupted;
            held.since = now;
        }
        drop(held);
        self.notify();
    }

    /// A tag of the publisher of `session`; false when another took its place.
    fn take(self: &Arc<Self>, session: u64, tag: &Tag, at: Arrival) -> bool {
        let mut held = self.held();
        if held.sessions != session || matches!(held.state, State::Ended) {
            return false;
        }
        let news = held.live.take(tag, at);
        // Nothing of a publisher who is back is shown before one.
        let waits = held.live.hold.is_some() && hold::is_media(tag);
        self.tell(held, news, at.now);
        if waits {
            self.ask_for_key_frame(at.now);
        }
        true
    }

    /// Says that there is `news` since `now`, once those who hear of it can look at what is held.
    fn tell(self: &Arc<Self>, mut held: MutexGuard<'_, Held>, news: News, now: Instant) {
        let due = news.flv.then(|| held.live.due(now, self.crowd.pause()));
        drop(held);
        if news.flv {
            self.news.notify_waiters();
        }
        match due {
            Some(Due::Now) => self.bunches.notify_waiters(),
            Some(Due::At(at)) => self.tell_at(at),
            Some(Due::Known) | None => {}
        }
        if news.hls {
            self.parts.notify_waiters();
        }
    }

    /// The same to readers in bunches, `at` that time.
    fn tell_at(self: &Arc<Self>, at: Instant) {
        let stream = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep_until(at.into()).await;
            stream.held().live.send_bunch(Instant::now());
            stream.bunches.notify_waiters();
        });
    }

    /// The publisher of `session` says that it is done.
    fn farewell(&self, session: u64) {
        let mut held = self.held();
        if held.sessions == session {
            held.farewell = true;
        }
    }

    fn transport(&self, session: u64, stats: Option<SrtStats>) {
        let mut held = self.held();
        if held.sessions == session {
            held.transport = stats;
        }
    }

    fn web_rtc(&self, session: u64, stats: WebRtcStats) {
        let mut held = self.held();
        if held.sessions == session {
            held.web_rtc = Some(stats);
        }
    }

    fn announce(&self, session: u64, clock: MediaClock) {
        let mut held = self.held();
        if held.sessions == session {
            held.live.announce(clock);
        }
    }

    /// Whether a publisher has the place and doesn't give way.
    fn is_taken(&self, now: Instant) -> bool {
        self.silent(now).is_some_and(|silent| silent < hub::SILENT)
    }

    /// How long the publisher has been silent; none while there is none.
    fn silent(&self, now: Instant) -> Option<Duration> {
        let held = self.held();
        match held.state {
            State::Live(_) => Some(now.saturating_duration_since(held.live.counted.last_media)),
            State::Announced(_) | State::Interrupted | State::Ended => None,
        }
    }

    /// How long the stream has been interrupted; none while it is live, and before it was.
    fn interrupted(&self, now: Instant) -> Option<Duration> {
        let held = self.held();
        match held.state {
            State::Announced(_) | State::Live(_) => None,
            State::Interrupted | State::Ended => Some(now.saturating_duration_since(held.since)),
        }
    }

    /// The publisher was away for too long: readers end, and what is kept for them goes.
    fn release(&self) {
        let mut held = self.held();
        if !held.released {
            held.released = true;
            held.live.end_hold();
            held.live.clear();
            drop(held);
            self.notify();
        }
    }

    /// Nobody has watched for a while: gives the bytes back.
    fn let_go(&self) {
        self.held().live.clear();
    }

    /// The server stops: nobody waits any more.
    fn close(&self) {
        self.held().closed = true;
        self.notify();
    }

    /// Whether the publisher said that it is done when it left.
    fn said_farewell(&self) -> bool {
        self.held().farewell
    }

    /// The show ends: playlists say so, a publisher who is still there is sent away. False when it had ended.
    pub(crate) fn end(&self, now: Instant) -> bool {
        let mut held = self.held();
        if matches!(held.state, State::Ended) {
            return false;
        }
        held.live.end_hold();
        held.live.end_session();
        held.state = State::Ended;
        held.since = now;
        held.released = true;
        held.live.package.end();
        drop(held);
        self.notify();
        true
    }

    fn notify(&self) {
        self.news.notify_waiters();
        self.bunches.notify_waiters();
        self.parts.notify_waiters();
    }
}
