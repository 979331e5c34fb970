//! What libsrt knows of a connection.

use std::time::Duration;

use crate::sys::SRT_TRACEBSTATS;

/// Figures of a connection. Rates are bits a second; totals are since the connection began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Smoothed round-trip time.
    pub rtt: Duration,
    /// Sent since the last time the figures were asked for, retransmissions and headers included.
    pub send_rate: u64,
    /// Received since then, likewise.
    pub receive_rate: u64,
    /// What the path could carry, as libsrt estimates it; the estimate of the end that sends.
    pub bandwidth: u64,
    /// What may be sent at most; what [`crate::Bandwidth`] comes to.
    pub max_bandwidth: u64,
    /// Packets sent, retransmissions included.
    pub packets_sent: u64,
    /// Packets received, retransmissions included.
    pub packets_received: u64,
    /// Packets the peer said it missed, each time it said so.
    pub packets_sent_lost: u64,
    /// Bytes sent, retransmissions and 44 of headers a packet included.
    pub bytes_sent: u64,
    /// Packets found missing here.
    pub packets_received_lost: u64,
    /// Packets sent again.
    pub packets_retransmitted: u64,
    /// Bytes of those, 44 of headers a packet included.
    pub bytes_retransmitted: u64,
    /// How often packets were given up before they were acknowledged, as too late: libsrt 1.5.1 counts those it
    /// gives up together as one.
    pub packets_send_dropped: u64,
    /// Their bytes, all of them.
    pub bytes_send_dropped: u64,
    /// Packets given up as missing when those after them were due.
    pub packets_receive_dropped: u64,
    /// Packets that couldn't be decrypted.
    pub packets_undecrypted: u64,
    /// Packets sent and not yet acknowledged.
    pub in_flight: u64,
    /// Packets that may be so at most: what the peer has room for.
    pub flow_window: u64,
    /// Packets that wait to be acknowledged: those in flight, and those not sent yet.
    pub send_buffer_packets: u64,
    /// Bytes that wait to be acknowledged, headers included.
    pub send_buffer: u64,
    /// From the oldest to the newest of them.
    pub send_buffer_time: Duration,
    /// Bytes that wait to be due or read, headers included.
    pub receive_buffer: u64,
    /// From the oldest to the newest of them.
    pub receive_buffer_time: Duration,
    /// The latency agreed on for what is sent.
    pub send_latency: Duration,
    /// The latency agreed on for what is received.
    pub receive_latency: Duration,
}

/// What waits to be acknowledged by the peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsent {
    /// Messages.
    pub messages: usize,
    /// Their bytes.
    pub bytes: usize,
    /// From the oldest to the newest.
    pub time: Duration,
}

impl From<&SRT_TRACEBSTATS> for Stats {
    fn from(raw: &SRT_TRACEBSTATS) -> Self {
        Self {
            rtt: Duration::from_micros((raw.msRTT * 1e3) as u64),
            send_rate: bits(raw.mbpsSendRate),
            receive_rate: bits(raw.mbpsRecvRate),
            bandwidth: bits(raw.mbpsBandwidth),
            max_bandwidth: bits(raw.mbpsMaxBW),
            packets_sent: count(raw.pktSentTotal),
            packets_received: count(raw.pktRecvTotal),
            packets_sent_lost: count(raw.pktSndLossTotal),
            bytes_sent: raw.byteSentTotal,
            packets_received_lost: count(raw.pktRcvLossTotal),
            packets_retransmitted: count(raw.pktRetransTotal),
            bytes_retransmitted: raw.byteRetransTotal,
            packets_send_dropped: count(raw.pktSndDropTotal),
            bytes_send_dropped: raw.byteSndDropTotal,
            packets_receive_dropped: count(raw.pktRcvDropTotal),
            packets_undecrypted: count(raw.pktRcvUndecryptTotal),
            in_flight: count(raw.pktFlightSize),
            flow_window: count(raw.pktFlowWindow),
            send_buffer_packets: count(raw.pktSndBuf),
            send_buffer: count(raw.byteSndBuf),
            send_buffer_time: time(raw.msSndBuf),
            receive_buffer: count(raw.byteRcvBuf),
            receive_buffer_time: time(raw.msRcvBuf),
            send_latency: time(raw.msSndTsbPdDelay),
            receive_latency: time(raw.msRcvTsbPdDelay),
        }
    }
}

fn bits(megabits: f64) -> u64 {
    // What isn't a number or is negative becomes zero.
    (megabits * 1e6) as u64
}

fn count(n: impl Into<i64>) -> u64 {
    u64::try_from(n.into()).unwrap_or(0)
}

fn time(ms: i32) -> Duration {
    Duration::from_millis(count(ms))
}
