//! Access units as RTP payloads, cut once for all who get them.

pub mod h264;

use std::sync::Arc;
use std::time::Instant;

use media::{Packet, Timestamp, TrackKind, VideoParameters};

/// Most bytes of one payload: with RTP's and SRTP's share, and the header extensions, a packet stays below the 1200 bytes
/// that pass everywhere.
pub const MAX_PAYLOAD: usize = 1_100;

/// Ticks a second of the RTP clock of pictures (RFC 6184, 8.2.1).
pub const VIDEO_CLOCK: u32 = 90_000;
/// Ticks a second of the RTP clock of Opus (RFC 7587, 4.1).
pub const AUDIO_CLOCK: u32 = 48_000;

/// One access unit, ready to be sent to any number of peers. Cloning shares the bytes.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Picture or sound.
    pub kind: TrackKind,
    /// When it is shown or heard.
    pub pts: Timestamp,
    /// Whether decoding can begin here.
    pub key: bool,
    /// When it was taken, as far as that is known: receivers tell their delay by it, and keep sound and pictures
    /// together.
    pub taken: Instant,
    /// In the order of sending; the last one ends the access unit.
    pub payloads: Arc<[Arc<[u8]>]>,
}

impl Unit {
    /// A picture of H.264; the parameter sets of `parameters` go before a key frame.
    pub fn picture(packet: &Packet, parameters: &VideoParameters, taken: Instant) -> Self {
        let sets = packet.key.then_some(&parameters.config);
        Self::new(packet, taken, h264::packetize(&packet.data, sets))
    }

    /// A packet of Opus, which is a payload as it is (RFC 7587, 4.2).
    pub fn sound(packet: &Packet, taken: Instant) -> Self {
        Self::new(packet, taken, vec![Arc::from(&packet.data[..])])
    }

    fn new(packet: &Packet, taken: Instant, payloads: Vec<Arc<[u8]>>) -> Self {
        Self {
            kind: packet.kind,
            pts: packet.pts,
            key: packet.key,
            taken,
            payloads: payloads.into(),
        }
    }

    /// Bytes of all payloads.
    pub fn len(&self) -> usize {
        self.payloads.iter().map(|payload| payload.len()).sum()
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.payloads.is_empty()
    }
}

/// The RTP timestamp of `pts`: it wraps.
pub(crate) fn rtp_time(kind: TrackKind, pts: Timestamp) -> u32 {
    let clock = match kind {
        TrackKind::Video => VIDEO_CLOCK,
        TrackKind::Audio => AUDIO_CLOCK,
    };
    pts.as_ticks(clock) as u32
}
