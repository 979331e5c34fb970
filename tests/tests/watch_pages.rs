//! The viewer's page in every state a show can be in: for phones and large displays, in both languages, for those who can't
//! see it, and in pictures for those who judge how it looks.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

use system_tests::PATIENCE;
use system_tests::browser::{Browser, Options};
use system_tests::ffmpeg::{self, Publisher};
use system_tests::http;
use system_tests::looks;
use system_tests::server::Server;

/// Phone first: width and height.
const SIZES: [(u32, u32); 4] = [(360, 640), (640, 360), (1280, 720), (1920, 1080)];

struct Scene {
    browser: Browser,
    server: Server,
    publish: String,
    found: Vec<String>,
}

impl Scene {
    async fn open() -> Option<Self> {
        let browser = Browser::start_or_skip(&Options::default()).await?;
        let server = Server::start().await.unwrap();
        let publish = server.add_stream("spring-tea").await.unwrap();
        Some(Self {
            browser,
            server,
            publish,
            found: Vec::new(),
        })
    }

    /// What the seller says of the show.
    async fn says(&self, method: &str, body: &str) {
        let key = self.publish.rsplit('/').next().unwrap();
        let answer = http::with_key(self.server.http, (method, "/show"), key, body).await;
        let answer = answer.unwrap();
        assert!((200..300).contains(&answer.status), "{}", answer.head);
    }

    fn publish(&self) -> Option<Publisher> {
        Publisher::start_or_skip(&self.publish, ffmpeg::Options::default()).unwrap()
    }

    async fn go(&self, language: &str) {
        let url = self.server.url(&format!("/watch/spring-tea?lang={language}"));
        self.browser.page.goto(&url).await.unwrap();
    }

    async fn wait(&self, condition: &str) {
        let condition = format!("window.anchorStats && {condition}");
        self.browser.page.wait_for(&condition, PATIENCE).await.unwrap();
    }

    /// Looks at the page once `condition` holds in it, in each size and language.
    async fn look_at(&mut self, name: &str, condition: &str) {
        let folder = looks::screenshots().unwrap();
        for language in ["en", "zh"] {
            self.go(language).await;
            self.wait(condition).await;
            self.look(&format!("watch-{name}-{language}"), &folder).await;
        }
    }

    async fn look(&mut self, name: &str, folder: &std::path::Path) {
        let page = &self.browser.page;
        for (width, height) in SIZES {
            page.resize((width, height)).await.unwrap();
            // As somebody who looks for what there is to press.
            page.eval("dispatchEvent(new PointerEvent('pointermove'))")
                .await
                .unwrap();
            let name = format!("{name}-{width}x{height}.png");
            page.screenshot(&folder.join(&name)).await.unwrap();
            let said = looks::judged(page).await.unwrap();
            self.found
                .extend(said.iter().map(|finding| format!("{name}: {finding}")));
            let beside = "return document.documentElement.scrollWidth > innerWidth
                || [...document.querySelectorAll('button, p, h1')].filter((e) => e.checkVisibility()).some((e) => {
                    const { left, right, top, bottom } = e.getBoundingClientRect();
                    return left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
                });";
            if page.eval(beside).await.unwrap() == true {
                self.found
                    .push(format!("{name}: something stands outside the page"));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_is_said_and_fit_for_everybody() {
    let Some(mut scene) = Scene::open().await else {
        return;
    };
    scene
        .look_at("waiting", "anchorStats().phase === 'waiting'")
        .await;
    let begins = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(26);
    scene.says("PUT", &format!("{{\"begins\": \"{begins}\"}}")).await;
    scene
        .look_at("announced", "anchorStats().phase === 'announced'")
        .await;

    let Some(publisher) = scene.publish() else { return };
    let playing = "anchorStats().phase === 'playing' && anchorStats().delayMs !== null";
    scene
        .look_at("playing", &format!("{playing} && !anchorStats().held"))
        .await;
    scene.browser.page.click(".large").await.unwrap();
    scene.wait("!anchorStats().muted").await;
    let folder = looks::screenshots().unwrap();
    scene.look("watch-sound-zh", &folder).await;
    let shown = |is: &str| format!("getComputedStyle(document.querySelector('.top')).opacity === '{is}'");
    scene.wait(&shown("0")).await;
    let page = &scene.browser.page;
    page.screenshot(&folder.join("watch-resting.png")).await.unwrap();
    // Whoever comes by keyboard sees where they are, for as long as they are there.
    page.press("\u{e004}").await.unwrap();
    scene.wait(&shown("1")).await;
    drop(publisher);
    scene.look_at("held", "anchorStats().held").await;
    scene.says("DELETE", "").await;
    scene.look_at("ended", "anchorStats().phase === 'ended'").await;

    assert!(scene.found.is_empty(), "{}", scene.found.join("\n"));
}
