//! A line from a device's own count to the show clock.
//!
//! A device counts samples (or its own nanoseconds) evenly, but what it delivers arrives late by a delay that
//! varies and is never negative. So of each stretch of a fortieth of the window only the arrival that was
//! least late is kept, and a straight line is fitted to those by least squares, once to all of them and once
//! more to those that aren't far above the first line. What is found is the device's clock plus its usual
//! smallest delay, whose slow part (the drift of the device's quartz) is the slope.

use std::collections::VecDeque;
use std::time::Duration;

use media::Timestamp;

/// Stretches a window is cut into; one arrival of each is kept.
const STRETCHES: usize = 40;
/// Below half of the window, or 5 s, the slope stays what it was: the jitter of the start would tilt it.
const LEARNING: i64 = 2;
/// So much is enough to learn the slope from, however long the window is.
const LEARNT: i64 = 5_000_000_000;
/// No device's rate is further from its nominal one.
const MAX_DRIFT: f64 = 0.01;
/// Arrivals this much before the line, or above it for four stretches, mean that the count jumped.
const JUMP_NANOS: f64 = 20e6;
/// Stretches above the line after which the line begins anew.
const JUMP_STRETCHES: usize = 4;

/// Fits the line, arrival by arrival. Allocates only in `new`.
#[derive(Clone, Debug)]
pub struct LineFit {
    nominal: f64,
    window: i64,
    points: VecDeque<Point>,
    line: Option<Line>,
    drift: f64,
    above: usize,
    restarts: u64,
    stamped: Option<(i64, i64)>,
}

#[derive(Clone, Copy, Debug)]
struct Point {
    stretch: i64,
    count: i64,
    arrival: i64,
}

/// `time = origin.arrival + offset + (count - origin.count)·nominal·(1 + drift)`, in nanoseconds.
#[derive(Clone, Copy, Debug)]
struct Line {
    origin: Point,
    offset: f64,
    drift: f64,
}

impl LineFit {
    /// A line over 10 s for a device that counts `per_second` a second (above zero).
    pub fn new(per_second: f64) -> Self {
        Self::with_window(per_second, Duration::from_secs(10))
    }

    /// A line over `window` (at least 40 ms).
    pub fn with_window(per_second: f64, window: Duration) -> Self {
        Self {
            nominal: 1e9 / per_second.max(1e-9),
            window: (window.as_nanos() as i64).max(40_000_000),
            points: VecDeque::with_capacity(STRETCHES + 2),
            line: None,
            drift: 0.0,
            above: 0,
            restarts: 0,
            stamped: None,
        }
    }

    /// Takes in that count `count` had been reached when something arrived at `arrival`. A count below the
    /// last one begins the line anew.
    pub fn observe(&mut self, count: i64, arrival: Timestamp) {
        let arrival = arrival.as_nanos();
        let stretch = (count as f64 * self.nominal * STRETCHES as f64 / self.window as f64).floor() as i64;
        let point = Point {
            stretch,
            count,
            arrival,
        };
        if self.jumped(point) {
            self.restart();
        }
        self.keep(point);
        self.fit();
    }

    /// The time of `count` on the line; none before the first arrival.
    pub fn at(&self, count: i64) -> Option<Timestamp> {
        let line = self.line?;
        Some(Timestamp::from_nanos(
            line.origin.arrival + self.since_origin(line, count).round() as i64,
        ))
    }

    /// Like [`at`](Self::at), for counts that rise from call to call: the answers rise with them, also where
    /// the line was moved in between.
    pub fn stamp(&mut self, count: i64) -> Option<Timestamp> {
        let mut nanos = self.at(count)?.as_nanos();
        if let Some((last, at)) = self.stamped
            && count >= last
        {
            nanos = nanos.max(at + i64::from(count > last));
        }
        self.stamped = Some((count, nanos));
        Some(Timestamp::from_nanos(nanos))
    }

    /// The count, with its fraction, that the line reaches at `time`; none before the first arrival.
    pub fn count_at(&self, time: Timestamp) -> Option<f64> {
        let line = self.line?;
        let since = (time.as_nanos() - line.origin.arrival) as f64 - line.offset;
        Some(line.origin.count as f64 + since / (self.nominal * (1.0 + line.drift)))
    }

    /// How much faster than nominal the device counts, in parts per million; negative when it is slower.
    pub fn drift_ppm(&self) -> f64 {
        -self.drift * 1e6
    }

    /// How often the line was begun anew because the count jumped against the clock.
    pub fn restarts(&self) -> u64 {
        self.restarts
    }

    /// Counts from a jump on: arrivals far too early or, for a second, far too late.
    fn jumped(&mut self, point: Point) -> bool {
        let (Some(line), Some(last)) = (self.line, self.points.back().copied()) else {
            return false;
        };
        let late = |p: Point| (p.arrival - line.origin.arrival) as f64 - self.since_origin(line, p.count);
        let (was_late, is_late) = (late(last), late(point));
        // The first arrivals are often late ones; an earlier one then only lowers the line.
        let early = self.settled() && is_late < -JUMP_NANOS;
        if point.stretch != last.stretch {
            self.above = if was_late > JUMP_NANOS { self.above + 1 } else { 0 };
        }
        point.count < last.count || early || self.above >= JUMP_STRETCHES
    }

    fn restart(&mut self) {
        self.restarts += 1;
        self.above = 0;
        self.points.clear();
    }

    fn keep(&mut self, point: Point) {
        match self.points.back_mut() {
            Some(last) if last.stretch == point.stretch => {
                let later = (point.arrival - last.arrival) as f64;
                if later < (point.count - last.count) as f64 * self.nominal {
                    *last = point;
                }
            }
            _ => self.points.push_back(point),
        }
        let oldest = point.arrival - self.window;
        while self.points.len() > STRETCHES || self.points.front().is_some_and(|p| p.arrival < oldest) {
            self.points.pop_front();
        }
    }

    fn fit(&mut self) {
        let Some(origin) = self.points.front().copied() else {
            return;
        };
        let lateness = |p: &Point, drift: f64| {
            let elapsed = (p.count - origin.count) as f64 * self.nominal;
            (
                elapsed,
                (p.arrival - origin.arrival) as f64 - elapsed * (1.0 + drift),
            )
        };
        let line = if self.settled() {
            // The newest stretch is still open: its least late arrival may be yet to come.
            let closed = self.points.len() - 1;
            let points = || self.points.iter().take(closed).map(|p| lateness(p, 0.0));
            let (offset, slope) = least_squares(points());
            let above = |x: f64, y: f64| y - (offset + slope * x);
            let spread = points().map(|(x, y)| above(x, y).abs()).sum::<f64>() / closed as f64;
            least_squares(points().filter(|(x, y)| above(*x, *y) <= spread + 1.0))
        } else {
            let drift = self.drift;
            let least = self.points.iter().map(|p| lateness(p, drift).1);
            (least.fold(f64::INFINITY, f64::min), drift)
        };
        self.drift = line.1.clamp(-MAX_DRIFT, MAX_DRIFT);
        self.line = Some(Line {
            origin,
            offset: line.0,
            drift: self.drift,
        });
    }

    /// Whether there is enough to learn the slope from.
    fn settled(&self) -> bool {
        match (self.points.front(), self.points.back()) {
            (Some(first), Some(last)) => last.arrival - first.arrival >= (self.window / LEARNING).min(LEARNT),
            _ => false,
        }
    }

    fn since_origin(&self, line: Line, count: i64) -> f64 {
        (count - line.origin.count) as f64 * self.nominal * (1.0 + line.drift) + line.offset
    }
}

/// Intercept and slope of the line through `points` with the least sum of squared vertical distances.
fn least_squares(points: impl Iterator<Item = (f64, f64)>) -> (f64, f64) {
    let (mut n, mut mx, mut my, mut sxx, mut sxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (x, y) in points {
        // Running means (Welford), so that large counts don't swallow small distances.
        n += 1.0;
        let (dx, dy) = (x - mx, y - my);
        mx += dx / n;
        my += dy / n;
        sxx += dx * (x - mx);
        sxy += dx * (y - my);
    }
    let slope = if sxx > 0.0 { sxy / sxx } else { 0.0 };
    (my - slope * mx, slope)
}

#[cfg(test)]
mod tests;
