//! How late pictures come: a bounded histogram that forgets.

/// Milliseconds told apart; what is later counts as this late.
const BINS: usize = 256;
/// At this many pictures all counts are halved: half a minute at 30 fps.
const HALVE_AT: u32 = 1_024;

/// Counts how long after its own time each picture arrived, by the millisecond.
#[derive(Clone, Debug)]
pub(super) struct Lateness {
    bins: [u32; BINS],
    total: u32,
}

impl Lateness {
    pub(super) fn new() -> Self {
        Self {
            bins: [0; BINS],
            total: 0,
        }
    }

    /// A picture arrived `nanos` after its time; what came before it counts as in time.
    pub(super) fn add(&mut self, nanos: i64) {
        let bin = (nanos / 1_000_000).clamp(0, BINS as i64 - 1) as usize;
        self.bins[bin] += 1;
        self.total += 1;
        if self.total >= HALVE_AT {
            self.bins.iter_mut().for_each(|n| *n /= 2);
            self.total = self.bins.iter().sum();
        }
    }

    /// What the tick must allow, in nanoseconds: `frame`, or the least lateness where that is more, and by how
    /// much the 99th percentile is above the least.
    pub(super) fn delay(&self, frame: i64) -> i64 {
        let (least, p99) = (self.percentile(0), self.percentile(99));
        frame.max(least) + (p99 - least)
    }

    /// Upper edge of the bin in which `percent` of the pictures have arrived; of the first one for 0.
    fn percentile(&self, percent: u32) -> i64 {
        let wanted = (self.total * percent).div_ceil(100).max(1);
        let mut seen = 0;
        for (bin, n) in (1i64..).zip(&self.bins) {
            seen += n;
            if seen >= wanted {
                return bin * 1_000_000;
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: i64 = 33_333_333;

    #[test]
    fn the_delay_is_one_frame_and_the_jitter() {
        let mut lateness = Lateness::new();
        assert_eq!(lateness.delay(FRAME), FRAME);
        for n in 0..1_000 {
            lateness.add(5_000_000 + n % 50 * 200_000);
        }
        // From 5 to 15 ms, the 99th percentile within the last of these.
        assert_eq!(lateness.delay(FRAME), FRAME + 9_000_000);
    }

    #[test]
    fn a_camera_slower_than_a_frame_is_waited_for() {
        let mut lateness = Lateness::new();
        (0..100).for_each(|_| lateness.add(60_500_000));
        assert_eq!(lateness.delay(FRAME), 61_000_000);
    }

    #[test]
    fn old_jitter_is_forgotten_and_nothing_grows() {
        let mut lateness = Lateness::new();
        (0..500).for_each(|_| lateness.add(100_000_000));
        (0..60_000).for_each(|_| lateness.add(0));
        assert_eq!(lateness.delay(FRAME), FRAME);
        assert!(lateness.total < HALVE_AT);
        lateness.add(i64::MAX);
        lateness.add(i64::MIN);
    }
}
