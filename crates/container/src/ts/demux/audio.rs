//! Frames of AAC out of PES packets, each with its time.

use media::{CodecParameters, Timestamp, Track};

use super::clock::SampleClock;
use super::event::{Event, Output};
use crate::aac;
use crate::adts::{self, Adts, Frame};

/// Samples of each channel in a raw data block.
const SAMPLES: u32 = 1024;

/// A stream of sound.
#[derive(Debug, Default)]
pub(super) struct Audio {
    /// The beginning of a frame that the next PES packet ends: less than [`adts::MAX_FRAME`] bytes.
    rest: Vec<u8>,
    clock: SampleClock,
    /// The last bytes weren't a frame: a header counts only with another behind it.
    searching: bool,
    adts: Option<Adts>,
}

impl Audio {
    /// Bytes are missing, so the frame that began has no end, and nothing says the time of the next.
    pub(super) fn lose(&mut self, out: &mut Output) {
        out.counters.damaged += u64::from(!self.rest.is_empty());
        self.rest.clear();
        self.clock.lose();
    }

    /// Reads the payload of a PES packet. `pts` is of the first frame that begins in it (2.4.3.7).
    pub(super) fn unit(&mut self, payload: &[u8], mut pts: Option<Timestamp>, out: &mut Output) {
        let begun = self.rest.len();
        let mut data = std::mem::take(&mut self.rest);
        data.extend_from_slice(payload);
        let mut at = 0;
        loop {
            let found = self.find(&data[at..]);
            if at >= begun
                && matches!(found, Found::Frame(_) | Found::Beginning)
                && let Some(pts) = pts.take()
            {
                self.clock.set(pts);
            }
            match found {
                Found::Frame(frame) => {
                    self.frame(&frame, &data[at..at + frame.len], out);
                    at += frame.len;
                }
                Found::Other => {
                    out.counters.damaged += u64::from(!self.searching);
                    self.searching = true;
                    at += 1;
                }
                Found::Beginning | Found::Nothing => break,
            }
        }
        data.drain(..at);
        self.rest = data;
    }

    fn find(&self, bytes: &[u8]) -> Found {
        match adts::read(bytes) {
            Some(frame) if frame.len > bytes.len() => Found::Beginning,
            Some(frame) if self.searching && !may_begin(&bytes[frame.len..]) => Found::Other,
            Some(frame) => Found::Frame(frame),
            None if bytes.is_empty() => Found::Nothing,
            None if bytes.len() < adts::HEADER && may_begin(bytes) => Found::Beginning,
            None => Found::Other,
        }
    }

    fn frame(&mut self, frame: &Frame, bytes: &[u8], out: &mut Output) {
        self.searching = false;
        let time = self
            .clock
            .count(SAMPLES * u32::from(frame.blocks), frame.adts.rate());
        if frame.blocks > 1 {
            return out.counters.damaged += 1;
        }
        let Some(time) = time else {
            return out.counters.untimed += 1;
        };
        self.configure(frame.adts, out);
        out.sound(time, &bytes[frame.header..]);
    }

    /// A header says this of the stream: mostly what is known.
    fn configure(&mut self, adts: Adts, out: &mut Output) {
        if self.adts == Some(adts) {
            return;
        }
        self.adts = Some(adts);
        match aac::parameters(&adts.config()) {
            Ok(parameters) => out.events.push_back(Event::Track(Track {
                id: 0,
                parameters: CodecParameters::Audio(parameters),
            })),
            Err(_) => out.counters.bad_parameters += 1,
        }
    }
}

/// What bytes begin with.
enum Found {
    Frame(Frame),
    /// A frame, or its header, that isn't whole.
    Beginning,
    Nothing,
    Other,
}

/// Whether a frame can begin with these bytes, so far as they go.
fn may_begin(bytes: &[u8]) -> bool {
    bytes.first().is_none_or(|first| *first == 0xff)
        && bytes.get(1).is_none_or(|second| second & 0xf6 == 0xf0)
}
