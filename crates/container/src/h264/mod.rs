//! H.264 | ISO/IEC 14496-10: NAL units, parameter sets, configuration records (ISO/IEC 14496-15).

mod annexb;
mod config;
mod rbsp;
mod sps;

use bytes::Bytes;
use media::{VideoCodec, VideoParameters};

use crate::ConfigError;

pub use annexb::{AnnexB, annexb_to_avcc};
pub(crate) use annexb::{keep, split};
pub use config::AvcConfig;
pub use rbsp::{escape, unescape};
pub use sps::{ColorDescription, Sps};

/// `nal_unit_type` values that matter here (ITU-T H.264, table 7-1).
pub mod nal_type {
    /// A slice of a picture that isn't an IDR picture.
    pub const SLICE: u8 = 1;
    /// A slice of an IDR picture: decoding can begin here.
    pub const IDR: u8 = 5;
    /// Supplemental enhancement information.
    pub const SEI: u8 = 6;
    /// Sequence parameter set.
    pub const SPS: u8 = 7;
    /// Picture parameter set.
    pub const PPS: u8 = 8;
    /// Access unit delimiter.
    pub const AUD: u8 = 9;
    /// Filler data.
    pub const FILLER: u8 = 12;
}

/// The type of a NAL unit; 0 (unspecified) when it is empty.
pub fn kind(nal: &[u8]) -> u8 {
    nal.first().map_or(0, |b| b & 0x1f)
}

/// Whether a NAL unit of this type holds coded picture data (table 7-1: types 1 to 5).
pub const fn is_vcl(kind: u8) -> bool {
    matches!(kind, 1..=5)
}

/// The NAL units of a packet: each behind its length in four bytes. Ends early at a length that
/// reaches past the end.
pub fn nal_units(data: &[u8]) -> NalUnits<'_> {
    nal_units_of(data, 4)
}

/// The same where lengths are of `length_size` bytes, 1 to 4, as a configuration record says.
pub fn nal_units_of(data: &[u8], length_size: u8) -> NalUnits<'_> {
    NalUnits {
        rest: data,
        length_size: usize::from(length_size),
    }
}

/// Whether `data` is NAL units, each behind its length in four bytes, from the first byte to the last,
/// with at least one of coded picture data.
pub fn is_well_formed(data: &[u8]) -> bool {
    let mut units = nal_units(data);
    let mut vcl = false;
    for nal in &mut units {
        vcl |= is_vcl(kind(nal));
    }
    vcl && units.rest.is_empty()
}

/// Whether a packet holds an IDR picture.
pub fn has_idr(data: &[u8]) -> bool {
    nal_units(data).any(|nal| kind(nal) == nal_type::IDR)
}

/// Iterator over the NAL units of a packet. See [`nal_units`].
#[derive(Clone, Debug)]
pub struct NalUnits<'a> {
    rest: &'a [u8],
    length_size: usize,
}

impl<'a> NalUnits<'a> {
    /// What wasn't read: after the last unit, what doesn't make a whole one.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for NalUnits<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(self.length_size)?;
        let len = head.iter().fold(0, |len, &byte| len << 8 | usize::from(byte));
        let (nal, rest) = rest.split_at_checked(len)?;
        self.rest = rest;
        Some(nal)
    }
}

/// What the workspace keeps of a track whose AVCDecoderConfigurationRecord is `avcc`.
///
/// # Errors
/// When the record or its first sequence parameter set can't be read, or NAL lengths aren't four bytes long.
pub fn parameters(avcc: &Bytes) -> Result<VideoParameters, ConfigError> {
    let config = AvcConfig::parse(avcc)?;
    if config.length_size != 4 {
        return Err(ConfigError::Unsupported(
            "NAL unit lengths of other than four bytes",
        ));
    }
    let sps = config.first_sps()?;
    Ok(VideoParameters {
        codec: VideoCodec::H264,
        config: avcc.clone(),
        size: sps.size,
        rate: sps.frame_rate,
    })
}

#[cfg(test)]
mod tests;
