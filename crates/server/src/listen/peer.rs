//! The other end of a viewer's connection, as the handlers see it.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Reports a connection may send at once, and the time after which one more is allowed: two a second.
const BURST: u32 = 4;
const REFILL: Duration = Duration::from_millis(500);

/// One connection of a viewer; every request on it carries it as an extension.
#[derive(Debug)]
pub struct Peer {
    address: SocketAddr,
    /// The moment at which all its reports are forgiven.
    forgiven: Mutex<Option<Instant>>,
}

impl Peer {
    /// The connection from `address`.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            forgiven: Mutex::new(None),
        }
    }

    /// Address and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether the connection may send one more report at `now`: two a second, four at once.
    pub fn may_report(&self, now: Instant) -> bool {
        let mut forgiven = self.forgiven.lock().unwrap_or_else(PoisonError::into_inner);
        let from = forgiven.map_or(now, |at| at.max(now));
        let allowed = from.duration_since(now) <= REFILL * (BURST - 1);
        if allowed {
            *forgiven = Some(from + REFILL);
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_reports_a_second() {
        let (peer, start) = (Peer::new(([127, 0, 0, 1], 1).into()), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        let allowed = (0..1000).filter(|n| peer.may_report(at(n * 10))).count();
        assert_eq!(allowed, 4 + 19, "four at once, then two in each of ten seconds");
    }
}
