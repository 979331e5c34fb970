//! Which program is read.

use super::super::StreamKind;
use super::super::packet::Packet;
use super::super::psi::{PAT_PID, ProgramEntry, ProgramMap};
use super::Counters;
use super::section::Sections;

/// How many programs are looked at; with the table of programs and two streams, no more than 32 PIDs are followed.
pub const MAX_PROGRAMS: usize = 29;

/// The tables of a stream.
#[derive(Debug, Default)]
pub(super) struct Programs {
    table: Sections,
    version: Option<u8>,
    maps: Vec<Map>,
    /// Number of the program that is read.
    chosen: Option<u16>,
}

#[derive(Debug)]
struct Map {
    entry: ProgramEntry,
    sections: Sections,
    map: Option<ProgramMap>,
}

/// What there is to read.
pub(super) enum Choice {
    Program(ProgramMap),
    /// No program has a stream that can be read; what they have, each kind once.
    Nothing(Vec<StreamKind>),
    /// Not all maps were seen, and none that can be read.
    NotYet,
}

impl Programs {
    /// Reads a packet if it is one of the tables'; whether they say something new.
    pub(super) fn packet(&mut self, packet: &Packet<'_>, counters: &mut Counters) -> bool {
        if packet.scrambled {
            return false;
        }
        if packet.pid == PAT_PID {
            return self.table(packet, counters);
        }
        let mut news = false;
        for map in self.maps.iter_mut().filter(|map| map.entry.map_pid == packet.pid) {
            news |= map.packet(packet, counters);
        }
        news
    }

    fn table(&mut self, packet: &Packet<'_>, counters: &mut Counters) -> bool {
        let Self {
            table, version, maps, ..
        } = self;
        let mut news = false;
        table.packet(packet, counters, |section| {
            let Some(programs) = section.programs() else {
                return;
            };
            if *version != Some(section.version) {
                *version = Some(section.version);
                maps.clear();
                news = true;
            }
            programs.for_each(|entry| name(maps, entry));
        });
        news
    }

    /// What to read: the program that is read, while it can be; else the first that can.
    pub(super) fn choose(&mut self) -> Choice {
        let readable = || self.maps.iter().filter_map(Map::readable);
        let chosen = readable().find(|map| Some(map.number) == self.chosen);
        if let Some(map) = chosen.or_else(|| readable().next()).cloned() {
            self.chosen = Some(map.number);
            return Choice::Program(map);
        }
        if self.maps.iter().any(|map| map.map.is_none()) {
            return Choice::NotYet;
        }
        let mut kinds = Vec::new();
        for (_, kind) in self
            .maps
            .iter()
            .flat_map(|map| &map.map)
            .flat_map(|map| &map.streams)
        {
            if !kinds.contains(kind) {
                kinds.push(*kind);
            }
        }
        Choice::Nothing(kinds)
    }
}

/// The table names a program, perhaps once more, perhaps with its map elsewhere.
fn name(maps: &mut Vec<Map>, entry: ProgramEntry) {
    match maps.iter().position(|map| map.entry.number == entry.number) {
        Some(at) if maps[at].entry == entry => {}
        Some(at) => maps[at] = Map::new(entry),
        None if maps.len() < MAX_PROGRAMS => maps.push(Map::new(entry)),
        None => {}
    }
}

impl Map {
    fn new(entry: ProgramEntry) -> Self {
        Self {
            entry,
            sections: Sections::default(),
            map: None,
        }
    }

    /// Whether the map says something new.
    fn packet(&mut self, packet: &Packet<'_>, counters: &mut Counters) -> bool {
        let Self { entry, sections, map } = self;
        let mut news = false;
        sections.packet(packet, counters, |section| {
            let read = section.map().filter(|read| read.number == entry.number);
            if read.is_some() && read != *map {
                *map = read;
                news = true;
            }
        });
        news
    }

    fn readable(&self) -> Option<&ProgramMap> {
        let can_be = |kind: StreamKind| kind.is_video() || kind.is_audio();
        self.map
            .as_ref()
            .filter(|map| map.streams.iter().any(|(_, kind)| can_be(*kind)))
    }
}
