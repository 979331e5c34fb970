//! From start codes (ITU-T H.265, annex B) to lengths.

use bytes::{BufMut, Bytes, BytesMut};

use super::{AUD, END_OF_SEQUENCE, FILLER, FIRST_NON_VCL, PPS, SPS, VPS, is_irap, kind};
use crate::h264::{keep, split};

/// One access unit taken out of an Annex B byte stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnnexB {
    /// The NAL units behind lengths of four bytes, without parameter sets, delimiters and filler.
    pub data: Bytes,
    /// Video parameter sets found, at most 256.
    pub vps: Vec<Bytes>,
    /// Sequence parameter sets found, at most 256.
    pub sps: Vec<Bytes>,
    /// Picture parameter sets found, at most 256.
    pub pps: Vec<Bytes>,
    /// Whether an intra random access picture is among them: IDR, CRA or BLA, where decoding can begin.
    pub key: bool,
    /// Whether there is coded picture data at all.
    pub picture: bool,
}

/// Converts one access unit from start codes to lengths; bytes before the first start code are passed over.
pub fn annexb_to_hvcc(stream: &[u8]) -> AnnexB {
    let mut unit = AnnexB::default();
    let mut out = BytesMut::with_capacity(stream.len() + 16);
    for nal in split(stream) {
        match kind(nal) {
            Some(VPS) => keep(&mut unit.vps, nal),
            Some(SPS) => keep(&mut unit.sps, nal),
            Some(PPS) => keep(&mut unit.pps, nal),
            None | Some(AUD | END_OF_SEQUENCE..=FILLER) => {}
            Some(other) => {
                unit.key |= is_irap(other);
                unit.picture |= other < FIRST_NON_VCL;
                out.put_u32(nal.len() as u32);
                out.put_slice(nal);
            }
        }
    }
    unit.data = out.freeze();
    unit
}
