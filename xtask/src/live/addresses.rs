//! Where the server of this run listens.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

/// Loopback addresses, one for each listener.
#[derive(Clone, Copy)]
pub(super) struct Addresses {
    pub(super) http: SocketAddr,
    pub(super) rtmp: SocketAddr,
    pub(super) rtc: SocketAddr,
    pub(super) admin: SocketAddr,
}

impl Addresses {
    /// The usual ports, or where one is taken another, which is named.
    pub(super) fn free() -> Result<Self, String> {
        Ok(Self {
            http: free("HTTP", 8080)?,
            rtmp: free("RTMP", 1935)?,
            rtc: free("WebRTC", 8189)?,
            admin: free("administration", 8081)?,
        })
    }
}

fn free(what: &str, port: u16) -> Result<SocketAddr, String> {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    if TcpListener::bind(usual).is_ok() {
        return Ok(usual);
    }
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr());
    let other = other.map_err(|e| format!("no port is free for {what}: {e}"))?;
    println!("  Port {port} is taken; {what} is at {} instead", other.port());
    Ok(other)
}
