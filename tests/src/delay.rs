//! How long pictures took from the studio to the screen, and whether the page's own figure for it is right.

use api::studio::ShowReport;

use crate::counter::{Seen, percentile};

/// A picture that follows the last new one so much later, in ms, is the end of a stall.
const STALL: f64 = 500.0;

/// What the numbers burnt into a show's pictures mean: the `counter` of a studio's report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taken {
    /// UTC of number 0, in ms.
    pub origin: f64,
    /// From one number to the next, in ms.
    pub step: f64,
}

impl Taken {
    /// Reads it from a studio's report; `None` when the show had no counter.
    pub fn new(report: &ShowReport) -> Option<Self> {
        let counter = report.counter.as_ref()?;
        Some(Self {
            origin: counter.utc_micros as f64 / 1e3,
            step: f64::from(counter.rate_den) * 1e3 / f64::from(counter.rate_num),
        })
    }

    /// When the picture with number `counter` was taken, in ms of UTC.
    pub fn at(self, counter: u32) -> f64 {
        self.origin + f64::from(counter) * self.step
    }
}

/// The middle, the edge and the worst of some values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// Half of the values are no larger.
    pub p50: f64,
    /// 95 of 100 are no larger.
    pub p95: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// Of `values`, all 0 without any.
    pub fn of(values: &[f64]) -> Self {
        let at = |percent| percentile(values, percent).unwrap_or(0.0);
        Self {
            p50: at(50.0),
            p95: at(95.0),
            max: at(100.0),
        }
    }
}

/// What a viewer saw, in figures. Times in ms.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// New pictures that were seen and could be read.
    pub pictures: usize,
    /// Pictures whose number could not be read.
    pub unread: usize,
    /// Pictures of the show that lie between those seen and were not shown.
    pub skipped: u64,
    /// Pictures with a lower number than the one before.
    pub backwards: usize,
    /// From the moment a picture was taken to the screen.
    pub delay: Spread,
    /// The least of these delays: below zero, a clock lies.
    pub least_delay: f64,
    /// How far the page's figure was from that, without sign.
    pub miss: Spread,
    /// The middle of the same with its sign: above zero the page says too much.
    pub miss_signed: f64,
    /// How often the page said no figure.
    pub silent: usize,
    /// Each time that no new picture came for more than half a second, how long that was.
    pub stalls: Vec<f64>,
}

impl Figures {
    /// Judges what was seen, in order of showing.
    pub fn judge(seen: &[Seen], taken: Taken) -> Self {
        let read: Vec<_> = seen.iter().filter_map(|s| Some((s.counter?, s))).collect();
        let mut new = read.clone();
        new.dedup_by_key(|(counter, _)| *counter);
        let truth = |(counter, s): &(u32, &Seen)| s.shown - taken.at(*counter);
        let delays: Vec<_> = new.iter().map(truth).collect();
        let misses: Vec<_> = new.iter().filter_map(|n| Some(n.1.said? - truth(n))).collect();
        let sizes: Vec<_> = misses.iter().map(|miss| miss.abs()).collect();
        let pairs = || new.windows(2).map(|pair| (pair[0], pair[1]));
        Self {
            pictures: new.len(),
            unread: seen.len() - read.len(),
            skipped: pairs()
                .map(|(a, b)| u64::from(b.0.saturating_sub(a.0).saturating_sub(1)))
                .sum(),
            backwards: pairs().filter(|(a, b)| b.0 < a.0).count(),
            delay: Spread::of(&delays),
            least_delay: delays.iter().copied().fold(f64::INFINITY, f64::min),
            miss: Spread::of(&sizes),
            miss_signed: percentile(&misses, 50.0).unwrap_or(0.0),
            silent: new.iter().filter(|n| n.1.said.is_none()).count(),
            stalls: pairs()
                .map(|(a, b)| b.1.shown - a.1.shown)
                .filter(|gap| *gap > STALL)
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use api::studio::CounterMap;

    use super::*;

    const TAKEN: Taken = Taken {
        origin: 1e12,
        step: 40.0,
    };

    fn seen(counter: Option<u32>, delay: f64, said: Option<f64>) -> Seen {
        Seen {
            counter,
            shown: TAKEN.at(counter.unwrap_or(0)) + delay,
            media_time: 0.0,
            said,
            said_error: None,
        }
    }

    #[test]
    fn a_report_says_what_numbers_mean() {
        let counter = CounterMap {
            first_counter: 3,
            rate_num: 30_000,
            rate_den: 1001,
            utc_micros: 5_000,
        };
        let with = |counter| ShowReport {
            counter,
            ..ShowReport::default()
        };
        let taken = Taken::new(&with(Some(counter))).unwrap();
        assert!((taken.at(30_000) - (1_001_000.0 + 5.0)).abs() < 1e-6);
        assert_eq!(Taken::new(&with(None)), None);
    }

    #[test]
    fn delays_misses_stalls_and_skips_are_counted() {
        let pictures = [
            seen(Some(1), 100.0, None),
            seen(Some(2), 100.0, Some(130.0)),
            seen(None, 0.0, Some(100.0)),
            // The same picture again is no news, however late.
            seen(Some(2), 700.0, Some(100.0)),
            seen(Some(4), 700.0, Some(690.0)),
        ];
        let figures = Figures::judge(&pictures, TAKEN);
        assert_eq!((figures.pictures, figures.unread, figures.skipped), (3, 1, 1));
        assert_eq!((figures.silent, figures.backwards), (1, 0));
        assert_eq!((figures.delay.p50, figures.delay.max), (100.0, 700.0));
        assert_eq!((figures.miss.p50, figures.miss.max), (10.0, 30.0));
        assert_eq!(figures.stalls, [680.0]);
        assert!((figures.least_delay - 100.0).abs() < 1e-3);
    }

    #[test]
    fn nothing_seen_is_no_picture() {
        let figures = Figures::judge(&[], TAKEN);
        assert_eq!((figures.pictures, figures.delay), (0, Spread::default()));
    }
}
