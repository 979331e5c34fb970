//! The simple handshake (clause 5.2). Clients that would rather prove something by digest see zeros where a
//! version would stand and go on without.

use bytes::{Buf, BufMut, BytesMut};

use crate::Error;

/// RTMP's version.
const VERSION: u8 = 3;
/// Bytes of C1, C2, S1 and S2.
const PACKET: usize = 1536;

/// Which half this is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Server,
}

/// One side's half of the handshake.
pub(crate) struct Handshake {
    side: Side,
    /// Version byte and first packet were read.
    greeted: bool,
    buffer: BytesMut,
}

impl Handshake {
    /// Begins; a client's greeting goes to `out`.
    pub(crate) fn new(side: Side, out: &mut BytesMut) -> Self {
        if side == Side::Client {
            greet(out);
        }
        Self {
            side,
            greeted: false,
            buffer: BytesMut::new(),
        }
    }

    /// Reads from the front of `input`, answers into `out`; true when the handshake is complete.
    ///
    /// # Errors
    /// [`Error::Handshake`] at a version other than 3.
    pub(crate) fn read(&mut self, input: &mut &[u8], out: &mut BytesMut) -> Result<bool, Error> {
        if !self.greeted {
            if !self.fill(input, 1 + PACKET)? {
                return Ok(false);
            }
            if self.side == Side::Server {
                greet(out);
            }
            out.put_slice(&self.buffer[1..]);
            self.buffer.clear();
            self.greeted = true;
        }
        // What comes back of our own packet proves nothing and is not looked at: clients differ.
        self.fill(input, PACKET)
    }

    fn fill(&mut self, input: &mut &[u8], wanted: usize) -> Result<bool, Error> {
        let n = (wanted - self.buffer.len()).min(input.len());
        self.buffer.put_slice(&input[..n]);
        input.advance(n);
        match self.buffer.first() {
            Some(&version) if !self.greeted && version != VERSION => Err(Error::Handshake(version)),
            _ => Ok(self.buffer.len() == wanted),
        }
    }
}

/// Version and first packet: time 0, zeros, then bytes that should differ from each other. They protect
/// nothing, so they need not be random.
fn greet(out: &mut BytesMut) {
    out.put_u8(VERSION);
    out.put_bytes(0, 8);
    let mut state = 0x2545_f491_u32;
    for _ in 0..(PACKET - 8) / 4 {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        out.put_u32(state);
    }
}
