//! What the line to the companion server carries, and what a full line does to everything else.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use api::server::Uploaded;
use reqwest::redirect::Policy;
use reqwest::{Body, Client, Url};
use rtmp::Secret;
use tokio::sync::Mutex;
use tokio::time::{MissedTickBehavior, interval, timeout};
use uplink::{Carried, carried};

use super::paced::Paced;
use super::reach;

/// How long is sent: ten seconds and what the connection's beginning takes.
const SENDS: Duration = Duration::from_secs(13);
/// How long it may take until all that has arrived.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often the round trip is measured.
const PING: Duration = Duration::from_millis(200);
/// Round trips before anything is sent.
const QUIET: usize = 8;
/// What a check takes with all it does.
pub(super) const TAKES: Duration = Duration::from_secs(16);

/// An upload that is measured.
pub(crate) struct Measurement {
    client: Client,
    base: Url,
    key: Secret,
    /// What is sent at most, in kbit/s.
    kbps: u32,
    sent: Arc<AtomicU64>,
    /// Bytes that were sent before each half second's end.
    marks: std::sync::Mutex<Vec<u64>>,
}

impl std::fmt::Debug for Measurement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Measurement")
            .field("kbps", &self.kbps)
            .finish_non_exhaustive()
    }
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measured {
    /// Half seconds, as received, in kbit/s.
    pub(crate) kbps: Vec<u32>,
    /// None where the line was too slow, or broke: then it carries nothing that is known.
    pub(crate) carried: Option<Carried>,
    pub(crate) quiet: Option<Duration>,
    pub(crate) loaded: Option<Duration>,
}

impl Measurement {
    /// To the companion server `companion`, with the key of a place at `place`, by a show that wants `wanted` kbit/s. None where
    /// the key would go a less secure way than the show does.
    pub(super) fn at(companion: &Url, key: Secret, place: &str, wanted: u32) -> Option<Self> {
        let secure = ["rtmps:", "https:"]
            .iter()
            .any(|scheme| place.starts_with(scheme));
        if secure && companion.scheme() != "https" {
            return None;
        }
        // The key goes nowhere else.
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .build()
            .ok()?;
        Some(Self {
            client,
            base: companion.clone(),
            key,
            // Enough to see that there is room above what is wanted, and no more: somebody may pay for it.
            kbps: (wanted.saturating_mul(3) / 2).clamp(3_000, 50_000),
            sent: Arc::default(),
            marks: std::sync::Mutex::default(),
        })
    }

    /// Whether the server is another computer.
    pub(super) async fn leads_outside(&self) -> bool {
        let answer = timeout(Duration::from_secs(3), self.client.get(self.url("time")).send()).await;
        let address = answer
            .ok()
            .and_then(Result::ok)
            .and_then(|answer| answer.remote_addr());
        address.is_some_and(|address| !reach::is_here(address.ip()))
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push(path);
        }
        url
    }

    /// What was sent so far, by half seconds, in kbit/s.
    pub(super) fn sent(&self) -> Vec<u32> {
        let marks = super::lock(&self.marks);
        let before = [0].iter().chain(marks.iter());
        marks
            .iter()
            .zip(before)
            .map(|(now, before)| kbps(now - before, 500))
            .collect()
    }

    /// Measures; none where the server doesn't count uploads, or hasn't answered.
    pub(super) async fn run(&self) -> Option<Measured> {
        let mut quiet = Vec::new();
        for _ in 0..QUIET {
            quiet.extend(self.ping().await);
        }
        let loaded = Mutex::new(Vec::new());
        let counted = tokio::select! {
            counted = timeout(SENDS + PATIENCE, self.upload()) => counted.ok().flatten()?,
            never = self.watch(&loaded) => match never {},
        };
        let each_ms = counted.each_ms.max(1);
        // The last one is not whole.
        let whole = counted.each.len().saturating_sub(1);
        let arrived: Vec<_> = counted.each[..whole]
            .iter()
            .map(|bytes| kbps(*bytes, each_ms))
            .collect();
        Some(Measured {
            carried: (each_ms == 500).then(|| carried(&arrived, self.kbps)).flatten(),
            kbps: arrived,
            quiet: middle(quiet),
            loaded: middle(loaded.into_inner()),
        })
    }

    async fn upload(&self) -> Option<Uploaded> {
        let body = Paced::new(self.kbps, SENDS, Arc::clone(&self.sent));
        let request = self
            .client
            .post(self.url("upload"))
            .bearer_auth(self.key.expose());
        let answer = request
            .body(Body::wrap(body))
            .send()
            .await
            .ok()?
            .error_for_status()
            .ok()?;
        answer.json().await.ok()
    }

    /// Meanwhile: how long a small request takes, and how much was sent.
    async fn watch(&self, loaded: &Mutex<Vec<Duration>>) -> std::convert::Infallible {
        let mark = async {
            let mut halves = interval(Duration::from_millis(500));
            halves.tick().await;
            loop {
                halves.tick().await;
                let sent = self.sent.load(Relaxed);
                super::lock(&self.marks).push(sent);
            }
        };
        let ping = async {
            let mut pings = interval(PING);
            pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
            // At first the line isn't full.
            tokio::time::sleep(SENDS / 4).await;
            loop {
                pings.tick().await;
                loaded.lock().await.extend(self.ping().await);
            }
        };
        tokio::select! { never = mark => never, never = ping => never }
    }

    async fn ping(&self) -> Option<Duration> {
        let asked = Instant::now();
        let answer = self.client.get(self.url("time")).send().await.ok()?;
        answer.bytes().await.ok()?;
        Some(asked.elapsed())
    }
}

fn kbps(bytes: u64, millis: u32) -> u32 {
    let kbps = bytes.saturating_mul(8) / u64::from(millis.max(1));
    kbps.min(u32::MAX.into()) as u32
}

fn middle(mut of: Vec<Duration>) -> Option<Duration> {
    of.sort_unstable();
    of.get(of.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_goes_no_less_secure_way_than_the_show() {
        let at = |companion: &str, place: &str| {
            let url = Url::parse(companion).unwrap();
            Measurement::at(&url, "verysecret".into(), place, 2_628)
        };
        assert!(at("http://shop.example", "rtmps://shop.example/live").is_none());
        let plain = at("http://shop.example:8080/", "rtmp://shop.example/live").unwrap();
        assert_eq!(plain.url("upload").as_str(), "http://shop.example:8080/upload");
        assert_eq!(plain.kbps, 3_942);
        assert!(!format!("{plain:?}").contains("verysecret"));
    }

    #[test]
    fn what_was_sent_is_told_by_half_seconds() {
        let url = Url::parse("http://shop.example").unwrap();
        let measurement = Measurement::at(&url, "key".into(), "rtmp://shop.example/live", 1).unwrap();
        assert_eq!((measurement.sent(), measurement.kbps), (vec![], 3_000));
        *measurement.marks.lock().unwrap() = vec![125_000, 125_000, 375_000];
        assert_eq!(measurement.sent(), [2_000, 0, 4_000]);
        assert_eq!(middle(vec![]), None);
    }
}
