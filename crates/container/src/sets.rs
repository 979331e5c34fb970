//! Parameter sets of pictures as they come within a stream.

use bytes::Bytes;
use media::VideoParameters;

use crate::bits::BitReader;
use crate::h264::{self, AvcConfig, unescape};
use crate::{ConfigError, hevc};

/// The parameter sets of a stream of H.264 or H.265 whose access units carry them, as in a transport stream and by RTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterSets {
    hevc: bool,
    held: Sets,
}

/// Video (H.265 only), sequence and picture parameter sets: NAL units without start codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sets {
    /// Video parameter sets; none of H.264.
    pub vps: Vec<Bytes>,
    /// Sequence parameter sets.
    pub sps: Vec<Bytes>,
    /// Picture parameter sets.
    pub pps: Vec<Bytes>,
}

impl ParameterSets {
    /// Of a stream of H.264 of which none came yet.
    pub fn h264() -> Self {
        let held = Sets::default();
        Self { hevc: false, held }
    }

    /// Of a stream of H.265 of which none came yet.
    pub fn hevc() -> Self {
        Self {
            hevc: true,
            ..Self::h264()
        }
    }

    /// Takes those that an access unit brought. Answers what they say together with those before where that is new, and
    /// nothing where it isn't or where some are still missing.
    ///
    /// # Errors
    /// They can't be read: those from before hold.
    pub fn take(&mut self, brought: Sets) -> Result<Option<VideoParameters>, ConfigError> {
        let sets = self.held.with(brought, self.hevc);
        if sets == self.held {
            return Ok(None);
        }
        let lacks = sets.sps.is_empty() || sets.pps.is_empty() || (self.hevc && sets.vps.is_empty());
        let parameters = (!lacks).then(|| sets.parameters(self.hevc)).transpose()?;
        self.held = sets;
        Ok(parameters)
    }
}

impl Sets {
    /// These sets after others came. Another sequence parameter set begins anew; else a picture parameter set stands in
    /// place of the one with its id, or beside those with others.
    fn with(&self, brought: Self, hevc: bool) -> Self {
        let [vps, sps, pps] = [brought.vps, brought.sps, brought.pps].map(once_each);
        let or = |new: Vec<Bytes>, old: &Vec<Bytes>| if new.is_empty() { old.clone() } else { new };
        let anew = !sps.is_empty() && sps != self.sps;
        Self {
            vps: or(vps, &self.vps),
            sps: or(sps, &self.sps),
            pps: if anew {
                or(pps, &self.pps)
            } else {
                in_place(&self.pps, pps, hevc)
            },
        }
    }

    fn parameters(&self, hevc: bool) -> Result<VideoParameters, ConfigError> {
        match hevc {
            true => hevc::parameters(&hevc::record(&self.vps, &self.sps, &self.pps)?),
            false => h264::parameters(&AvcConfig::from_parameter_sets(&self.sps, &self.pps)?.to_bytes()),
        }
    }
}

fn in_place(old: &[Bytes], new: Vec<Bytes>, hevc: bool) -> Vec<Bytes> {
    let mut all: Vec<_> = old.iter().map(|set| (pps_id(set, hevc), set.clone())).collect();
    for set in new {
        let id = pps_id(&set, hevc);
        match all.iter_mut().find(|(known, _)| *known == id) {
            Some((_, known)) => *known = set,
            None => all.push((id, set)),
        }
    }
    all.into_iter().map(|(_, set)| set).collect()
}

/// pic_parameter_set_id (ITU-T H.264, 7.3.2.2; H.265, 7.3.2.3.1): it stands first, behind the NAL unit's header.
fn pps_id(nal: &[u8], hevc: bool) -> Option<u32> {
    let header = if hevc { 2 } else { 1 };
    let rbsp = unescape(&nal[header.min(nal.len())..nal.len().min(16)]);
    BitReader::new(&rbsp).ue().ok()
}

/// Encoders may say the same set twice in an access unit.
fn once_each(sets: Vec<Bytes>) -> Vec<Bytes> {
    let mut once: Vec<Bytes> = Vec::with_capacity(sets.len());
    for set in sets {
        if !once.contains(&set) {
            once.push(set);
        }
    }
    once
}
