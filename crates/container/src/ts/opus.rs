//! Opus in transport streams: descriptors, and the header before each packet ("Opus in MPEG-TS", sections 3 and 5,
//! opus-codec.org).

use bytes::Bytes;

use super::Error;
use crate::ConfigError;

/// Tag of an extension descriptor, and its extension tag for Opus.
pub(super) const EXTENSION: u8 = 0x7f;
const OPUS: u8 = 0x80;
/// control_header_prefix with no flag set, and its mask.
const PREFIX: [u8; 2] = [0x7f, 0xe0];
const PREFIX_MASK: u16 = 0xffe0;
/// Flags: samples to be dropped at the start, at the end, and an extension.
const START_TRIM: u16 = 0x10;
const END_TRIM: u16 = 0x08;
const CONTROL_EXTENSION: u16 = 0x04;
/// The largest packet: 48 frames of 1275 bytes with their lengths (RFC 6716, 3.2.5).
const LARGEST: usize = 61_440;

/// The descriptors of a stream of one or two channels.
pub(super) fn descriptors(channels: u8) -> Result<Bytes, ConfigError> {
    match channels {
        1 | 2 => Ok([&b"\x05\x04Opus"[..], &[EXTENSION, 2, OPUS, channels]]
            .concat()
            .into()),
        _ => Err(ConfigError::Unsupported(
            "more than two channels of Opus in a transport stream",
        )),
    }
}

/// The channels that an extension descriptor's body says, where they are one or two.
pub(super) fn channels(extension: &[u8]) -> Option<u8> {
    match *extension {
        [OPUS, channels @ (1 | 2), ..] => Some(channels),
        _ => None,
    }
}

/// opus_control_header, written.
pub(super) struct Header {
    /// How many bytes of au_size say 255, and what the last says.
    full: usize,
    last: [u8; 1],
}

impl Header {
    /// The header before a packet of `len` bytes.
    pub(super) fn new(len: usize) -> Result<Self, Error> {
        if len > LARGEST {
            return Err(Error::TooLarge(len));
        }
        Ok(Self {
            full: len / 255,
            last: [(len % 255) as u8],
        })
    }

    pub(super) const fn len(&self) -> usize {
        2 + self.full + 1
    }

    /// Its bytes, one piece behind the other.
    pub(super) fn pieces(&self) -> [&[u8]; 3] {
        const FULL: [u8; LARGEST / 255] = [0xff; LARGEST / 255];
        [&PREFIX, &FULL[..self.full], &self.last]
    }
}

/// The packet that `units` begins with and what follows it; none when there is no whole one.
pub(super) fn split(units: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, mut rest) = units.split_first_chunk()?;
    let flags = u16::from_be_bytes(*head);
    if flags & PREFIX_MASK != u16::from_be_bytes(PREFIX) {
        return None;
    }
    let full = rest.iter().take_while(|byte| **byte == 0xff).count();
    let len = full * 255 + usize::from(*rest.get(full)?);
    rest = &rest[full + 1..];
    for trim in [START_TRIM, END_TRIM] {
        rest = if flags & trim == 0 { rest } else { rest.get(2..)? };
    }
    if flags & CONTROL_EXTENSION != 0 {
        let (&len, behind) = rest.split_first()?;
        rest = behind.get(usize::from(len)..)?;
    }
    rest.split_at_checked(len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_stands_in_a_header_is_passed_over() {
        // A start trim of 312 samples, as ffmpeg writes before the first packet.
        assert_eq!(
            split(b"\x7f\xf0\x02\x01\x38ab\x7f"),
            Some((&b"ab"[..], &b"\x7f"[..]))
        );
        assert_eq!(split(b"\x7f\xfc\x01\0\0\0\0\x01xa"), Some((&b"a"[..], &b""[..])));
        for cut in [
            &b""[..],
            b"\x7f",
            b"\x7f\xe0",
            b"\x7f\xe0\x02a",
            b"\x7f\xfc\0\0\0\0\0\x02x",
            b"\x7f\xc0\0",
        ] {
            assert_eq!(split(cut), None, "{cut:?}");
        }
    }

    #[test]
    fn channels_are_one_or_two() {
        assert_eq!(descriptors(2).unwrap(), &b"\x05\x04Opus\x7f\x02\x80\x02"[..]);
        assert!(descriptors(3).is_err() && descriptors(0).is_err());
        assert_eq!(
            [channels(&[0x80, 1]), channels(&[0x80, 0]), channels(&[0x80])],
            [Some(1), None, None]
        );
    }

    proptest! {
        #[test]
        fn packets_survive_both_ways(len in prop_oneof![0usize..1500, 61_000usize..=LARGEST], rest: Vec<u8>) {
            let packet = vec![7; len];
            let header = Header::new(len).unwrap();
            let unit = [&header.pieces().concat()[..], &packet, &rest].concat();
            prop_assert_eq!(unit.len(), header.len() + len + rest.len());
            prop_assert_eq!(split(&unit), Some((&packet[..], &rest[..])));
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = (split(&bytes), split(&[&[0x7f, 0xfc][..], &bytes].concat()), channels(&bytes));
        }
    }

    #[test]
    fn a_packet_larger_than_any_is_refused() {
        assert!(matches!(Header::new(LARGEST + 1), Err(Error::TooLarge(_))));
    }
}
