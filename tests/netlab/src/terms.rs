//! What a line does to packets, in one direction.

use std::time::Duration;

use serde::Deserialize;

/// The terms of one direction of a line.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Terms {
    /// Kilobits a second, of IP packets; 0 holds everything back.
    pub rate_kbps: u32,
    /// Milliseconds of packets, at that rate, that may wait to be sent; more are dropped at the tail.
    pub queue_ms: u32,
    /// Milliseconds that each packet is on its way.
    pub delay_ms: f64,
    /// Up to so many milliseconds more, drawn for each packet; none overtakes another by it.
    pub jitter_ms: f64,
    /// Packets of a hundred that are lost.
    pub loss_percent: f64,
    /// Packets of a hundred that overtake those before them: they spend none of their delay.
    pub reorder_percent: f64,
    /// Whether everything vanishes, in silence.
    pub black_hole: bool,
}

impl Default for Terms {
    /// A line nobody notices: 20 Mbit/s, 20 ms each way, a queue of 200 ms.
    fn default() -> Self {
        Self {
            rate_kbps: 20_000,
            queue_ms: 200,
            delay_ms: 20.0,
            jitter_ms: 0.0,
            loss_percent: 0.0,
            reorder_percent: 0.0,
            black_hole: false,
        }
    }
}

impl Terms {
    /// How long `bytes` take to be sent; none at a rate of 0.
    pub(crate) fn sending(&self, bytes: f64) -> Option<Duration> {
        let rate = f64::from(self.rate_kbps) * 1_000.0 / 8.0;
        (rate > 0.0).then(|| Duration::from_secs_f64(bytes / rate))
    }

    /// Bytes that may wait.
    pub(crate) fn queue_bytes(&self) -> usize {
        (f64::from(self.rate_kbps) / 8.0 * f64::from(self.queue_ms)) as usize
    }
}
