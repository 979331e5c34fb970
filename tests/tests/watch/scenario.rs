//! A show by one way of delivery, as a viewer in a browser sees it.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use serde_json::{Value, json};
use system_tests::PATIENCE;
use system_tests::absence;
use system_tests::browser::{Browser, Options, Page};
use system_tests::counter::{self, Seen, percentile};
use system_tests::ffmpeg::{self, Publisher};
use system_tests::server::Server;

/// Pictures that a judgement rests on: five seconds.
const PICTURES: usize = 150;
/// How long the publisher is away.
const AWAY: Duration = Duration::from_secs(3);

/// A way of delivery, and what is promised of it.
pub(crate) struct Way {
    /// Its name in the page's address and reports.
    pub(crate) name: &'static str,
    /// 95 of 100 pictures are on screen so soon after they were taken, in ms.
    pub(crate) delay: f64,
    /// The picture stands still for so long at most while the publisher leaves and comes back, in ms. The aim is 2 s.
    pub(crate) stands_still: f64,
}

/// A browser at a show's page, and the show's server.
pub(crate) struct Scene {
    browser: Browser,
    server: Server,
    publish: String,
}

impl Scene {
    /// Opens the page of a show that has not begun; `None` where there is no browser.
    pub(crate) async fn open(way: &Way) -> Option<Self> {
        Self::open_with(way, None).await
    }

    /// The same, with a script that runs before the page's own.
    pub(crate) async fn open_with(way: &Way, script: Option<&str>) -> Option<Self> {
        let browser = Browser::start_or_skip(&Options::default()).await?;
        if let Some(script) = script {
            browser.before_load(script).await.unwrap();
        }
        let server = Server::start().await.unwrap();
        let publish = server.add_stream("spring").await.unwrap();
        let scene = Self {
            browser,
            server,
            publish,
        };
        let url = scene.server.url(&format!("/watch/spring?via={}", way.name));
        scene.page().goto(&url).await.unwrap();
        // A reload would take this away.
        scene.page().eval("window.neverReloaded = true;").await.unwrap();
        scene.wait_for_phase("waiting").await;
        Some(scene)
    }

    fn page(&self) -> &Page {
        &self.browser.page
    }

    /// Begins to publish; `None` where there is no ffmpeg.
    pub(crate) fn publish(&self) -> Option<Publisher> {
        self.publish_as(ffmpeg::Options::default())
    }

    fn publish_as(&self, options: ffmpeg::Options) -> Option<Publisher> {
        Publisher::start_or_skip(&self.publish, options).unwrap()
    }

    /// Waits until the page is in `phase`.
    pub(crate) async fn wait_for_phase(&self, phase: &str) {
        let condition = format!("window.anchorStats?.().phase === '{phase}'");
        self.page().wait_for(&condition, PATIENCE).await.unwrap();
    }

    /// Waits until the page plays and says a delay, on the same load of the page.
    pub(crate) async fn wait_for_play(&self) {
        self.wait_for_phase("playing").await;
        let said = "anchorStats().delayMs !== null && window.neverReloaded";
        self.page().wait_for(said, PATIENCE).await.unwrap();
    }

    /// The pictures of some seconds from now on.
    pub(crate) async fn watch(&self) -> Vec<Seen> {
        counter::record(self.page()).await.unwrap();
        counter::wait(self.page(), PICTURES, PATIENCE).await.unwrap();
        counter::take(self.page()).await.unwrap()
    }

    /// The publisher is killed and comes back, once with a larger picture, once as it was; meanwhile the page plays the slate.
    /// A third time it stays away until the page says so to who can't see it.
    async fn goes_through_absences(&self, way: &Way, mut publisher: Publisher) -> Publisher {
        for options in [ffmpeg::Options::larger(), ffmpeg::Options::default()] {
            let publish = || self.publish_as(options).unwrap();
            let through = absence::through(self.page(), || drop(publisher), AWAY, publish).await;
            let absence;
            (publisher, absence) = through.unwrap();
            println!("{}: {absence:?}", way.name);
            assert!(absence.slate > 0, "the slate was seen");
            assert!(absence.stood_still <= way.stands_still);
            self.wait_for_play().await;
        }
        drop(publisher);
        self.page()
            .wait_for("anchorStats().held", PATIENCE)
            .await
            .unwrap();
        let publisher = self.publish().unwrap();
        self.page()
            .wait_for("!anchorStats().held", PATIENCE)
            .await
            .unwrap();
        publisher
    }

    /// The publisher falls silent and another takes its place, whose timestamps jump by an hour later on.
    async fn goes_through_a_takeover_and_a_jump(&self, way: &Way, before: Publisher) -> Publisher {
        let publish = || self.publish_as(absence::jumps()).unwrap();
        let silent = || before.fall_silent().unwrap();
        let through = absence::through(self.page(), silent, absence::TAKEN_OVER, publish).await;
        let (publisher, absence) = through.unwrap();
        println!("{}: taken over: {absence:?}", way.name);
        assert!(absence.stood_still <= way.stands_still);
        let stood_still = absence::plays_on(self.page(), absence::BEHIND_JUMP)
            .await
            .unwrap();
        println!(
            "{}: a jump by an hour: stood still for {stood_still} ms",
            way.name
        );
        assert!(stood_still <= way.stands_still);
        self.wait_for_play().await;
        publisher
    }

    /// What the operator reads of the viewers' reports.
    pub(crate) async fn beats(&self) -> Value {
        self.server.stream("spring").await.unwrap().unwrap()["beats"].clone()
    }

    /// Ends the server and, when the page has said so, starts it again.
    pub(crate) async fn lose_server(mut self) -> Self {
        self.server.stop().await.unwrap();
        self.wait_for_phase("unreachable").await;
        self.server = self.server.start_again().await.unwrap();
        self
    }
}

/// Begins before the show, plays it muted by itself, says its delay, reports, and goes on by itself after the
/// publisher was away and after the server was.
pub(crate) async fn plays_reports_and_survives(way: Way) {
    let Some(scene) = Scene::open(&way).await else {
        return;
    };
    let Some(publisher) = scene.publish() else { return };
    scene.wait_for_play().await;
    let muted = scene
        .page()
        .eval("return document.querySelector('video').muted;")
        .await;
    assert_eq!(muted.unwrap(), json!(true));

    judge(&way, &publisher, &scene.watch().await);
    let beats = scene.beats().await;
    assert_eq!(
        (&beats["first_frames"], &beats["refused"]),
        (&json!(1), &json!(0)),
        "{beats}"
    );
    assert_eq!(beats["newest_first_frame"]["protocol"], way.name);
    assert_eq!(
        beats["newest"]["estimated"], true,
        "nobody stamped this show: {beats}"
    );

    let publisher = scene.goes_through_absences(&way, publisher).await;
    let publisher = scene.goes_through_a_takeover_and_a_jump(&way, publisher).await;
    judge(&way, &publisher, of_newest(&scene.watch().await));

    let scene = scene.lose_server().await;
    drop(publisher);
    let _publisher = scene.publish().unwrap();
    scene.wait_for_play().await;
}

/// The pictures of the newest publisher: a viewer who comes back may see the rest of the one before.
fn of_newest(seen: &[Seen]) -> &[Seen] {
    let is_first = |pair: &[Seen]| pair[1].counter.is_some() && pair[1].counter < pair[0].counter;
    let begin = seen.windows(2).rposition(is_first).map_or(0, |at| at + 1);
    &seen[begin..]
}

/// Judges what was seen by the counter in each picture, and what the page said of it.
fn judge(way: &Way, publisher: &Publisher, seen: &[Seen]) {
    let read: Vec<_> = seen
        .iter()
        .filter_map(|s| Some((s.counter.filter(|&n| n > 0)?, s)))
        .collect();
    assert!(seen.len() >= PICTURES / 2, "only {} pictures", seen.len());
    assert!(
        read.len() * 10 >= seen.len() * 9,
        "{} of {} can be read",
        read.len(),
        seen.len()
    );
    assert!(
        read.windows(2).all(|pair| pair[0].0 <= pair[1].0),
        "time went back"
    );

    let truth = |&(number, s): &(u32, &Seen)| s.shown - publisher.taken(number);
    let delays: Vec<_> = read.iter().map(truth).collect();
    let misses: Vec<_> = read.iter().filter_map(|r| Some(r.1.said? - truth(r))).collect();
    let of = |values: &[f64], percent| percentile(values, percent).unwrap_or(f64::NAN).round();
    println!(
        "{}: delay ms p50 {} p95 {}, said less truth ms p5 {} p50 {} p95 {}, {} pictures; {}",
        way.name,
        of(&delays, 50.0),
        of(&delays, 95.0),
        of(&misses, 5.0),
        of(&misses, 50.0),
        of(&misses, 95.0),
        read.len(),
        publisher.complaints(),
    );
    assert!(of(&delays, 95.0) <= way.delay);
    // Without stamps the server can't know what passed before the picture reached it; that is left out, no more.
    assert!(of(&misses, 50.0) <= 100.0 && of(&misses, 50.0) >= -700.0);
}
