//! What a reader hands out.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use media::{Packet, Timestamp, Track, TrackKind};

use super::super::StreamKind;
use super::super::psi::ProgramMap;

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The program that is read, and what it has: at the beginning, and when its map changes.
    Program(Program),
    /// All programs are known, and none has a stream that can be read.
    Unreadable(Unreadable),
    /// A track's parameters: before its first packet, and before the first with others.
    Track(Track),
    /// A picture or a frame of sound. Times are of one timeline for all tracks, to 90 kHz and on past 33 bits; a frame
    /// of sound that isn't the first of its PES packet has its time by counting samples.
    Frame(Packet),
    /// Times leap: those that follow are of another time base. Said by the stream, or seen in the times of a track,
    /// which ran back or over ten seconds ahead; the other track may follow later.
    Discontinuity,
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// program_number.
    pub number: u16,
    /// Its streams, in the order of its map.
    pub streams: Vec<ProgramStream>,
}

/// A stream of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramStream {
    /// The PID of its packets.
    pub pid: u16,
    /// What it is.
    pub kind: StreamKind,
    /// Whether it is read: the first of pictures and the first of sound that can be.
    pub read: bool,
}

impl Program {
    pub(super) fn of(map: &ProgramMap) -> Self {
        let first = |is: fn(StreamKind) -> bool| map.streams.iter().position(|(_, kind)| is(*kind));
        let read = [first(StreamKind::is_video), first(StreamKind::is_audio)];
        let stream = |(at, &(pid, kind))| ProgramStream {
            pid,
            kind,
            read: read.contains(&Some(at)),
        };
        Self {
            number: map.number,
            streams: map.streams.iter().enumerate().map(stream).collect(),
        }
    }
}

/// Nothing in the stream can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Unreadable {
    /// What there is in all programs, each kind once.
    pub kinds: Vec<StreamKind>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stream has no H.264, H.265, AAC or Opus")?;
        for (at, kind) in self.kinds.iter().enumerate() {
            write!(f, "{}{kind}", if at == 0 { ", only " } else { ", " })?;
        }
        Ok(())
    }
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Transport packets read.
    pub packets: u64,
    /// Transport packets missing, by the continuity counters of the streams that are read.
    pub lost: u64,
    /// Transport packets sent twice.
    pub duplicates: u64,
    /// Transport packets marked as wrong, or malformed.
    pub errors: u64,
    /// Transport or PES packets that are scrambled.
    pub scrambled: u64,
    /// Sections whose CRC is wrong, or longer than [`MAX_SECTION`](super::MAX_SECTION).
    pub bad_sections: u64,
    /// How often the beginning of a packet had to be searched for.
    pub resyncs: u64,
    /// Pictures and frames of sound left out, for they were cut short or malformed.
    pub damaged: u64,
    /// PES packets left out, for they were longer than [`MAX_PES`](super::MAX_PES), or of sound than 64 KiB.
    pub oversized: u64,
    /// Pictures and frames of sound left out, for nothing said their time.
    pub untimed: u64,
    /// Pictures left out, for they came before the first parameter sets.
    pub early: u64,
    /// Parameter sets that couldn't be used; those before remain.
    pub bad_parameters: u64,
}

/// Where the parts of a reader put what they read.
#[derive(Debug, Default)]
pub(super) struct Output {
    pub(super) events: VecDeque<Event>,
    pub(super) counters: Counters,
}

impl Output {
    /// Hands out a frame of sound.
    pub(super) fn sound(&mut self, time: Timestamp, data: &[u8]) {
        self.events.push_back(Event::Frame(Packet::at(
            TrackKind::Audio,
            time,
            true,
            // Of its own allocation, so that a frame kept long doesn't hold its neighbours.
            Bytes::copy_from_slice(data),
        )));
    }
}
