//! From start codes (ITU-T H.264, annex B) to lengths.

use bytes::{BufMut, Bytes, BytesMut};

use super::{is_vcl, kind, nal_type};

/// How many parameter sets of a kind are taken out of an access unit: as many as there are ids.
const MOST_SETS: usize = 256;

/// One access unit taken out of an Annex B byte stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnnexB {
    /// The NAL units behind lengths of four bytes, without parameter sets, delimiters and filler.
    pub data: Bytes,
    /// Sequence parameter sets found, at most 256.
    pub sps: Vec<Bytes>,
    /// Picture parameter sets found, at most 256.
    pub pps: Vec<Bytes>,
    /// Whether an IDR picture is among them.
    pub key: bool,
    /// Whether there is coded picture data at all.
    pub picture: bool,
}

/// Converts one access unit from start codes to lengths; bytes before the first start code are passed over.
pub fn annexb_to_avcc(stream: &[u8]) -> AnnexB {
    let mut unit = AnnexB::default();
    let mut out = BytesMut::with_capacity(stream.len() + 16);
    for nal in split(stream) {
        match kind(nal) {
            nal_type::SPS => keep(&mut unit.sps, nal),
            nal_type::PPS => keep(&mut unit.pps, nal),
            nal_type::AUD | nal_type::FILLER | 10 | 11 => {}
            other => {
                unit.key |= other == nal_type::IDR;
                unit.picture |= is_vcl(other);
                out.put_u32(nal.len() as u32);
                out.put_slice(nal);
            }
        }
    }
    unit.data = out.freeze();
    unit
}

/// Adds a parameter set, unless there are too many for any stream.
pub(crate) fn keep(sets: &mut Vec<Bytes>, nal: &[u8]) {
    if sets.len() < MOST_SETS {
        sets.push(Bytes::copy_from_slice(nal));
    }
}

/// The NAL units between start codes, without trailing zeros; empty ones are passed over.
pub(crate) fn split(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = after_start_code(stream);
    std::iter::from_fn(move || {
        let current = rest?;
        let end = start_code(current);
        rest = after_start_code(current);
        Some(trim_zeros(&current[..end.unwrap_or(current.len())]))
    })
    .filter(|nal| !nal.is_empty())
}

/// Where the next `00 00 01` begins.
fn start_code(data: &[u8]) -> Option<usize> {
    let mut at = 0;
    // Look at the third byte: above 1 no start code ends within the next three bytes.
    while let Some(window) = data.get(at..at + 3) {
        match window {
            [0, 0, 1] => return Some(at),
            [_, _, last] if *last > 1 => at += 3,
            _ => at += 1,
        }
    }
    None
}

fn after_start_code(data: &[u8]) -> Option<&[u8]> {
    start_code(data).map(|at| &data[at + 3..])
}

fn trim_zeros(mut nal: &[u8]) -> &[u8] {
    while let [head @ .., 0] = nal {
        nal = head;
    }
    nal
}
