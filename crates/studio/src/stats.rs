//! Measured quantities, without allocation while measuring.

use std::time::Duration;

use api::studio::Spread;

/// Widths of 0.1 ms up to one second; what is longer counts as that.
const BUCKETS: usize = 10_000;

/// How a duration is spread, in steps of 0.1 ms.
#[derive(Clone, Debug)]
pub(crate) struct Histogram {
    buckets: Box<[u32]>,
    count: u64,
}

impl Histogram {
    pub(crate) fn new() -> Self {
        Self {
            buckets: vec![0; BUCKETS].into(),
            count: 0,
        }
    }

    pub(crate) fn add(&mut self, duration: Duration) {
        let bucket = (duration.as_micros() / 100).min(BUCKETS as u128 - 1) as usize;
        self.buckets[bucket] = self.buckets[bucket].saturating_add(1);
        self.count += 1;
    }

    pub(crate) fn spread(&self) -> Spread {
        Spread {
            p50: self.quantile(0.50),
            p99: self.quantile(0.99),
        }
    }

    /// The upper edge, in milliseconds, of the bucket in which the share `q` of all lies; 0 when there is none.
    fn quantile(&self, q: f64) -> f64 {
        let wanted = (self.count as f64 * q).ceil() as u64;
        let mut seen = 0;
        let found = self.buckets.iter().position(|n| {
            seen += u64::from(*n);
            seen >= wanted && seen > 0
        });
        found.map_or(0.0, |bucket| (bucket + 1) as f64 / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_edge_are_found() {
        let mut histogram = Histogram::new();
        assert_eq!(histogram.spread(), Spread::default());
        (1..=100).for_each(|ms| histogram.add(Duration::from_millis(ms)));
        let spread = histogram.spread();
        assert!(
            (spread.p50 - 50.1).abs() < 0.01 && (spread.p99 - 99.1).abs() < 0.01,
            "{spread:?}"
        );
    }
}
