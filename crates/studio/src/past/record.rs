//! How a place of a show, or the computer, was from its beginning: the last five minutes by seconds, the whole in at most
//! [`STRETCHES`] stretches of equal length, so that a show of any length takes the same memory.

use std::collections::VecDeque;

use api::health::{PlaceHistory, Strength};
use api::machine::MachineHistory;

/// Seconds that are kept as they were.
const RECENT: usize = 300;
/// Stretches of the whole show: when there are so many, two become one.
const STRETCHES: usize = 1024;

/// How a place was for a while.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Stretch {
    /// The least.
    pub(crate) target_kbps: u32,
    /// The mean.
    pub(crate) sent_kbps: f32,
    /// The mean.
    pub(crate) received_kbps: Option<f32>,
    /// The longest.
    pub(crate) waiting_ms: u32,
    /// The longest.
    pub(crate) rtt_ms: Option<u32>,
    /// The most, of a thousand packets.
    pub(crate) lost: Option<u32>,
    /// All.
    pub(crate) skipped: u32,
    /// The worst.
    pub(crate) strength: Strength,
}

/// How something was for a while.
pub(crate) trait Span: Copy + Default {
    /// Both together, of which this is `weight` as long.
    fn and(self, other: Self, weight: f32) -> Self;
}

/// How the computer was for a while; hundredths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Effort {
    /// The most.
    pub(crate) cpu: Option<u8>,
    /// The most.
    pub(crate) cpu_own: Option<u8>,
    /// The most.
    pub(crate) draw: u8,
    /// The most.
    pub(crate) encode: u8,
    /// All.
    pub(crate) late: u32,
    /// The most.
    pub(crate) foreign_kbps: Option<u32>,
}

impl Span for Effort {
    fn and(self, other: Self, _: f32) -> Self {
        Self {
            cpu: self.cpu.max(other.cpu),
            cpu_own: self.cpu_own.max(other.cpu_own),
            draw: self.draw.max(other.draw),
            encode: self.encode.max(other.encode),
            late: self.late.saturating_add(other.late),
            foreign_kbps: self.foreign_kbps.max(other.foreign_kbps),
        }
    }
}

impl Span for Stretch {
    fn and(self, other: Self, weight: f32) -> Self {
        let mean = |a: f32, b: f32| (a * weight + b) / (weight + 1.0);
        Self {
            target_kbps: self.target_kbps.min(other.target_kbps),
            sent_kbps: mean(self.sent_kbps, other.sent_kbps),
            received_kbps: match (self.received_kbps, other.received_kbps) {
                (Some(a), Some(b)) => Some(mean(a, b)),
                (a, b) => a.or(b),
            },
            waiting_ms: self.waiting_ms.max(other.waiting_ms),
            rtt_ms: self.rtt_ms.max(other.rtt_ms),
            lost: self.lost.max(other.lost),
            skipped: self.skipped.saturating_add(other.skipped),
            strength: self.strength.min(other.strength),
        }
    }
}

/// How one place, or the computer, was.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record<S = Stretch> {
    recent: VecDeque<S>,
    whole: Vec<S>,
    /// Seconds of each of `whole`, but the last, which has so many.
    step: usize,
    last: usize,
    seconds: usize,
}

impl<S: Span> Record<S> {
    /// One more second.
    pub(crate) fn second(&mut self, second: S) {
        self.seconds += 1;
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(second);
        if self.last > 0 && self.last < self.step {
            if let Some(part) = self.whole.last_mut() {
                *part = part.and(second, self.last as f32);
            }
            self.last += 1;
        } else {
            self.begin_stretch(second);
        }
    }

    fn begin_stretch(&mut self, second: S) {
        if self.whole.len() == STRETCHES {
            self.whole = self
                .whole
                .chunks(2)
                .map(|two| {
                    two.iter()
                        .copied()
                        .reduce(|a, b| a.and(b, 1.0))
                        .unwrap_or_default()
                })
                .collect();
            self.step *= 2;
        }
        self.whole.push(second);
        (self.step, self.last) = (self.step.max(1), 1);
    }

    /// Seconds of a stretch, and from the beginning to the first.
    pub(crate) fn scale(&self, whole: bool) -> (f64, f64) {
        match whole {
            true => (self.step.max(1) as f64, 0.0),
            false => (1.0, (self.seconds - self.recent.len()) as f64),
        }
    }

    /// The whole of it, or the last five minutes.
    fn spans(&self, whole: bool) -> Vec<&S> {
        match whole {
            true => self.whole.iter().collect(),
            false => self.recent.iter().collect(),
        }
    }
}

impl Record<Effort> {
    /// It by columns, the whole of it or the last five minutes.
    pub(crate) fn columns(&self, whole: bool) -> MachineHistory {
        let of = self.spans(whole);
        MachineHistory {
            cpu: of.iter().map(|s| s.cpu).collect(),
            cpu_own: of.iter().map(|s| s.cpu_own).collect(),
            draw: of.iter().map(|s| s.draw).collect(),
            encode: of.iter().map(|s| s.encode).collect(),
            late: of.iter().map(|s| s.late).collect(),
            foreign_kbps: of.iter().map(|s| s.foreign_kbps).collect(),
        }
    }
}

impl Record {
    /// It by columns, the whole of it or the last five minutes, of the place `name` that is to be sent `wanted_kbps`.
    pub(crate) fn columns(&self, name: &str, wanted_kbps: u32, whole: bool) -> PlaceHistory {
        let of = self.spans(whole);
        let round = |kbps: f32| kbps.round() as u32;
        PlaceHistory {
            name: name.to_owned(),
            wanted_kbps,
            target_kbps: of.iter().map(|s| s.target_kbps).collect(),
            sent_kbps: of.iter().map(|s| round(s.sent_kbps)).collect(),
            received_kbps: of.iter().map(|s| s.received_kbps.map(round)).collect(),
            waiting_ms: of.iter().map(|s| s.waiting_ms).collect(),
            rtt_ms: of.iter().map(|s| s.rtt_ms).collect(),
            lost: of.iter().map(|s| s.lost).collect(),
            skipped: of.iter().map(|s| s.skipped).collect(),
            strength: of.iter().map(|s| s.strength).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(n: usize) -> Stretch {
        Stretch {
            target_kbps: 2_000 - n as u32 % 100,
            sent_kbps: n as f32,
            skipped: 1,
            ..Stretch::default()
        }
    }

    #[test]
    fn a_long_show_is_kept_whole_in_few_stretches_and_its_end_by_seconds() {
        let mut record = Record::<Stretch>::default();
        (0..10_000).for_each(|n| record.second(second(n)));
        let (step, from) = record.scale(true);
        assert_eq!((step, from), (16.0, 0.0));
        let whole = record.columns("a", 2_500, true);
        assert_eq!(whole.skipped.len(), 10_000 / 16);
        assert_eq!(whole.skipped.iter().sum::<u32>(), 10_000);
        assert_eq!(whole.sent_kbps[1], 24, "the mean of 16 to 31 is 23.5");
        assert_eq!(whole.target_kbps[0], 1_985);
        let recent = record.columns("a", 2_500, false);
        assert_eq!(recent.sent_kbps.len(), RECENT);
        assert_eq!(
            (record.scale(false), recent.sent_kbps[0]),
            ((1.0, 9_700.0), 9_700)
        );
    }

    #[test]
    fn a_stretch_says_the_worst_of_it_and_what_is_not_known_is_no_zero() {
        let known = Stretch {
            received_kbps: Some(10.0),
            rtt_ms: Some(40),
            strength: Strength::Weak,
            ..second(0)
        };
        let both = known.and(second(3), 1.0);
        assert_eq!((both.received_kbps, both.rtt_ms), (Some(10.0), Some(40)));
        assert_eq!((both.strength, both.lost), (Strength::Weak, None));
        assert_eq!((both.sent_kbps, both.target_kbps), (1.5, 1_997));
        assert_eq!(Record::<Stretch>::default().columns("a", 1, true).strength, []);
    }
}
