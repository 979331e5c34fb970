//! When a lost destination is tried again.

use std::time::{Duration, Instant};

/// Pace of the tries in the first minute.
const EVERY: Duration = Duration::from_secs(1);
/// After so long the tries grow apart.
const PATIENCE: Duration = Duration::from_secs(60);
/// A server that still holds a connection which has fallen silent is asked again this soon, for so long.
const SOON: Duration = Duration::from_millis(300);
const HELD: Duration = Duration::from_secs(5);
/// The longest pause between two tries.
const LONGEST: Duration = Duration::from_secs(5);

/// One try to reach a destination: its number since the connection was lost, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt(pub u32);

/// Decides when to try a destination anew.
///
/// A fresh socket is tried every second, whatever the last one does. After 60 s, or when the server refuses,
/// the pause grows by steps of one second up to five, each with a jitter of ±20 % so that a thousand studios
/// don't come back at once. When the machine's link returns, the next try is at once.
#[derive(Clone, Debug)]
pub struct Reconnect {
    state: State,
    random: u64,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Connected,
    Down {
        since: Instant,
        next: Instant,
        attempts: u32,
        slow_steps: u32,
        refused: bool,
    },
}

impl Reconnect {
    /// A destination never reached yet: the first try is due at `now`. `seed` varies the jitter.
    pub fn new(now: Instant, seed: u64) -> Self {
        let state = State::Down {
            since: now,
            next: now,
            attempts: 0,
            slow_steps: 0,
            refused: false,
        };
        Self {
            state,
            random: seed | 1,
        }
    }

    /// The connection was lost, or the last try failed.
    pub fn lost(&mut self, now: Instant) {
        if let State::Connected = self.state {
            self.state = State::Down {
                since: now,
                next: now,
                attempts: 0,
                slow_steps: 0,
                refused: false,
            };
        }
    }

    /// The server answered, and refused: it is asked less often from here on.
    pub fn refused(&mut self, now: Instant) {
        self.lost(now);
        if let State::Down { refused, .. } = &mut self.state {
            *refused = true;
        }
        let pause = self.pause(now);
        if let State::Down { next, .. } = &mut self.state {
            *next = now + pause;
        }
    }

    /// The server answered, and refused, perhaps because it still holds a connection of ours that has fallen silent: it is
    /// asked again soon for some seconds, then as after any refusal.
    pub fn held(&mut self, now: Instant) {
        if self.down_for(now) >= HELD {
            return self.refused(now);
        }
        if let State::Down { next, .. } = &mut self.state {
            *next = now + SOON;
        }
    }

    /// The destination takes the show.
    pub fn connected(&mut self) {
        self.state = State::Connected;
    }

    /// The machine's link returned: the next try is due at once.
    pub fn link_returned(&mut self, now: Instant) {
        if let State::Down { next, .. } = &mut self.state {
            *next = now;
        }
    }

    /// When `poll` has something to say; `None` while connected.
    pub fn due(&self) -> Option<Instant> {
        match self.state {
            State::Connected => None,
            State::Down { next, .. } => Some(next),
        }
    }

    /// How long the destination has been down; zero while connected.
    pub fn down_for(&self, now: Instant) -> Duration {
        match self.state {
            State::Connected => Duration::ZERO,
            State::Down { since, .. } => now.saturating_duration_since(since),
        }
    }

    /// The try that is due at `now`, if one is; an older try still under way is to be given up.
    pub fn poll(&mut self, now: Instant) -> Option<Attempt> {
        if self.due().is_none_or(|due| now < due) {
            return None;
        }
        let pause = self.pause(now);
        let State::Down { next, attempts, .. } = &mut self.state else {
            return None;
        };
        *next = now + pause;
        *attempts += 1;
        Some(Attempt(*attempts))
    }

    /// The pause before the next try.
    fn pause(&mut self, now: Instant) -> Duration {
        let jitter = self.jitter();
        let State::Down {
            since,
            slow_steps,
            refused,
            ..
        } = &mut self.state
        else {
            return EVERY;
        };
        if !*refused && now.saturating_duration_since(*since) < PATIENCE {
            return EVERY;
        }
        *slow_steps = (*slow_steps + 1).min(LONGEST.as_secs() as u32);
        EVERY
            .saturating_mul(*slow_steps)
            .mul_f64(jitter)
            .clamp(EVERY, LONGEST)
    }

    /// A factor between 0.8 and 1.2 (xorshift64, G. Marsaglia 2003).
    fn jitter(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        0.8 + 0.4 * (self.random >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "virtual time needs a beginning")]
mod tests {
    use super::*;

    /// Tries within `span` after `now`, in virtual time.
    fn tries(machine: &mut Reconnect, now: Instant, span: Duration) -> Vec<Duration> {
        let mut seen = Vec::new();
        while let Some(due) = machine.due().filter(|due| *due <= now + span) {
            assert!(machine.poll(due).is_some());
            seen.push(due - now);
        }
        seen
    }

    #[test]
    fn a_lost_server_is_tried_every_second_for_a_minute() {
        let now = Instant::now();
        let mut machine = Reconnect::new(now, 7);
        assert_eq!(machine.poll(now), Some(Attempt(1)));
        machine.connected();
        assert_eq!(machine.due(), None);
        machine.lost(now);
        let seen = tries(&mut machine, now, Duration::from_secs(59));
        let expected: Vec<_> = (0..60).map(Duration::from_secs).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn after_a_minute_the_tries_grow_apart_up_to_five_seconds() {
        let now = Instant::now();
        let mut machine = Reconnect::new(now, 99);
        let seen = tries(&mut machine, now, Duration::from_secs(600));
        let gaps: Vec<_> = seen.windows(2).map(|w| w[1] - w[0]).collect();
        assert!(
            gaps[70..]
                .iter()
                .all(|g| *g >= Duration::from_secs(4) && *g <= LONGEST),
            "{gaps:?}"
        );
    }

    #[test]
    fn a_server_that_holds_a_silent_connection_is_asked_again_soon_for_a_while() {
        let now = Instant::now();
        let mut machine = Reconnect::new(now, 3);
        machine.poll(now);
        machine.held(now);
        assert_eq!(machine.due(), Some(now + SOON));
        machine.held(now + HELD);
        assert!(machine.due() >= Some(now + HELD + EVERY));
    }

    #[test]
    fn a_refusal_slows_down_at_once_and_a_returning_link_does_not_wait() {
        let now = Instant::now();
        let mut machine = Reconnect::new(now, 3);
        machine.poll(now);
        machine.refused(now);
        assert!(machine.due().is_some_and(|due| due >= now + EVERY));
        assert_eq!(machine.poll(now), None);
        machine.link_returned(now + Duration::from_millis(10));
        assert_eq!(machine.poll(now + Duration::from_millis(10)), Some(Attempt(2)));
    }
}
