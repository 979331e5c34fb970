//! Sections out of packets (ISO/IEC 13818-1, 2.4.4.1).

use super::super::packet::Packet;
use super::super::psi::Section;
use super::Counters;
use super::continuity::{Continuity, Step};

/// The longest section that is read.
pub const MAX_SECTION: usize = 4096;
/// What stands behind the last section of a packet.
const STUFFING: u8 = 0xff;

/// Puts the sections of a PID together.
#[derive(Debug, Default)]
pub(super) struct Sections {
    continuity: Continuity,
    buffer: Vec<u8>,
    /// Whether the buffer begins with a section; else what comes is passed over until one does.
    open: bool,
}

impl Sections {
    /// Adds a packet and hands each section that is complete and undamaged to `each`.
    pub(super) fn packet(
        &mut self,
        packet: &Packet<'_>,
        counters: &mut Counters,
        mut each: impl FnMut(&Section<'_>),
    ) {
        match self.continuity.step(packet) {
            Step::Duplicate => return,
            Step::Lost(_) => self.open = false,
            Step::Next => {}
        }
        let (before, begins) = match (packet.unit_start, packet.payload) {
            (false, rest) => (rest, None),
            (true, [pointer, rest @ ..]) => match rest.split_at_checked(usize::from(*pointer)) {
                Some((before, begins)) => (before, Some(begins)),
                None => return self.open = false,
            },
            (true, []) => return,
        };
        self.read(before, counters, &mut each);
        if let Some(begins) = begins {
            self.buffer.clear();
            self.open = true;
            self.read(begins, counters, &mut each);
        }
    }

    fn read(&mut self, bytes: &[u8], counters: &mut Counters, each: &mut impl FnMut(&Section<'_>)) {
        if !self.open {
            return;
        }
        self.buffer.extend_from_slice(bytes);
        while let &[table, l0, l1, ..] = &self.buffer[..] {
            let len = 3 + usize::from(u16::from_be_bytes([l0 & 0x0f, l1]));
            let too_long = len > MAX_SECTION;
            counters.bad_sections += u64::from(table != STUFFING && too_long);
            if table == STUFFING || too_long {
                return self.open = false;
            }
            let Some(section) = self.buffer.get(..len) else {
                return;
            };
            match Section::parse(section) {
                Ok(Some(section)) => each(&section),
                Ok(None) => {}
                Err(_) => counters.bad_sections += 1,
            }
            self.buffer.drain(..len);
        }
    }
}
