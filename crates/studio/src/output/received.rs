//! What the companion server says has arrived there.

use std::sync::Arc;
use std::time::Duration;

use api::server::Received;
use reqwest::Url;
use reqwest::redirect::Policy;
use rtmp::Secret;
use tokio::time::{MissedTickBehavior, interval};

use super::Destination;

/// How often it is asked.
const EVERY: Duration = Duration::from_secs(1);
/// The longest an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where the companion server is asked what it has received of a place. `Debug` shows no key.
#[derive(Clone, Debug)]
pub(crate) struct Listener {
    client: reqwest::Client,
    url: Url,
    key: Secret,
}

impl Listener {
    /// At the companion server `companion`, of the place at `place`, which has this key. None where the key would go a
    /// less secure way than the show does.
    pub(crate) fn at(companion: &Url, key: Secret, place: &str) -> Option<Self> {
        let secure = ["rtmps:", "https:"]
            .iter()
            .any(|scheme| place.starts_with(scheme));
        if secure && companion.scheme() != "https" {
            return None;
        }
        let mut url = companion.clone();
        url.path_segments_mut().ok()?.pop_if_empty().push("received");
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .no_proxy()
            // The key goes nowhere else.
            .redirect(Policy::none())
            .build();
        // Without certificates nothing is asked, and nothing is known.
        Some(Self {
            client: client.ok()?,
            url,
            key,
        })
    }

    /// What has arrived; none where the server doesn't say.
    async fn ask(&self) -> Option<Received> {
        let request = self.client.get(self.url.clone()).bearer_auth(self.key.expose());
        let answer = request.send().await.ok()?.error_for_status().ok()?;
        answer.json().await.ok()
    }
}

/// Asks once a second, for as long as it is polled.
pub(crate) async fn ask(destination: Arc<Destination>, listener: Listener) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut before: Option<Received> = None;
    loop {
        ticks.tick().await;
        let Some(now) = listener.ask().await else {
            continue;
        };
        if let Some(kbps) = before.replace(now).and_then(|before| rate(&before, &now)) {
            destination.has_received(kbps);
        }
    }
}

/// Kilobits a second received between two answers: by the server's clock, since answers take a while on a bad line.
fn rate(before: &Received, now: &Received) -> Option<u32> {
    let micros = u64::try_from(now.at_micros - before.at_micros).ok()?;
    // Another stream counts from nothing.
    let bytes = now.bytes.checked_sub(before.bytes)?;
    let kbps = bytes.saturating_mul(8_000).checked_div(micros)?;
    Some(kbps.min(u32::MAX.into()) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(at_micros: i64, bytes: u64) -> Received {
        Received {
            at_micros,
            bytes,
            pictures: 0,
        }
    }

    #[test]
    fn the_rate_is_by_the_servers_clock() {
        let first = received(5_000_000, 1_000);
        assert_eq!(rate(&first, &received(7_000_000, 501_000)), Some(2_000));
        assert_eq!(rate(&first, &received(6_000_000, 1_000)), Some(0));
        assert_eq!(rate(&first, &received(6_000_000, 10)), None, "it began anew");
        assert_eq!(
            rate(&first, &received(4_000_000, 2_000)),
            None,
            "its clock was set"
        );
        assert_eq!(rate(&first, &received(5_000_000, 2_000)), None);
    }

    #[test]
    fn the_key_goes_no_less_secure_way_than_the_show() {
        let at = |companion: &str, place: &str| {
            let url = Url::parse(companion).unwrap();
            Listener::at(&url, "key".into(), place).map(|listener| listener.url.to_string())
        };
        let plain = at("http://shop.example:8080", "rtmp://shop.example/live");
        assert_eq!(plain.as_deref(), Some("http://shop.example:8080/received"));
        assert_eq!(at("http://shop.example", "rtmps://shop.example/live"), None);
        assert_eq!(at("http://shop.example", "https://shop.example/whip"), None);
        let secure = at("https://shop.example/studio/", "rtmps://shop.example/live");
        assert_eq!(secure.as_deref(), Some("https://shop.example/studio/received"));
    }

    #[test]
    fn no_key_is_shown() {
        let url = Url::parse("http://127.0.0.1:8080").unwrap();
        let listener = Listener::at(&url, "verysecret".into(), "rtmp://127.0.0.1/live");
        assert!(!format!("{listener:?}").contains("verysecret"));
    }
}
