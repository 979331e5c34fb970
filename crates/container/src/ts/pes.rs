//! PES packets (ISO/IEC 13818-1, 2.4.3.6 and 2.4.3.7): an access unit with its times.

use super::time::{field, read};

/// stream_id of the first stream of pictures, of sound, and of private data with times (table 2-22).
pub(super) const VIDEO: u8 = 0xe0;
pub(super) const AUDIO: u8 = 0xc0;
pub(super) const PRIVATE: u8 = 0xbd;

/// Bytes up to PES_packet_length, which counts what follows.
pub(super) const PREFIX: usize = 6;
/// Bytes of a header as written here: with PTS, and with PTS and DTS.
const WITH_PTS: usize = 14;
const WITH_DTS: usize = 19;

/// The header of a PES packet with `len` bytes of payload that begin with an access unit. A length that 16 bits
/// don't hold is left open, which only video may do.
pub(super) fn header(stream_id: u8, pts: i64, dts: i64, len: usize) -> Header {
    let (size, flags) = if pts == dts {
        (WITH_PTS, 0x80)
    } else {
        (WITH_DTS, 0xc0)
    };
    let mut bytes = [0; WITH_DTS];
    let [high, low] = u16::try_from(size - PREFIX + len).unwrap_or(0).to_be_bytes();
    // data_alignment_indicator, then PTS_DTS_flags.
    bytes[..9].copy_from_slice(&[0, 0, 1, stream_id, high, low, 0x84, flags, (size - 9) as u8]);
    let prefix = if pts == dts { 0b0010 } else { 0b0011 };
    bytes[9..WITH_PTS].copy_from_slice(&field(prefix, pts));
    bytes[WITH_PTS..].copy_from_slice(&field(0b0001, dts));
    Header { bytes, size }
}

/// A PES packet's header, written.
pub(super) struct Header {
    bytes: [u8; WITH_DTS],
    size: usize,
}

impl Header {
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.size]
    }
}

/// A whole PES packet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pes<'a> {
    /// Presentation time, 33 bits.
    pub(super) pts: Option<u64>,
    /// Decoding time where it differs, 33 bits.
    pub(super) dts: Option<u64>,
    pub(super) scrambled: bool,
    pub(super) payload: &'a [u8],
}

/// Bytes of the whole packet that begins with `bytes`: none while they are too few, 0 when it has no stated end.
pub(super) fn total(bytes: &[u8]) -> Option<usize> {
    let head = bytes.first_chunk::<PREFIX>()?;
    match usize::from(u16::from_be_bytes([head[4], head[5]])) {
        0 => Some(0),
        len => Some(PREFIX + len),
    }
}

impl<'a> Pes<'a> {
    /// Reads a packet; none when it isn't one, or is of a kind without times, such as padding.
    pub(super) fn parse(packet: &'a [u8]) -> Option<Self> {
        let &[0, 0, 1, id, _, _, first, flags, len, ref rest @ ..] = packet else {
            return None;
        };
        if !has_times(id) || first >> 6 != 0b10 {
            return None;
        }
        let (fields, payload) = rest.split_at_checked(usize::from(len))?;
        let (pts, dts) = match flags >> 6 {
            0b10 => (Some(fields.first_chunk()?), None),
            0b11 => (Some(fields.first_chunk()?), Some(fields.get(5..)?.first_chunk()?)),
            _ => (None, None),
        };
        Some(Self {
            pts: pts.copied().map(read),
            dts: dts.copied().map(read),
            scrambled: first >> 4 & 3 != 0,
            payload,
        })
    }
}

/// Whether packets of this stream_id carry pictures or sound, of whatever codec: private_stream_1, audio, video and
/// extended_stream_id.
const fn has_times(stream_id: u8) -> bool {
    matches!(stream_id, PRIVATE | 0xc0..=0xef | 0xfd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_length_over_16_bits_is_left_open() {
        let lengths = |len| total(header(VIDEO, 9, 9, len).as_bytes());
        assert_eq!(lengths(10), Some(WITH_PTS + 10));
        assert_eq!(lengths(65_535 - 8), Some(65_541));
        assert_eq!(lengths(65_535 - 7), Some(0));
        assert_eq!(total(&[0, 0, 1, 0xe0, 0]), None);
    }

    #[test]
    fn padding_and_other_bytes_are_none() {
        assert_eq!(Pes::parse(&[0, 0, 1, 0xbe, 0, 3, 0x80, 0, 0, 0xff]), None);
        assert_eq!(Pes::parse(&[0, 0, 2, 0xe0, 0, 3, 0x80, 0, 0]), None);
        assert_eq!(
            Pes::parse(&[0, 0, 1, 0xe0, 0, 3, 0x80, 0x80, 4, 0, 0, 0, 0]),
            None
        );
    }

    proptest! {
        #[test]
        fn headers_survive_both_ways(pts in 0i64..1 << 33, dts in 0i64..1 << 33, payload: Vec<u8>) {
            let head = header(AUDIO, pts, dts, payload.len());
            let whole = [head.as_bytes(), &payload].concat();
            prop_assert_eq!(total(&whole), Some(whole.len()));
            let read = Pes::parse(&whole).unwrap();
            prop_assert_eq!((read.pts, read.dts.unwrap_or(pts as u64)), (Some(pts as u64), dts as u64));
            prop_assert_eq!((read.payload, read.scrambled), (&payload[..], false));
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = (total(&bytes), Pes::parse(&bytes));
            let _ = Pes::parse(&[&[0, 0, 1, 0xe0, 0, 0, 0x80], &bytes[..]].concat());
        }
    }
}
