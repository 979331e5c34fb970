//! What the places of a show share, by the way their packets leave this machine.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uplink::{Action, Bounds, Budget, Mode, Rank, Sample};

/// The way packets leave by: the address of this machine that they carry. Where it isn't known a place has a way of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Way {
    From(IpAddr),
    Own(Rank),
}

impl Way {
    /// The way to `peer` as the system would choose it now; nothing is sent.
    pub(super) fn to(peer: Option<SocketAddr>, rank: Rank) -> Self {
        peer.and_then(|peer| source(peer).ok())
            .map_or(Self::Own(rank), Self::From)
    }

    /// Whether what goes by it to `peer` leaves this computer: from its own address to another.
    pub(super) fn leaves_for(self, peer: Option<SocketAddr>) -> bool {
        matches!((self, peer), (Self::From(own), Some(peer)) if !own.is_loopback() && own != peer.ip())
    }
}

fn source(peer: SocketAddr) -> std::io::Result<IpAddr> {
    let any: IpAddr = match peer {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(peer)?;
    Ok(socket.local_addr()?.ip())
}

/// The budgets of all ways. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Budgets(Arc<Mutex<All>>);

#[derive(Debug, Default)]
struct All {
    mode: Mode,
    ways: HashMap<Way, Budget>,
}

/// What a place is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Given {
    /// In kbit/s of pictures and sound; none while its pictures pause.
    pub(super) kbps: Option<u32>,
    /// Whether that is less than it may because others share the way.
    pub(super) shared: bool,
    /// What it was delivered lately, in kbit/s; none while too little is known.
    pub(super) delivered_kbps: Option<u32>,
    /// How long what waits for it takes.
    pub(super) waiting: Duration,
}

impl Budgets {
    /// That decide as `mode` says.
    pub(crate) fn new(mode: Mode) -> Self {
        let budgets = Self::default();
        budgets.set_mode(mode);
        budgets
    }

    /// Decides as `mode` says from now on.
    pub(crate) fn set_mode(&self, mode: Mode) {
        let mut all = self.lock();
        all.mode = mode;
        all.ways.values_mut().for_each(|budget| budget.set_mode(mode));
    }

    /// A place is connected by `way`; it had `kbps` before.
    pub(super) fn connected(&self, way: Way, rank: Rank, bounds: Bounds, kbps: u32) {
        let mut all = self.lock();
        let mode = all.mode;
        let budget = all.ways.entry(way).or_insert_with(|| Budget::new(mode));
        budget.connected(rank, bounds, kbps, Instant::now());
    }

    /// It isn't any more.
    pub(super) fn gone(&self, way: Way, rank: Rank) {
        if let Some(budget) = self.lock().ways.get_mut(&way) {
            budget.gone(rank, Instant::now());
        }
    }

    /// Takes note of what is known of its line: what was done about it, and what it is to be sent. None where it isn't
    /// connected that way.
    pub(super) fn see(
        &self,
        way: Way,
        rank: Rank,
        sample: &Sample,
        made: f64,
    ) -> Option<(Option<Action>, Given)> {
        let mut all = self.lock();
        let budget = all.ways.get_mut(&way)?;
        let action = budget.see(rank, sample, made);
        let given = Given {
            kbps: budget.kbps(rank),
            shared: budget.is_short(),
            delivered_kbps: budget.delivered_kbps(rank),
            waiting: budget.waiting(rank),
        };
        Some((action, given))
    }

    fn lock(&self) -> MutexGuard<'_, All> {
        // After a panic a budget is at worst one sample short.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_on_this_machine_share_its_own_way() {
        let peer = |port| Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        assert_eq!(Way::to(peer(1935), 0), Way::to(peer(9000), 1));
        assert_eq!(Way::to(peer(1935), 0), Way::From(Ipv4Addr::LOCALHOST.into()));
        assert_ne!(Way::to(None, 0), Way::to(None, 1));
        assert!(!Way::to(peer(1935), 0).leaves_for(peer(1935)));
        let [own, other] = [[192, 168, 1, 2], [192, 168, 1, 3]].map(IpAddr::from);
        let to = |ip| Some(SocketAddr::from((ip, 1935)));
        assert!(Way::From(own).leaves_for(to(other)) && !Way::From(own).leaves_for(to(own)));
    }
}
