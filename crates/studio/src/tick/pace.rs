//! Which ticks still wait for their frame, and when one is given up.

use std::collections::VecDeque;
use std::time::Duration;

use media::{FrameRate, Timestamp};

/// A frame must be with the encoder so many frame times after its tick.
const PATIENCE: u64 = 2;

/// Follows each tick from its moment to the encoder. Every tick ends exactly once: with its own frame, or with
/// the last one again.
#[derive(Debug)]
pub(super) struct Pace {
    rate: FrameRate,
    next: u64,
    waiting: VecDeque<u64>,
    pub(super) due: u64,
    pub(super) composed: u64,
    pub(super) late: u64,
}

/// What to do with a frame that comes out of the compositor.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// First give up these ticks (oldest first), then send the frame.
    Send {
        /// Ticks before it whose frames never came.
        given_up: Vec<Timestamp>,
    },
    /// Its tick has been given up already.
    TooLate,
}

impl Pace {
    /// The first tick will be number `first`.
    pub(super) fn new(rate: FrameRate, first: u64) -> Self {
        Self {
            rate,
            next: first,
            waiting: VecDeque::with_capacity(8),
            due: 0,
            composed: 0,
            late: 0,
        }
    }

    /// The moment of the next tick.
    pub(super) fn next_tick(&self) -> Timestamp {
        self.rate.tick(self.next)
    }

    /// The next tick begins; its frame is awaited.
    pub(super) fn begin(&mut self) -> Timestamp {
        let at = self.next_tick();
        self.waiting.push_back(self.next);
        self.next += 1;
        self.due += 1;
        at
    }

    /// How long after its tick a frame may come.
    pub(super) fn patience(&self) -> Duration {
        self.rate.tick(PATIENCE).saturating_since(Timestamp::ZERO)
    }

    /// Until when the oldest awaited frame may still come.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.waiting.front().map(|n| self.rate.tick(n + PATIENCE))
    }

    /// The tick that has to be given up at `now`, if there is one: send the last frame again, with this time.
    pub(super) fn give_up(&mut self, now: Timestamp) -> Option<Timestamp> {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return None;
        }
        let tick = self.waiting.pop_front()?;
        self.late += 1;
        Some(self.rate.tick(tick))
    }

    /// A frame with the time `pts` has been composed.
    pub(super) fn arrived(&mut self, pts: Timestamp) -> Arrival {
        let Some(place) = self.waiting.iter().position(|n| self.rate.tick(*n) == pts) else {
            return Arrival::TooLate;
        };
        let given_up: Vec<_> = self.waiting.drain(..place).map(|n| self.rate.tick(n)).collect();
        self.waiting.pop_front();
        self.late += given_up.len() as u64;
        self.composed += 1;
        Arrival::Send { given_up }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn a_frame_in_time_ends_its_tick() {
        let mut pace = Pace::new(FrameRate::whole(50), 10);
        assert_eq!(pace.begin(), ms(200));
        assert_eq!(pace.deadline(), Some(ms(240)));
        assert_eq!(pace.arrived(ms(200)), Arrival::Send { given_up: vec![] });
        assert_eq!(pace.give_up(ms(999)), None);
        assert_eq!((pace.due, pace.composed, pace.late), (1, 1, 0));
    }

    #[test]
    fn a_late_tick_is_given_up_once_and_its_frame_is_not_sent() {
        let mut pace = Pace::new(FrameRate::whole(50), 0);
        (0..3).for_each(|_| _ = pace.begin());
        assert_eq!(pace.give_up(ms(39)), None);
        assert_eq!(pace.give_up(ms(40)), Some(ms(0)));
        assert_eq!(pace.give_up(ms(40)), None);
        assert_eq!(pace.arrived(ms(0)), Arrival::TooLate);
        // Tick 1 was never rendered: its time is filled before tick 2's frame goes out.
        assert_eq!(
            pace.arrived(ms(40)),
            Arrival::Send {
                given_up: vec![ms(20)]
            }
        );
        assert_eq!((pace.due, pace.composed, pace.late), (3, 1, 2));
    }
}
