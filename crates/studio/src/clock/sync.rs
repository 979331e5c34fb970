//! Asks a companion server for the time.

use std::error::Error;
use std::time::Duration;

use capture::clock::ShowClock;
use media::Utc;

use super::Reading;

/// The longest an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// A companion server's clock, at `/time`.
#[derive(Clone, Debug)]
pub struct Companion {
    client: reqwest::Client,
    url: String,
}

/// Why a companion can't be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// An address that can't be a companion's.
    Url(String),
    /// This machine can't ask anybody, as without certificates.
    Machine(String),
}

impl Companion {
    /// The companion at `base`, as in `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// [`Unusable`] when `base` is no http(s) address, or this machine has no certificates.
    pub fn new(base: &str) -> Result<Self, Unusable> {
        let url = format!("{}/time", base.trim_end_matches('/'));
        if !reqwest::Url::parse(&url).is_ok_and(|u| matches!(u.scheme(), "http" | "https")) {
            return Err(Unusable::Url(base.to_owned()));
        }
        let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build();
        let client = client.map_err(|e| Unusable::Machine(whole(&e)))?;
        Ok(Self { client, url })
    }

    /// `count` readings, one after another on one connection; those that failed are left out.
    pub async fn readings(&self, clock: &ShowClock, count: usize) -> Vec<Reading> {
        let mut readings = Vec::with_capacity(count);
        for _ in 0..count {
            match self.reading(clock).await {
                Some(reading) => readings.push(reading),
                None => break,
            }
        }
        readings
    }

    async fn reading(&self, clock: &ShowClock) -> Option<Reading> {
        let asked = clock.now();
        let answer = self
            .client
            .get(&self.url)
            .send()
            .await
            .ok()?
            .error_for_status()
            .ok()?;
        let answered = clock.now();
        let text = answer.text().await.ok()?;
        Some(Reading {
            asked,
            answered,
            server: parse(text.trim())?,
        })
    }
}

/// Reads `2026-11-21T07:59:59.123456Z`.
fn parse(text: &str) -> Option<Utc> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut ymd = date.split('-').map(|p| p.parse::<i64>().ok());
    let (year, month, day) = (ymd.next()??, ymd.next()??, ymd.next()??);
    let mut hms = time.split(':');
    let (hour, minute) = (hms.next()?.parse::<i64>().ok()?, hms.next()?.parse::<i64>().ok()?);
    let (second, fraction) = hms.next()?.split_once('.')?;
    let micros = format!("{fraction:0<6}").get(..6)?.parse::<i64>().ok()?;
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second.parse::<i64>().ok()?;
    Some(Utc(seconds * 1_000_000 + micros))
}

/// Days from 1970-01-01 (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

/// An error with all its causes.
fn whole(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_writes_is_read() {
        for micros in [0, 951_782_400_000_000, 1_795_247_999_123_456] {
            assert_eq!(parse(&Utc(micros).iso_micros()), Some(Utc(micros)));
        }
        assert_eq!(parse("yesterday"), None);
        assert_eq!(parse("2026-13-01T00:00:00.0Z"), None);
    }
}
