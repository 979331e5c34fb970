//! AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1).

use bytes::{BufMut, Bytes, BytesMut};

use super::{Sps, kind, nal_type};
use crate::ConfigError;

/// The configuration of an H.264 track: its parameter sets, and how packets write NAL unit lengths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvcConfig {
    /// profile_idc.
    pub profile: u8,
    /// The byte of constraint flags behind profile_idc.
    pub compatibility: u8,
    /// level_idc: ten times the level.
    pub level: u8,
    /// Bytes of a NAL unit's length in a packet: 1, 2 or 4.
    pub length_size: u8,
    /// Sequence parameter sets, at most 31, each with its NAL header.
    pub sps: Vec<Bytes>,
    /// Picture parameter sets, at most 255, each with its NAL header.
    pub pps: Vec<Bytes>,
}

impl AvcConfig {
    /// Reads a record. What stands behind the picture parameter sets (chroma format and bit depths, SPS
    /// extensions) is passed over: the SPS says the same.
    ///
    /// # Errors
    /// When the record is cut short, of another version, or has no parameter sets.
    pub fn parse(record: &Bytes) -> Result<Self, ConfigError> {
        let &[version, profile, compatibility, level, lengths, ..] = record.as_ref() else {
            return Err(ConfigError::Truncated);
        };
        if version != 1 {
            return Err(ConfigError::Malformed("avcC version"));
        }
        let length_size = (lengths & 3) + 1;
        if length_size == 3 {
            return Err(ConfigError::Malformed("NAL unit lengths of three bytes"));
        }
        let mut rest = record.slice(5..);
        let sps = parameter_sets(&mut rest, 0x1f, nal_type::SPS)?;
        let pps = parameter_sets(&mut rest, 0xff, nal_type::PPS)?;
        Ok(Self {
            profile,
            compatibility,
            level,
            length_size,
            sps,
            pps,
        })
    }

    /// A record for packets with lengths of four bytes.
    ///
    /// # Errors
    /// When there is no set of a kind, too many, one too long, or the first SPS can't be read.
    pub fn from_parameter_sets(sps: &[Bytes], pps: &[Bytes]) -> Result<Self, ConfigError> {
        let first = sps.first().ok_or(ConfigError::Malformed("no SPS"))?;
        if pps.is_empty() || pps.len() > 255 || sps.len() > 31 {
            return Err(ConfigError::Malformed("number of parameter sets"));
        }
        if sps.iter().chain(pps).any(|set| set.len() > usize::from(u16::MAX)) {
            return Err(ConfigError::Malformed("parameter set too long"));
        }
        let parsed = Sps::parse(first)?;
        Ok(Self {
            profile: parsed.profile,
            compatibility: parsed.constraints,
            level: parsed.level,
            length_size: 4,
            sps: sps.to_vec(),
            pps: pps.to_vec(),
        })
    }

    /// The first sequence parameter set, read.
    ///
    /// # Errors
    /// Those of [`Sps::parse`].
    pub fn first_sps(&self) -> Result<Sps, ConfigError> {
        Sps::parse(self.sps.first().ok_or(ConfigError::Malformed("no SPS"))?)
    }

    /// Writes the record, with the extension for High profiles where the SPS can be read.
    pub fn to_bytes(&self) -> Bytes {
        let sets = self.sps.iter().chain(&self.pps);
        let mut out = BytesMut::with_capacity(11 + sets.map(|s| s.len() + 2).sum::<usize>());
        out.put_slice(&[1, self.profile, self.compatibility, self.level]);
        out.put_u8(0xfc | self.length_size.saturating_sub(1) & 3);
        out.put_u8(0xe0 | self.sps.len().min(31) as u8);
        put_sets(&mut out, &self.sps, 31);
        out.put_u8(self.pps.len().min(255) as u8);
        put_sets(&mut out, &self.pps, 255);
        if let (true, Ok(sps)) = (matches!(self.profile, 100 | 110 | 122 | 144), self.first_sps()) {
            out.put_u8(0xfc | sps.chroma_format);
            out.put_u8(0xf8 | (sps.bit_depth_luma - 8));
            out.put_u8(0xf8 | (sps.bit_depth_chroma - 8));
            out.put_u8(0);
        }
        out.freeze()
    }
}

/// Reads a count (of which `mask` counts) and as many sets behind 16-bit lengths; at least one, all of type `wanted`.
fn parameter_sets(rest: &mut Bytes, mask: u8, wanted: u8) -> Result<Vec<Bytes>, ConfigError> {
    let count = take(rest, 1)?[0] & mask;
    let mut sets = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let len = take(rest, 2)?;
        let set = take(rest, usize::from(u16::from_be_bytes([len[0], len[1]])))?;
        if kind(&set) != wanted {
            return Err(ConfigError::Malformed("parameter set of another NAL type"));
        }
        sets.push(set);
    }
    if sets.is_empty() {
        return Err(ConfigError::Malformed("no parameter set"));
    }
    Ok(sets)
}

fn take(rest: &mut Bytes, n: usize) -> Result<Bytes, ConfigError> {
    if rest.len() < n {
        return Err(ConfigError::Truncated);
    }
    Ok(rest.split_to(n))
}

fn put_sets(out: &mut BytesMut, sets: &[Bytes], max: usize) {
    for set in sets.iter().take(max) {
        out.put_u16(set.len() as u16);
        out.put_slice(set);
    }
}
