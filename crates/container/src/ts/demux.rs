//! Reads transport streams.

mod audio;
mod clock;
mod continuity;
mod event;
mod opus;
mod programs;
mod section;
mod stream;
mod sync;
mod video;

#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod program_tests;
#[cfg(test)]
mod tests;

use self::event::Output;
use self::programs::{Choice, Programs};
use self::stream::{Stream, Time};
use self::sync::Splitter;
use super::packet::Packet;
use super::psi::ProgramMap;

pub use event::{Counters, Event, Program, ProgramStream, Unreadable};
pub use programs::MAX_PROGRAMS;
pub use section::MAX_SECTION;
pub use stream::MAX_PES;

/// Reads one program of a stream: of those whose maps have come the first that has pictures in H.264 or H.265 or
/// sound in AAC or Opus, and of these the first stream of each kind. Both are track 0 of their kind.
///
/// Bytes go in by [`Demuxer::push`] in pieces of any size, events out of [`Demuxer::poll_event`]; drain the queue after
/// each push. A packet is handed out as soon as it is known to be complete: one whose length is stated with its last
/// byte, one without (as most encoders write pictures) when the next of its stream begins, one frame later.
///
/// A PES packet is taken for one access unit of pictures, as encoders for contribution write it. What is cut short,
/// damaged or without time is left out and counted; what follows is read on.
///
/// It holds at most [`MAX_PES`] for each of two streams and [`MAX_SECTION`] for each of [`MAX_PROGRAMS`] programs.
#[derive(Debug, Default)]
pub struct Demuxer {
    sync: Splitter,
    programs: Programs,
    program: Option<Program>,
    pcr_pid: Option<u16>,
    unreadable: Option<Unreadable>,
    streams: Vec<Stream>,
    time: Time,
    output: Output,
}

impl Demuxer {
    /// A reader that begins anywhere in a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let mut sync = std::mem::take(&mut self.sync);
        sync.push(bytes, |packet| {
            self.output.counters.packets += 1;
            match Packet::parse(packet) {
                Some(packet) => self.packet(&packet),
                None => self.output.counters.errors += 1,
            }
        });
        self.output.counters.resyncs = sync.resyncs();
        self.sync = sync;
    }

    /// The stream has ended: what waits for the next packet is complete.
    pub fn flush(&mut self) {
        for stream in &mut self.streams {
            stream.complete(&mut self.time, &mut self.output);
        }
    }

    /// The next event; none until more bytes are pushed.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.output.events.pop_front()
    }

    /// What was counted so far.
    pub const fn counters(&self) -> Counters {
        self.output.counters
    }

    fn packet(&mut self, packet: &Packet<'_>) {
        let leaps = packet.discontinuity && self.pcr_pid == Some(packet.pid);
        let Some(stream) = self.streams.iter_mut().find(|stream| stream.pid == packet.pid) else {
            if leaps {
                self.time.leap(&mut self.output);
            }
            if self.programs.packet(packet, &mut self.output.counters) {
                self.choose();
            }
            return;
        };
        if leaps {
            if packet.unit_start {
                // What came before belongs to the old time base (2.4.3.5).
                stream.complete(&mut self.time, &mut self.output);
            }
            self.time.leap(&mut self.output);
        }
        stream.packet(packet, &mut self.time, &mut self.output);
    }

    /// A table said something new.
    fn choose(&mut self) {
        match self.programs.choose() {
            Choice::Program(map) => self.follow(&map),
            Choice::Nothing(kinds) => {
                let unreadable = Some(Unreadable { kinds });
                self.leave(|_| false);
                if self.unreadable != unreadable {
                    self.output
                        .events
                        .extend(unreadable.clone().map(Event::Unreadable));
                }
                (self.unreadable, self.program, self.pcr_pid) = (unreadable, None, None);
            }
            Choice::NotYet => {}
        }
    }

    /// Reads what `map` names; streams that were read before go on.
    fn follow(&mut self, map: &ProgramMap) {
        let program = Program::of(map);
        self.pcr_pid = Some(map.pcr_pid);
        self.unreadable = None;
        if self.program.as_ref() == Some(&program) {
            return;
        }
        let read: Vec<_> = program
            .streams
            .iter()
            .filter(|stream| stream.read)
            .copied()
            .collect();
        self.leave(|stream| {
            read.iter()
                .any(|new| (new.pid, new.kind) == (stream.pid, stream.kind))
        });
        for new in read {
            if !self.streams.iter().any(|stream| stream.pid == new.pid) {
                self.streams.push(Stream::new(new.pid, new.kind));
            }
        }
        self.output.events.push_back(Event::Program(program.clone()));
        self.program = Some(program);
    }

    /// Drops all streams but those to keep.
    fn leave(&mut self, keep: impl Fn(&Stream) -> bool) {
        for stream in self.streams.iter_mut().filter(|stream| !keep(stream)) {
            stream.complete(&mut self.time, &mut self.output);
        }
        self.streams.retain(keep);
    }
}
