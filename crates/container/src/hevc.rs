//! H.265 | ISO/IEC 23008-2: NAL units, configuration records (ISO/IEC 14496-15), what a sequence parameter set says of
//! the picture.

mod annexb;
mod record;
mod sps;

use bytes::Bytes;
use media::{VideoCodec, VideoParameters};

use self::sps::Sps;
use crate::ConfigError;
use crate::h264::nal_units;

pub use annexb::{AnnexB, annexb_to_hvcc};
pub use record::record;

/// `nal_unit_type` values (ITU-T H.265, table 7-1); below [`FIRST_NON_VCL`] are slices.
const FIRST_NON_VCL: u8 = 32;
const VPS: u8 = 32;
pub(crate) const SPS: u8 = 33;
const PPS: u8 = 34;
pub(crate) const AUD: u8 = 35;
const END_OF_SEQUENCE: u8 = 36;
const FILLER: u8 = 38;
/// Bytes before the arrays of a record.
const RECORD: usize = 23;

/// The type of a NAL unit; none when it is cut short.
pub(crate) fn kind(nal: &[u8]) -> Option<u8> {
    Some(nal.first()? >> 1 & 0x3f)
}

/// Whether a NAL unit of this type is a video, sequence or picture parameter set.
pub(crate) const fn is_parameter_set(kind: u8) -> bool {
    matches!(kind, VPS..=PPS)
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

/// Whether a NAL unit of this type is of a picture that decoding can begin at (7.4.2.2).
const fn is_irap(kind: u8) -> bool {
    matches!(kind, 16..=23)
}

/// Whether a packet holds a picture that decoding can begin at.
pub fn has_irap(data: &[u8]) -> bool {
    nal_units(data).any(|nal| kind(nal).is_some_and(is_irap))
}

/// What the workspace keeps of a track whose HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1) is `record`.
/// The frame rate isn't read.
///
/// # Errors
/// When the record or its first sequence parameter set can't be read, or NAL lengths aren't four bytes long.
pub fn parameters(record: &Bytes) -> Result<VideoParameters, ConfigError> {
    if length_size(record)? != 4 {
        return Err(ConfigError::Unsupported(
            "NAL unit lengths of other than four bytes",
        ));
    }
    Ok(VideoParameters {
        codec: VideoCodec::Hevc,
        size: Sps::parse(&first_sps(record)?)?.size,
        config: record.clone(),
        rate: None,
    })
}

/// Bytes of a NAL unit's length in packets of a track with this record.
///
/// # Errors
/// When it is cut short or of another version.
pub(crate) fn length_size(record: &[u8]) -> Result<u8, ConfigError> {
    if record.first() != Some(&1) {
        return Err(ConfigError::Malformed("hvcC version"));
    }
    Ok((record.get(21).ok_or(ConfigError::Truncated)? & 3) + 1)
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

/// The parameter sets that a record holds, in its order: VPS, SPS, PPS, perhaps SEI.
///
/// # Errors
/// When the record is cut short.
pub fn parameter_sets(record: &Bytes) -> Result<Vec<Bytes>, ConfigError> {
    let mut rest = record.get(RECORD..).ok_or(ConfigError::Truncated)?;
    let mut sets = Vec::new();
    for _ in 0..record[RECORD - 1] {
        take(&mut rest, 1)?; // array_completeness and the type, which the sets say themselves
        for _ in 0..u16_of(&mut rest)? {
            let len = u16_of(&mut rest)?;
            sets.push(record.slice_ref(take(&mut rest, usize::from(len))?));
        }
    }
    Ok(sets)
}

fn first_sps(record: &Bytes) -> Result<Bytes, ConfigError> {
    let sets = parameter_sets(record)?;
    let sps = sets.into_iter().find(|set| kind(set) == Some(SPS));
    sps.ok_or(ConfigError::Malformed("no SPS"))
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

#[cfg(test)]
mod tests;
