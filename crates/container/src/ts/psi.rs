//! Program tables (ISO/IEC 13818-1, 2.4.4): which programs there are, and which streams a program has.

use bytes::{BufMut, Bytes, BytesMut};

use super::crc::crc32;
use super::kind::StreamKind;

/// PID of the program association table.
pub(super) const PAT_PID: u16 = 0;
/// table_id of the program association section and of the program map section.
const PAT: u8 = 0;
const PMT: u8 = 2;
/// Bytes of a section up to its own fields, and of its CRC.
const HEAD: usize = 8;
const CRC: usize = 4;

/// Where a program's map is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ProgramEntry {
    pub(super) number: u16,
    /// PID of its map.
    pub(super) map_pid: u16,
}

/// A program's map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProgramMap {
    pub(super) number: u16,
    /// PID of the packets that carry its clock.
    pub(super) pcr_pid: u16,
    pub(super) streams: Vec<(u16, StreamKind)>,
}

/// A section in the long form that is in force, its CRC proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Section<'a> {
    table: u8,
    /// transport_stream_id, or the program's number.
    number: u16,
    pub(super) version: u8,
    body: &'a [u8],
}

/// A section whose CRC doesn't fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadCrc;

impl<'a> Section<'a> {
    /// Reads a whole section; none for those without CRC and those that are to be in force later.
    pub(super) fn parse(section: &'a [u8]) -> Result<Option<Self>, BadCrc> {
        let &[table, syntax, _, n0, n1, version, _, _, ref rest @ ..] = section else {
            return Ok(None);
        };
        if syntax & 0x80 == 0 || rest.len() < CRC {
            return Ok(None);
        }
        if crc32(section) != 0 {
            return Err(BadCrc);
        }
        let current = version & 1 == 1;
        Ok(current.then_some(Self {
            table,
            number: u16::from_be_bytes([n0, n1]),
            version: version >> 1 & 0x1f,
            body: &rest[..rest.len() - CRC],
        }))
    }

    /// The programs it names, if it is of the program association table (2.4.4.4). Program 0 is the network's own.
    pub(super) fn programs(&self) -> Option<impl Iterator<Item = ProgramEntry> + use<'a>> {
        let entries = self.body.chunks_exact(4).map(|entry| ProgramEntry {
            number: u16::from_be_bytes([entry[0], entry[1]]),
            map_pid: pid(&[entry[2], entry[3]]),
        });
        (self.table == PAT).then(|| entries.filter(|entry| entry.number != 0))
    }

    /// The map it holds, if it is a whole one (2.4.4.9).
    pub(super) fn map(&self) -> Option<ProgramMap> {
        let &[p0, p1, i0, i1, ref rest @ ..] = self.body else {
            return None;
        };
        let mut rest = rest.get(length(&[i0, i1])..)?;
        let mut streams = Vec::new();
        while let &[stream_type, s0, s1, d0, d1, ref behind @ ..] = rest {
            let (descriptors, next) = behind.split_at_checked(length(&[d0, d1]))?;
            streams.push((pid(&[s0, s1]), StreamKind::of(stream_type, descriptors)));
            rest = next;
        }
        (self.table == PMT).then_some(ProgramMap {
            number: self.number,
            pcr_pid: pid(&[p0, p1]),
            streams,
        })
    }
}

/// The lower 13 bits.
const fn pid(bytes: &[u8; 2]) -> u16 {
    u16::from_be_bytes([bytes[0] & 0x1f, bytes[1]])
}

/// The lower 12 bits.
fn length(bytes: &[u8; 2]) -> usize {
    usize::from(u16::from_be_bytes([bytes[0] & 0x0f, bytes[1]]))
}

/// The section that names one program.
pub(super) fn pat(transport_stream: u16, program: ProgramEntry, version: u8) -> Bytes {
    let mut body = BytesMut::with_capacity(4);
    body.put_u16(program.number);
    body.put_u16(0xe000 | program.map_pid);
    section(PAT, transport_stream, version, &body)
}

/// The section that maps a program; `streams` are stream_type, PID and descriptors.
pub(super) fn pmt(program: u16, version: u8, pcr_pid: u16, streams: &[(u8, u16, Bytes)]) -> Bytes {
    let mut body = BytesMut::new();
    body.put_u16(0xe000 | pcr_pid);
    body.put_u16(0xf000); // no descriptors of the program
    for (stream_type, pid, descriptors) in streams {
        body.put_u8(*stream_type);
        body.put_u16(0xe000 | pid);
        body.put_u16(0xf000 | descriptors.len() as u16);
        body.put_slice(descriptors);
    }
    section(PMT, program, version, &body)
}

fn section(table: u8, number: u16, version: u8, body: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(HEAD + body.len() + CRC);
    out.put_u8(table);
    out.put_u16(0xb000 | (HEAD - 3 + body.len() + CRC) as u16);
    out.put_u16(number);
    out.put_u8(0xc1 | version << 1);
    out.put_u16(0); // section 0 of 0
    out.put_slice(body);
    let crc = crc32(&out);
    out.put_u32(crc);
    out.freeze()
}

#[cfg(test)]
#[path = "psi_tests.rs"]
mod tests;
