//! Which share of the packets a line loses by itself.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::Sample;
use crate::base::Base;

/// Losses are counted over so long: one packet is no line that loses packets.
const COUNTED: Duration = Duration::from_secs(2);
/// Of fewer bytes nothing can be told.
const ENOUGH: u64 = 30_000;
/// With a round trip so much longer than the smallest something waits in the network: what is lost then was lost because
/// it is full.
const FULL: Duration = Duration::from_millis(40);

/// Counts what a line loses though it isn't full.
///
/// A queue that overflows loses packets, too: on a line that is merely too slow. That it was full shows in the round trip
/// (RFC 6817, 2: delay as a sign of congestion), so only what was sent while little waited in the network counts.
#[derive(Clone, Debug)]
pub struct Losses {
    base: Base,
    last: Option<Sample>,
    /// Bytes sent, and sent again, while the line wasn't full.
    sent: u64,
    again: u64,
    /// The same, as it was at moments of the last [`COUNTED`].
    lately: VecDeque<(Instant, u64, u64)>,
}

impl Losses {
    /// Of a connection that begins at `now`.
    pub const fn new(now: Instant) -> Self {
        Self {
            base: Base::new(now),
            last: None,
            sent: 0,
            again: 0,
            lately: VecDeque::new(),
        }
    }

    /// Takes note of what is known of the line: the share that was lost, 0 to 1; none where the transport doesn't tell.
    pub fn see(&mut self, sample: &Sample) -> Option<f32> {
        self.base.learn(sample);
        let full = self.base.above(sample.rtt) >= FULL;
        if let Some(lost) = sample.lost {
            return Some(if full { 0.0 } else { lost });
        }
        let last = self.last.replace(*sample)?;
        if sample.rtt.is_zero() {
            return None;
        }
        if !full {
            let again = sample.sent_again.saturating_sub(last.sent_again);
            self.sent += sample.delivered.saturating_sub(last.delivered) + again;
            self.again += again;
        }
        self.lately.push_back((sample.at, self.sent, self.again));
        while self
            .lately
            .front()
            .is_some_and(|(at, ..)| sample.at - *at > COUNTED)
        {
            self.lately.pop_front();
        }
        let (_, sent, again) = *self.lately.front()?;
        let (sent, again) = (self.sent - sent, self.again - again);
        Some(if sent < ENOUGH {
            0.0
        } else {
            again as f32 / sent as f32
        })
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
mod tests {
    use super::*;

    /// What is told of a line after `seconds` at 300 kB/s that sends `again` of a hundred once more; its round trip is 40 ms
    /// and `above`.
    fn told(seconds: u32, again: u64, above: impl Fn(u32) -> u64) -> Option<f32> {
        let begin = Instant::now();
        let mut losses = Losses::new(begin);
        let mut told = None;
        for step in 0..seconds * 20 {
            told = losses.see(&Sample {
                delivered: u64::from(step) * 15_000,
                sent_again: u64::from(step) * 150 * again,
                rtt: Duration::from_millis(40 + above(step)),
                ..Sample::new(begin + Duration::from_millis(50) * step)
            });
        }
        told
    }

    #[test]
    fn what_is_sent_again_is_what_was_lost() {
        assert_eq!(told(5, 0, |_| 0), Some(0.0));
        let share = told(5, 10, |step| u64::from(step % 3) * 10).unwrap();
        assert!((0.08..0.1).contains(&share), "{share}");
    }

    #[test]
    fn a_queue_that_overflows_is_no_line_that_loses_packets() {
        let full = |step| if step < 20 { 0 } else { 200 };
        assert_eq!(told(6, 10, full), Some(0.0));
        // What was lost before counts for a while.
        assert!(told(2, 10, full).unwrap() > 0.05);
    }

    #[test]
    fn a_transport_is_believed_and_silence_is_no_answer() {
        let now = Instant::now();
        let mut losses = Losses::new(now);
        assert_eq!(losses.see(&Sample::new(now)), None);
        assert_eq!(losses.see(&Sample::new(now)), None, "nothing is known");
        let lost = Some(0.05);
        let sample = Sample {
            lost,
            rtt: Duration::from_millis(50),
            ..Sample::new(now)
        };
        assert_eq!(losses.see(&sample), lost);
        let rtt = Duration::from_millis(150);
        assert_eq!(losses.see(&Sample { rtt, ..sample }), Some(0.0));
    }
}
