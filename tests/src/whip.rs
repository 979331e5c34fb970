//! A publisher by WHIP that is not ours: a page in Chromium.

use serde_json::Value;

use crate::browser::{Browser, Error};

/// Publishes a picture of 640x360 that moves, at 30 pictures a second, and a tone, from the page that `browser` shows, which
/// is one of the server's own. Answers `connected`, or what went wrong in the browser's words.
///
/// # Errors
/// The browser is gone.
pub async fn publish(browser: &Browser, url: &str, key: &str) -> Result<String, Error> {
    let page = &browser.page;
    // A browser makes sound only where somebody has touched the page.
    page.press("a").await?;
    let script = format!(
        "{}; const [url, key, answer] = arguments; whipPublish(url, key).then(answer, (error) => answer(String(error)));",
        include_str!("../js/whip.js")
    );
    let said = page.eval_async(&script, vec![url.into(), key.into()]).await?;
    Ok(said.as_str().unwrap_or_default().to_owned())
}

/// Ends what [`publish`] began; answers the server's HTTP status.
///
/// # Errors
/// The browser is gone, or nothing was published.
pub async fn end(browser: &Browser) -> Result<Value, Error> {
    let script = "whipEnd().then(arguments[0], (error) => arguments[0](String(error)));";
    browser.page.eval_async(script, Vec::new()).await
}
