//! What a peer may cost at most.

use std::ops::RangeInclusive;
use std::time::Duration;

use container::amf0;

/// Bounds of one connection, checked before work is done or memory taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From the accepted (or opened) connection to the end of the handshake.
    pub handshake: Duration,
    /// From the end of the handshake to the publish or play command (client: to its being granted), and from
    /// the end of one publish to the next.
    pub publish: Duration,
    /// Without a byte from the peer.
    pub idle: Duration,
    /// Bytes of an audio message.
    pub audio: usize,
    /// Bytes of a video or aggregate message.
    pub video: usize,
    /// Bytes of a command, data or any other message; and of every message until a publish is granted.
    pub data: usize,
    /// Bytes in all until a publish is granted, handshake included.
    pub before_publish: u64,
    /// Chunk sizes that a peer may announce.
    pub chunk_size: RangeInclusive<u32>,
    /// Chunk streams a peer may use.
    pub chunk_streams: usize,
    /// Bytes of all messages begun and not yet complete, as announced in their headers.
    pub partial: usize,
    /// Messages within one aggregate message.
    pub aggregate: usize,
    /// The smallest acknowledgement window that is honoured; a smaller one is taken as this.
    pub ack_window: u32,
    /// What AMF0 in one message may cost.
    pub amf: amf0::Limits,
}

impl Default for Limits {
    /// 5 s, 10 s and 30 s; 64 KiB audio, 4 MiB video, 64 KiB else; 128 KiB before a publish; chunks of 128 to
    /// 1 MiB on 32 streams with 8 MiB of partial messages; 1024 messages an aggregate; windows from 8 KiB.
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(5),
            publish: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            audio: 64 << 10,
            video: 4 << 20,
            data: 64 << 10,
            before_publish: 128 << 10,
            chunk_size: 128..=1 << 20,
            chunk_streams: 32,
            partial: 8 << 20,
            aggregate: 1024,
            ack_window: 8 << 10,
            amf: amf0::Limits::default(),
        }
    }
}
