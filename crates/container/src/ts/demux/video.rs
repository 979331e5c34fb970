//! Access units of pictures, with the parameter sets taken out of them.

use bytes::Bytes;
use media::{CodecParameters, Packet, Track, TrackKind};

use super::event::{Event, Output};
use super::stream::Times;
use crate::sets::{ParameterSets, Sets};
use crate::{h264, hevc};

/// A stream of pictures.
#[derive(Debug)]
pub(super) struct Video {
    hevc: bool,
    sets: ParameterSets,
    /// Whether the sets are there.
    known: bool,
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
            sets: if hevc {
                ParameterSets::hevc()
            } else {
                ParameterSets::h264()
            },
            known: false,
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
        if !self.known {
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
        match self.sets.take(brought) {
            Ok(Some(parameters)) => {
                let parameters = CodecParameters::Video(parameters);
                out.events.push_back(Event::Track(Track { id: 0, parameters }));
                self.known = true;
            }
            Ok(None) => {}
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
