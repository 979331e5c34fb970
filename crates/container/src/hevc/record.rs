//! HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1), written.

use bytes::{BufMut, Bytes, BytesMut};

use super::sps::Sps;
use super::{PPS, RECORD, SPS, VPS};
use crate::ConfigError;

/// Sets of a kind that a record may hold here: as many ids as there are of VPS and SPS; of PPS.
const MOST: usize = 16;
const MOST_PPS: usize = 64;

/// A record for packets with lengths of four bytes, whose parameter sets are all in it. What a record may leave unsaid
/// (segmentation for parallel decoding, frame rates) is left unsaid.
///
/// # Errors
/// When there is no set of a kind, too many, one too long, or the first SPS can't be read.
pub fn record(vps: &[Bytes], sps: &[Bytes], pps: &[Bytes]) -> Result<Bytes, ConfigError> {
    let kinds = [(VPS, vps, MOST), (SPS, sps, MOST), (PPS, pps, MOST_PPS)];
    if kinds
        .iter()
        .any(|(_, sets, most)| sets.is_empty() || sets.len() > *most)
    {
        return Err(ConfigError::Malformed("number of parameter sets"));
    }
    if kinds
        .iter()
        .any(|(_, sets, _)| sets.iter().any(|set| set.len() > usize::from(u16::MAX)))
    {
        return Err(ConfigError::Malformed("parameter set too long"));
    }
    let mut out = BytesMut::with_capacity(RECORD + 256);
    put_head(&mut out, &Sps::parse(&sps[0])?);
    out.put_u8(kinds.len() as u8);
    for (kind, sets, _) in kinds {
        out.put_u8(0x80 | kind); // array_completeness: none stands in packets
        out.put_u16(sets.len() as u16);
        for set in sets {
            out.put_u16(set.len() as u16);
            out.put_slice(set);
        }
    }
    Ok(out.freeze())
}

/// What stands before the arrays.
fn put_head(out: &mut BytesMut, sps: &Sps) {
    out.put_u8(1);
    out.put_slice(&sps.general);
    out.put_u16(0xf000); // min_spatial_segmentation_idc: unsaid
    out.put_u8(0xfc); // parallelismType: unsaid
    out.put_u8(0xfc | sps.chroma_format);
    out.put_u8(0xf8 | (sps.bit_depth_luma - 8));
    out.put_u8(0xf8 | (sps.bit_depth_chroma - 8));
    out.put_u16(0); // avgFrameRate: unsaid
    out.put_u8(sps.sub_layers << 3 | u8::from(sps.nested) << 2 | 3);
}
