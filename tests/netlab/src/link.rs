//! One direction of a line, without IO or clock.
//!
//! A packet waits until those before it are sent, is sent at the line's rate, is on its way for the line's delay, and
//! comes out: the model of a drop-tail bottleneck before a delay line, as in Linux' netem with a rate. A change of the
//! terms holds at once, for the packet that is being sent, too.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};
use std::time::{Duration, Instant};

use crate::Terms;

/// What became of the packets of a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Packets and bytes that came out.
    pub delivered: u64,
    /// Their bytes.
    pub delivered_bytes: u64,
    /// Found the queue full.
    pub dropped: u64,
    /// Lost on their way, or vanished.
    pub lost: u64,
}

/// One direction of a line, for packets of any kind.
#[derive(Debug)]
pub struct Link<P> {
    terms: Terms,
    random: fastrand::Rng,
    waiting: VecDeque<(usize, P)>,
    waiting_bytes: usize,
    sending: Option<Sending<P>>,
    on_the_way: BinaryHeap<Reverse<Flying<P>>>,
    /// Nothing that doesn't overtake comes out before this.
    newest: Option<Instant>,
    counted: Counted,
    number: u64,
}

/// The packet that is being sent.
#[derive(Debug)]
struct Sending<P> {
    packet: P,
    len: usize,
    /// Bytes of it that weren't sent yet `since`.
    left: f64,
    since: Instant,
}

#[derive(Debug)]
struct Flying<P> {
    at: Instant,
    number: u64,
    len: usize,
    packet: P,
}

impl<P> Link<P> {
    /// A link that draws what is drawn from `seed`.
    pub fn new(terms: Terms, seed: u64) -> Self {
        Self {
            terms,
            random: fastrand::Rng::with_seed(seed),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            sending: None,
            on_the_way: BinaryHeap::new(),
            newest: None,
            counted: Counted::default(),
            number: 0,
        }
    }

    /// Its terms.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// What became of its packets so far.
    pub fn counted(&self) -> Counted {
        self.counted
    }

    /// Changes the terms from `now` on; what waits goes on waiting, what is on its way comes as it would have.
    pub fn set(&mut self, terms: Terms, now: Instant) {
        self.advance(now);
        if let Some(sending) = &mut self.sending {
            sending.left = sending.left_at(&self.terms, now);
            sending.since = now;
        }
        self.terms = terms;
        self.advance(now);
    }

    /// A packet of `len` bytes comes to the link.
    pub fn offer(&mut self, packet: P, len: usize, now: Instant) {
        self.advance(now);
        if self.terms.black_hole {
            self.counted.lost += 1;
        } else if self.sending.is_none() {
            self.send(packet, len, now);
            self.advance(now);
        } else if self.waiting_bytes + len > self.terms.queue_bytes() {
            self.counted.dropped += 1;
        } else {
            self.waiting_bytes += len;
            self.waiting.push_back((len, packet));
        }
    }

    /// The next packet that has come out by `now`.
    pub fn poll(&mut self, now: Instant) -> Option<P> {
        self.advance(now);
        if self.on_the_way.peek().is_none_or(|next| next.0.at > now) {
            return None;
        }
        let Reverse(out) = self.on_the_way.pop()?;
        self.counted.delivered += 1;
        self.counted.delivered_bytes += out.len as u64;
        Some(out.packet)
    }

    /// When to [`poll`](Self::poll) again; none before something is offered or the terms change.
    pub fn next(&self) -> Option<Instant> {
        let out = self.on_the_way.peek().map(|next| next.0.at);
        [out, self.sent_at()].into_iter().flatten().min()
    }

    /// When the packet that is being sent is.
    fn sent_at(&self) -> Option<Instant> {
        let sending = self.sending.as_ref()?;
        Some(sending.since + self.terms.sending(sending.left)?)
    }

    fn send(&mut self, packet: P, len: usize, now: Instant) {
        self.sending = Some(Sending {
            packet,
            len,
            left: len as f64,
            since: now,
        });
    }

    /// Sends what is sent by `now`.
    fn advance(&mut self, now: Instant) {
        while let Some(at) = self.sent_at().filter(|at| *at <= now) {
            if let Some(Sending { packet, len, .. }) = self.sending.take() {
                self.leave(packet, len, at);
            }
            if let Some((len, packet)) = self.waiting.pop_front() {
                self.waiting_bytes -= len;
                self.send(packet, len, at);
            }
        }
    }

    /// A packet was sent at `at`: it is on its way, or lost.
    fn leave(&mut self, packet: P, len: usize, at: Instant) {
        let Terms {
            delay_ms,
            jitter_ms,
            loss_percent,
            reorder_percent,
            black_hole,
            ..
        } = self.terms;
        if black_hole || self.random.f64() * 100.0 < loss_percent {
            self.counted.lost += 1;
            return;
        }
        let overtakes = self.random.f64() * 100.0 < reorder_percent;
        let delay = match overtakes {
            true => 0.0,
            false => delay_ms + jitter_ms * self.random.f64(),
        };
        let mut out = at + Duration::from_secs_f64(delay.max(0.0) / 1e3);
        if !overtakes {
            out = self.newest.map_or(out, |newest| newest.max(out));
            self.newest = Some(out);
        }
        self.number += 1;
        self.on_the_way.push(Reverse(Flying {
            at: out,
            number: self.number,
            len,
            packet,
        }));
    }
}

impl<P> Sending<P> {
    fn left_at(&self, terms: &Terms, now: Instant) -> f64 {
        let rate = f64::from(terms.rate_kbps) * 1_000.0 / 8.0;
        let sent = now.saturating_duration_since(self.since).as_secs_f64() * rate;
        (self.left - sent).max(0.0)
    }
}

impl<P> Ord for Flying<P> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl<P> PartialOrd for Flying<P> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<P> PartialEq for Flying<P> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<P> Eq for Flying<P> {}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
