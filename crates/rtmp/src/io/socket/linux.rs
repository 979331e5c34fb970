//! TCP_INFO (linux/tcp.h, `struct tcp_info`; the kernel appends fields and never moves one).

// One system call that no crate of ours wraps with the fields of newer kernels.
#![allow(unsafe_code)]

use std::os::fd::AsRawFd;
use std::time::Duration;

use tokio::net::TcpStream;

use super::SocketStats;

/// Offsets of fields in `struct tcp_info`.
const APP_LIMITED: usize = 7;
const UNACKED: usize = 24;
const SACKED: usize = 28;
const RTT: usize = 68;
const BYTES_ACKED: usize = 120;
const NOTSENT_BYTES: usize = 144;
const MIN_RTT: usize = 148;
const DATA_SEGS_OUT: usize = 156;
const DELIVERY_RATE: usize = 160;
const RWND_LIMITED: usize = 176;
const BYTES_SENT: usize = 200;
const BYTES_RETRANS: usize = 208;
/// Room for the fields up to `tcpi_bytes_retrans`.
const SIZE: usize = 216;

pub(super) fn stats(stream: &TcpStream) -> Option<SocketStats> {
    let mut info = [0u8; SIZE];
    let mut len = SIZE as libc::socklen_t;
    // SAFETY: `info` is writable for `len` bytes, and the descriptor is open while `stream` is borrowed.
    let result = unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            info.as_mut_ptr().cast(),
            &raw mut len,
        )
    };
    // An older kernel fills less; what it doesn't know stays zero.
    if result != 0 || (len as usize) < NOTSENT_BYTES + 4 {
        return None;
    }
    Some(parse(&info))
}

fn parse(info: &[u8; SIZE]) -> SocketStats {
    let u32_at = |at: usize| u32::from_ne_bytes([info[at], info[at + 1], info[at + 2], info[at + 3]]);
    let u64_at = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&info[at..at + 8]);
        u64::from_ne_bytes(bytes)
    };
    let micros = |at| Duration::from_micros(u64::from(u32_at(at)));
    let mean = u64_at(BYTES_SENT) / u64::from(u32_at(DATA_SEGS_OUT).max(1));
    SocketStats {
        unsent: u64::from(u32_at(NOTSENT_BYTES)),
        acknowledged: u64_at(BYTES_ACKED),
        beyond_gap: u64::from(u32_at(SACKED)) * mean,
        in_flight: u32_at(UNACKED),
        retransmitted: u64_at(BYTES_RETRANS),
        peer_limited: Duration::from_micros(u64_at(RWND_LIMITED)),
        delivery_rate: u64_at(DELIVERY_RATE),
        app_limited: info[APP_LIMITED] & 1 != 0,
        rtt: micros(RTT),
        min_rtt: Duration::from_micros(match u32_at(MIN_RTT) {
            u32::MAX => 0,
            n => u64::from(n),
        }),
    }
}
