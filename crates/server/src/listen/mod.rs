//! Listening: addresses, and how many strangers are let in.

mod answers;
mod gate;
mod http;
mod http2;
mod peer;
mod stall;
mod tls;

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use api::{Code, Fault};
use tokio::net::TcpListener;

pub(crate) use answers::Endless;
pub use gate::{Gate, Pass};
pub use http::{Http, converse, serve, serve_secure};
pub use peer::Peer;
pub use stall::Stall;
pub use tls::Certificate;

/// Listens on `address`; when that isn't possible, says why in a sentence.
pub async fn bind(address: SocketAddr, what: &str) -> Result<TcpListener, Fault> {
    TcpListener::bind(address)
        .await
        .map_err(|e| refused(address, what, &e))
}

/// Listens on `address`, if there is one.
pub async fn bind_if(address: Option<SocketAddr>, what: &str) -> Result<Option<TcpListener>, Fault> {
    match address {
        Some(address) => Ok(Some(bind(address, what).await?)),
        None => Ok(None),
    }
}

pub(crate) fn refused(address: SocketAddr, what: &str, error: &io::Error) -> Fault {
    let message = match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "Another program listens on {address} already, where {what} was to listen. End that program or choose another address."
        ),
        io::ErrorKind::AddrNotAvailable => {
            format!("{address}, where {what} was to listen, is not an address of this machine.")
        }
        io::ErrorKind::PermissionDenied => format!(
            "The system doesn't allow {what} to listen on {address}. Ports below 1024 are for privileged programs."
        ),
        _ => format!("{what} can't listen on {address}: {error}."),
    };
    Fault::new(Code::ListenRefused, message)
}

/// What counts as one address: an IPv4 address, or the /64 an IPv6 address is in (one household has so many).
pub(crate) fn subnet(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}
