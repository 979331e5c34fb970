//! How many connections there may be, in all and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::subnet;

/// Lets connections in until there are too many. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    total: usize,
    per_address: usize,
    inside: Mutex<Inside>,
    refused: AtomicU64,
}

#[derive(Debug, Default)]
struct Inside {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One connection's place; dropping it gives the place back.
#[derive(Debug)]
pub struct Pass {
    gate: Gate,
    address: IpAddr,
}

impl Gate {
    /// At most `total` at a time, and `per_address` from one address (IPv6: a /64). Loopback, where a proxy
    /// stands for many, counts in the total alone.
    pub fn new(total: u32, per_address: u32) -> Self {
        Self(Arc::new(Inner {
            total: total as usize,
            per_address: per_address as usize,
            inside: Mutex::default(),
            refused: AtomicU64::new(0),
        }))
    }

    /// A place for a connection from `address`; none when there are too many.
    pub fn enter(&self, address: IpAddr) -> Option<Pass> {
        let address = subnet(address);
        let entered = self.inside().enter(address, &self.0);
        if !entered {
            self.0.refused.fetch_add(1, Ordering::Relaxed);
        }
        entered.then(|| Pass {
            gate: self.clone(),
            address,
        })
    }

    /// Whether there is one now.
    pub fn has_room(&self, address: IpAddr) -> bool {
        self.inside().has_room(subnet(address), &self.0)
    }

    /// Connections now.
    pub fn now(&self) -> u64 {
        self.inside().total as u64
    }

    /// Connections refused so far.
    pub fn refused(&self) -> u64 {
        self.0.refused.load(Ordering::Relaxed)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn enter(&mut self, address: IpAddr, limits: &Inner) -> bool {
        let room = self.has_room(address, limits);
        if room {
            self.total += 1;
            *self.by_address.entry(address).or_default() += 1;
        }
        room
    }

    fn has_room(&self, address: IpAddr, limits: &Inner) -> bool {
        let here = self.by_address.get(&address).copied().unwrap_or(0);
        let exempt = address.is_loopback() || is_loopback_net(address);
        self.total < limits.total && (here < limits.per_address || exempt)
    }

    fn leave(&mut self, address: IpAddr) {
        self.total = self.total.saturating_sub(1);
        if let Some(here) = self.by_address.get_mut(&address) {
            *here -= 1;
            if *here == 0 {
                self.by_address.remove(&address);
            }
        }
    }
}

/// `::1` once its lower half is cut off.
fn is_loopback_net(address: IpAddr) -> bool {
    address.is_ipv6() && address.is_unspecified()
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.gate.inside().leave(self.address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn places_are_limited_by_address_and_in_all_and_given_back() {
        let gate = Gate::new(3, 2);
        let (a, b) = (ip("203.0.113.1"), ip("203.0.113.2"));
        let first = gate.enter(a).unwrap();
        let _second = gate.enter(ip("::ffff:203.0.113.1")).unwrap();
        assert!(gate.enter(a).is_none(), "two from one address");
        let _third = gate.enter(b).unwrap();
        assert!(gate.enter(b).is_none(), "three in all");
        drop(first);
        assert_eq!((gate.now(), gate.refused()), (2, 2));
        assert!(gate.enter(a).is_some());
    }

    #[test]
    fn a_proxy_on_this_machine_stands_for_many() {
        let gate = Gate::new(8, 1);
        let places: Vec<_> = ["127.0.0.1", "127.0.0.1", "::1", "::1"]
            .into_iter()
            .map(|a| gate.enter(ip(a)))
            .collect();
        assert!(places.iter().all(Option::is_some));
    }

    #[test]
    fn nothing_is_remembered_of_those_who_left() {
        let gate = Gate::new(8, 8);
        drop(gate.enter(ip("203.0.113.1")));
        assert!(gate.inside().by_address.is_empty());
    }
}
