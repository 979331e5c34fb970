//! A viewer in a browser, and what it saw.

use std::io;
use std::time::Duration;

use serde_json::Value;
use system_tests::browser::{Browser, Options, Page};
use system_tests::counter::{self, Seen};

use crate::Failure;
use crate::settings::Settings;

pub(crate) const PATIENCE: Duration = Duration::from_secs(25);

/// When the page began to play, once it does: in ms since it was opened.
pub(crate) const PLAYING: &str = "anchorStats().phase === 'playing' && performance.now()";

/// What a viewer saw.
pub(crate) struct Watched {
    /// The pictures, in order of showing.
    pub(crate) seen: Vec<Seen>,
    /// From opening the page to its playing, in ms.
    pub(crate) first_picture: f64,
    /// What the page said of itself at the end.
    pub(crate) said: Value,
}

/// Opens the page at `url`, lets it settle, and notes what it shows while `during` lasts.
pub(crate) async fn watch(
    url: &str,
    settings: &Settings,
    during: impl Future<Output = io::Result<()>>,
) -> Result<Watched, Failure> {
    let browser = Browser::start(&Options::default()).await?;
    let page = &browser.page;
    wait_until_live(page, url).await?;
    page.goto(url).await?;
    let first_picture = page
        .wait_for(PLAYING, PATIENCE)
        .await?
        .as_f64()
        .unwrap_or(f64::NAN);
    tokio::time::sleep(Duration::from_secs(settings.settle)).await;
    counter::record(page).await?;
    during.await?;
    Ok(Watched {
        seen: counter::take(page).await?,
        first_picture,
        said: page.eval("return anchorStats();").await?,
    })
}

/// The page of a show that has not begun asks once a second; that is no part of the time to the first picture.
async fn wait_until_live(page: &Page, url: &str) -> Result<(), Failure> {
    page.goto(url).await?;
    page.wait_for(PLAYING, PATIENCE).await?;
    page.goto("about:blank").await?;
    Ok(())
}
