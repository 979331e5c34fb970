//! What a transport truly knows of its line, in one form for all of them.

use std::time::{Duration, Instant};

/// What is known of one destination's line at one moment. What a transport can't tell is left at its default.
///
/// | field | RTMP (`TCP_INFO`) | SRT (libsrt) | WebRTC |
/// | --- | --- | --- | --- |
/// | `delivered` | bytes acknowledged | bytes sent less those that wait, are lost or dropped | of the receiver reports |
/// | `waiting` | bytes not yet sent | send buffer | what the pacer holds |
/// | `gave_up` | never | packets too late | never |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When it was taken.
    pub at: Instant,
    /// Bytes that have reached the other end since the connection began.
    pub delivered: u64,
    /// Bytes that were handed over and have not left this machine.
    pub waiting: u64,
    /// How old the oldest packet is that still waits for the transport, in our queue.
    pub queued: Duration,
    /// Smoothed round-trip time; zero when it isn't known.
    pub rtt: Duration,
    /// Packets that were given up as too late since the connection began.
    pub gave_up: u64,
}

impl Sample {
    /// A line of which nothing is known but that it is there.
    pub const fn new(at: Instant) -> Self {
        Self {
            at,
            delivered: 0,
            waiting: 0,
            queued: Duration::ZERO,
            rtt: Duration::ZERO,
            gave_up: 0,
        }
    }
}
