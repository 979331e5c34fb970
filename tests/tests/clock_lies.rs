//! The studio's wall clock is wrong, or is set in mid-show: no viewer notices.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use container::flv::script::{Join, parse_join};
use container::flv::video::{self, VideoTag};
use container::flv::{Tag, TagKind};
use container::sei;
use media::{MediaClock, Utc};
use system_tests::PATIENCE;
use system_tests::faketime::FalseClock;
use system_tests::playlist;
use system_tests::server::Server;
use system_tests::studio::{self, BARS_AND_TONE, Show, Studio};
use system_tests::viewer::Viewer;

/// Stamped key frames that a judgement rests on: twelve seconds, with one correction of the studio's clock.
const KEYS: usize = 7;
/// A picture may reach a viewer so much later than its stamp says, in ms; the figure on a quiet machine is 100.
const LATEST: i64 = 2_500;
/// The stamps follow the server's clock, which is this machine's: to so many ms.
const CLOCK_ERROR: i64 = 50;
/// The longest pause between two tags; the figure on a quiet machine is 40 ms.
const PAUSE: Duration = Duration::from_millis(2_000);
/// How far apart stamps may be from the pictures they are on, in ms: 1 ms a second of slew, and FLV's rounding.
const STAMP_ERROR: i64 = 4;

/// What came by HTTP-FLV and HLS.
#[derive(Default)]
struct Seen {
    join: Option<Join>,
    /// Stamp, timestamp in ms and arrival in ms of UTC of each stamped key frame.
    keys: Vec<(MediaClock, i64, i64)>,
    longest_pause: Duration,
    /// The date of each segment in the video's playlist.
    dates: BTreeMap<u64, String>,
    /// Segments whose date was another at another time.
    redated: usize,
}

impl Seen {
    fn take(&mut self, tag: &Tag) {
        if tag.kind == TagKind::Script {
            self.join = self.join.or(parse_join(&tag.data));
        }
        if tag.kind != TagKind::Video {
            return;
        }
        if let VideoTag::Frame { data, key: true, .. } = video::parse(&tag.data).unwrap() {
            let clock = sei::find(&data).expect("each key frame is stamped");
            self.keys.push((clock, tag.timestamp.into(), now()));
        }
    }

    /// Twelve seconds from now on; `act` is done in the middle.
    async fn watch(&mut self, server: &Server, mut act: impl FnMut()) {
        let mut viewer = Viewer::wait(server.http, "spring", PATIENCE).await.unwrap();
        let (mut known, mut last) = (0, tokio::time::Instant::now());
        while self.keys.len() < KEYS {
            let tag = tokio::time::timeout(PATIENCE, viewer.tag())
                .await
                .unwrap()
                .unwrap();
            self.longest_pause = self.longest_pause.max(last.elapsed());
            self.take(&tag);
            if self.keys.len() > known {
                known = self.keys.len();
                if known == KEYS / 2 + 1 {
                    act();
                }
                self.look_at_playlist(server).await;
            }
            last = tokio::time::Instant::now();
        }
    }

    async fn look_at_playlist(&mut self, server: &Server) {
        for segment in playlist::read(server.http, "spring", "video").await.unwrap() {
            let date = segment.date.expect("each segment is dated");
            let before = self.dates.insert(segment.number, date.clone());
            self.redated += usize::from(before.is_some_and(|before| before != date));
        }
    }

    fn judge(&self) {
        let delays: Vec<_> = self
            .keys
            .iter()
            .map(|(clock, _, at)| at - millis(clock.utc))
            .collect();
        println!(
            "delay ms at each key frame {delays:?}, longest pause {:?}",
            self.longest_pause
        );
        assert!(
            delays.iter().all(|d| (-CLOCK_ERROR..=LATEST).contains(d)),
            "{delays:?}"
        );
        assert!(self.longest_pause <= PAUSE, "{:?}", self.longest_pause);
        assert!(self.keys.iter().all(|(clock, ..)| clock.synchronised));
        for pair in self.keys.windows(2) {
            let ((a, from, _), (b, to, _)) = (pair[0], pair[1]);
            let apart = (millis(b.utc) - millis(a.utc)) - (to - from);
            assert!(apart.abs() <= STAMP_ERROR, "{pair:?}");
            assert_eq!((b.show, b.gop), (a.show, a.gop + 1));
        }
        self.judge_join();
        self.judge_dates();
    }

    /// What the page reckons its delay from.
    fn judge_join(&self) {
        let join = self.join.expect("a connection begins with a note");
        assert!(join.known && join.synchronised && !join.estimated, "{join:?}");
        let (clock, timestamp, _) = self.keys[0];
        let apart = millis(clock.utc) - millis(join.utc) - (timestamp - i64::from(join.timestamp));
        assert!(apart.abs() <= STAMP_ERROR, "{join:?}");
    }

    /// Dates rise, stay, and are those stamped on the key frames.
    fn judge_dates(&self) {
        let dates: Vec<_> = self.dates.values().collect();
        assert!(
            dates.len() >= KEYS - 2 && self.redated == 0,
            "{} {dates:?}",
            self.redated
        );
        // Written alike, the later date is the larger text.
        assert!(dates.windows(2).all(|pair| pair[0] < pair[1]), "{dates:?}");
        let stamped: Vec<_> = self
            .keys
            .iter()
            .flat_map(|(clock, ..)| around(clock.utc))
            .collect();
        let known = dates.iter().filter(|date| stamped.contains(date)).count();
        assert!(known >= KEYS - 2, "{dates:?} {stamped:?}");
    }
}

/// The moments about `utc` within the tolerance, as a playlist writes them.
fn around(utc: Utc) -> impl Iterator<Item = String> {
    (-STAMP_ERROR..=STAMP_ERROR).map(move |ms| Utc(utc.as_micros() + ms * 1000).iso_millis())
}

fn millis(utc: Utc) -> i64 {
    utc.as_micros().div_euclid(1000)
}

/// This machine's clock, ms of UTC.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// A show whose studio has a wall clock that is `off` by so many seconds and then is set to be off by `later`.
async fn lie(off: i64, later: i64) {
    let Some(clock) = FalseClock::new_or_skip(off).unwrap() else {
        return;
    };
    let server = Server::start().await.unwrap();
    let publish = server.add_stream("spring").await.unwrap();
    let show = Show::new(BARS_AND_TONE)
        .companion(&server.url(""))
        .output("mine", &publish);
    let studio = Studio::start_in(&show, |command| {
        command.envs(clock.variables());
    })
    .unwrap();
    let mut seen = Seen::default();
    seen.watch(&server, || clock.set(later).unwrap()).await;
    let (report, said) = studio.stop().await.unwrap();

    // The lie was told: the studio knows how far off its machine is.
    let machine = report.clock.machine_offset_ms.unwrap();
    assert!((machine - off as f64 * 1e3).abs() <= 100.0, "{machine}");
    assert_eq!(studio::output(&report, "mine").unwrap().connections, 1, "{said}");
    seen.judge();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_three_seconds_ahead_changes_nothing() {
    lie(3, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_ninety_seconds_behind_changes_nothing() {
    lie(-90, -90).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_by_an_hour_in_mid_show_changes_nothing() {
    lie(0, 3600).await;
}
