//! How often one address may present a wrong key.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::listen::subnet;

/// Wrong keys an address may present at once.
const BURST: u32 = 10;
/// Time after which one more is allowed.
const REFILL: Duration = Duration::from_secs(6);
/// Addresses remembered; when more turn up those longest quiet are forgotten.
const ADDRESSES: usize = 4096;

/// A leaky bucket an address (IPv6: a /64). No IO, no clock.
#[derive(Debug, Default)]
pub struct Throttle {
    /// For each address, the moment at which all its wrong keys are forgiven.
    forgiven: HashMap<IpAddr, Instant>,
}

impl Throttle {
    /// How long `address` has to wait before it may present a key; `None` when it may now.
    pub fn blocked(&self, address: IpAddr, now: Instant) -> Option<Duration> {
        let forgiven = *self.forgiven.get(&subnet(address))?;
        let owed = forgiven.saturating_duration_since(now);
        owed.checked_sub(REFILL * (BURST - 1))
            .filter(|wait| !wait.is_zero())
    }

    /// Counts a wrong key of `address`.
    pub fn wrong(&mut self, address: IpAddr, now: Instant) {
        self.forget(now);
        let forgiven = self.forgiven.entry(subnet(address)).or_insert(now);
        *forgiven = (*forgiven).max(now) + REFILL;
    }

    fn forget(&mut self, now: Instant) {
        if self.forgiven.len() < ADDRESSES {
            return;
        }
        self.forgiven.retain(|_, forgiven| *forgiven > now);
        while self.forgiven.len() >= ADDRESSES {
            let Some(oldest) = self.forgiven.iter().min_by_key(|(_, at)| **at).map(|(a, _)| *a) else {
                return;
            };
            self.forgiven.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_wrong_keys_then_one_each_six_seconds() {
        let (mut throttle, start) = (Throttle::default(), Instant::now());
        let (address, other) = ("203.0.113.7".parse().unwrap(), "203.0.113.8".parse().unwrap());
        for n in 0..BURST {
            assert_eq!(throttle.blocked(address, start), None, "attempt {n}");
            throttle.wrong(address, start);
        }
        assert_eq!(throttle.blocked(address, start), Some(REFILL));
        assert_eq!(throttle.blocked(other, start), None);
        let later = start + REFILL;
        assert_eq!(throttle.blocked(address, later), None);
        throttle.wrong(address, later);
        assert_eq!(throttle.blocked(address, later), Some(REFILL));
        assert_eq!(throttle.blocked(address, later + REFILL * BURST), None);
    }

    #[test]
    fn one_household_of_ipv6_is_one_address() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..BURST {
            throttle.wrong(format!("2001:db8:1:2::{n:x}").parse().unwrap(), now);
        }
        assert!(
            throttle
                .blocked("2001:db8:1:2::ffff".parse().unwrap(), now)
                .is_some()
        );
        assert!(
            throttle
                .blocked("2001:db8:1:3::1".parse().unwrap(), now)
                .is_none()
        );
    }

    #[test]
    fn memory_is_bounded_however_many_addresses_try() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..(ADDRESSES as u32 + 500) {
            throttle.wrong(IpAddr::V4((0x0a00_0000 + n).into()), now);
        }
        assert!(throttle.forgiven.len() <= ADDRESSES);
    }
}
