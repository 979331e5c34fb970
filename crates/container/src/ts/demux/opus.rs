//! Packets of Opus out of PES packets, each with its time.

use media::{CodecParameters, Timestamp, Track};

use super::super::opus::split;
use super::clock::SampleClock;
use super::event::{Event, Output};
use crate::opus;

/// Samples a second, whatever was encoded.
const RATE: u32 = 48_000;

/// A stream of sound.
#[derive(Debug)]
pub(super) struct Opus {
    channels: u8,
    clock: SampleClock,
    /// Whether the track was handed out.
    known: bool,
}

impl Opus {
    pub(super) fn new(channels: u8) -> Self {
        Self {
            channels,
            clock: SampleClock::default(),
            known: false,
        }
    }

    /// Packets are missing, so nothing says the time of the next.
    pub(super) fn lose(&mut self) {
        self.clock.lose();
    }

    /// Reads the payload of a PES packet: whole packets of Opus. `pts` is of the first.
    pub(super) fn unit(&mut self, mut payload: &[u8], pts: Option<Timestamp>, out: &mut Output) {
        if let Some(pts) = pts {
            self.clock.set(pts);
        }
        while !payload.is_empty() {
            let Some((packet, rest)) = split(payload) else {
                return out.counters.damaged += 1;
            };
            self.packet(packet, out);
            payload = rest;
        }
    }

    fn packet(&mut self, packet: &[u8], out: &mut Output) {
        let Some(samples) = opus::samples(packet) else {
            return out.counters.damaged += 1;
        };
        let Some(time) = self.clock.count(samples.into(), RATE) else {
            return out.counters.untimed += 1;
        };
        if !self.known {
            self.say(samples, out);
        }
        out.sound(time, packet);
    }

    /// Hands the track out; packets are taken for as long as the first.
    fn say(&mut self, samples: u16, out: &mut Output) {
        self.known = true;
        match opus::parameters(&opus::head(self.channels)) {
            Ok(mut parameters) => {
                parameters.frame_samples = samples;
                let parameters = CodecParameters::Audio(parameters);
                out.events.push_back(Event::Track(Track { id: 0, parameters }));
            }
            Err(_) => out.counters.bad_parameters += 1,
        }
    }
}
