//! A running capture without memory or clock: which buffer holds which frame, and when the next one is ready.
//!
//! Frame n is taken at `start + (n + 1) · interval`, computed, never added up. A frame that finds no empty buffer is
//! lost, and the sequence number counts it, as the kernel's drivers do. Times are ns of CLOCK_MONOTONIC.

use std::collections::VecDeque;

use crate::uapi::Fraction;

/// A buffer with a frame in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Filled {
    /// The buffer.
    pub(crate) buffer: u32,
    /// The frame's number since the stream began, lost ones counted.
    pub(crate) sequence: u32,
    /// When it was taken, in ns.
    pub(crate) time: u64,
}

/// When the device has something for the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    /// At once.
    Now,
    /// At a time, in ns.
    At(u64),
    /// Not before the program hands in a buffer.
    Never,
}

/// The buffers of one device and their frames.
#[derive(Debug)]
pub(crate) struct Stream {
    interval: Fraction,
    /// Set while streaming.
    start: Option<u64>,
    /// The next frame to be taken.
    next: u64,
    /// Only each so manieth frame is taken: the others' light goes into it.
    exposure: u64,
    empty: VecDeque<u32>,
    filled: VecDeque<Filled>,
}

impl Stream {
    /// No buffer is in, nothing runs.
    pub(crate) fn new() -> Self {
        let interval = Fraction {
            numerator: 1,
            denominator: 30,
        };
        Self {
            interval,
            start: None,
            next: 0,
            exposure: 1,
            empty: VecDeque::new(),
            filled: VecDeque::new(),
        }
    }

    /// Whether frames are being taken.
    pub(crate) fn is_on(&self) -> bool {
        self.start.is_some()
    }

    /// Begins with a frame each `interval` seconds; does nothing while running.
    pub(crate) fn start(&mut self, interval: Fraction, now: u64) {
        if self.start.is_none() {
            self.interval = interval;
            self.start = Some(now);
            self.next = 0;
        }
    }

    /// Ends; every buffer goes back to the program.
    pub(crate) fn stop(&mut self) {
        *self = Self::new();
    }

    /// Takes a buffer in to be filled; false if it is in already.
    pub(crate) fn queue(&mut self, buffer: u32, now: u64) -> bool {
        self.advance(now);
        let new = !self.holds(buffer);
        if new {
            self.empty.push_back(buffer);
        }
        new
    }

    /// Whether the device has the buffer.
    pub(crate) fn holds(&self, buffer: u32) -> bool {
        self.empty.contains(&buffer) || self.filled.iter().any(|f| f.buffer == buffer)
    }

    /// Gives the oldest frame out, if one is there by now.
    pub(crate) fn dequeue(&mut self, now: u64) -> Option<Filled> {
        self.advance(now);
        self.filled.pop_front()
    }

    /// Loses the frames that were due by `time` and have not been taken: the camera was stuck until then.
    pub(crate) fn lose_until(&mut self, time: u64) {
        if let Some(start) = self.start
            && self.time(start, self.next) <= time
        {
            self.next = self.due(start, time).next_multiple_of(self.exposure);
        }
    }

    /// From now on each frame is exposed for so many intervals, 1 or more.
    pub(crate) fn expose_for(&mut self, intervals: u64) {
        self.exposure = intervals.max(1);
        self.next = self.next.next_multiple_of(self.exposure);
    }

    /// When `dequeue` will have something; at once too when nothing runs, so that who waits learns it.
    pub(crate) fn ready(&self) -> Ready {
        match self.start {
            None => Ready::Now,
            Some(_) if !self.filled.is_empty() => Ready::Now,
            Some(_) if self.empty.is_empty() => Ready::Never,
            Some(start) => Ready::At(self.time(start, self.next)),
        }
    }

    /// Takes every frame that was due by `now`.
    fn advance(&mut self, now: u64) {
        let Some(start) = self.start else { return };
        while let time = self.time(start, self.next)
            && time <= now
        {
            if let Some(buffer) = self.empty.pop_front() {
                let sequence = self.next as u32;
                self.filled.push_back(Filled {
                    buffer,
                    sequence,
                    time,
                });
                self.next += self.exposure;
            } else {
                self.next = self.due(start, now).next_multiple_of(self.exposure);
            }
        }
    }

    fn time(&self, start: u64, frame: u64) -> u64 {
        let ns = u128::from(frame + 1) * u128::from(self.interval.numerator) * 1_000_000_000;
        start + (ns / u128::from(self.interval.denominator)) as u64
    }

    /// The first frame that is later than `now`.
    fn due(&self, start: u64, now: u64) -> u64 {
        let one = u128::from(self.interval.numerator) * 1_000_000_000;
        let mut frame =
            (u128::from(now - start) * u128::from(self.interval.denominator) / one).saturating_sub(1) as u64;
        while self.time(start, frame) <= now {
            frame += 1;
        }
        frame
    }
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
