//! The harness cleans up after itself, also when a scenario fails.

use std::panic::AssertUnwindSafe;

use serde_json::json;
use system_tests::browser::{Browser, Options};

/// Command lines of all running processes.
fn command_lines() -> Vec<String> {
    let entries = std::fs::read_dir("/proc").expect("Linux has /proc").flatten();
    entries
        .filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_browser_outlives_a_panic() {
    let options = Options {
        size: (360, 640),
        phone: true,
        language: "zh-CN",
    };
    let Some(browser) = Browser::start_or_skip(&options).await else {
        return;
    };
    let page = &browser.page;
    page.goto("data:text/html,<meta name=viewport content='width=device-width'><p>hello")
        .await
        .unwrap();
    let seen = page
        .eval("return [innerWidth, innerHeight, navigator.language];")
        .await
        .unwrap();
    assert_eq!(seen, json!([360, 640, "zh-CN"]));

    let scratch = browser.scratch().to_owned();
    let of_it = || {
        command_lines()
            .into_iter()
            .find(|line| line.contains(scratch.to_str().unwrap()))
    };
    assert!(of_it().is_some());
    let panicked = std::panic::catch_unwind(AssertUnwindSafe(move || {
        let _held = browser;
        panic!("a scenario that fails");
    }));

    assert!(panicked.is_err());
    assert_eq!(of_it(), None);
    assert!(!scratch.exists());
}
