//! The limiter on the program: sees peaks 5 ms ahead and turns the sound down before they come.
//!
//! For each instant the gain is found that holds its peak to the ceiling. The least of these over the
//! look-ahead is held, let go exponentially, and smoothed by two moving averages in a row; since every value
//! the averages take in is no higher than what the instant leaving the delay needs, neither is the result.
//! Gains are fixed point (2^30 is one), so the averages neither drift nor fall short of exactly one.

/// Instants by which the limited sound is late: 5 ms at 48 kHz.
pub(crate) const LOOKAHEAD: usize = 240;
/// No sample leaves above this: -1 dBFS, so that an AAC decoder's overshoot stays below full scale.
pub(crate) const CEILING: f32 = 0.891_250_9;

/// A gain of one.
const ONE: u32 = 1 << 30;
/// Length of each moving average: two of them reach back over `2 * AVERAGE - 1` instants.
const AVERAGE: usize = LOOKAHEAD / 2 + 1;
/// The least gain is searched over the instant that leaves, the newest, and all between.
const WINDOW: u32 = LOOKAHEAD as u32 + 1;
/// Time constant of the release, in instants: 150 ms.
const RELEASE: u64 = 7_200;
/// Sums above this (+60 dBFS) are cut: the gain stays within what fixed point resolves.
const LOUDEST: f32 = 1_000.0;

/// A limiter for interleaved stereo. Allocates only in `new`.
#[derive(Clone, Debug)]
pub(crate) struct Limiter {
    delayed: Box<[[f32; 2]; LOOKAHEAD]>,
    at: usize,
    least: Least,
    held: u32,
    averages: [Average; 2],
}

impl Limiter {
    pub(crate) fn new() -> Self {
        Self {
            delayed: Box::new([[0.0; 2]; LOOKAHEAD]),
            at: 0,
            least: Least::new(),
            held: ONE,
            averages: [Average::new(), Average::new()],
        }
    }

    /// Replaces `samples` by those of [`LOOKAHEAD`] instants before, limited. Says the least gain among them.
    pub(crate) fn run(&mut self, samples: &mut [f32]) -> f32 {
        let mut lowest = ONE;
        for instant in samples.chunks_exact_mut(2) {
            let new = [plain(instant[0]), plain(instant[1])];
            let gain = self.gain(new[0].abs().max(new[1].abs()));
            lowest = lowest.min(gain);
            let old = std::mem::replace(&mut self.delayed[self.at], new);
            self.at = (self.at + 1) % LOOKAHEAD;
            let factor = factor(gain);
            for (out, s) in instant.iter_mut().zip(old) {
                // Only the rounding of the product is left to cut.
                *out = (s * factor).clamp(-CEILING, CEILING);
            }
        }
        factor(lowest)
    }

    /// Takes in the newest peak; the gain of the instant that leaves now.
    fn gain(&mut self, peak: f32) -> u32 {
        let needed = if peak > CEILING {
            (f64::from(CEILING) / f64::from(peak) * f64::from(ONE)) as u32
        } else {
            ONE
        };
        let least = self.least.push(needed);
        self.held = if least <= self.held {
            least
        } else {
            // One more than the fraction, so that it arrives.
            self.held + 1 + (u64::from(least - self.held - 1) / RELEASE) as u32
        };
        let [first, second] = &mut self.averages;
        second.push(first.push(self.held))
    }
}

/// What is no number is silent, what is beyond all bounds is bounded.
fn plain(s: f32) -> f32 {
    if s.is_nan() {
        0.0
    } else {
        s.clamp(-LOUDEST, LOUDEST)
    }
}

fn factor(gain: u32) -> f32 {
    gain as f32 / ONE as f32
}

/// The least of the last [`WINDOW`] gains: a queue of those that no later one is below.
#[derive(Clone, Debug)]
struct Least {
    queue: Box<[(u32, u32); Self::ROOM]>,
    front: usize,
    back: usize,
    number: u32,
}

impl Least {
    /// A power of two that has room for the window.
    const ROOM: usize = WINDOW.next_power_of_two() as usize;

    fn new() -> Self {
        Self {
            queue: Box::new([(ONE, 0); Self::ROOM]),
            front: 0,
            back: 0,
            number: 0,
        }
    }

    fn push(&mut self, gain: u32) -> u32 {
        while self.back != self.front && self.queue[self.before(self.back)].0 >= gain {
            self.back = self.before(self.back);
        }
        self.queue[self.back] = (gain, self.number);
        self.back = (self.back + 1) % Self::ROOM;
        if self.number.wrapping_sub(self.queue[self.front].1) >= WINDOW {
            self.front = (self.front + 1) % Self::ROOM;
        }
        self.number = self.number.wrapping_add(1);
        self.queue[self.front].0
    }

    fn before(&self, place: usize) -> usize {
        (place + Self::ROOM - 1) % Self::ROOM
    }
}

/// A moving average of [`AVERAGE`] gains, rounded down.
#[derive(Clone, Debug)]
struct Average {
    values: Box<[u32; AVERAGE]>,
    at: usize,
    sum: u64,
}

impl Average {
    fn new() -> Self {
        Self {
            values: Box::new([ONE; AVERAGE]),
            at: 0,
            sum: u64::from(ONE) * AVERAGE as u64,
        }
    }

    fn push(&mut self, value: u32) -> u32 {
        let old = std::mem::replace(&mut self.values[self.at], value);
        self.at = (self.at + 1) % AVERAGE;
        self.sum = self.sum + u64::from(value) - u64::from(old);
        (self.sum / AVERAGE as u64) as u32
    }
}

#[cfg(test)]
mod tests;
