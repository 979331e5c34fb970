//! From lengths to start codes (ITU-T H.264 and H.265, annex B).

use bytes::Bytes;

use super::super::Error;
use crate::h264::{self, AvcConfig, NalUnits, nal_type, nal_units_of};
use crate::{ConfigError, hevc};

/// With zero_byte, which the first NAL unit and parameter sets must have.
const START: &[u8] = &[0, 0, 0, 1];
/// Access unit delimiters, behind a start code, that allow for slices of all types.
const AUD_H264: &[u8] = &[0, 0, 0, 1, 9, 0xf0];
const AUD_HEVC: &[u8] = &[0, 0, 0, 1, 0x46, 1, 0x50];

/// How a track's access units are written.
#[derive(Debug)]
pub(super) struct AnnexB {
    hevc: bool,
    /// Bytes of a length in its packets.
    length_size: u8,
    /// Its parameter sets.
    sets: Vec<Bytes>,
}

impl AnnexB {
    pub(super) fn h264(record: &Bytes) -> Result<Self, ConfigError> {
        let config = AvcConfig::parse(record)?;
        Ok(Self {
            hevc: false,
            length_size: config.length_size,
            sets: [config.sps, config.pps].concat(),
        })
    }

    pub(super) fn hevc(record: &Bytes) -> Result<Self, ConfigError> {
        let mut sets = hevc::parameter_sets(record)?;
        sets.retain(|set| hevc::kind(set).is_some_and(hevc::is_parameter_set));
        Ok(Self {
            hevc: true,
            length_size: hevc::length_size(record)?,
            sets,
        })
    }

    /// The access unit `data`, ready to be written.
    pub(super) fn unit<'a>(&'a self, data: &'a [u8], key: bool) -> Result<Unit<'a>, Error> {
        let nals = nal_units_of(data, self.length_size);
        let mut all = nals.clone();
        let (mut any, mut has_sets) = (false, false);
        for nal in &mut all {
            any |= !nal.is_empty();
            has_sets |= self.is_sps(nal);
        }
        if !any || !all.rest().is_empty() {
            return Err(Error::AccessUnit);
        }
        let sets: &[Bytes] = if key && !has_sets { &self.sets } else { &[] };
        Ok(Unit {
            hevc: self.hevc,
            sets,
            nals,
        })
    }

    fn is_sps(&self, nal: &[u8]) -> bool {
        match self.hevc {
            true => hevc::kind(nal) == Some(hevc::SPS),
            false => h264::kind(nal) == nal_type::SPS,
        }
    }
}

/// An access unit with what is written before it.
#[derive(Clone)]
pub(super) struct Unit<'a> {
    hevc: bool,
    sets: &'a [Bytes],
    nals: NalUnits<'a>,
}

impl<'a> Unit<'a> {
    pub(super) fn len(&self) -> usize {
        self.pieces().map(<[u8]>::len).sum()
    }

    /// Its bytes: a delimiter, parameter sets where it needs some, and its NAL units.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let hevc = self.hevc;
        let aud = if hevc { AUD_HEVC } else { AUD_H264 };
        let own = self.nals.clone().filter(move |nal| !is_passed_over(hevc, nal));
        let nals = self.sets.iter().map(|set| &set[..]).chain(own);
        std::iter::once(aud).chain(nals.flat_map(|nal| [START, nal]))
    }
}

/// Whether it isn't written: empty, or a delimiter, of which there may be but one.
fn is_passed_over(hevc: bool, nal: &[u8]) -> bool {
    match hevc {
        true => hevc::kind(nal).is_none_or(|kind| kind == hevc::AUD),
        false => nal.is_empty() || h264::kind(nal) == nal_type::AUD,
    }
}
