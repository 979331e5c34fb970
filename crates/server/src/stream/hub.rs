//! All streams.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use api::server::{SrtStats, WebRtcStats};
use api::{Code, Fault};
use container::flv::Tag;
use media::{MediaClock, Utc};
use tokio::sync::{Notify, mpsc};

use super::crowd::Crowd;
use super::{Arrival, Stream, Who, Wish};
use crate::config;
use crate::name::Name;

/// A publisher silent for so long gives way to another with the same key.
pub(super) const SILENT: Duration = Duration::from_secs(1);
/// After so long without a publisher, and without a slate, nobody is watching.
const UNWATCHED: Duration = Duration::from_secs(30);
/// How long an ended show is kept, so that players see that it ended.
const SHOWN_ENDED: Duration = Duration::from_secs(60);

/// The streams by name. Names come from keys, so there are no more streams than keys.
#[derive(Debug)]
pub struct Hub {
    config: config::Stream,
    crowd: Arc<Crowd>,
    streams: Mutex<BTreeMap<Name, Arc<Stream>>>,
    /// Told when a publisher has begun.
    begun: Notify,
}

/// The place of one publisher at its stream. Dropping it interrupts the stream.
#[derive(Debug)]
pub struct Publisher {
    stream: Arc<Stream>,
    session: u64,
    wishes: mpsc::Receiver<Wish>,
    fault: Option<Fault>,
}

impl Hub {
    /// No streams yet.
    pub fn new(config: config::Stream) -> Self {
        Self {
            crowd: Arc::new(Crowd::new(&config)),
            config,
            streams: Mutex::default(),
            begun: Notify::new(),
        }
    }

    /// A new stream of that name.
    pub(super) fn stream(&self, name: &Name, now: Instant) -> Stream {
        Stream::new(name.clone(), &self.config, Arc::clone(&self.crowd), now)
    }

    /// The place of a publisher at stream `name`: one at a time.
    ///
    /// A second one is refused unless the first has been silent for a second (its connection is dead, but the
    /// system doesn't know yet). A secret by which a publisher could show that it is the same one, and take
    /// its own place at once, is not handed out yet.
    pub fn claim(&self, name: &Name, who: Who, now: Instant) -> Result<Publisher, Fault> {
        let mut streams = self.streams();
        if streams.get(name).is_some_and(|stream| stream.is_ended()) {
            streams.remove(name);
        }
        let stream = streams
            .entry(name.clone())
            .or_insert_with(|| Arc::new(self.stream(name, now)));
        if stream.is_taken(now) {
            let message = format!("Another publisher is live as {name}. End it first, or use another key.");
            return Err(Fault::new(Code::PublishTaken, message));
        }
        let (session, wishes) = stream.begin_session(who, now);
        let stream = Arc::clone(stream);
        drop(streams);
        self.begun.notify_waiters();
        Ok(Publisher {
            stream,
            session,
            wishes,
            fault: None,
        })
    }

    /// Whether stream `name` has a publisher who doesn't give way.
    pub fn is_taken(&self, name: &Name, now: Instant) -> bool {
        self.get(name).is_some_and(|stream| stream.is_taken(now))
    }

    /// The stream called `name`: live, interrupted or just ended.
    pub fn get(&self, name: &Name) -> Option<Arc<Stream>> {
        self.streams().get(name).cloned()
    }

    /// Waits until stream `name` is live.
    pub async fn live(&self, name: &Name) -> Arc<Stream> {
        loop {
            let mut begun = pin!(self.begun.notified());
            begun.as_mut().enable();
            if let Some(stream) = self.get(name).filter(|stream| stream.is_live()) {
                return stream;
            }
            begun.await;
        }
    }

    /// All streams, by name.
    pub fn list(&self) -> Vec<Arc<Stream>> {
        self.streams().values().cloned().collect()
    }

    /// Ends what has been interrupted for too long: first the waiting of its viewers, then the show. Forgets shows that
    /// ended long ago, and those that were announced and never began. `now` and `utc` are the same moment.
    pub fn expire(&self, now: Instant, utc: Utc) {
        self.streams().retain(|name, stream| {
            let awaited = stream.is_awaited(now, utc);
            awaited.unwrap_or_else(|| self.keeps(name, stream, now))
        });
    }

    fn keeps(&self, name: &Name, stream: &Stream, now: Instant) -> bool {
        let millis = |ms| Duration::from_millis(ms);
        let mut end = millis(self.config.end_after_ms);
        if stream.said_farewell() {
            end = end.min(millis(self.config.end_after_farewell_ms));
        }
        let Some(since) = stream.interrupted(now) else {
            return true;
        };
        if stream.is_ended() {
            return since < SHOWN_ENDED;
        }
        if since >= end {
            tracing::info!(stream = %name, "show ended: nobody published for long enough");
            stream.end(now);
        } else if since >= millis(self.config.hold_viewers_ms) {
            stream.release();
        } else if since >= UNWATCHED && !stream.is_held() {
            stream.let_go();
        }
        true
    }

    /// Ends all reading: the server stops.
    pub fn close(&self) {
        for stream in self.list() {
            stream.close();
        }
    }

    pub(super) fn streams(&self) -> MutexGuard<'_, BTreeMap<Name, Arc<Stream>>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Publisher {
    /// Hands a tag to the readers; false when another publisher took the place.
    pub fn take(&self, tag: &Tag, at: Arrival) -> bool {
        self.stream.take(self.session, tag, at)
    }

    /// Notes what the publisher's connection says of itself.
    pub fn transport(&self, stats: Option<SrtStats>) {
        self.stream.transport(self.session, stats);
    }

    /// The same for a connection by WebRTC.
    pub fn web_rtc(&self, stats: WebRtcStats) {
        self.stream.web_rtc(self.session, stats);
    }

    /// Hands on the clock message of the key frame that follows.
    pub fn announce(&self, clock: MediaClock) {
        self.stream.announce(self.session, clock);
    }

    /// Waits until another publisher takes the place.
    pub async fn replaced(&mut self) {
        while self.wish().await.is_some() {}
    }

    /// Waits for what is wished of the publisher; none when another takes the place.
    pub async fn wish(&mut self) -> Option<Wish> {
        self.wishes.recv().await
    }

    /// The publisher says that it is done: the show ends sooner than where its connection is lost.
    pub fn farewell(&self) {
        self.stream.farewell(self.session);
    }

    /// Says why the publisher is about to leave.
    pub fn fail(&mut self, fault: Fault) {
        self.fault = Some(fault);
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.stream
            .end_session(self.session, self.fault.take(), Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(now: Instant) -> Who {
        Who {
            agent: "test".into(),
            address: "127.0.0.1:1".into(),
            reconnects: false,
            key_frames: false,
            since: now,
        }
    }

    #[test]
    fn one_publisher_at_a_time_unless_the_older_is_silent() {
        let (hub, now) = (Hub::new(config::Stream::default()), Instant::now());
        let (name, other) = (Name::new("a").unwrap(), Name::new("b").unwrap());
        let older = hub.claim(&name, who(now), now).unwrap();
        let refused = hub
            .claim(&name, who(now), now + Duration::from_millis(999))
            .unwrap_err();
        assert_eq!(refused.code, Code::PublishTaken);
        assert!(hub.claim(&other, who(now), now).is_ok());

        let newer = hub.claim(&name, who(now), now + SILENT).unwrap();
        assert!(older.wishes.is_closed() && !newer.wishes.is_closed());
        drop(older);
        assert!(
            hub.get(&name).unwrap().is_live(),
            "the older one's end is not the newer one's"
        );
        drop(newer);
        assert!(!hub.get(&name).unwrap().is_live());
    }

    #[test]
    fn an_interrupted_show_ends_after_the_configured_time() {
        let config = config::Stream {
            hold_viewers_ms: 30_000,
            ..config::Stream::default()
        };
        let (hub, now) = (Hub::new(config), Instant::now());
        let name = Name::new("a").unwrap();
        let publisher = hub.claim(&name, who(now), now).unwrap();
        let expire = |now| hub.expire(now, Utc::default());
        expire(now + Duration::from_secs(3600));
        drop(publisher);
        let from = Instant::now();
        expire(from + Duration::from_secs(29));
        assert!(!hub.get(&name).unwrap().held().released);
        expire(from + Duration::from_secs(31));
        assert!(hub.get(&name).unwrap().held().released);
        expire(from + Duration::from_secs(301));
        assert!(hub.get(&name).unwrap().is_ended(), "kept, so that players see it");
        expire(from + Duration::from_secs(361));
        assert!(hub.get(&name).is_none());
    }
}
