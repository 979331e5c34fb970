//! From one encode to the other without a seam: pure.
//!
//! Both encoders get the same frames. From a frame on, which is a key frame in both, a place takes the pictures of the
//! other one; what that has ready sooner waits until the first has come so far.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use media::Timestamp;

/// Pictures that wait at most for an encoder that is behind: two seconds of them.
const HELD: usize = 60;

/// Which encode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Rung {
    #[default]
    Main,
    Low,
}

/// Which encode's pictures a place takes.
#[derive(Debug)]
pub(crate) struct Switch<T> {
    on: Rung,
    /// Earlier pictures came from the other one.
    since: Option<Timestamp>,
    turn: Option<Turn<T>>,
}

#[derive(Debug)]
struct Turn<T> {
    to: Rung,
    at: Timestamp,
    held: VecDeque<T>,
}

impl<T> Default for Switch<T> {
    fn default() -> Self {
        Self {
            on: Rung::Main,
            since: None,
            turn: None,
        }
    }
}

impl<T> Switch<T> {
    /// The encode that it takes, or is about to.
    pub(crate) fn wants(&self) -> Rung {
        self.turn.as_ref().map_or(self.on, |turn| turn.to)
    }

    /// From `at` on it takes the pictures of `to`; both make a key frame there. A turn under way goes on first.
    pub(crate) fn turn(&mut self, to: Rung, at: Timestamp) {
        if self.turn.is_none() && self.on != to {
            self.turn = Some(Turn {
                to,
                at,
                held: VecDeque::new(),
            });
        }
    }

    /// The encode `of` has ended or lost the picture at which it was to turn: it stays with the other one.
    pub(crate) fn cancel(&mut self, of: Rung) {
        self.turn.take_if(|turn| turn.to == of);
    }

    /// The second encode has failed: it takes the first one's pictures, whatever it was about to do. Whether it misses
    /// some.
    pub(crate) fn fall_back(&mut self) -> bool {
        let low = self.on == Rung::Low;
        *self = Self::default();
        low
    }

    /// Takes a picture of `from`, with when it was taken and whether it is a key frame; `go` gets those that go on now.
    pub(crate) fn take(&mut self, from: Rung, pts: Timestamp, key: bool, picture: T, mut go: impl FnMut(T)) {
        let past = self.since.is_some_and(|since| pts < since);
        let Some(turn) = &mut self.turn else {
            if from == self.on && !past {
                go(picture);
            }
            return;
        };
        let before = pts < turn.at;
        if from == turn.to {
            if !before && (key || !turn.held.is_empty()) {
                turn.held.push_back(picture);
            }
            if turn.held.len() > HELD {
                self.turned(go);
            }
        } else if !before {
            self.turned(go);
        } else if !past {
            go(picture);
        }
    }

    /// The first encode has come so far: what was held goes on, if there is something.
    fn turned(&mut self, go: impl FnMut(T)) {
        if let Some(turn) = self.turn.take() {
            (self.on, self.since) = (turn.to, Some(turn.at));
            turn.held.into_iter().for_each(go);
        }
    }
}

/// The switches of all places of an encoding, as threads share them.
#[derive(Debug)]
pub(crate) struct Switches<T>(Vec<(Mutex<Switch<T>>, AtomicBool)>);

impl<T> Switches<T> {
    /// So many, all on the main encode.
    pub(crate) fn new(places: usize) -> Self {
        let place = || (Mutex::default(), AtomicBool::new(false));
        Self((0..places).map(|_| place()).collect())
    }

    /// Whether each is to take the lower encode, from the next turn on.
    pub(crate) fn want(&self, low: &[bool]) {
        for ((_, wanted), low) in self.0.iter().zip(low) {
            wanted.store(*low, Ordering::Relaxed);
        }
    }

    /// Whether one takes another encode than it is to.
    pub(crate) fn are_to_turn(&self) -> bool {
        self.all().any(|(switch, wanted)| switch.wants() != wanted)
    }

    /// Those that are to turn do so at `at`.
    pub(crate) fn turn(&self, at: Timestamp) {
        self.all()
            .for_each(|(mut switch, wanted)| switch.turn(wanted, at));
    }

    /// See [`Switch::cancel`].
    pub(crate) fn cancel(&self, of: Rung) {
        self.all().for_each(|(mut switch, _)| switch.cancel(of));
    }

    /// See [`Switch::fall_back`]: for each whether it misses pictures.
    pub(crate) fn fall_back(&self) -> Vec<bool> {
        self.all().map(|(mut switch, _)| switch.fall_back()).collect()
    }

    /// Whether the place of this index takes `rung`, or is about to.
    pub(crate) fn wants(&self, index: usize, rung: Rung) -> bool {
        self.0
            .get(index)
            .is_some_and(|(switch, _)| lock(switch).wants() == rung)
    }

    /// See [`Switch::take`], for each place with its index.
    pub(crate) fn take(
        &self,
        from: Rung,
        pts: Timestamp,
        key: bool,
        picture: &T,
        mut go: impl FnMut(usize, T),
    ) where
        T: Clone,
    {
        for (index, (switch, _)) in self.0.iter().enumerate() {
            lock(switch).take(from, pts, key, picture.clone(), |picture| go(index, picture));
        }
    }

    fn all(&self) -> impl Iterator<Item = (MutexGuard<'_, Switch<T>>, Rung)> {
        self.0.iter().map(|(switch, low)| {
            let low = low.load(Ordering::Relaxed);
            (lock(switch), if low { Rung::Low } else { Rung::Main })
        })
    }
}

fn lock<T>(switch: &Mutex<Switch<T>>) -> MutexGuard<'_, Switch<T>> {
    // After a panic it stands between two pictures: go on.
    switch.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(n: i64) -> Timestamp {
        Timestamp::from_millis(n * 33)
    }

    /// Pictures 0 to 9 of both encodes, the lower one `behind` pictures behind, the turn being at picture 4.
    fn run(behind: i64) -> Vec<(Rung, i64)> {
        let mut switch = Switch::default();
        let mut out = Vec::new();
        switch.turn(Rung::Low, at(4));
        assert_eq!(switch.wants(), Rung::Low);
        for n in 0..20 {
            for (rung, n) in [(Rung::Main, n), (Rung::Low, n - behind)] {
                if (0..10).contains(&n) {
                    switch.take(rung, at(n), n == 4, (rung, n), |picture| out.push(picture));
                }
            }
        }
        out
    }

    #[test]
    fn no_picture_is_lost_or_comes_twice_whoever_is_behind() {
        for behind in [-3, -1, 0, 1, 3] {
            let (main, low): (Vec<_>, Vec<_>) = run(behind).into_iter().partition(|p| p.0 == Rung::Main);
            assert_eq!(
                main.iter().map(|p| p.1).collect::<Vec<_>>(),
                [0, 1, 2, 3],
                "{behind}"
            );
            assert_eq!(
                low.iter().map(|p| p.1).collect::<Vec<_>>(),
                [4, 5, 6, 7, 8, 9],
                "{behind}"
            );
        }
        let order = run(-3);
        assert!(order.is_sorted_by_key(|p| p.1), "{order:?}");
    }

    #[test]
    fn an_encode_that_never_comes_costs_two_seconds_at_most() {
        let mut switch = Switch::default();
        switch.turn(Rung::Low, at(0));
        let mut out = Vec::new();
        for n in 0..100 {
            switch.take(Rung::Low, at(n), n == 0, n, |picture| out.push(picture));
        }
        assert_eq!(out, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn a_turn_that_was_called_off_changes_nothing() {
        let mut switch = Switch::default();
        switch.turn(Rung::Low, at(2));
        switch.cancel(Rung::Low);
        assert_eq!(switch.wants(), Rung::Main);
        let mut out = Vec::new();
        for rung in [Rung::Low, Rung::Main] {
            switch.take(rung, at(2), true, rung, |picture| out.push(picture));
        }
        assert_eq!(out, [Rung::Main]);
    }

    #[test]
    fn who_turns_back_and_forth_misses_nothing() {
        let mut switch = Switch::default();
        let mut out = Vec::new();
        for n in 0..30 {
            match n {
                5 => switch.turn(Rung::Low, at(8)),
                15 => switch.turn(Rung::Main, at(16)),
                _ => {}
            }
            for (rung, n) in [(Rung::Low, n - 2), (Rung::Main, n)] {
                switch.take(rung, at(n), n == 8 || n == 16, (rung, n), |picture| {
                    out.push(picture);
                });
            }
        }
        let expected: Vec<_> = (0..30)
            .map(|n| {
                (
                    if (8..16).contains(&n) {
                        Rung::Low
                    } else {
                        Rung::Main
                    },
                    n,
                )
            })
            .collect();
        assert_eq!(out, expected);
        assert!(!switch.fall_back());
    }
}
