//! The tables, and when they are due.

use bytes::{BufMut, Bytes, BytesMut};

use super::super::packet::{Adaptation, begin};
use super::super::psi::{self, PAT_PID, ProgramEntry};
use super::super::time::HZ;
use super::stream::{Continuity, PMT_PID, Streams};

/// The only program, and the stream's identity, which means nothing outside a network.
const PROGRAM: u16 = 1;
const TRANSPORT_STREAM: u16 = 1;
/// After how many ticks they are due again, so that with usual frames no more than 500 ms lie between (ETSI TR 101 290,
/// 5.2.1, 1.3.a and 1.5.a). Every 100 ms they would take 30 kbit/s, which a bad line has not to spare.
const INTERVAL: i64 = HZ as i64 * 440 / 1000;

#[derive(Debug)]
pub(super) struct Tables {
    pat: Bytes,
    pmt: Bytes,
    version: u8,
    /// Decoding time of the packet that they were written before.
    written: Option<i64>,
}

impl Tables {
    pub(super) fn new(streams: &Streams) -> Self {
        let entry = ProgramEntry {
            number: PROGRAM,
            map_pid: PMT_PID,
        };
        Self {
            pat: psi::pat(TRANSPORT_STREAM, entry, 0),
            pmt: map(streams, 0),
            version: 0,
            written: None,
        }
    }

    /// Goes on with the map of these streams, of a new version if it is another.
    pub(super) fn change(&mut self, streams: &Streams) {
        if map(streams, self.version) != self.pmt {
            self.version = (self.version + 1) & 0x1f;
            self.pmt = map(streams, self.version);
            self.written = None;
        }
    }

    /// Writes them before a packet decoded at `dts` if they are due, or if `now`.
    pub(super) fn write(&mut self, dts: i64, now: bool, continuity: &mut Continuity, out: &mut BytesMut) {
        let due = self.written.is_none_or(|at| !(0..INTERVAL).contains(&(dts - at)));
        if due || now {
            put(out, PAT_PID, continuity, &self.pat);
            put(out, PMT_PID, continuity, &self.pmt);
            self.written = Some(dts);
        }
    }
}

fn map(streams: &Streams, version: u8) -> Bytes {
    psi::pmt(PROGRAM, version, streams.pcr_pid(), &streams.map())
}

/// One packet: pointer_field, the section, and stuffing (2.4.4.1). Sections of two streams are far shorter.
fn put(out: &mut BytesMut, pid: u16, continuity: &mut Continuity, section: &[u8]) {
    let (continuity, adaptation) = continuity.of(pid, Adaptation::default());
    let room = begin(out, pid, true, continuity, adaptation, usize::MAX);
    out.put_u8(0);
    out.put_slice(section);
    out.put_bytes(0xff, room - 1 - section.len());
}
