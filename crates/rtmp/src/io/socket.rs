//! Socket options, and what the system knows of a TCP connection.

#[cfg(target_os = "linux")]
mod linux;

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;

/// Bytes not yet sent that the system keeps at most before it takes no more: about one frame of video. The
/// rest waits in our own queue, where it can be dropped.
#[cfg(target_os = "linux")]
const NOTSENT_LOWAT: u32 = 16 * 1024;
/// How long sent bytes may stay without acknowledgement.
#[cfg(target_os = "linux")]
const USER_TIMEOUT: Duration = Duration::from_secs(15);

/// What the system knows of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SocketStats {
    /// Bytes handed to the system and not yet sent.
    pub unsent: u64,
    /// Bytes the peer has acknowledged since the connection began.
    pub acknowledged: u64,
    /// Bytes that the peer has besides, behind some that are missing (RFC 2018): that many packets of the mean size.
    pub beyond_gap: u64,
    /// Packets sent and not yet acknowledged.
    pub in_flight: u32,
    /// Bytes sent again since the connection began.
    pub retransmitted: u64,
    /// How long the peer's window has been full, since the connection began: it reads too slowly.
    pub peer_limited: Duration,
    /// Newest measured rate of delivery, bytes a second.
    pub delivery_rate: u64,
    /// Whether that rate was limited by what we had to send, not by the network.
    pub app_limited: bool,
    /// Smoothed round-trip time.
    pub rtt: Duration,
    /// Smallest round-trip time seen lately; zero when the system doesn't say.
    pub min_rtt: Duration,
}

/// Sets what both ends want: small writes leave at once.
pub(super) fn configure(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)
}

/// Sets what a publisher wants besides: little waits in the system, and silence is noticed.
pub(super) fn configure_sender(stream: &TcpStream) -> io::Result<()> {
    configure(stream)?;
    #[cfg(target_os = "linux")]
    {
        let socket = socket2::SockRef::from(stream);
        // Systems without these options work all the same.
        let _ = socket.set_tcp_notsent_lowat(NOTSENT_LOWAT);
        let _ = socket.set_tcp_user_timeout(Some(USER_TIMEOUT));
    }
    Ok(())
}

/// What the system knows; none where it doesn't tell (other systems than Linux for now).
pub(super) fn stats(stream: &TcpStream) -> Option<SocketStats> {
    #[cfg(target_os = "linux")]
    return linux::stats(stream);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = stream;
        None
    }
}
