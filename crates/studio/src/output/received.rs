//! What the companion server says has arrived there.

use std::sync::Arc;
use std::time::Duration;

use api::server::Received;
use tokio::time::{MissedTickBehavior, interval};

use super::Destination;
use super::companion::Asking;

/// How often it is asked.
const EVERY: Duration = Duration::from_secs(1);
/// The longest an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks once a second, for as long as it is polled.
pub(crate) async fn ask(destination: Arc<Destination>, companion: Asking) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut before: Option<Received> = None;
    loop {
        ticks.tick().await;
        let Some(now) = received(&companion).await else {
            continue;
        };
        if let Some(kbps) = before.replace(now).and_then(|before| rate(&before, &now)) {
            destination.has_received(kbps);
        }
    }
}

/// What has arrived; none where the server doesn't say.
async fn received(companion: &Asking) -> Option<Received> {
    let request = companion.get("received").timeout(PATIENCE);
    let answer = request.send().await.ok()?.error_for_status().ok()?;
    answer.json().await.ok()
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
}
