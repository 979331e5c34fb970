//! What a transport truly knows of its line, in one form for all of them.

use std::time::{Duration, Instant};

/// What is known of one destination's line at one moment. What a transport can't tell is left at its default.
///
/// | field | by TCP (`TCP_INFO`) | by SRT (libsrt) | by WebRTC (feedback) |
/// | --- | --- | --- | --- |
/// | `delivered` | bytes acknowledged, in order or not | bytes handed over less those that wait or were given up | - |
/// | `grain` | - | some 400 ms | - |
/// | `waiting` | bytes not yet sent | packets not yet sent | - |
/// | `queued` | - | - | age of what the pacer holds |
/// | `missing` | - | age of the send buffer, less a round trip | - |
/// | `outstanding` | packets not acknowledged | bytes in the send buffer | - |
/// | `sent_again` | bytes | bytes | - |
/// | `overhead` | - | bytes | - |
/// | `paced` | no | yes | no |
/// | `gave_up` | never | packets that were too late | pictures left out |
/// | `lost` | - | - | share of packets, each second |
/// | `held` | time that the peer's window was full | - | - |
/// | `estimate_kbps` | - | - | congestion control (GCC) |
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When it was taken.
    pub at: Instant,
    /// Bytes that have reached the other end since the connection began, as well as can be told.
    pub delivered: u64,
    /// What is delivered in less than this may be chance.
    pub grain: Duration,
    /// Bytes that were handed over and have not left this machine.
    pub waiting: u64,
    /// How long what waits before the network has waited: in the caller's queue, and in the transport's own.
    pub queued: Duration,
    /// For how long more than a round trip the oldest packet has not been acknowledged: it waits, or was lost.
    pub missing: Duration,
    /// Smoothed round-trip time; zero when it isn't known.
    pub rtt: Duration,
    /// Whether something was sent that isn't acknowledged yet.
    pub outstanding: bool,
    /// Bytes that were sent again since the connection began.
    pub sent_again: u64,
    /// Bytes that have left this machine since the connection began and are not media: headers, padding, and what was sent again.
    pub overhead: u64,
    /// Whether a [`Pacer`](crate::Pacer) of ours limits what leaves: where the round trip shows no queue it, not the line, is why
    /// something waits.
    pub paced: bool,
    /// Packets or pictures that were given up as too late since the connection began.
    pub gave_up: u64,
    /// The share of packets that were lost in the last second, 0 to 1, where the transport is told that; where it isn't,
    /// `sent_again` says it.
    pub lost: Option<f32>,
    /// How long the other end took nothing more, since the connection began: it is slow, not the line.
    pub held: Duration,
    /// What the transport itself thinks the line carries, in kilobits a second; none where it doesn't think.
    pub estimate_kbps: Option<u32>,
}

impl Sample {
    /// A line of which nothing is known but that it is there.
    pub const fn new(at: Instant) -> Self {
        Self {
            at,
            delivered: 0,
            grain: Duration::ZERO,
            waiting: 0,
            queued: Duration::ZERO,
            missing: Duration::ZERO,
            rtt: Duration::ZERO,
            outstanding: false,
            sent_again: 0,
            overhead: 0,
            paced: false,
            gave_up: 0,
            lost: None,
            held: Duration::ZERO,
            estimate_kbps: None,
        }
    }
}
