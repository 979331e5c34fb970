//! The media clock inside the video: an SEI message of our own at each key frame.
//!
//! User data unregistered (ITU-T H.264, D.1.7): a UUID says whose it is, and this payload follows:
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | version, 1 |
//! | 1 | flags; bit 0: UTC was set by a server's clock |
//! | 8 | UTC in microseconds, signed, big-endian |
//! | 16 | show id |
//! | 8 | ordinal of the GOP within the show, big-endian |

use bytes::{BufMut, Bytes, BytesMut};
use media::{MediaClock, ShowId, Utc};

use crate::h264::{escape, is_vcl, kind, nal_type, nal_units, unescape};

/// Says that a user data message holds a media clock.
pub const MEDIA_CLOCK_UUID: [u8; 16] = [
    0x5b, 0x1f, 0xc6, 0x0e, 0x92, 0x4d, 0x4e, 0x0b, 0xa6, 0x3c, 0x71, 0x0a, 0xd8, 0x2e, 0x47, 0x95,
];

const USER_DATA_UNREGISTERED: u32 = 5;
const VERSION: u8 = 1;
/// UUID, version, flags, UTC, show, GOP.
const PAYLOAD: usize = 16 + 1 + 1 + 8 + 16 + 8;
/// A longer SEI NAL unit isn't looked into: captions and timecodes are far shorter.
const LONGEST_SEI: usize = 4096;

/// `packet` (NAL units behind lengths of four bytes) with the clock before its first coded slice; copies
/// the packet once. A packet without coded picture data comes back unchanged.
pub fn insert(packet: &Bytes, clock: &MediaClock) -> Bytes {
    let Some(at) = first_vcl(packet) else {
        return packet.clone();
    };
    let nal = nal_unit(clock);
    let mut out = BytesMut::with_capacity(packet.len() + 4 + nal.len());
    out.put_slice(&packet[..at]);
    out.put_u32(nal.len() as u32);
    out.put_slice(&nal);
    out.put_slice(&packet[at..]);
    out.freeze()
}

/// The clock in a packet, where there is one before the first coded slice.
pub fn find(packet: &[u8]) -> Option<MediaClock> {
    nal_units(packet)
        .take_while(|nal| !is_vcl(kind(nal)))
        .filter(|nal| kind(nal) == nal_type::SEI && nal.len() <= LONGEST_SEI)
        .find_map(|nal| find_message(&unescape(&nal[1..])))
}

/// Where the length in front of the first coded slice stands.
fn first_vcl(packet: &[u8]) -> Option<usize> {
    let mut at = 0;
    for nal in nal_units(packet) {
        if is_vcl(kind(nal)) {
            return Some(at);
        }
        at += 4 + nal.len();
    }
    None
}

/// The whole SEI NAL unit, with emulation prevention.
fn nal_unit(clock: &MediaClock) -> Vec<u8> {
    let mut raw = Vec::with_capacity(PAYLOAD + 4);
    raw.put_slice(&[nal_type::SEI, USER_DATA_UNREGISTERED as u8, PAYLOAD as u8]);
    raw.put_slice(&MEDIA_CLOCK_UUID);
    raw.put_u8(VERSION);
    raw.put_u8(u8::from(clock.synchronised));
    raw.put_i64(clock.utc.as_micros());
    raw.put_slice(&clock.show.0);
    raw.put_u64(clock.gop);
    raw.put_u8(0x80); // rbsp_trailing_bits
    escape(&raw)
}

/// Goes through the messages of one SEI NAL unit (7.3.2.3.1).
fn find_message(mut rbsp: &[u8]) -> Option<MediaClock> {
    while rbsp.len() > 2 {
        let kind = take_number(&mut rbsp)?;
        let size = take_number(&mut rbsp)? as usize;
        let (payload, rest) = rbsp.split_at_checked(size)?;
        if kind == USER_DATA_UNREGISTERED
            && let Some(clock) = read_payload(payload)
        {
            return Some(clock);
        }
        rbsp = rest;
    }
    None
}

/// A number written as bytes of 255 and a last one below.
fn take_number(rbsp: &mut &[u8]) -> Option<u32> {
    let mut value = 0;
    loop {
        let (&byte, rest) = rbsp.split_first()?;
        *rbsp = rest;
        value += u32::from(byte);
        if byte != 255 {
            return Some(value);
        }
    }
}

/// Later versions may be longer: what version 1 says stays in front.
fn read_payload(payload: &[u8]) -> Option<MediaClock> {
    let rest = payload.strip_prefix(&MEDIA_CLOCK_UUID)?;
    let (&[version, flags], rest) = rest.split_first_chunk()?;
    let (utc, rest) = rest.split_first_chunk()?;
    let (show, rest) = rest.split_first_chunk()?;
    let (gop, _) = rest.split_first_chunk()?;
    (version >= VERSION).then_some(MediaClock {
        utc: Utc(i64::from_be_bytes(*utc)),
        show: ShowId(*show),
        gop: u64::from_be_bytes(*gop),
        synchronised: flags & 1 == 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packet(nals: &[&[u8]]) -> Bytes {
        let mut out = BytesMut::new();
        for nal in nals {
            out.put_u32(nal.len() as u32);
            out.put_slice(nal);
        }
        out.freeze()
    }

    /// All zeros but one: emulation prevention is needed in every field.
    const CLOCK: MediaClock = MediaClock {
        utc: Utc(1 << 40),
        show: ShowId([0; 16]),
        gop: 1,
        synchronised: true,
    };

    #[test]
    fn the_clock_stands_after_delimiter_and_before_the_first_slice() {
        let original = packet(&[&[9, 0xf0], &[6, 1, 1, 0, 0x80], &[0x65, 1, 2], &[0x65, 3]]);
        let stamped = insert(&original, &CLOCK);
        let kinds: Vec<_> = nal_units(&stamped).map(kind).collect();
        assert_eq!(kinds, [9, 6, 6, 5, 5]);
        assert_eq!(find(&stamped), Some(CLOCK));
        assert_eq!(find(&original), None);
        let sei = nal_units(&stamped).nth(2).unwrap();
        assert!(
            !sei.windows(3).any(|w| w[0] == 0 && w[1] == 0 && w[2] < 3),
            "start code in {sei:02x?}"
        );
    }

    #[test]
    fn a_packet_without_a_slice_stays_as_it_is() {
        let only_sei = packet(&[&[6, 1, 1, 0, 0x80]]);
        assert_eq!(insert(&only_sei, &CLOCK), only_sei);
        assert_eq!(insert(&Bytes::new(), &CLOCK), Bytes::new());
    }

    #[test]
    fn a_clock_behind_the_slice_or_of_another_uuid_does_not_count() {
        let stamped = insert(&packet(&[&[0x65, 1]]), &CLOCK);
        let sei = nal_units(&stamped).next().unwrap().to_vec();
        assert_eq!(find(&packet(&[&[0x65, 1], &sei])), None);
        let mut other = sei;
        other[5] ^= 1;
        assert_eq!(find(&packet(&[&other, &[0x65, 1]])), None);
    }

    #[test]
    fn a_clock_among_other_messages_of_one_unit_is_found() {
        let mut raw = vec![6, 5, 17];
        raw.extend([7; 17]);
        raw.extend(&unescape(&nal_unit(&CLOCK))[1..]);
        assert_eq!(find(&packet(&[&escape(&raw), &[0x65, 1]])), Some(CLOCK));
    }

    proptest! {
        #[test]
        fn every_clock_comes_back(utc: i64, show: [u8; 16], gop: u64, synchronised: bool) {
            let clock = MediaClock { utc: Utc(utc), show: ShowId(show), gop, synchronised };
            prop_assert_eq!(find(&insert(&packet(&[&[0x65, 1]]), &clock)), Some(clock));
        }

        #[test]
        fn no_bytes_make_it_panic(data in proptest::collection::vec(any::<u8>(), 0..300)) {
            let data = Bytes::from(data);
            let _ = find(&packet(&[&[&[6][..], &data].concat(), &[0x65, 1]]));
            prop_assert_eq!(find(&data), find(&data.clone()));
            let _ = insert(&data, &CLOCK);
        }
    }
}
