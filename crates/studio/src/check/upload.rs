//! What the line to the companion server carries, and what a full line does to everything else.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use api::server::Uploaded;
use reqwest::Body;
use tokio::time::{MissedTickBehavior, interval, timeout};
use uplink::{Carried, carried};

use super::paced::Paced;
use super::{lock, reach};
use crate::output::companion::Asking;

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
#[derive(Debug)]
pub(crate) struct Measurement {
    companion: Asking,
    /// What is sent at most, in kbit/s.
    kbps: u32,
    sent: Arc<AtomicU64>,
    /// Bytes that were sent before each half second's end.
    marks: Mutex<Vec<u64>>,
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
    /// To `companion`, by a show that wants `wanted` kbit/s.
    pub(super) fn new(companion: Asking, wanted: u32) -> Self {
        Self {
            companion,
            // Enough to see that there is room above what is wanted, and no more: somebody may pay for it.
            kbps: (wanted.saturating_mul(3) / 2).clamp(3_000, 50_000),
            sent: Arc::default(),
            marks: Mutex::default(),
        }
    }

    /// Whether the server is another computer.
    pub(super) async fn leads_outside(&self) -> bool {
        let answer = timeout(Duration::from_secs(3), self.companion.plain("time").send()).await;
        let address = answer
            .ok()
            .and_then(Result::ok)
            .and_then(|answer| answer.remote_addr());
        address.is_some_and(|address| !reach::is_here(address.ip()))
    }

    /// What was sent so far, by half seconds, in kbit/s.
    pub(super) fn sent(&self) -> Vec<u32> {
        let marks = lock(&self.marks);
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
            loaded: middle(std::mem::take(&mut lock(&loaded))),
        })
    }

    async fn upload(&self) -> Option<Uploaded> {
        let body = Paced::new(self.kbps, SENDS, Arc::clone(&self.sent));
        let request = self.companion.post("upload").body(Body::wrap(body));
        let answer = request.send().await.ok()?.error_for_status().ok()?;
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
                lock(&self.marks).push(sent);
            }
        };
        let ping = async {
            let mut pings = interval(PING);
            pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
            // At first the line isn't full.
            tokio::time::sleep(SENDS / 4).await;
            loop {
                pings.tick().await;
                let took = self.ping().await;
                lock(loaded).extend(took);
            }
        };
        tokio::select! { never = mark => never, never = ping => never }
    }

    async fn ping(&self) -> Option<Duration> {
        let asked = Instant::now();
        let answer = self.companion.plain("time").send().await.ok()?;
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

    fn measurement(wanted: u32) -> Measurement {
        let url = reqwest::Url::parse("http://shop.example").unwrap();
        let companion = Asking::at(&url, "key".into(), "rtmp://shop.example/live").unwrap();
        Measurement::new(companion, wanted)
    }

    #[test]
    fn half_more_is_sent_than_is_wanted() {
        assert_eq!(measurement(2_628).kbps, 3_942);
        assert_eq!(measurement(1).kbps, 3_000);
    }

    #[test]
    fn what_was_sent_is_told_by_half_seconds() {
        let measurement = measurement(1);
        assert!(measurement.sent().is_empty());
        *measurement.marks.lock().unwrap() = vec![125_000, 125_000, 375_000];
        assert_eq!(measurement.sent(), [2_000, 0, 4_000]);
        assert_eq!(middle(vec![]), None);
    }
}
