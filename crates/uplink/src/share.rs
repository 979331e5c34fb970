//! Dividing what a route carries among places, by importance.

use std::time::{Duration, Instant};

use crate::Bounds;

/// The most important place gets this share of what it may before others get a picture at all.
const FIRST: f64 = 0.6;
/// It is to be too little for so long before one pauses: the first guess of what a route carries is rough.
const SURE: Duration = Duration::from_millis(1_500);
/// But where one has just gone on, that was too much.
const TRIED: Duration = Duration::from_secs(5);
/// A place that paused goes on after so long at the earliest, and twice that after each time it had to pause again soon.
const PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// More than it needs has to be left for one to go on: else it would have to pause again at once.
const MARGIN: f64 = 1.1;

/// Who pauses, and until when at least.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pauses {
    /// How many go on.
    going: Option<usize>,
    since: Option<Instant>,
    length: Duration,
    /// When one has gone on since.
    resumed: Option<Instant>,
    /// Since when it is too little for those that go on.
    short: Option<Instant>,
}

impl Pauses {
    /// Divides `total` among places in order of importance: what each gets, none where it pauses.
    pub(crate) fn divide(&mut self, total: u32, wants: &[Bounds], now: Instant) -> Vec<Option<u32>> {
        let going = self.going(f64::from(total), wants, now);
        let shares = shares(total, &wants[..going]);
        let pausing = wants.len() - going;
        shares
            .into_iter()
            .map(Some)
            .chain(std::iter::repeat_n(None, pausing))
            .collect()
    }

    /// How many go on: fewer at once, more only after a while.
    fn going(&mut self, total: f64, wants: &[Bounds], now: Instant) -> usize {
        let fit = fitting(total, wants);
        let before = self.going.unwrap_or(wants.len()).min(wants.len());
        let may = self.since.is_none_or(|since| now - since >= self.length);
        let short = (fit < before).then(|| *self.short.get_or_insert(now));
        self.short = short;
        let tried = self.resumed.is_some_and(|at| now - at < TRIED);
        let sure = if tried { Duration::ZERO } else { SURE };
        let going = if short.is_some_and(|since| now - since >= sure) {
            self.short = None;
            let again = self.since.is_some_and(|since| now - since < 3 * self.length);
            let length = match (again, self.resumed.is_some()) {
                (true, true) => (self.length * 2).min(LONGEST_PAUSE),
                (true, false) => self.length,
                (false, _) => PAUSE,
            };
            (self.since, self.length, self.resumed) = (Some(now), length, None);
            fit
        } else if may && short.is_none() {
            let going = before.max(fitting(total / MARGIN, wants));
            if going > before {
                self.resumed = Some(now);
            }
            going
        } else {
            before
        };
        // Who is new begins at once: nobody knows yet that it is too much.
        self.going = Some(going);
        going
    }
}

/// How many of the first get a picture worth sending: one at least, where there is one.
fn fitting(total: f64, wants: &[Bounds]) -> usize {
    let fits = |n: &usize| {
        let rest: u32 = wants[1..*n].iter().map(|b| b.least_kbps).sum();
        total - f64::from(rest) >= FIRST * f64::from(wants[0].most_kbps)
    };
    (2..=wants.len()).rev().find(fits).unwrap_or(wants.len().min(1))
}

/// The first gets all it may as long as the others get their least; these share the rest alike.
fn shares(total: u32, wants: &[Bounds]) -> Vec<u32> {
    let Some((first, others)) = wants.split_first() else {
        return Vec::new();
    };
    let least: u32 = others.iter().map(|b| b.least_kbps).sum();
    let most = total.saturating_sub(least).min(first.most_kbps);
    let mut shares = vec![most.max(first.least_kbps)];
    let mut rest = total.saturating_sub(shares[0]);
    // Who may have less than an equal part leaves more to the others.
    let mut order: Vec<_> = (0..others.len()).collect();
    order.sort_by_key(|index| others[*index].most_kbps);
    let mut parts = vec![0; others.len()];
    for (done, index) in order.into_iter().enumerate() {
        let equal = rest / (others.len() - done) as u32;
        parts[index] = equal.clamp(others[index].least_kbps, others[index].most_kbps);
        rest = rest.saturating_sub(parts[index]);
    }
    shares.extend(parts);
    shares
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
mod tests {
    use super::*;

    const PLACE: Bounds = Bounds {
        least_kbps: 428,
        most_kbps: 2_628,
    };

    #[test]
    fn the_first_gets_all_and_the_others_share_the_rest() {
        let three = [PLACE; 3];
        assert_eq!(shares(9_000, &three), [2_628, 2_628, 2_628]);
        assert_eq!(shares(4_000, &three), [2_628, 686, 686]);
        assert_eq!(shares(3_200, &three), [2_344, 428, 428]);
        assert_eq!(shares(6_000, &three), [2_628, 1_686, 1_686]);
        let small = Bounds {
            most_kbps: 600,
            ..PLACE
        };
        assert_eq!(shares(5_000, &[PLACE, small, PLACE]), [2_628, 600, 1_772]);
        assert_eq!(shares(100, &[PLACE]), [428]);
        assert!(shares(100, &[]).is_empty());
    }

    #[test]
    fn the_last_pauses_where_all_would_starve_and_not_each_second_anew() {
        let now = Instant::now();
        let (mut pauses, three) = (Pauses::default(), [PLACE; 3]);
        let mut going = |total, seconds| {
            let at = now + 2 * SURE + Duration::from_secs(seconds);
            pauses.divide(total, &three, at - SURE);
            let shares = pauses.divide(total, &three, at);
            shares.iter().filter(|share| share.is_some()).count()
        };
        assert_eq!(going(7_884, 0), 3);
        assert_eq!(going(2_200, 3), 2);
        assert_eq!(going(1_000, 6), 1);
        assert_eq!(going(4_000, 8), 1, "not at once");
        assert_eq!(going(4_000, 18), 3);
        assert_eq!(going(2_200, 20), 2, "again");
        assert_eq!(going(4_000, 38), 2, "longer now");
        assert_eq!(going(4_000, 42), 3);
        assert_eq!(going(2_200, 300), 2);
        assert_eq!(going(4_000, 310), 3, "long ago is forgotten");
    }
}
