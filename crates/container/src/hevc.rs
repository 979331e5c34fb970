//! H.265 | ISO/IEC 23008-2: configuration records and what a sequence parameter set says of the picture.

use bytes::Bytes;
use media::{Size, VideoCodec, VideoParameters};

use crate::ConfigError;
use crate::bits::BitReader;
use crate::h264::{nal_units, unescape};

/// `nal_unit_type` of a sequence parameter set (ITU-T H.265, table 7-1); below [`FIRST_NON_VCL`] are slices.
const SPS: u8 = 33;
const FIRST_NON_VCL: u8 = 32;
/// Bytes before the arrays of a record.
const RECORD: usize = 23;
const LARGEST_SIDE: u32 = 16_384;

/// The type of a NAL unit; none when it is cut short.
fn kind(nal: &[u8]) -> Option<u8> {
    Some(nal.first()? >> 1 & 0x3f)
}

/// Whether `data` is NAL units, each behind its length in four bytes, from the first byte to the last, with at
/// least one of coded picture data.
pub fn is_well_formed(data: &[u8]) -> bool {
    let (mut vcl, mut len) = (false, 0);
    for nal in nal_units(data) {
        vcl |= kind(nal).is_some_and(|kind| kind < FIRST_NON_VCL);
        len += 4 + nal.len();
    }
    vcl && len == data.len()
}

/// What the workspace keeps of a track whose HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1) is `record`.
/// The frame rate isn't read.
///
/// # Errors
/// When the record or its first sequence parameter set can't be read, or NAL lengths aren't four bytes long.
pub fn parameters(record: &Bytes) -> Result<VideoParameters, ConfigError> {
    if record.first() != Some(&1) {
        return Err(ConfigError::Malformed("hvcC version"));
    }
    if record.get(21).ok_or(ConfigError::Truncated)? & 3 != 3 {
        return Err(ConfigError::Unsupported(
            "NAL unit lengths of other than four bytes",
        ));
    }
    Ok(VideoParameters {
        codec: VideoCodec::Hevc,
        size: size(&first_sps(record)?)?,
        config: record.clone(),
        rate: None,
    })
}

/// The codec as in RFC 6381 (ISO/IEC 14496-15, annex E.3): `hvc1.1.6.L93.B0`.
pub fn codecs(record: &[u8]) -> String {
    let Some(&[general, a, b, c, d, ref constraints @ .., level]) = record.get(1..13) else {
        return "hvc1".into();
    };
    let space = [None, Some('A'), Some('B'), Some('C')][usize::from(general >> 6)];
    let space = space.map(String::from).unwrap_or_default();
    let (profile, tier) = (general & 0x1f, if general & 0x20 == 0 { 'L' } else { 'H' });
    let compatibility = u32::from_be_bytes([a, b, c, d]).reverse_bits();
    let used = constraints
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |at| at + 1);
    let constraints: String = constraints[..used]
        .iter()
        .map(|byte| format!(".{byte:X}"))
        .collect();
    format!("hvc1.{space}{profile}.{compatibility:X}.{tier}{level}{constraints}")
}

fn first_sps(record: &Bytes) -> Result<Bytes, ConfigError> {
    let mut rest = record.get(RECORD..).ok_or(ConfigError::Truncated)?;
    for _ in 0..record[RECORD - 1] {
        let kind = take(&mut rest, 1)?[0] & 0x3f;
        let count = u16_of(&mut rest)?;
        for _ in 0..count {
            let len = u16_of(&mut rest)?;
            let nal = take(&mut rest, usize::from(len))?;
            if kind == SPS {
                return Ok(record.slice_ref(nal));
            }
        }
    }
    Err(ConfigError::Malformed("no SPS"))
}

fn take<'a>(rest: &mut &'a [u8], n: usize) -> Result<&'a [u8], ConfigError> {
    let (taken, left) = rest.split_at_checked(n).ok_or(ConfigError::Truncated)?;
    *rest = left;
    Ok(taken)
}

fn u16_of(rest: &mut &[u8]) -> Result<u16, ConfigError> {
    let b = take(rest, 2)?;
    Ok(u16::from_be_bytes([b[0], b[1]]))
}

/// The picture's size after cropping (ITU-T H.265, 7.3.2.2.1).
fn size(sps: &[u8]) -> Result<Size, ConfigError> {
    let rbsp = unescape(sps.get(2..).ok_or(ConfigError::Truncated)?);
    let r = &mut BitReader::new(&rbsp);
    r.skip(4)?; // sps_video_parameter_set_id
    let sub_layers = r.bits(3)?;
    r.skip(1)?; // sps_temporal_id_nesting_flag
    profile_tier_level(r, sub_layers)?;
    r.ue_max(15)?; // sps_seq_parameter_set_id
    let chroma = r.ue_max(3)?;
    let separate = chroma == 3 && r.flag()?;
    let (width, height) = (r.ue_max(LARGEST_SIDE)?, r.ue_max(LARGEST_SIDE)?);
    let (mut across, mut down) = (0, 0);
    if r.flag()? {
        // In units of chroma samples (table 6-1).
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

/// Skips profile_tier_level (7.3.3) for `sub_layers` + 1 sub-layers.
fn profile_tier_level(r: &mut BitReader<'_>, sub_layers: u32) -> Result<(), ConfigError> {
    r.skip(96)?;
    let mut present = Vec::with_capacity(8);
    for _ in 0..sub_layers {
        present.push((r.flag()?, r.flag()?));
    }
    if sub_layers > 0 {
        r.skip(2 * (8 - sub_layers as usize))?;
    }
    for (profile, level) in present {
        r.skip(if profile { 88 } else { 0 } + if level { 8 } else { 0 })?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "hevc_tests.rs"]
mod tests;
