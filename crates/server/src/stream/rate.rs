//! How much a second.

use std::time::{Duration, Instant};

/// A span long enough to be believed, and one after which an older value is not.
const SPAN: Duration = Duration::from_secs(2);

/// Counts something over spans of two seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    begun: Instant,
    count: u64,
    last: Option<f64>,
}

impl Rate {
    /// Nothing counted since `now`.
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            begun: now,
            count: 0,
            last: None,
        }
    }

    /// `n` more came at `now`.
    pub(crate) fn add(&mut self, n: u64, now: Instant) {
        let passed = now.saturating_duration_since(self.begun);
        if passed >= SPAN {
            *self = Self {
                begun: now,
                count: 0,
                last: Some(self.count as f64 / passed.as_secs_f64()),
            };
        }
        self.count += n;
    }

    /// So many a second, of late.
    pub(crate) fn per_second(&self, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.begun).as_secs_f64();
        match self.last {
            Some(last) if passed < SPAN.as_secs_f64() => last,
            _ if passed > 0.0 => self.count as f64 / passed,
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_a_second_are_thirty_and_silence_brings_them_down() {
        let start = Instant::now();
        let mut rate = Rate::new(start);
        let at = |ms| start + Duration::from_millis(ms);
        for n in 0..300 {
            rate.add(1, at(n * 1000 / 30));
        }
        let now = rate.per_second(at(10_000));
        assert!((29.0..=31.0).contains(&now), "{now}");
        let later = rate.per_second(at(60_000));
        assert!(later < 2.0, "{later}");
    }
}
