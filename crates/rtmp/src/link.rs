//! What both ends do alike: handshake, protocol control, acknowledgements, pings, the idle timeout.

use std::time::Instant;

use bytes::{BufMut, Bytes, BytesMut};

use crate::chunk::{self, DEFAULT_CHUNK_SIZE, Message, Reader, kind};
use crate::command;
use crate::handshake::{Handshake, Side};
use crate::{Error, Limits};
use container::amf0::Value;

/// Chunk size that both our halves send: what the common servers and encoders use, so the best tried.
pub(crate) const CHUNK_SIZE: u32 = 4096;
/// Window announced to the peer: it acknowledges at least so often.
const WINDOW: u32 = 2_500_000;

/// Chunk streams by what they carry.
pub(crate) mod id {
    pub(crate) const CONTROL: u8 = 2;
    pub(crate) const COMMAND: u8 = 3;
    pub(crate) const AUDIO: u8 = 4;
    pub(crate) const DATA: u8 = 5;
    pub(crate) const VIDEO: u8 = 6;
}

/// User control events (clause 7.1.7).
const STREAM_BEGIN: u16 = 0;
const STREAM_EOF: u16 = 1;
const PING_REQUEST: u16 = 6;
const PING_RESPONSE: u16 = 7;

/// One end of a connection, below the commands.
pub(crate) struct Link {
    pub(crate) limits: Limits,
    handshake: Option<Handshake>,
    pub(crate) reader: Reader,
    out: BytesMut,
    chunk_size: u32,
    received: u64,
    acknowledged: u64,
    /// The peer's window: it wants to hear of its bytes at least so often.
    window: u32,
    peer_acknowledged: u32,
    /// When the peer was last known to be there.
    last_byte: Instant,
    last_ping: Option<Instant>,
}

impl Link {
    pub(crate) fn new(side: Side, limits: Limits, now: Instant) -> Self {
        let mut out = BytesMut::new();
        Self {
            handshake: Some(Handshake::new(side, &mut out)),
            reader: Reader::new(&limits),
            out,
            chunk_size: DEFAULT_CHUNK_SIZE,
            received: 0,
            acknowledged: 0,
            window: WINDOW,
            peer_acknowledged: 0,
            last_byte: now,
            last_ping: None,
            limits,
        }
    }

    /// Notes that `len` bytes arrived.
    pub(crate) fn arrived(&mut self, now: Instant, len: usize) {
        if len > 0 {
            self.last_byte = now;
            self.received += len as u64;
        }
    }

    /// Bytes that arrived in all.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Bytes that the peer says have reached it, modulo 2^32.
    pub(crate) fn peer_acknowledged(&self) -> u32 {
        self.peer_acknowledged
    }

    /// When the peer will have been silent too long.
    pub(crate) fn idle_deadline(&self) -> Instant {
        self.last_byte + self.limits.idle
    }

    /// Notes that the peer took bytes.
    pub(crate) fn sent(&mut self, now: Instant) {
        self.last_byte = now;
    }

    /// When a silent peer is to be asked whether it is there.
    pub(crate) fn ping_due(&self) -> Instant {
        self.last_ping.unwrap_or(self.last_byte).max(self.last_byte) + self.limits.idle / 3
    }

    /// Asks it.
    pub(crate) fn ping(&mut self, now: Instant) {
        self.last_ping = Some(now);
        self.send_user_control(PING_REQUEST, 0);
    }

    /// Goes on with the handshake; true once it is complete.
    pub(crate) fn shake(&mut self, input: &mut &[u8]) -> Result<bool, Error> {
        if let Some(handshake) = &mut self.handshake
            && handshake.read(input, &mut self.out)?
        {
            self.handshake = None;
        }
        Ok(self.handshake.is_none())
    }

    /// The next message that isn't the link's own affair; none when `input` ended.
    pub(crate) fn next(&mut self, input: &mut &[u8]) -> Result<Option<Message>, Error> {
        while let Some(message) = self.reader.read(input)? {
            if !self.control(&message)? {
                return Ok(Some(message));
            }
        }
        self.acknowledge();
        Ok(None)
    }

    /// Handles protocol and user control messages; false for others.
    fn control(&mut self, message: &Message) -> Result<bool, Error> {
        let number = || be32(&message.payload, 0);
        match message.kind {
            kind::SET_CHUNK_SIZE => self.reader.set_chunk_size(number()?)?,
            kind::ABORT => self.reader.abort(number()?),
            kind::ACKNOWLEDGEMENT => self.peer_acknowledged = number()?,
            kind::WINDOW_ACK_SIZE => self.window = number()?.max(self.limits.ack_window),
            kind::SET_PEER_BANDWIDTH => {
                let window = number()?;
                self.send_control(kind::WINDOW_ACK_SIZE, &window.to_be_bytes());
            }
            kind::USER_CONTROL => self.user_control(&message.payload)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn user_control(&mut self, payload: &[u8]) -> Result<(), Error> {
        let event = payload.get(..2).map(|b| u16::from_be_bytes([b[0], b[1]]));
        if event == Some(PING_REQUEST) {
            let stamp = be32(payload, 2)?;
            self.send_user_control(PING_RESPONSE, stamp);
        }
        Ok(())
    }

    /// Acknowledges when half the peer's window has arrived since the last time.
    fn acknowledge(&mut self) {
        if self.received - self.acknowledged >= u64::from(self.window / 2) {
            self.acknowledged = self.received;
            self.send_control(kind::ACKNOWLEDGEMENT, &(self.received as u32).to_be_bytes());
        }
    }

    /// Announces window and chunk size, and uses the latter from here on.
    pub(crate) fn announce(&mut self) {
        self.send_control(kind::WINDOW_ACK_SIZE, &WINDOW.to_be_bytes());
        self.send_control(kind::SET_CHUNK_SIZE, &CHUNK_SIZE.to_be_bytes());
        self.chunk_size = CHUNK_SIZE;
    }

    /// Asks the peer to keep within our window, dynamically (limit type 2).
    pub(crate) fn announce_bandwidth(&mut self) {
        let mut payload = WINDOW.to_be_bytes().to_vec();
        payload.push(2);
        self.send_control(kind::SET_PEER_BANDWIDTH, &payload);
    }

    /// Tells a player or publisher that its message stream works.
    pub(crate) fn stream_begin(&mut self, stream: u32) {
        self.send_user_control(STREAM_BEGIN, stream);
    }

    /// Tells a player that nothing more comes on its message stream.
    pub(crate) fn stream_eof(&mut self, stream: u32) {
        self.send_user_control(STREAM_EOF, stream);
    }

    fn send_user_control(&mut self, event: u16, value: u32) {
        let mut payload = BytesMut::with_capacity(6);
        payload.put_u16(event);
        payload.put_u32(value);
        self.send_control(kind::USER_CONTROL, &payload);
    }

    fn send_control(&mut self, kind: u8, payload: &[u8]) {
        let payload = Bytes::copy_from_slice(payload);
        self.send(
            id::CONTROL,
            &Message {
                kind,
                timestamp: 0,
                stream: 0,
                payload,
            },
        );
    }

    /// Sends a command on message stream `stream`.
    pub(crate) fn send_command(&mut self, stream: u32, name: &str, transaction: f64, args: &[Value]) {
        let payload = command::payload(name, transaction, args);
        self.send(
            id::COMMAND,
            &Message {
                kind: kind::COMMAND,
                timestamp: 0,
                stream,
                payload,
            },
        );
    }

    /// Sends a data message on message stream `stream`.
    pub(crate) fn send_data(&mut self, stream: u32, payload: &Bytes) {
        let message = Message {
            kind: kind::DATA,
            timestamp: 0,
            stream,
            payload: payload.clone(),
        };
        self.send(id::DATA, &message);
    }

    /// Sends a message.
    pub(crate) fn send(&mut self, id: u8, message: &Message) {
        chunk::write(message, id, self.chunk_size, &mut self.out);
    }

    /// What has to go to the peer.
    pub(crate) fn transmit(&mut self) -> Option<Bytes> {
        (!self.out.is_empty()).then(|| self.out.split().freeze())
    }
}

fn be32(bytes: &[u8], at: usize) -> Result<u32, Error> {
    let b = bytes
        .get(at..at + 4)
        .ok_or(Error::Protocol("a control message is too short"))?;
    Ok(u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
}
