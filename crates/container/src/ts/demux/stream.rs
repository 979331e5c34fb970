//! PES packets out of transport packets, and their times.

use media::Timestamp;

use super::super::StreamKind;
use super::super::packet::Packet;
use super::super::pes::{PREFIX, Pes, total};
use super::super::time::{HZ, nearest};
use super::audio::Audio;
use super::continuity::{Continuity, Step};
use super::event::{Event, Output};
use super::opus::Opus;
use super::video::Video;

/// The largest PES packet that is read: 4 MiB, as large as a video message may be on the ingest.
pub const MAX_PES: usize = 4 * 1024 * 1024;
/// The largest one of sound, which must state its length in 16 bits (ISO/IEC 13818-1, 2.4.3.7).
const MAX_AUDIO_PES: usize = PREFIX + 0xffff;
/// Ticks from one packet of a stream to the next that are another time base: ten seconds.
const LEAP: i64 = 10 * HZ as i64;

/// The timeline of a program.
#[derive(Debug, Default)]
pub(super) struct Time {
    /// The last decoding time, of any stream.
    last: Option<i64>,
    /// How many times it leapt: times before and after can't be compared.
    era: u32,
}

/// When a packet is shown and decoded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) pts: Timestamp,
    pub(super) dts: Timestamp,
}

impl Time {
    /// Another time base begins; the first isn't worth a word.
    pub(super) fn leap(&mut self, out: &mut Output) {
        if self.last.is_some() {
            self.era = self.era.wrapping_add(1);
            out.events.push_back(Event::Discontinuity);
        }
    }

    /// The time whose lower 33 bits are `ticks`.
    fn unroll(&mut self, ticks: u64) -> i64 {
        let time = nearest(self.last.unwrap_or(ticks as i64), ticks);
        self.last = Some(time);
        time
    }
}

/// A stream of pictures or sound.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) pid: u16,
    pub(super) kind: StreamKind,
    continuity: Continuity,
    /// The PES packet that is coming in; kept for its memory.
    buffer: Vec<u8>,
    /// Whether one is: else what comes is passed over until one begins.
    open: bool,
    /// The last decoding time, with its era.
    last: Option<(u32, i64)>,
    codec: Codec,
}

#[derive(Debug)]
enum Codec {
    Video(Video),
    Aac(Audio),
    Opus(Opus),
}

impl Stream {
    pub(super) fn new(pid: u16, kind: StreamKind) -> Self {
        let codec = match kind {
            StreamKind::H264 | StreamKind::Hevc => Codec::Video(Video::new(kind == StreamKind::Hevc)),
            StreamKind::Opus(channels) => Codec::Opus(Opus::new(channels)),
            _ => Codec::Aac(Audio::default()),
        };
        Self {
            pid,
            kind,
            continuity: Continuity::default(),
            buffer: Vec::new(),
            open: false,
            last: None,
            codec,
        }
    }

    pub(super) fn packet(&mut self, packet: &Packet<'_>, time: &mut Time, out: &mut Output) {
        match self.continuity.step(packet) {
            Step::Next => {}
            Step::Duplicate => return out.counters.duplicates += 1,
            Step::Lost(missing) => {
                out.counters.lost += u64::from(missing);
                self.give_up(out);
            }
        }
        if packet.payload.is_empty() {
            return;
        }
        if packet.scrambled {
            out.counters.scrambled += 1;
            return self.give_up(out);
        }
        if packet.unit_start {
            self.complete(time, out);
            self.open = true;
        }
        if self.open {
            self.append(packet.payload, time, out);
        }
    }

    fn append(&mut self, payload: &[u8], time: &mut Time, out: &mut Output) {
        self.buffer.extend_from_slice(payload);
        let most = match self.codec {
            Codec::Video(_) => MAX_PES,
            Codec::Aac(_) | Codec::Opus(_) => MAX_AUDIO_PES,
        };
        match total(&self.buffer) {
            Some(len @ 1..) if self.buffer.len() >= len => self.finish(len, time, out),
            _ if self.buffer.len() > most => {
                out.counters.oversized += 1;
                self.clear();
            }
            _ => {}
        }
    }

    /// No more of the PES packet comes: it is complete if it has no stated length.
    pub(super) fn complete(&mut self, time: &mut Time, out: &mut Output) {
        match total(&self.buffer) {
            _ if !self.open => {}
            Some(0) => self.finish(self.buffer.len(), time, out),
            _ => self.give_up(out),
        }
    }

    /// The rest of the PES packet is missing.
    fn give_up(&mut self, out: &mut Output) {
        out.counters.damaged += u64::from(self.open);
        self.clear();
        match &mut self.codec {
            Codec::Video(_) => {}
            Codec::Aac(audio) => audio.lose(out),
            Codec::Opus(opus) => opus.lose(),
        }
    }

    fn clear(&mut self) {
        self.buffer.clear();
        self.open = false;
    }

    fn finish(&mut self, len: usize, time: &mut Time, out: &mut Output) {
        let mut buffer = std::mem::take(&mut self.buffer);
        match Pes::parse(&buffer[..len]) {
            Some(pes) if pes.scrambled => out.counters.scrambled += 1,
            Some(pes) => self.unit(&pes, time, out),
            None => out.counters.damaged += 1,
        }
        buffer.clear();
        self.buffer = buffer;
        self.open = false;
    }

    fn unit(&mut self, pes: &Pes<'_>, time: &mut Time, out: &mut Output) {
        let times = pes
            .pts
            .map(|pts| self.times(pts, pes.dts.unwrap_or(pts), time, out));
        match (&mut self.codec, times) {
            (Codec::Video(video), Some(times)) => video.unit(pes.payload, times, out),
            (Codec::Video(_), None) => out.counters.untimed += 1,
            (Codec::Aac(audio), times) => audio.unit(pes.payload, times.map(|times| times.pts), out),
            (Codec::Opus(opus), times) => opus.unit(pes.payload, times.map(|times| times.pts), out),
        }
    }

    fn times(&mut self, pts: u64, dts: u64, time: &mut Time, out: &mut Output) -> Times {
        let dts = time.unroll(dts);
        let comparable = self.last.filter(|(era, _)| *era == time.era);
        if comparable.is_some_and(|(_, last)| !(0..LEAP).contains(&dts.wrapping_sub(last))) {
            time.leap(out);
        }
        self.last = Some((time.era, dts));
        Times {
            pts: Timestamp::from_ticks(nearest(dts, pts).max(dts), HZ),
            dts: Timestamp::from_ticks(dts, HZ),
        }
    }
}
