//! Transport packets (ISO/IEC 13818-1, 2.4.3.2 to 2.4.3.5): header and adaptation field, both ways.

use bytes::{BufMut, BytesMut};

use super::{PACKET, SYNC_BYTE};

/// Bytes behind the header: adaptation field and payload.
const BODY: usize = PACKET - 4;

/// What an adaptation field says, as far as it is written here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Adaptation {
    /// What follows belongs to a new time base.
    pub(super) discontinuity: bool,
    /// Decoding can begin with the access unit that begins here.
    pub(super) random_access: bool,
    /// program_clock_reference in ticks of 27 MHz, up to 2^33 times 300.
    pub(super) pcr: Option<u64>,
}

impl Adaptation {
    /// Bytes it takes, its length byte included; none when it says nothing.
    const fn len(&self) -> usize {
        match (self.pcr, self.discontinuity || self.random_access) {
            (Some(_), _) => 8,
            (None, true) => 2,
            (None, false) => 0,
        }
    }

    /// Writes the field in `len` bytes, stuffing where it needs fewer.
    fn write(&self, out: &mut BytesMut, len: usize) {
        if len == 0 {
            return;
        }
        out.put_u8((len - 1) as u8);
        if len == 1 {
            return;
        }
        let flags = [self.discontinuity, self.random_access, false, self.pcr.is_some()];
        out.put_u8(flags.iter().fold(0, |byte, &flag| byte << 1 | u8::from(flag)) << 4);
        if let Some(pcr) = self.pcr {
            let (base, extension) = (pcr / 300, pcr % 300);
            out.put_uint(base << 15 | 0x7e00 | extension, 6);
        }
        out.put_bytes(0xff, len - self.len().max(2));
    }
}

/// Writes one packet: as much of a payload of `left` bytes as it has room for is to follow. Says how much.
///
/// `continuity` is the counter of the PID's last packet; it goes on where there is payload (2.4.3.3).
pub(super) fn begin(
    out: &mut BytesMut,
    pid: u16,
    unit_start: bool,
    continuity: &mut u8,
    adaptation: Adaptation,
    left: usize,
) -> usize {
    let payload = left.min(BODY - adaptation.len());
    let field = BODY - payload;
    let control = u8::from(field > 0) << 1 | u8::from(payload > 0);
    if payload > 0 {
        *continuity = (*continuity + 1) & 0x0f;
    }
    out.put_u8(SYNC_BYTE);
    out.put_u16(u16::from(unit_start) << 14 | pid);
    out.put_u8(control << 4 | *continuity);
    adaptation.write(out, field);
    payload
}

/// A packet that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Packet<'a> {
    pub(super) pid: u16,
    /// payload_unit_start_indicator.
    pub(super) unit_start: bool,
    pub(super) scrambled: bool,
    /// continuity_counter.
    pub(super) continuity: u8,
    /// discontinuity_indicator.
    pub(super) discontinuity: bool,
    /// Empty where there is none.
    pub(super) payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads a packet; none when transport_error_indicator is set or it can't be one.
    pub(super) fn parse(packet: &'a [u8; PACKET]) -> Option<Self> {
        let &[SYNC_BYTE, high, low, control, ref body @ ..] = packet else {
            return None;
        };
        let (field, payload): (&[u8], &[u8]) = match control >> 4 & 3 {
            0b01 => (&[], body),
            0b10 => (split_field(body)?.0, &[]),
            0b11 => split_field(body)?,
            _ => return None, // reserved
        };
        let failed = high & 0x80 != 0;
        (!failed).then_some(Self {
            pid: u16::from_be_bytes([high & 0x1f, low]),
            unit_start: high & 0x40 != 0,
            scrambled: control >> 6 != 0,
            continuity: control & 0x0f,
            discontinuity: field.first().is_some_and(|flags| flags & 0x80 != 0),
            payload,
        })
    }
}

/// The adaptation field behind its length, and what follows.
fn split_field(body: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&len, rest) = body.split_first()?;
    rest.split_at_checked(usize::from(len))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_clock_stands_behind_six_reserved_bits() {
        let mut out = BytesMut::new();
        let adaptation = Adaptation {
            random_access: true,
            pcr: Some(((1 << 33) - 1) * 300 + 299),
            ..Adaptation::default()
        };
        assert_eq!(begin(&mut out, 0x100, true, &mut 0, adaptation, 1000), 176);
        let pcr = [0xff, 0xff, 0xff, 0xff, 0xff, 0x2b];
        assert_eq!(out[..], [&[0x47, 0x41, 0, 0x31, 7, 0x50][..], &pcr].concat());
    }

    #[test]
    fn without_payload_the_counter_stands_still() {
        let (mut out, mut continuity) = (BytesMut::new(), 15);
        assert_eq!(
            begin(&mut out, 1, false, &mut continuity, Adaptation::default(), 0),
            0
        );
        assert_eq!((out.len(), continuity), (PACKET, 15));
        assert_eq!(out[..6], [0x47, 0, 1, 0x2f, 183, 0]);
    }

    #[test]
    fn damaged_packets_are_none() {
        let mut packet = [0; PACKET];
        packet[..5].copy_from_slice(&[SYNC_BYTE, 0, 0, 0x30, 184]);
        assert_eq!(Packet::parse(&packet), None, "a field longer than the packet");
        packet[4] = 0;
        assert!(Packet::parse(&packet).is_some());
        packet[3] = 0;
        assert_eq!(Packet::parse(&packet), None, "neither field nor payload");
        packet[1..4].copy_from_slice(&[0x80, 0, 0x10]);
        assert_eq!(Packet::parse(&packet), None, "transport_error_indicator");
    }

    proptest! {
        #[test]
        fn packets_survive_both_ways(
            pid in 0u16..0x2000, unit_start: bool, continuity in 0u8..16, left in 0usize..200,
            discontinuity: bool, random_access: bool, pcr in proptest::option::of(0u64..300 << 33),
        ) {
            let (mut out, mut counter) = (BytesMut::new(), continuity);
            let adaptation = Adaptation { discontinuity, random_access, pcr };
            let len = begin(&mut out, pid, unit_start, &mut counter, adaptation, left);
            out.put_bytes(0xaa, len);
            let bytes = out[..].try_into().unwrap();
            let read = Packet::parse(&bytes).unwrap();
            prop_assert_eq!((read.pid, read.unit_start, read.scrambled), (pid, unit_start, false));
            prop_assert_eq!((read.continuity, read.discontinuity), (counter, discontinuity));
            prop_assert_eq!(read.payload, &vec![0xaa; len][..]);
            prop_assert!(len == left.min(184 - adaptation.len()));
        }
    }
}
