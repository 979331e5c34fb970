//! Which packet is whose.
//!
//! A connection check names the one it looks for (the first half of STUN's USERNAME, RFC 8445, 7.2.2); what comes from the
//! same address then is for the same one. What names nobody, and comes from nobody known, is passed over unanswered.

use std::collections::HashMap;
use std::net::SocketAddr;

use bytes::Bytes;
use str0m::ice::StunMessage;
use tokio::sync::mpsc;

use crate::Transport;

/// Addresses of one connection: a peer has several, but not many.
const MOST_ADDRESSES: usize = 16;

/// A packet that came.
#[derive(Debug)]
pub(super) struct Arrival {
    pub transport: Transport,
    pub from: SocketAddr,
    pub packet: Bytes,
}

/// The connections of a port.
#[derive(Debug, Default)]
pub(super) struct Routes {
    /// By the name that checks use.
    names: HashMap<String, Route>,
    /// Names, by where packets come from.
    addresses: HashMap<(Transport, SocketAddr), String>,
    /// Who called out from this port: what comes from nobody known are answers to it, which name nobody.
    caller: Option<String>,
}

#[derive(Debug)]
struct Route {
    inbox: mpsc::Sender<Arrival>,
    addresses: Vec<(Transport, SocketAddr)>,
}

impl Routes {
    /// Adds the connection called `name`.
    pub(super) fn add(&mut self, name: String, inbox: mpsc::Sender<Arrival>) {
        let addresses = Vec::new();
        self.names.insert(name, Route { inbox, addresses });
    }

    /// Says that the connection called `name` calls others.
    pub(super) fn calls(&mut self, name: &str) {
        self.caller = Some(name.to_owned());
    }

    /// Takes the connection called `name` out.
    pub(super) fn remove(&mut self, name: &str) {
        for address in self
            .names
            .remove(name)
            .into_iter()
            .flat_map(|route| route.addresses)
        {
            self.addresses.remove(&address);
        }
    }

    /// Connections in all.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Hands a packet to whose it is; false when it is nobody's. One that comes faster than it is taken is lost, as packets
    /// are.
    pub(super) fn hand_on(&mut self, arrival: Arrival) -> bool {
        let from = (arrival.transport, arrival.from);
        if let Some(name) = named(&arrival.packet) {
            self.learn(&name, from);
        }
        let name = self.addresses.get(&from).or(self.caller.as_ref());
        let Some(route) = name.and_then(|name| self.names.get(name)) else {
            return false;
        };
        let _ = route.inbox.try_send(arrival);
        true
    }

    fn learn(&mut self, name: &str, from: (Transport, SocketAddr)) {
        if self.addresses.get(&from).is_some_and(|known| known == name) {
            return;
        }
        let Some(route) = self
            .names
            .get_mut(name)
            .filter(|r| r.addresses.len() < MOST_ADDRESSES)
        else {
            return;
        };
        route.addresses.push(from);
        let before = self.addresses.insert(from, name.to_owned());
        if let Some(route) = before.and_then(|before| self.names.get_mut(&before)) {
            route.addresses.retain(|address| *address != from);
        }
    }
}

/// Whom a connection check looks for; none for any other packet.
fn named(packet: &[u8]) -> Option<String> {
    // The first byte tells STUN from DTLS and RTP (RFC 7983, 7).
    let stun = packet.first().is_some_and(|first| *first < 4);
    let message = stun.then(|| StunMessage::parse(packet).ok()).flatten()?;
    let (name, _) = message.split_username()?;
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A connection check for `username`, with all that a check has (RFC 8445, 7.2.2).
    fn check(username: &str) -> Bytes {
        let attribute = |kind: u16, value: &[u8]| {
            let head = [kind.to_be_bytes(), (value.len() as u16).to_be_bytes()].concat();
            let padding = vec![0; value.len().next_multiple_of(4) - value.len()];
            [&head, value, &padding].concat()
        };
        let (name, priority, integrity) = (username.as_bytes(), [0; 4], [0; 20]);
        let attributes = [
            attribute(6, name),
            attribute(0x24, &priority),
            attribute(8, &integrity),
        ]
        .concat();
        let length = (attributes.len() as u16).to_be_bytes();
        let head = [&[0, 1], &length[..], &0x2112_a442_u32.to_be_bytes(), &[7; 12]].concat();
        [head, attributes].concat().into()
    }

    fn arrival(port: u16, packet: Bytes) -> Arrival {
        let (transport, from) = (Transport::Udp, SocketAddr::from(([127, 0, 0, 1], port)));
        Arrival {
            transport,
            from,
            packet,
        }
    }

    #[test]
    fn a_check_tells_whose_an_address_is() {
        let mut routes = Routes::default();
        let (inbox, mut one) = mpsc::channel(8);
        let (other, mut two) = mpsc::channel(8);
        routes.add("one".into(), inbox);
        routes.add("two".into(), other);
        let media = Bytes::from_static(&[0x80, 96]);
        assert!(!routes.hand_on(arrival(1, media.clone())), "from nobody known");
        assert!(!routes.hand_on(arrival(1, check("three:x"))), "for nobody known");
        assert!(routes.hand_on(arrival(1, check("one:x"))));
        assert!(routes.hand_on(arrival(2, check("two:x"))));
        assert!(routes.hand_on(arrival(1, media.clone())));
        assert_eq!((one.len(), two.len()), (2, 1));
        assert_eq!(one.try_recv().unwrap().packet, check("one:x"));

        routes.remove("one");
        assert!(!routes.hand_on(arrival(1, media)));
        assert!(two.try_recv().is_ok() && routes.addresses.len() == 1 && routes.len() == 1);
    }

    #[test]
    fn a_connection_has_no_more_addresses_than_a_peer_needs() {
        let mut routes = Routes::default();
        let (inbox, _one) = mpsc::channel(64);
        routes.add("one".into(), inbox);
        for port in 1..=40 {
            routes.hand_on(arrival(port, check("one:x")));
        }
        assert_eq!(routes.addresses.len(), MOST_ADDRESSES);
    }
}
