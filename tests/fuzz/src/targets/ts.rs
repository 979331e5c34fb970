//! Transport streams, from packets to tags as the server makes them of SRT publishers' streams.

use container::flv;
use container::ts::{Counters, Demuxer, Event, MAX_PES, PACKET};
use media::CodecParameters;

use crate::pieces::pieces;
use crate::target::{Parser, Seen, Target};

const SYNC: u8 = 0x47;
/// Flags of a packet's second and fourth byte: a unit starts; there is an adaptation field, a payload.
const UNIT_START: u8 = 0x40;
const ADAPTATION: u8 = 0x20;
const PAYLOAD: u8 = 0x10;
/// table_id of a program association and of a program map.
const TABLES: [u8; 2] = [0, 2];

pub(super) const TARGET: Target = Target {
    name: "ts",
    corpus: "ts",
    marker: "a program's tables were read",
    // Two streams' packets, each with what it grew from, and what is made of them.
    memory: 5 * MAX_PES,
    split: |bytes| bytes.chunks_exact(PACKET).map(<[u8]>::to_vec).collect(),
    join,
    opening,
    words: &["HEVC", "Opus", "AC-3", "BSSD"],
    parser: || Box::new(read) as Box<dyn Parser>,
};

/// Packets of their size, with the CRC that their sections have.
fn join(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(packets.len() * PACKET);
    for packet in packets {
        let begin = out.len();
        out.extend(packet.iter().take(PACKET));
        out.resize(begin + PACKET, 0xff);
        out[begin] = SYNC;
        if let Some((section, crc)) = section(&mut out[begin..]) {
            crc.copy_from_slice(&crc32(section).to_be_bytes());
        }
    }
    out
}

/// Up to and with the first program map.
fn opening(packets: &[Vec<u8>]) -> usize {
    let is_map =
        |packet: &Vec<u8>| section(&mut packet.clone()).is_some_and(|(section, _)| section[0] == TABLES[1]);
    packets.iter().position(is_map).map_or(0, |at| at + 1)
}

/// The section that begins in `packet` and its CRC's place, where it is one of [`TABLES`] and ends there too.
fn section(packet: &mut [u8]) -> Option<(&[u8], &mut [u8])> {
    let &[_, flags, _, control, adaptation, ..] = &*packet else {
        return None;
    };
    if flags & UNIT_START == 0 || control & PAYLOAD == 0 {
        return None;
    }
    let payload = if control & ADAPTATION == 0 {
        4
    } else {
        5 + usize::from(adaptation)
    };
    let begin = payload + 1 + usize::from(*packet.get(payload)?);
    let section = packet.get_mut(begin..)?;
    let &[table, a, b, ..] = &*section else {
        return None;
    };
    let len = usize::from(u16::from_be_bytes([a & 0x0f, b])).checked_sub(4)?;
    let (section, rest) = section.split_at_mut_checked(3 + len)?;
    TABLES.contains(&table).then_some((section, rest.get_mut(..4)?))
}

/// ISO/IEC 13818-1, annex A.
fn crc32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << 24, |crc, _| {
            crc << 1 ^ if crc >> 31 == 0 { 0 } else { 0x04c1_1db7 }
        })
    })
}

fn read(input: &[u8]) -> Seen {
    let (events, counted) = demuxed(pieces(input));
    let whole = demuxed(std::iter::once(input));
    assert!(
        whole == (events.clone(), counted),
        "pieces are read as the whole is"
    );
    let left_out = counted.errors + counted.damaged + counted.oversized + counted.untimed;
    Seen {
        past: follow(&events),
        refused: left_out > 0,
    }
}

fn demuxed<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Event>, Counters) {
    let (mut demuxer, mut events) = (Demuxer::new(), Vec::new());
    for piece in pieces {
        demuxer.push(piece);
        events.extend(std::iter::from_fn(|| demuxer.poll_event()));
    }
    demuxer.flush();
    events.extend(std::iter::from_fn(|| demuxer.poll_event()));
    (events, demuxer.counters())
}

/// Makes tags of what was read; whether a program's tables were among it.
fn follow(events: &[Event]) -> bool {
    // By their kind.
    let mut tracks: [Option<&CodecParameters>; 2] = [None, None];
    let mut tables = false;
    for event in events {
        match event {
            Event::Program(_) | Event::Unreadable(_) => tables = true,
            Event::Track(track) => {
                let _ = flv::configuration(&track.parameters, 0);
                tracks[track.parameters.kind() as usize] = Some(&track.parameters);
            }
            Event::Frame(packet) => {
                // A frame without its track is left out by the server, too.
                if let Some(parameters) = tracks[packet.kind as usize] {
                    let _ = flv::access_unit(parameters, packet);
                }
            }
            Event::Discontinuity => {}
        }
    }
    tables
}
