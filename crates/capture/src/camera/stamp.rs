//! The time of a picture.
//!
//! The driver says when a picture was taken, with the jitter of its interrupt; without a driver's time it is
//! its arrival less one frame, with the jitter of everything. Pictures come evenly, so their numbers are laid
//! on a line over those times, and the line says the time. A camera that changes its rate (many do in the
//! dark) gets a new line with the interval it now keeps.

use media::Timestamp;
use sound::LineFit;

use super::delay::Lateness;

/// Intervals remembered to learn a new rate from.
const RECENT: usize = 8;

/// Stamps one camera's pictures.
#[derive(Clone, Debug)]
pub(super) struct Stamper {
    frame: i64,
    line: LineFit,
    number: i64,
    last: Option<Timestamp>,
    recent: [i64; RECENT],
    stamped: Timestamp,
    lateness: Lateness,
}

impl Stamper {
    /// For a camera that was asked for a picture each `frame` nanoseconds.
    pub(super) fn new(frame: i64) -> Self {
        let frame = frame.max(1);
        Self {
            frame,
            line: LineFit::new(1e9 / frame as f64),
            number: 0,
            last: None,
            recent: [frame; RECENT],
            stamped: Timestamp::from_nanos(i64::MIN),
            lateness: Lateness::new(),
        }
    }

    /// The time of a picture that arrived at `arrival` and of which the driver says that it was taken at
    /// `driver`. Times rise from picture to picture.
    pub(super) fn stamp(&mut self, driver: Option<Timestamp>, arrival: Timestamp) -> Timestamp {
        let taken = driver.unwrap_or(Timestamp::from_nanos(arrival.as_nanos() - self.frame));
        self.number += self.pictures_since(taken, driver.is_some());
        self.line.observe(self.number, taken);
        let line = self.line.at(self.number).unwrap_or(taken);
        let pts = line.max(Timestamp::from_nanos(self.stamped.as_nanos().saturating_add(1)));
        self.stamped = pts;
        pts
    }

    /// The picture of time `pts` could be shown from `ready` on.
    pub(super) fn ready(&mut self, pts: Timestamp, ready: Timestamp) {
        self.lateness.add(ready.as_nanos().saturating_sub(pts.as_nanos()));
    }

    /// What the tick must allow this camera, in nanoseconds.
    pub(super) fn delay(&self) -> i64 {
        self.lateness.delay(self.frame)
    }

    /// How many pictures the camera took since the last one: those between were lost on the way. Arrivals
    /// alone tell only long gaps from late ones.
    fn pictures_since(&mut self, taken: Timestamp, exact: bool) -> i64 {
        let Some(last) = self.last.replace(taken) else {
            return 0;
        };
        let gap = taken.as_nanos().saturating_sub(last.as_nanos());
        self.recent.rotate_left(1);
        self.recent[RECENT - 1] = gap;
        self.learn();
        let pictures = gap.saturating_add(self.frame / 2) / self.frame;
        if exact || pictures > 3 { pictures.max(1) } else { 1 }
    }

    /// Takes the recent intervals for the camera's rate when they are alike and not what was known.
    fn learn(&mut self) {
        let (least, most) = self
            .recent
            .iter()
            .fold((i64::MAX, i64::MIN), |(a, b), gap| (a.min(*gap), b.max(*gap)));
        if least < 1_000_000 || most > 2_000_000_000 || most - least > most / 4 {
            return;
        }
        let interval = self.recent.iter().sum::<i64>() / RECENT as i64;
        if (interval - self.frame).abs() > self.frame / 30 {
            self.frame = interval;
            self.line = LineFit::new(1e9 / interval as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FRAME: i64 = 33_333_333;

    fn nanos(n: i64) -> Timestamp {
        Timestamp::from_nanos(n)
    }

    /// Stamps a picture that is ready as it arrives.
    fn shown(stamper: &mut Stamper, driver: Option<Timestamp>, arrival: Timestamp) -> Timestamp {
        let pts = stamper.stamp(driver, arrival);
        stamper.ready(pts, arrival);
        pts
    }

    /// Largest distance of the intervals between `stamps` from `frame`, in microseconds.
    fn unevenness(stamps: &[Timestamp], frame: i64) -> i64 {
        let apart = |w: &[Timestamp]| (w[1].nanos_since(w[0]) - frame).abs() / 1_000;
        stamps.windows(2).map(apart).max().unwrap_or(0)
    }

    #[test]
    fn a_drivers_jitter_is_laid_on_a_line() {
        let mut stamper = Stamper::new(FRAME);
        let stamps: Vec<_> = (0..900)
            .map(|n| {
                let taken = n * FRAME + n * 7_919 % 3_000_000;
                shown(&mut stamper, Some(nanos(taken)), nanos(taken + 8_000_000))
            })
            .collect();
        let uneven = unevenness(&stamps[90..], FRAME);
        assert!(uneven < 1_500, "{uneven} µs");
        let last = stamps[899].nanos_since(nanos(899 * FRAME));
        assert!((0..1_500_000).contains(&last), "{last}");
        assert!(stamper.delay() < FRAME + 6_000_000, "{}", stamper.delay());
    }

    #[test]
    fn a_lost_picture_leaves_its_place() {
        let mut stamper = Stamper::new(FRAME);
        for n in (0..300).filter(|n| n % 10 != 3) {
            let pts = stamper.stamp(Some(nanos(n * FRAME)), nanos(n * FRAME));
            assert!((pts.nanos_since(nanos(n * FRAME))).abs() < 1_000, "picture {n}");
        }
    }

    #[test]
    fn without_a_drivers_time_it_is_arrival_less_a_frame() {
        let mut stamper = Stamper::new(FRAME);
        for n in 1..=600 {
            // One in ten comes 25 ms late.
            let late = if n % 10 == 0 { 25_000_000 } else { 0 };
            let pts = shown(&mut stamper, None, nanos(n * FRAME + late));
            let off = pts.nanos_since(nanos((n - 1) * FRAME));
            assert!(off.abs() < 3_000_000, "picture {n} is {off} ns off");
        }
        let delay = stamper.delay();
        assert!(
            (FRAME + 20_000_000..FRAME + 30_000_000).contains(&delay),
            "{delay}"
        );
    }

    #[test]
    fn a_camera_that_slows_down_in_the_dark_gets_a_new_line() {
        let mut stamper = Stamper::new(FRAME);
        let (mut taken, slow) = (0, 66_666_667);
        let stamps: Vec<_> = (0..400)
            .map(|n| {
                taken += if n < 200 { FRAME } else { 55_000_000 };
                shown(&mut stamper, Some(nanos(taken)), nanos(taken + 1_000_000))
            })
            .collect();
        assert!(stamps.windows(2).all(|w| w[0] < w[1]));
        assert!(unevenness(&stamps[250..], 55_000_000) < 500);
        assert!((stamps[399].nanos_since(nanos(taken))).abs() < 2_000_000);
        assert!(stamper.delay() < slow);
    }

    proptest! {
        #[test]
        fn stamps_rise_whatever_the_driver_says(times in prop::collection::vec(prop::option::of(any::<i32>()), 1..200)) {
            let mut stamper = Stamper::new(FRAME);
            let mut last = None;
            for (n, driver) in (0i64..).zip(times) {
                let driver = driver.map(|d| nanos(i64::from(d) * 100));
                let pts = stamper.stamp(driver, nanos(n * FRAME));
                prop_assert!(Some(pts) > last);
                last = Some(pts);
            }
        }
    }
}
