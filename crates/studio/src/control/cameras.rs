//! How many pictures cameras deliver, and which deliver too few. No IO, no clock.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// A rate is the mean of two seconds, and of what comes to them where a second is looked at late.
const MEAN: Duration = Duration::from_millis(2_200);
/// A camera that delivers less than the first share of what it was asked for, for [`LASTS`], is slow until it delivers the
/// second: in the dark many expose for two frames instead of one, and deliver half.
const SLOW: [f32; 2] = [0.7, 0.8];
const LASTS: Duration = Duration::from_secs(1);

/// What is known of a camera at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Looked {
    pub(super) name: String,
    /// Pictures it took since it was opened.
    pub(super) taken: u64,
    /// Pictures a second that it was asked for; not known before it was found.
    pub(super) wanted: Option<f32>,
    /// Whether it delivers at all.
    pub(super) live: bool,
}

#[derive(Clone, Debug)]
struct Camera {
    name: String,
    taken: VecDeque<(Instant, u64)>,
    wanted: Option<f32>,
    /// Since when it delivers less than it should.
    less: Option<Instant>,
    slow: bool,
}

/// All cameras of a show.
#[derive(Clone, Debug, Default)]
pub(super) struct Cameras(Vec<Camera>);

impl Cameras {
    /// Takes note of how they are, once a second.
    pub(super) fn see(&mut self, looked: impl Iterator<Item = Looked>, now: Instant) {
        let mut before = std::mem::take(&mut self.0);
        for looked in looked {
            let known = before.iter().position(|camera| camera.name == looked.name);
            let mut camera = known.map_or_else(|| Camera::new(&looked), |index| before.swap_remove(index));
            camera.see(&looked, now);
            self.0.push(camera);
        }
    }

    /// Pictures a second that the camera `name` delivers, and was asked for; none where that isn't known.
    pub(super) fn rates(&self, name: &str) -> (Option<f32>, Option<f32>) {
        let camera = self.0.iter().find(|camera| camera.name == name);
        camera.map_or((None, None), |camera| (camera.rate(), camera.wanted))
    }

    /// Those that deliver too few.
    pub(super) fn slow(&self) -> impl Iterator<Item = &str> {
        let slow = self.0.iter().filter(|camera| camera.slow);
        slow.map(|camera| camera.name.as_str())
    }
}

impl Camera {
    fn new(looked: &Looked) -> Self {
        Self {
            name: looked.name.clone(),
            taken: VecDeque::new(),
            wanted: None,
            less: None,
            slow: false,
        }
    }

    fn see(&mut self, looked: &Looked, now: Instant) {
        let counted_anew = self.taken.back().is_some_and(|last| looked.taken < last.1);
        if !looked.live || counted_anew {
            // What it delivers is another matter than that it delivers nothing.
            self.taken.clear();
            (self.less, self.slow) = (None, false);
        }
        self.wanted = looked.wanted;
        self.taken.push_back((now, looked.taken));
        while self.taken.front().is_some_and(|first| now - first.0 > MEAN) {
            self.taken.pop_front();
        }
        self.judge(now);
    }

    fn judge(&mut self, now: Instant) {
        let Some((rate, wanted)) = self.rate().zip(self.wanted) else {
            return;
        };
        let [begins, ends] = SLOW;
        self.less = (rate < wanted * begins).then(|| self.less.unwrap_or(now));
        let lasts = self.less.is_some_and(|since| now - since >= LASTS);
        self.slow = lasts || self.slow && rate < wanted * ends;
    }

    fn rate(&self) -> Option<f32> {
        let (first, last) = self.taken.front().zip(self.taken.back())?;
        let seconds = (last.0 - first.0).as_secs_f32();
        // Before that one picture more or less is too much.
        (seconds >= 1.9).then(|| (last.1 - first.1) as f32 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A camera asked for 30 pictures a second, second by second.
    struct Show {
        cameras: Cameras,
        now: Instant,
        taken: u64,
    }

    impl Show {
        fn new() -> Self {
            Self {
                cameras: Cameras::default(),
                now: Instant::now(),
                taken: 0,
            }
        }

        /// So many seconds at `rate`: whether it is slow then.
        fn run(&mut self, seconds: u32, rate: u64, live: bool) -> bool {
            for _ in 0..seconds {
                self.now += Duration::from_secs(1);
                self.taken += rate;
                let looked = Looked {
                    name: "hands".into(),
                    taken: self.taken,
                    wanted: Some(30.0),
                    live,
                };
                self.cameras.see(std::iter::once(looked), self.now);
            }
            self.cameras.slow().next().is_some()
        }
    }

    #[test]
    fn half_the_pictures_for_some_seconds_are_too_few_until_they_are_enough() {
        let mut show = Show::new();
        assert!(!show.run(10, 30, true));
        assert_eq!(show.cameras.rates("hands"), (Some(30.0), Some(30.0)));
        assert!(!show.run(2, 15, true) && show.run(8, 15, true));
        assert_eq!(show.cameras.rates("hands").0, Some(15.0));
        assert!(show.run(8, 22, true), "between both");
        assert!(!show.run(4, 30, true));
        assert!(!show.run(60, 22, true));
        assert_eq!(show.cameras.rates("other"), (None, None));
    }

    #[test]
    fn a_lost_camera_and_one_that_was_opened_anew_are_not_slow() {
        let mut show = Show::new();
        show.run(10, 30, true);
        assert!(!show.run(20, 0, false));
        show.taken = 0;
        assert!(!show.run(10, 30, true));
        assert!(show.run(12, 10, true));
        show.cameras.see(std::iter::empty(), show.now);
        assert!(show.cameras.slow().next().is_none());
    }
}
