//! What a viewer sees, by the counter burnt into each picture ([`media::counter`]), read in the page itself.

use std::time::Duration;

use serde_json::Value;

use crate::browser::{Error, Page};

/// The JavaScript twin of [`media::counter::read`]: defines `window.frameCounter` with `read(image)`,
/// `record(video)`, `count()`, `take()` and `newest()`.
pub const SCRIPT: &str = include_str!("../js/counter.js");

/// A picture that came on screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// The counter in it; `None` when it can't be read.
    pub counter: Option<u32>,
    /// When it was shown, by this machine's clock: ms of UTC.
    pub shown: f64,
    /// Its place in the video element, in seconds.
    pub media_time: f64,
    /// The delay that the page said at that moment, in ms.
    pub said: Option<f64>,
    /// How far, by the page's word, that may be off, in ms.
    pub said_error: Option<f64>,
}

/// Begins to note each picture that the page's video shows.
///
/// # Errors
/// The page has no video.
pub async fn record(page: &Page) -> Result<(), Error> {
    let script = format!("{SCRIPT}; frameCounter.record(document.querySelector('video'));");
    page.eval(&script).await.map(|_| ())
}

/// Waits until `count` pictures were shown since [`record`] or the last [`take`].
///
/// # Errors
/// They don't come within `patience` (at most 30 s).
pub async fn wait(page: &Page, count: usize, patience: Duration) -> Result<(), Error> {
    page.wait_for(&format!("frameCounter.count() >= {count}"), patience)
        .await
        .map(|_| ())
}

/// The pictures shown since [`record`] or the last call.
///
/// # Errors
/// The page is gone, or [`record`] was not called.
pub async fn take(page: &Page) -> Result<Vec<Seen>, Error> {
    let seen = page.eval("return frameCounter.take();").await?;
    Ok(seen
        .as_array()
        .map(|list| list.iter().map(parse).collect())
        .unwrap_or_default())
}

fn parse(seen: &Value) -> Seen {
    Seen {
        counter: seen["counter"].as_u64().and_then(|value| value.try_into().ok()),
        shown: seen["shown"].as_f64().unwrap_or(f64::NAN),
        media_time: seen["mediaTime"].as_f64().unwrap_or(f64::NAN),
        said: seen["said"].as_f64(),
        said_error: seen["saidError"].as_f64(),
    }
}

/// The `percent`th percentile of `values` (nearest rank); `None` without any.
pub fn percentile(values: &[f64], percent: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted
        .get(rank.saturating_sub(1).min(sorted.len().checked_sub(1)?))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_nearest_rank() {
        let values: Vec<f64> = (1..=20).rev().map(f64::from).collect();
        assert_eq!(percentile(&values, 95.0), Some(19.0));
        assert_eq!(percentile(&values, 50.0), Some(10.0));
        assert_eq!(percentile(&values, 100.0), Some(20.0));
        assert_eq!(percentile(&[7.0], 1.0), Some(7.0));
        assert_eq!(percentile(&[], 50.0), None);
    }
}
