//! Sequence parameter sets (ITU-T H.265, 7.3.2.2.1).

use media::Size;

use super::{SPS, kind};
use crate::ConfigError;
use crate::bits::BitReader;
use crate::h264::unescape;

const LARGEST_SIDE: u32 = 16_384;
/// Bytes of general_profile_space to general_level_idc.
const GENERAL: usize = 12;

/// What a sequence parameter set says, as far as the workspace asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sps {
    /// Temporal sub-layers, 1 to 7.
    pub(super) sub_layers: u8,
    /// sps_temporal_id_nesting_flag.
    pub(super) nested: bool,
    /// general_profile_space to general_level_idc, as they stand in a record.
    pub(super) general: [u8; GENERAL],
    /// chroma_format_idc.
    pub(super) chroma_format: u8,
    /// Bits of a luma sample, 8 to 16.
    pub(super) bit_depth_luma: u8,
    /// Bits of a chroma sample, 8 to 16.
    pub(super) bit_depth_chroma: u8,
    /// Picture size in pixels, after cropping.
    pub(super) size: Size,
}

impl Sps {
    /// Reads a NAL unit, header and emulation prevention bytes included.
    pub(super) fn parse(nal: &[u8]) -> Result<Self, ConfigError> {
        if kind(nal) != Some(SPS) {
            return Err(ConfigError::Malformed("not an SPS"));
        }
        let rbsp = unescape(nal.get(2..).ok_or(ConfigError::Truncated)?);
        let general = rbsp.get(1..).and_then(|rest| rest.first_chunk());
        let general = *general.ok_or(ConfigError::Truncated)?;
        let r = &mut BitReader::new(&rbsp);
        r.skip(4)?; // sps_video_parameter_set_id
        let more_layers = r.bits(3)?;
        if more_layers > 6 {
            return Err(ConfigError::Malformed("number of sub-layers"));
        }
        let nested = r.flag()?;
        profile_tier_level(r, more_layers)?;
        r.ue_max(15)?; // sps_seq_parameter_set_id
        let chroma = r.ue_max(3)?;
        Ok(Self {
            sub_layers: more_layers as u8 + 1,
            nested,
            general,
            chroma_format: chroma as u8,
            size: read_size(r, chroma)?,
            bit_depth_luma: r.ue_max(8)? as u8 + 8,
            bit_depth_chroma: r.ue_max(8)? as u8 + 8,
        })
    }
}

/// Size and cropping, in units of chroma samples (table 6-1).
fn read_size(r: &mut BitReader<'_>, chroma: u32) -> Result<Size, ConfigError> {
    let separate = chroma == 3 && r.flag()?;
    let (width, height) = (r.ue_max(LARGEST_SIDE)?, r.ue_max(LARGEST_SIDE)?);
    let (mut across, mut down) = (0, 0);
    if r.flag()? {
        let (x, y) = match chroma {
            1 => (2, 2),
            2 => (2, 1),
            _ => (1, 1),
        };
        let (x, y) = if separate { (1, 1) } else { (x, y) };
        across = x * (r.ue_max(LARGEST_SIDE)? + r.ue_max(LARGEST_SIDE)?);
        down = y * (r.ue_max(LARGEST_SIDE)? + r.ue_max(LARGEST_SIDE)?);
    }
    match (width.checked_sub(across), height.checked_sub(down)) {
        (Some(width @ 1..), Some(height @ 1..)) => Ok(Size::new(width, height)),
        _ => Err(ConfigError::Malformed("nothing of the picture is left")),
    }
}

/// Skips profile_tier_level (7.3.3) for `more_layers` sub-layers besides the lowest.
fn profile_tier_level(r: &mut BitReader<'_>, more_layers: u32) -> Result<(), ConfigError> {
    r.skip(GENERAL * 8)?;
    let mut present = Vec::with_capacity(8);
    for _ in 0..more_layers {
        present.push((r.flag()?, r.flag()?));
    }
    if more_layers > 0 {
        r.skip(2 * (8 - more_layers as usize))?;
    }
    for (profile, level) in present {
        r.skip(if profile { 88 } else { 0 } + if level { 8 } else { 0 })?;
    }
    Ok(())
}
