//! Access units of pictures, with the parameter sets taken out of them.

use bytes::Bytes;
use media::{CodecParameters, Packet, Track, TrackKind, VideoParameters};

use super::event::{Event, Output};
use super::stream::Times;
use crate::bits::BitReader;
use crate::h264::{self, AvcConfig, unescape};
use crate::{ConfigError, hevc};

/// A stream of pictures.
#[derive(Debug)]
pub(super) struct Video {
    hevc: bool,
    sets: Sets,
    /// What the sets say, once they could be read.
    parameters: Option<VideoParameters>,
}

/// Video (H.265 only), sequence and picture parameter sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sets {
    vps: Vec<Bytes>,
    sps: Vec<Bytes>,
    pps: Vec<Bytes>,
}

/// An access unit, of either codec.
struct Unit {
    data: Bytes,
    sets: Sets,
    key: bool,
    picture: bool,
}

impl Video {
    pub(super) fn new(hevc: bool) -> Self {
        Self {
            hevc,
            sets: Sets::default(),
            parameters: None,
        }
    }

    /// Reads an access unit in the form of annex B.
    pub(super) fn unit(&mut self, stream: &[u8], times: Times, out: &mut Output) {
        let unit = Unit::read(stream, self.hevc);
        if unit.sets != Sets::default() {
            self.update(unit.sets, out);
        }
        if !unit.picture {
            return;
        }
        if self.parameters.is_none() {
            return out.counters.early += 1;
        }
        out.events.push_back(Event::Frame(Packet {
            kind: TrackKind::Video,
            track: 0,
            pts: times.pts,
            dts: times.dts,
            key: unit.key,
            data: unit.data,
        }));
    }

    /// An access unit brought parameter sets: mostly those that are known.
    fn update(&mut self, brought: Sets, out: &mut Output) {
        let sets = self.sets.with(brought, self.hevc);
        if sets == self.sets {
            return;
        }
        match sets.parameters(self.hevc) {
            Ok(parameters) => {
                let track = Track {
                    id: 0,
                    parameters: CodecParameters::Video(parameters.clone()),
                };
                out.events.push_back(Event::Track(track));
                self.parameters = Some(parameters);
                self.sets = sets;
            }
            Err(_) => out.counters.bad_parameters += 1,
        }
    }
}

impl Unit {
    fn read(stream: &[u8], hevc: bool) -> Self {
        if hevc {
            let unit = hevc::annexb_to_hvcc(stream);
            let sets = Sets {
                vps: unit.vps,
                sps: unit.sps,
                pps: unit.pps,
            };
            return Self {
                data: unit.data,
                sets,
                key: unit.key,
                picture: unit.picture,
            };
        }
        let unit = h264::annexb_to_avcc(stream);
        let sets = Sets {
            vps: vec![],
            sps: unit.sps,
            pps: unit.pps,
        };
        Self {
            data: unit.data,
            sets,
            key: unit.key,
            picture: unit.picture,
        }
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
