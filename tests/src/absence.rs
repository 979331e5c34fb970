//! What a viewer sees while a show's publisher is away and comes back.

use std::time::Duration;

use crate::PATIENCE;
use crate::browser::{Error, Page};
use crate::counter::{self, Seen};
use crate::ffmpeg::{Options, Publisher};

/// Pictures of the publisher who is back that are waited for.
const PICTURES: u32 = 150;
/// A publisher that is silent for so long gives way to another.
pub const TAKEN_OVER: Duration = Duration::from_millis(1_500);
/// Where timestamps jump: behind all pictures that [`through`] waits for.
const JUMP: Duration = Duration::from_secs(8);
/// A picture well behind the place where timestamps jump.
pub const BEHIND_JUMP: u32 = 360;
/// A picture follows the one before in so many ms; longer and the picture stood still.
const FOLLOWS: f64 = 100.0;

/// A publisher whose timestamps jump by an hour.
pub fn jumps() -> Options {
    Options {
        jumps_at: Some(JUMP),
        ..Options::default()
    }
}

/// An absence, as a browser showed it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Absence {
    /// Pictures of the slate.
    pub slate: usize,
    /// The longest time without another picture, in ms, from the publisher's end on.
    pub stood_still: f64,
    /// From the publisher's return to its first picture on screen, in ms.
    pub returned: f64,
    /// From when its newest picture was taken to when it was shown, in ms: what the player settled at.
    pub settled: f64,
}

impl Absence {
    /// Of pictures from the publisher's end on, of which the last are those of one who began at `back` (ms of UTC) and took
    /// its newest picture at `taken`; none where nothing of that one is among them.
    fn of(seen: &[Seen], left: f64, back: f64, taken: impl Fn(u32) -> f64) -> Option<Self> {
        let number = |seen: &Seen| seen.counter.filter(|&number| number > 0);
        let since: Vec<&Seen> = seen.iter().filter(|seen| seen.shown >= left - FOLLOWS).collect();
        let anew = |this: &&Seen| number(this).is_some() && number(this) < highest(&since, this);
        let first = since.iter().copied().find(anew)?;
        let last = seen.iter().rev().find(|seen| number(seen).is_some())?;
        Some(Self {
            slate: since.iter().filter(|seen| seen.counter == Some(0)).count(),
            stood_still: longest(&since),
            returned: first.shown - back,
            settled: last.shown - taken(number(last)?),
        })
    }
}

/// The number of the newest publisher's picture before `this`.
fn highest(seen: &[&Seen], this: &Seen) -> Option<u32> {
    let before = seen.iter().take_while(|seen| seen.shown < this.shown);
    before.filter_map(|seen| seen.counter).max()
}

/// Has the publisher `leave`, and `publish` begin the next after `away`; says what the page showed meanwhile, of which
/// [`counter::record`] is taking note.
///
/// # Errors
/// The page is gone, or doesn't show the publisher who is back.
pub async fn through(
    page: &Page,
    leave: impl FnOnce(),
    away: Duration,
    publish: impl FnOnce() -> Publisher,
) -> Result<(Publisher, Absence), Error> {
    let before = page.eval("return frameCounter.publishers();").await?;
    let before = before.as_u64().unwrap_or(0);
    let left = utc_ms();
    leave();
    // Nothing is waited for: that long it is away.
    tokio::time::sleep(away).await;
    let back = utc_ms();
    let publisher = publish();
    let shown = format!("frameCounter.publishers() > {before} && frameCounter.newest() >= {PICTURES}");
    page.wait_for(&shown, PATIENCE).await?;
    let seen = counter::take(page).await?;
    let absence = Absence::of(&seen, left, back, |number| publisher.taken(number));
    Ok((publisher, absence.unwrap_or(NOTHING)))
}

/// Waits until picture `last` of the publisher is shown; the longest time without another picture meanwhile, in ms.
///
/// # Errors
/// The page is gone, or doesn't show it.
pub async fn plays_on(page: &Page, last: u32) -> Result<f64, Error> {
    page.wait_for(&format!("frameCounter.newest() >= {last}"), PATIENCE)
        .await?;
    Ok(longest(&counter::take(page).await?.iter().collect::<Vec<_>>()))
}

/// The longest time between two pictures, in ms.
fn longest(seen: &[&Seen]) -> f64 {
    let gaps = seen.windows(2).map(|pair| pair[1].shown - pair[0].shown);
    gaps.fold(0.0, f64::max)
}

/// What can't be told.
const NOTHING: Absence = Absence {
    slate: 0,
    stood_still: f64::NAN,
    returned: f64::NAN,
    settled: f64::NAN,
};

fn utc_ms() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(counter: u32, shown: f64) -> Seen {
        Seen {
            counter: Some(counter),
            shown,
            media_time: 0.0,
            said: None,
            said_error: None,
        }
    }

    #[test]
    fn slate_standstill_and_return_are_told() {
        let mut shown: Vec<Seen> = (0..30).map(|n| seen(300 + n, f64::from(n) * 33.0)).collect();
        shown.extend((0..30).map(|n| seen(0, 2_000.0 + f64::from(n) * 33.0)));
        shown.extend((0..30).map(|n| seen(1 + n, 4_000.0 + f64::from(n) * 33.0)));
        let absence = Absence::of(&shown, 900.0, 3_500.0, |n| 3_500.0 + f64::from(n) * 33.0).unwrap();
        assert_eq!(absence.slate, 30);
        assert_eq!(absence.stood_still, 4_000.0 - (2_000.0 + 29.0 * 33.0));
        assert_eq!(absence.returned, 500.0);
        assert_eq!(absence.settled, 467.0);
    }

    #[test]
    fn who_is_not_back_has_not_returned() {
        let shown: Vec<Seen> = (0..30).map(|n| seen(300 + n, f64::from(n) * 33.0)).collect();
        assert_eq!(Absence::of(&shown, 0.0, 500.0, f64::from), None);
    }
}
