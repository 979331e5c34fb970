//! The studio's window as a page in a browser, with a twin of the studio behind it: by keyboard alone, for those who
//! can't see it, and in pictures for those who judge how it looks.

// A scenario fails by panicking.
#![allow(clippy::unwrap_used)]

#[path = "pages/screens.rs"]
mod screens;
#[path = "pages/site.rs"]
mod site;

use std::time::Duration;

use screens::{SCENARIOS, Scenario, View};
use serde_json::{Value, json};
use system_tests::PATIENCE;
use system_tests::browser::{Browser, Options, Page};
use system_tests::looks;
use system_tests::site::Site;

const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';
const CONTROL: char = '\u{e009}';
const F8: char = '\u{e038}';
const F9: char = '\u{e039}';

/// A browser at the page.
struct Window {
    browser: Browser,
    site: Site,
}

impl Window {
    async fn open(size: (u32, u32)) -> Option<Self> {
        let options = Options {
            size,
            ..Options::default()
        };
        let browser = Browser::start_or_skip(&options).await?;
        let site = site::start().await;
        browser.page.resize(size).await.unwrap();
        Some(Self { browser, site })
    }

    fn page(&self) -> &Page {
        &self.browser.page
    }

    async fn begin(&self, scenario: &Scenario) {
        let url = format!(
            "{}/studio.html?twin={}&lang=en&theme=light",
            self.site.origin, scenario.twin
        );
        self.page().goto(&url).await.unwrap();
        self.wait(scenario.ready).await;
    }

    async fn wait(&self, condition: &str) {
        self.page().wait_for(condition, PATIENCE).await.unwrap();
    }

    async fn run(&self, script: &str) -> Value {
        self.page().eval(script).await.unwrap()
    }

    async fn look_at(&self, view: &View) {
        self.run(view.open).await;
        self.wait(view.opened).await;
    }

    /// Shuts the dialogs that `view` opened.
    async fn look_away(&self, view: &View) {
        if !view.open.is_empty() {
            // The topmost first.
            self.run(
                "[...document.querySelectorAll('dialog [data-shut]')].reverse().forEach((button) => button.click());
                 document.querySelector('.banner button')?.click();",
            )
            .await;
            self.wait("!document.querySelector('dialog, .banner')").await;
        }
    }

    /// Tabs on until what has the focus matches the CSS selector, as somebody without a mouse does.
    async fn tab_to(&self, selector: &str) {
        for _ in 0..80 {
            let there = self
                .run(&format!("return document.activeElement.matches({selector:?});"))
                .await;
            if there == json!(true) {
                return;
            }
            self.page().press(&TAB.to_string()).await.unwrap();
        }
        panic!("{selector} can't be reached with Tab");
    }

    async fn press(&self, key: char) {
        self.page().press(&key.to_string()).await.unwrap();
    }
}

/// Pictures of every screen, for people to look at; and what axe-core finds on them.
async fn look_at_all(size: (u32, u32), judged: bool) {
    let Some(window) = Window::open(size).await else {
        return;
    };
    let folder = looks::screenshots().unwrap();
    let mut found = Vec::new();
    for scenario in SCENARIOS {
        window.begin(scenario).await;
        for language in ["en", "zh"] {
            window.run(&format!("__twin.language('{language}')")).await;
            for view in scenario.views {
                window.look_at(view).await;
                for theme in ["light", "dark"] {
                    window.run(&format!("__twin.theme('{theme}')")).await;
                    let name = format!("{}-{language}-{theme}-{}x{}.png", view.name, size.0, size.1);
                    window.page().screenshot(&folder.join(&name)).await.unwrap();
                    if judged && language == "en" {
                        let said = looks::judged(window.page()).await.unwrap();
                        found.extend(said.iter().map(|finding| format!("{name}: {finding}")));
                    }
                }
                window.look_away(view).await;
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_is_fit_for_screen_readers_and_weak_eyes() {
    look_at_all((1280, 720), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_is_drawn_on_a_large_display() {
    look_at_all((1920, 1080), false).await;
}

/// Adds a place with a key, from the dialog that says there is none.
async fn add_place(window: &Window) {
    let page = window.page();
    window.tab_to("[data-add-place]").await;
    window.press(ENTER).await;
    window.wait("document.querySelector('#place-name')").await;
    window.tab_to("#place-name").await;
    page.press("Tea shop").await.unwrap();
    window.tab_to("#place-url").await;
    page.press("rtmp://127.0.0.1/live").await.unwrap();
    window.tab_to("input[type=password]").await;
    page.press("not a real key").await.unwrap();
    window.press(ENTER).await;
    window.wait("document.querySelector('[data-go-live]')").await;
}

/// Adds a scene, goes there and takes it back.
async fn add_scene_and_return(window: &Window) {
    let page = window.page();
    let scenes = "document.querySelectorAll('[data-scene]').length";
    window.tab_to("#add-scene").await;
    window.press(ENTER).await;
    window.wait("document.querySelector('dialog select')").await;
    window.tab_to("dialog footer button[type=submit]").await;
    window.press(ENTER).await;
    window.wait(&format!("{scenes} === 2")).await;
    page.chord(&format!("{CONTROL}2")).await.unwrap();
    window
        .wait("document.querySelectorAll('[data-scene]')[1].getAttribute('aria-pressed') === 'true'")
        .await;
    page.chord(&format!("{CONTROL}z")).await.unwrap();
    window
        .wait("document.querySelectorAll('[data-scene]')[0].getAttribute('aria-pressed') === 'true'")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_show_is_made_and_ended_by_keyboard_alone() {
    let Some(window) = Window::open((1280, 720)).await else {
        return;
    };
    let first = Scenario {
        twin: "offer",
        ready: "document.querySelector('main button')",
        views: &[],
    };
    window.begin(&first).await;
    let page = window.page();

    window.tab_to("main button:nth-of-type(2)").await;
    window.press(ENTER).await;
    window.wait("document.querySelector('#go-live')").await;

    // There is no place yet: Go live says so, and leads to one.
    page.chord(&format!("{CONTROL}{ENTER}")).await.unwrap();
    window
        .wait("document.querySelector('dialog [data-add-place]')")
        .await;
    add_place(&window).await;
    let stored = window.run("return __twin.stored;").await;
    assert_eq!(stored.as_array().map(Vec::len), Some(1), "{stored}");
    let left = "return document.documentElement.outerHTML.includes('not a real key')
        || [...document.querySelectorAll('input')].some((input) => input.value.includes('not a real key'));";
    let kept = window.run(left).await;
    assert_eq!(kept, json!(false), "the key is still in the page");

    window.tab_to("[data-go-live]").await;
    window.press(ENTER).await;
    window.wait("document.querySelector('dialog [data-yes]')").await;
    window.tab_to("dialog [data-yes]").await;
    window.press(ENTER).await;
    window
        .wait("document.title.startsWith('●') && document.querySelector('.frame.live')")
        .await;

    window.press(F8).await;
    window
        .wait("document.querySelector('#cover').getAttribute('aria-pressed') === 'true'")
        .await;
    window.press(F8).await;
    window
        .wait("document.querySelector('#cover').getAttribute('aria-pressed') === 'false'")
        .await;

    add_scene_and_return(&window).await;

    // Pressed too short it asks; held, it ends.
    window.tab_to("header .end").await;
    window.press(ENTER).await;
    window.wait("document.querySelector('dialog[open]')").await;
    window.press(ESCAPE).await;
    window
        .wait("!document.querySelector('dialog') && document.activeElement.matches('header .end')")
        .await;
    page.hold_key(' ', Duration::from_millis(1300)).await.unwrap();
    window
        .wait("document.querySelector('#go-live') && !document.title.startsWith('●')")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_for_support_is_read_and_saved_by_keyboard_alone() {
    let Some(window) = Window::open((1280, 720)).await else {
        return;
    };
    let live = SCENARIOS.iter().find(|scenario| scenario.twin == "live").unwrap();
    window.begin(live).await;
    window.press(F9).await;
    window.wait("document.querySelector('dialog [data-file]')").await;
    window.tab_to("dialog [data-file]").await;
    window.press(ENTER).await;
    window
        .wait("document.querySelector('[data-next=save][aria-disabled=false]')")
        .await;
    let saved = window.run("return __twin.saved;").await;
    assert_eq!(saved, json!(0), "it was saved before it was read");

    window.tab_to("[data-part=notes] button").await;
    window.press(ENTER).await;
    window
        .wait("document.querySelector('[data-part=notes] pre')?.textContent.length > 1000")
        .await;
    window.tab_to("[data-part=notes] [role=region]").await;
    window.tab_to("[data-next]").await;
    window.press(ENTER).await;
    window
        .wait(
            "document.querySelector('dialog [role=status] .good')?.textContent.includes('anchor-support-')
             && document.activeElement.matches('[data-next=done]')",
        )
        .await;
    let saved = window.run("return __twin.saved;").await;
    assert_eq!(saved, json!(1));

    // Back to where it was opened, and from there to the show.
    window.press(ESCAPE).await;
    window
        .wait(
            "document.querySelectorAll('dialog').length === 1
             && document.activeElement.matches('dialog [data-file]')",
        )
        .await;
    window.press(ESCAPE).await;
    window.wait("!document.querySelector('dialog')").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_is_checked_before_it_goes_live_by_keyboard_alone() {
    let Some(window) = Window::open((1280, 720)).await else {
        return;
    };
    let well = SCENARIOS
        .iter()
        .find(|scenario| scenario.twin == "check-well")
        .unwrap();
    window.begin(well).await;
    let page = window.page();
    page.chord(&format!("{CONTROL}{ENTER}")).await.unwrap();
    window.wait("document.querySelector('dialog [data-check]')").await;
    window.tab_to("dialog [data-check]").await;
    window.press(ENTER).await;
    // Stop has the focus; it becomes Done.
    window
        .wait("document.activeElement.matches('dialog [data-next=stop]')")
        .await;
    window
        .wait(
            "document.querySelector('dialog [data-verdict=checkWell]')
             && document.activeElement.matches('dialog [data-next=done]')",
        )
        .await;
    let there = "document.querySelectorAll('dialog').length === 1
        && document.activeElement.matches('dialog [data-check]')";
    window.press(ENTER).await;
    window.wait(there).await;

    // Its result is still there; begun again, it is stopped, and nobody is on air.
    window.press(ENTER).await;
    window
        .wait("document.activeElement.matches('dialog [data-next=done]')")
        .await;
    window.tab_to("dialog [data-again]").await;
    window.press(ENTER).await;
    window
        .wait("document.activeElement.matches('dialog [data-next=stop]')")
        .await;
    window.press(ENTER).await;
    window
        .wait("document.querySelector('dialog [data-verdict=checkStopped]')")
        .await;
    window.press(ESCAPE).await;
    window.wait(there).await;
    window.press(ESCAPE).await;
    window
        .wait("!document.querySelector('dialog') && document.querySelector('#go-live')")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_that_is_unplugged_while_it_is_chosen_is_said_and_stays_chosen() {
    let Some(window) = Window::open((1280, 720)).await else {
        return;
    };
    let show = SCENARIOS.iter().find(|scenario| scenario.twin == "show").unwrap();
    window.begin(show).await;
    window.run("document.querySelector('#add-cameras').click()").await;
    window
        .wait("document.querySelector('dialog input[value=usb-hand]')?.checked")
        .await;
    window.run("__twin.unplug('usb-hand')").await;
    window
        .wait("document.querySelector('dialog .callout.warn')")
        .await;
    let after = window
        .run(
            "const chosen = document.querySelector('dialog input[value=usb-hand]');
              return [chosen.checked, document.querySelector('dialog [type=submit]').disabled];",
        )
        .await;
    assert_eq!(after, json!([true, true]));
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_come_and_a_click_is_measured() {
    let Some(window) = Window::open((1280, 720)).await else {
        return;
    };
    let show = SCENARIOS.iter().find(|scenario| scenario.twin == "show").unwrap();
    window.begin(show).await;
    window
        .run("document.querySelectorAll('[data-scene]')[1].click()")
        .await;
    window.wait("__studio.clicks.length === 1").await;
    let seen = window
        .run("return { clicks: __studio.clicks, header: __studio.header, beats: __studio.heartbeat.beats };")
        .await;
    assert_eq!(seen["clicks"][0]["scene"], "Product close up", "{seen}");
    assert!(seen["clicks"][0]["ms"].as_f64().unwrap() > 0.0, "{seen}");
    assert_eq!(seen["header"]["on_air"], "Product close up", "{seen}");
    assert!(seen["beats"].as_u64().unwrap() > 0, "{seen}");
    // Every tile that is seen is drawn: the program, four scenes, three sources.
    assert_eq!(
        seen["header"]["tiles"].as_array().map(Vec::len),
        Some(8),
        "{seen}"
    );
}
