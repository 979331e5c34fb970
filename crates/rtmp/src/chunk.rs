//! The chunk stream: messages cut into chunks and put together again ("Adobe's Real Time Messaging
//! Protocol", version 1.0, clause 5).

mod reader;
mod writer;

#[cfg(test)]
mod tests;

use std::fmt;

use bytes::Bytes;

pub use reader::Reader;
pub use writer::write;

/// Chunk size until another is announced (clause 5.4.1).
pub const DEFAULT_CHUNK_SIZE: u32 = 128;

/// Timestamps from this on stand in the extended field.
const EXTENDED: u32 = 0xff_ffff;

/// Message types (clauses 5.4 and 7.1).
pub mod kind {
    /// Set Chunk Size.
    pub const SET_CHUNK_SIZE: u8 = 1;
    /// Abort Message.
    pub const ABORT: u8 = 2;
    /// Acknowledgement.
    pub const ACKNOWLEDGEMENT: u8 = 3;
    /// User Control Messages.
    pub const USER_CONTROL: u8 = 4;
    /// Window Acknowledgement Size.
    pub const WINDOW_ACK_SIZE: u8 = 5;
    /// Set Peer Bandwidth.
    pub const SET_PEER_BANDWIDTH: u8 = 6;
    /// Audio.
    pub const AUDIO: u8 = 8;
    /// Video.
    pub const VIDEO: u8 = 9;
    /// Data in AMF3 (in practice: a zero byte, then AMF0).
    pub const DATA_AMF3: u8 = 15;
    /// Command in AMF3 (in practice: a zero byte, then AMF0).
    pub const COMMAND_AMF3: u8 = 17;
    /// Data in AMF0.
    pub const DATA: u8 = 18;
    /// Command in AMF0.
    pub const COMMAND: u8 = 20;
    /// Aggregate: several messages, written like FLV tags.
    pub const AGGREGATE: u8 = 22;
}

/// One message.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Message type, see [`kind`].
    pub kind: u8,
    /// Milliseconds; goes on at 0 after 2^32 - 1.
    pub timestamp: u32,
    /// Message stream: 0 for the connection itself.
    pub stream: u32,
    /// The payload: up to 2^24 - 1 bytes.
    pub payload: Bytes,
}

/// Without the payload: a command's may hold a stream key.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            timestamp,
            stream,
            payload,
        } = self;
        write!(
            f,
            "message of type {kind} at {timestamp} ms on stream {stream}, {} bytes",
            payload.len()
        )
    }
}
