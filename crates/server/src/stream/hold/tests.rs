//! Publishers who stop and come back, in virtual time.

use api::server::StreamState;
use bytes::Bytes;
use container::flv::{self, audio};
use media::Utc;

use super::*;
use crate::config;
use crate::name::Name;
use crate::stream::{Form as ReaderForm, Hub, Reader, Who};

/// AAC-LC, 48 kHz, stereo (ISO/IEC 14496-3, 1.6.2.1); the same mono, as a slate's.
const STEREO: [u8; 2] = [0x11, 0x90];
const MONO: [u8; 2] = [0x11, 0x88];
const PACKET: [u8; 3] = [0x21, 0x10, 4];
const SILENCE: [u8; 3] = [0x01, 0x10, 4];

fn tag(timestamp: i64, data: Bytes) -> Tag {
    Tag {
        kind: TagKind::Audio,
        timestamp: timestamp as u32,
        data,
    }
}

/// A stream, its publisher's sessions and its viewer, at a moment.
struct Show {
    stream: std::sync::Arc<Stream>,
    reader: Reader,
    parsed: flv::Reader,
    begun: Instant,
    now: u64,
    session: u64,
}

impl Show {
    fn new() -> Self {
        let begun = Instant::now();
        let name = Name::new("show").unwrap();
        let config = config::Stream {
            merge_ms: 0,
            ..config::Stream::default()
        };
        let stream = Hub::new(config).stream(&name, begun);
        let stream = std::sync::Arc::new(stream);
        let mut show = Self {
            reader: Reader::new(std::sync::Arc::clone(&stream), ReaderForm::Flv),
            stream,
            parsed: flv::Reader::new(),
            begun,
            now: 0,
            session: 0,
        };
        show.begin();
        show
    }

    fn instant(&self) -> Instant {
        self.begun + Duration::from_millis(self.now)
    }

    fn arrival(&self) -> Arrival {
        Arrival {
            now: self.instant(),
            utc: Utc(1_000_000_000_000 + self.now as i64 * 1_000),
        }
    }

    /// A publisher connects.
    fn begin(&mut self) {
        let who = Who {
            agent: "test".into(),
            address: "127.0.0.1:1".into(),
            reconnects: false,
            key_frames: false,
            since: self.instant(),
        };
        self.session = self.stream.begin_session(who, self.instant()).0;
        let header = tag(0, audio::sequence_header(&STEREO));
        self.stream.take(self.session, &header, self.arrival());
    }

    /// It sends for `ms`, with timestamps from `stamp` on.
    fn send(&mut self, ms: u64, stamp: i64) {
        for passed in (0..ms).step_by(20) {
            self.now += 20;
            let packet = tag(stamp + passed as i64, audio::frame(&PACKET));
            self.stream.take(self.session, &packet, self.arrival());
        }
    }

    fn leave(&mut self) {
        self.stream.end_session(self.session, None, self.instant());
    }

    fn wants(&self) -> bool {
        self.stream.wants_slate(self.instant()).is_some()
    }

    fn begin_slate(&self) -> Option<Begin> {
        let header = tag(0, audio::sequence_header(&MONO));
        self.stream.begin_slate(&[header], self.instant())
    }

    /// The slate is played until `ms` after its beginning; whether it goes on.
    fn play(&mut self, begin: Begin, ms: std::ops::Range<i64>) -> bool {
        let mut goes_on = true;
        for passed in ms.step_by(20) {
            let due = begin.at + Duration::from_millis(passed as u64);
            let since = due.saturating_duration_since(self.begun);
            self.now = self.now.max(since.as_millis() as u64);
            let silence = tag(begin.ms + passed, audio::frame(&SILENCE));
            goes_on = self
                .stream
                .take_slate(&silence, begin.ms + passed, self.arrival());
        }
        goes_on
    }

    /// What the viewer got since: for each run of the same sound, its first and last time.
    fn seen(&mut self) -> Vec<(&'static str, u32, u32)> {
        let waker = std::task::Waker::noop();
        let mut context = std::task::Context::from_waker(waker);
        while let std::task::Poll::Ready(Some(bytes)) =
            std::pin::pin!(self.reader.next()).as_mut().poll(&mut context)
        {
            self.parsed.push(&bytes);
        }
        let mut seen: Vec<(&'static str, u32, u32)> = Vec::new();
        while let Some(tag) = self.parsed.next_tag().unwrap() {
            let what = match tag.data {
                data if data == audio::frame(&PACKET) => "show",
                data if data == audio::frame(&SILENCE) => "slate",
                data if data == audio::sequence_header(&STEREO) => "stereo",
                data if data == audio::sequence_header(&MONO) => "mono",
                _ => continue,
            };
            match seen.last_mut() {
                Some(last) if last.0 == what => last.2 = tag.timestamp,
                _ => seen.push((what, tag.timestamp, tag.timestamp)),
            }
        }
        seen
    }
}

#[test]
fn the_slate_takes_the_place_of_what_was_missed_and_gives_way_to_the_publisher() {
    let mut show = Show::new();
    show.send(2_000, 0);
    assert_eq!(show.seen(), [("stereo", 1_000, 1_000), ("show", 1_000, 2_980)]);
    show.leave();
    assert!(show.wants(), "it is made ready");
    assert!(!show.wants(), "once");
    show.now += 480;
    assert_eq!(show.begin_slate(), None, "the publisher may be back in a moment");
    show.now += 20;
    let begin = show.begin_slate().unwrap();
    // A step behind the last packet of the show, on the line as by the clock.
    assert_eq!(begin.ms, 2_980 + STEP);
    assert_eq!(begin.at, show.begun + Duration::from_millis(2_000 + STEP as u64));

    assert!(show.stream.shown().watchable);
    assert!(show.play(begin, 0..2_000));
    assert_eq!(show.now, 4_020);
    let seen = show.seen();
    assert_eq!(seen[0], ("mono", 3_020, 3_020), "{seen:?}");
    assert_eq!(seen[1], ("slate", 3_020, 5_000), "{seen:?}");

    show.begin();
    assert!(
        show.play(begin, 2_000..2_200),
        "until there is something to be seen"
    );
    show.send(200, 77_000);
    assert!(!show.play(begin, 2_200..2_220), "it is over");
    let seen = show.seen();
    assert_eq!(seen[0], ("slate", 5_020, 5_200), "{seen:?}");
    assert_eq!(seen[1], ("stereo", 5_240, 5_240), "{seen:?}");
    assert_eq!(seen[2].1, 5_240, "{seen:?}");
    assert!(!show.stream.is_held());
}

#[test]
fn a_publisher_who_only_talks_about_the_show_is_silent() {
    let mut show = Show::new();
    show.send(1_000, 0);
    let metadata = Tag {
        kind: TagKind::Script,
        timestamp: 1_000,
        data: Bytes::from_static(b"\x02\x00\x0aonMetaData\x05"),
    };
    for _ in 0..30 {
        show.now += 50;
        show.stream.take(show.session, &metadata, show.arrival());
    }
    assert!(show.wants());
    assert!(
        !show.stream.is_taken(show.instant()),
        "another may take its place"
    );
}

#[test]
fn a_publisher_who_is_silent_and_goes_on_loses_no_time() {
    let mut show = Show::new();
    show.send(1_000, 0);
    show.seen();
    show.now += 880;
    assert!(!show.wants(), "a line hesitates now and then");
    show.now += 600;
    assert!(show.wants(), "it has to be made");
    assert_eq!(show.begin_slate(), None, "it isn't due");
    show.now += 520;
    let begin = show.begin_slate().unwrap();
    assert_eq!(show.stream.shown().state, StreamState::Interrupted, "for viewers");
    show.play(begin, 0..3_000);
    // The line carries again what waited: old, and seen as slate.
    let silent = show.now - 1_000;
    for stamp in (1_000..silent - 200).step_by(20) {
        let packet = tag(stamp as i64, audio::frame(&PACKET));
        show.stream.take(show.session, &packet, show.arrival());
    }
    assert!(show.stream.is_held());
    // Then what is new, with the timestamps that belong there.
    show.now += 100;
    show.send(100, show.now as i64 + 20);
    assert!(!show.stream.is_held());
    let seen = show.seen();
    let names: Vec<_> = seen.iter().map(|(what, ..)| *what).collect();
    assert_eq!(names, ["mono", "slate", "stereo", "show"]);
    let (slate_end, show_begin) = (seen[1].2, seen[3].1);
    assert!(show_begin > slate_end && show_begin - slate_end < 200, "{seen:?}");
    assert_eq!(show.stream.held().live.jumps(), 0, "its timestamps went on");
}

#[test]
fn a_publisher_whose_clock_stood_still_is_waited_for_three_seconds_at_most() {
    let mut show = Show::new();
    show.send(1_000, 0);
    show.now += 2_000;
    assert!(show.wants());
    let begin = show.begin_slate().unwrap();
    show.play(begin, 0..6_000);
    // It goes on where it was, as a program that was stopped and continued.
    show.send(2_900, 1_000);
    assert!(show.stream.is_held());
    show.play(begin, 6_000..6_100);
    let before = show.seen().last().unwrap().2;
    show.send(300, 3_900);
    assert!(!show.stream.is_held());
    let seen = show.seen();
    let (what, begins, _) = *seen.last().unwrap();
    assert_eq!(what, "show");
    assert!(
        begins > before && begins < before + 100,
        "behind the slate: {seen:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn who_takes_the_place_of_a_silent_publisher_comes_behind_a_slate() {
    let mut show = Show::new();
    show.send(1_000, 0);
    show.seen();
    show.now += 1_500;
    let stream = std::sync::Arc::clone(&show.stream);
    let header = [tag(0, audio::sequence_header(&MONO))];
    let stands_by = stream.slate_stands_by(&header, show.instant() + Duration::from_secs(3_600));
    let mut stands_by = std::pin::pin!(stands_by);
    assert!(futures_util::poll!(&mut stands_by).is_pending());
    let left_off = show.instant() - Duration::from_millis(1_500 - STEP.unsigned_abs());
    show.begin();
    let begin = stands_by.await.unwrap();
    assert_eq!(
        (begin.ms, begin.at),
        (1_980 + STEP, left_off),
        "nothing is missed"
    );
    show.play(begin, 0..1_800);
    show.send(300, 77_000);
    let seen = show.seen();
    let names: Vec<_> = seen.iter().map(|(what, ..)| *what).collect();
    assert_eq!(names, ["mono", "slate", "stereo", "show"]);
    let (slate_end, show_begin) = (seen[1].2, seen[3].1);
    assert!(show_begin > slate_end && show_begin - slate_end < 100, "{seen:?}");
}

#[test]
fn a_long_wait_for_the_slate_stays_a_hole() {
    let mut show = Show::new();
    show.send(1_000, 0);
    show.leave();
    show.now += 10_000;
    assert!(show.wants());
    let begin = show.begin_slate().unwrap();
    assert_eq!(begin.at, show.instant() - BACK, "no more than so much in a heap");
    assert_eq!(
        begin.ms - 1_980,
        10_000 - BACK.as_millis() as i64,
        "the hole's length"
    );
}

#[test]
fn who_isnt_watched_or_has_ended_or_sent_nothing_gets_none() {
    let mut show = Show::new();
    show.leave();
    show.now += 5_000;
    assert!(!show.wants(), "nothing was to be seen yet");

    let mut show = Show::new();
    show.send(1_000, 0);
    show.leave();
    show.now += 5_000;
    show.stream.end(show.instant());
    assert!(!show.wants(), "it is over");

    let mut show = Show::new();
    show.send(1_000, 0);
    show.leave();
    show.now += 5_000;
    let stream = std::sync::Arc::clone(&show.stream);
    let at = show.instant();
    drop(show);
    assert!(stream.wants_slate(at).is_none(), "nobody watches");
    stream.held().asked = Some(at - Duration::from_secs(1));
    assert!(stream.wants_slate(at).is_some(), "somebody asked for a playlist");
}

#[test]
fn a_slate_ends_with_the_show() {
    let mut show = Show::new();
    show.send(1_000, 0);
    show.leave();
    show.now += 1_100;
    assert!(show.wants());
    let begin = show.begin_slate().unwrap();
    assert!(show.play(begin, 0..1_000));
    show.stream.end(show.instant());
    assert!(!show.play(begin, 1_000..1_020));
    show.stream.leave_slate();
    assert!(!show.stream.is_held() && !show.stream.shown().watchable);
}

#[test]
fn relays_get_the_publisher_alone() {
    let mut show = Show::new();
    show.reader = Reader::new(std::sync::Arc::clone(&show.stream), ReaderForm::Tags);
    show.parsed.push(&flv::header(false, true));
    let viewer = Reader::new(std::sync::Arc::clone(&show.stream), ReaderForm::Flv);
    show.send(1_000, 0);
    let mut seen = show.seen();
    show.leave();
    show.now += 1_100;
    assert!(show.wants());
    let begin = show.begin_slate().unwrap();
    show.play(begin, 0..1_000);
    show.begin();
    show.send(100, 0);
    seen.extend(show.seen());
    let names: Vec<_> = seen.iter().map(|(what, ..)| *what).collect();
    assert_eq!(names, ["stereo", "show", "stereo", "show"]);
    drop(viewer);
}
