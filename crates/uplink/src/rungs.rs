//! One encode where settings agree, a second lower one for weak places.

use std::time::{Duration, Instant};

/// A place that takes less than this share of what the strongest takes gets the lower encode.
const WEAK: f64 = 0.88;
/// It gets the main one again when it takes this share for [`STEADY`].
const STRONG: f64 = 0.95;
const STEADY: Duration = Duration::from_secs(3);
/// Nobody needs the lower encode for so long: it can end.
const IDLE: Duration = Duration::from_secs(30);

/// What is encoded for places of equal settings, and who takes what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Casting {
    /// What the main encode makes, in kilobits a second of pictures; none while nobody says what it takes.
    pub main_kbps: Option<u32>,
    /// What the lower encode makes; none while there needn't be one.
    pub low_kbps: Option<u32>,
    /// For each place whether it takes the lower one.
    pub low: Vec<bool>,
}

/// Decides who takes which encode.
#[derive(Clone, Debug)]
pub struct Rungs {
    places: Vec<Place>,
    /// When somebody took the lower one last, and what it was.
    last: Option<(Instant, u32)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    low: bool,
    /// Since when it could take the main one.
    strong: Option<Instant>,
}

impl Rungs {
    /// So many places, all of which take the main encode.
    pub fn new(places: usize) -> Self {
        Self {
            places: vec![Place::default(); places],
            last: None,
        }
    }

    /// What is to be at `now`, where each place takes so much of pictures, in kilobits a second; none where it takes no
    /// pictures, being away or paused.
    pub fn cast(&mut self, takes: &[Option<u32>], now: Instant) -> Casting {
        let top = f64::from(takes.iter().flatten().copied().max().unwrap_or(0));
        for (place, takes) in self.places.iter_mut().zip(takes) {
            match takes {
                Some(kbps) => place.choose(f64::from(*kbps), top, now),
                // It goes on with what it had, as long as there is that.
                None => place.strong = None,
            }
        }
        let least = |low: bool| {
            let all = self
                .places
                .iter()
                .zip(takes)
                .filter(|(place, _)| place.low == low);
            all.filter_map(|(_, takes)| *takes).min()
        };
        let (main_kbps, low_kbps) = (least(false), least(true));
        if let Some(kbps) = low_kbps {
            self.last = Some((now, kbps));
        }
        let kept = self.last.filter(|(at, _)| now - *at < IDLE).map(|(_, kbps)| kbps);
        if kept.is_none() {
            self.places.fill(Place::default());
        }
        Casting {
            main_kbps,
            low_kbps: low_kbps.or(kept),
            low: self.places.iter().map(|place| place.low).collect(),
        }
    }
}

impl Place {
    fn choose(&mut self, takes: f64, top: f64, now: Instant) {
        if !self.low {
            self.low = takes < WEAK * top;
        } else if takes >= STRONG * top {
            let since = *self.strong.get_or_insert(now);
            self.low = now - since < STEADY;
        }
        if !self.low || takes < STRONG * top {
            self.strong = None;
        }
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
mod tests {
    use super::*;

    #[test]
    fn who_agrees_shares_and_the_weak_get_a_lower_one() {
        let now = Instant::now();
        let mut rungs = Rungs::new(3);
        let mut cast = |takes: [u32; 3], seconds| {
            let takes = takes.map(Some);
            let casting = rungs.cast(&takes, now + Duration::from_secs(seconds));
            (casting.main_kbps, casting.low_kbps, casting.low)
        };
        let all = vec![false; 3];
        assert_eq!(cast([2_500; 3], 0), (Some(2_500), None, all.clone()));
        assert_eq!(cast([2_500, 2_300, 2_400], 1), (Some(2_300), None, all.clone()));
        let weak = vec![false, true, true];
        assert_eq!(cast([2_500, 900, 600], 2), (Some(2_500), Some(600), weak.clone()));
        assert_eq!(
            cast([2_500, 2_450, 600], 3),
            (Some(2_500), Some(600), weak.clone()),
            "not yet"
        );
        assert_eq!(
            cast([2_500, 2_450, 600], 6),
            (Some(2_450), Some(600), vec![false, false, true])
        );
        assert_eq!(cast([2_500; 3], 7).2, [false, false, true]);
        assert_eq!(
            cast([2_500; 3], 10),
            (Some(2_500), Some(2_500), all.clone()),
            "it is kept for a while"
        );
        assert_eq!(cast([2_500; 3], 40), (Some(2_500), None, all));
    }

    #[test]
    fn a_place_alone_has_the_main_one_and_who_is_away_decides_nothing() {
        let now = Instant::now();
        let mut rungs = Rungs::new(2);
        assert_eq!(rungs.cast(&[Some(2_500), Some(400)], now).low, [false, true]);
        let alone = rungs.cast(&[None, Some(400)], now + Duration::from_secs(1));
        assert_eq!(
            (alone.main_kbps, &alone.low[..]),
            (None, &[false, true][..]),
            "it waits for its time"
        );
        let later = rungs.cast(&[None, Some(400)], now + Duration::from_secs(4));
        assert_eq!(
            (later.main_kbps, &later.low[..]),
            (Some(400), &[false, false][..])
        );
        assert_eq!(rungs.cast(&[None, None], now).main_kbps, None);
    }
}
