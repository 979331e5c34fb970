//! Which addresses to announce.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Never sent to: asked for the way to them (RFC 5737, RFC 3849).
const FAR: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)), 9),
];

/// The addresses to announce for a port bound to `bound`: the `external` ones where there are any (the machine stands
/// behind an address translator, or has several), else its own. A port bound to all addresses is announced by those that
/// lead out, and by loopback for viewers on the same machine.
pub fn announced(bound: IpAddr, external: &[IpAddr]) -> Vec<IpAddr> {
    if !external.is_empty() {
        return external.to_vec();
    }
    if !bound.is_unspecified() {
        return vec![bound];
    }
    let far = FAR.iter().filter(|far| far.is_ipv4() || bound.is_ipv6());
    let mut own: Vec<IpAddr> = far.filter_map(|far| towards(*far).ok()).collect();
    own.push(Ipv4Addr::LOCALHOST.into());
    own
}

/// The address of this machine from which packets to `peer` leave; nothing is sent.
///
/// # Errors
/// When there is no way to it.
pub fn towards(peer: SocketAddr) -> io::Result<IpAddr> {
    let any: SocketAddr = match peer {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any)?;
    socket.connect(peer)?;
    Ok(socket.local_addr()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_configured_wins_over_what_is_found() {
        let external: IpAddr = "203.0.113.7".parse().unwrap();
        let loopback: IpAddr = Ipv4Addr::LOCALHOST.into();
        assert_eq!(announced(Ipv4Addr::UNSPECIFIED.into(), &[external]), [external]);
        assert_eq!(announced(loopback, &[]), [loopback]);
        assert!(announced(Ipv4Addr::UNSPECIFIED.into(), &[]).contains(&loopback));
        assert_eq!(towards(SocketAddr::new(loopback, 80)).unwrap(), loopback);
    }
}
