//! What is wished of a publisher while it publishes.

use std::time::{Duration, Instant};

use api::{Code, Fault};
use tokio::sync::mpsc;

use super::{State, Stream};

/// More wishes than any publisher has not heard yet: what is wished meanwhile is refused.
const WAITING: usize = 4;
/// Key frames are asked for no more often: each costs as many bits as many pictures, and serves all who wait.
const KEY_FRAME_PAUSE: Duration = Duration::from_secs(1);

/// What a publisher is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To connect anew: there, relative to its own address where it isn't a whole one; none for where it is.
    Reconnect(Option<String>),
    /// To send a key frame: a viewer can't begin, or go on, without one.
    KeyFrame,
}

/// The way to a publisher. It ends when another publisher takes the place.
#[derive(Debug)]
pub(super) struct Wishes {
    way: mpsc::Sender<Wish>,
    key_frames: KeyFrames,
}

pub(super) fn wishes() -> (Wishes, mpsc::Receiver<Wish>) {
    let (way, wished) = mpsc::channel(WAITING);
    let key_frames = KeyFrames::default();
    (Wishes { way, key_frames }, wished)
}

/// When a key frame was last asked for.
#[derive(Debug, Default)]
struct KeyFrames(Option<Instant>);

impl KeyFrames {
    /// Whether to ask for one at `now`.
    fn ask(&mut self, now: Instant) -> bool {
        let due = self
            .0
            .is_none_or(|last| now.duration_since(last) >= KEY_FRAME_PAUSE);
        if due {
            self.0 = Some(now);
        }
        due
    }
}

impl Stream {
    /// Asks the publisher to connect anew, to `url` or where it is.
    ///
    /// # Errors
    /// [`Code::StreamInterrupted`] without a publisher, [`Code::NotAble`] when it doesn't know such requests,
    /// [`Code::LimitReached`] when it hasn't heard the last ones yet.
    pub fn ask_to_reconnect(&self, url: Option<String>) -> Result<(), Fault> {
        let held = self.held();
        let State::Live(wishes) = &held.state else {
            let message = "Nobody publishes this stream now.";
            return Err(Fault::new(Code::StreamInterrupted, message));
        };
        if !held.who.as_ref().is_some_and(|who| who.reconnects) {
            let message = "This publisher knows no request to reconnect: end and begin the publish there.";
            return Err(Fault::new(Code::NotAble, message));
        }
        wishes.way.try_send(Wish::Reconnect(url)).map_err(|_| {
            Fault::new(
                Code::LimitReached,
                "The publisher hasn't heard the last requests yet.",
            )
        })
    }

    /// Asks the publisher for a key frame, at most once a second; nothing happens without a publisher that makes them
    /// when it is asked.
    pub fn ask_for_key_frame(&self, now: Instant) {
        let mut held = self.held();
        let able = held.who.as_ref().is_some_and(|who| who.key_frames);
        if let State::Live(wishes) = &mut held.state
            && able
            && wishes.key_frames.ask(now)
        {
            // A publisher that hasn't heard the last wishes yet is asked again when this second has passed.
            let _ = wishes.way.try_send(Wish::KeyFrame);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::name::Name;
    use crate::stream::{Hub, Who};

    /// A stream with a publisher that makes key frames when asked, or doesn't.
    fn stream(key_frames: bool, now: Instant) -> (Stream, mpsc::Receiver<Wish>) {
        let stream = Hub::new(config::Stream::default()).stream(&Name::new("a").unwrap(), now);
        let who = Who {
            agent: "test".into(),
            address: "127.0.0.1:1".into(),
            reconnects: false,
            key_frames,
            since: now,
        };
        let (_, wished) = stream.begin_session(who, now);
        (stream, wished)
    }

    #[test]
    fn a_key_frame_is_asked_for_once_a_second_however_many_want_it() {
        let now = Instant::now();
        let (stream, mut wished) = stream(true, now);
        let mut heard = |ms: u64| {
            stream.ask_for_key_frame(now + Duration::from_millis(ms));
            wished.try_recv().ok()
        };
        assert_eq!(heard(0), Some(Wish::KeyFrame));
        assert!((1..1000).all(|ms| heard(ms).is_none()));
        assert_eq!(heard(1000), Some(Wish::KeyFrame));
        assert_eq!(heard(1999), None);
        assert_eq!(heard(2000), Some(Wish::KeyFrame));
    }

    #[test]
    fn who_makes_none_is_not_asked() {
        let now = Instant::now();
        let (stream, mut wished) = stream(false, now);
        stream.ask_for_key_frame(now);
        assert!(wished.try_recv().is_err());
        stream.end_session(1, None, now);
        stream.ask_for_key_frame(now);
    }
}
