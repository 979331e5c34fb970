//! Which program and which streams are read, by tables of all shapes.

use bytes::Bytes;

use super::super::psi::{self, ProgramEntry};
use super::super::{StreamKind, kind};
use super::tests::{AUDIO, MAP, Script, VIDEO, adts};
use super::*;

fn programs(events: &[Event]) -> Vec<Program> {
    let programs = events.iter().filter_map(|event| match event {
        Event::Program(program) => Some(program.clone()),
        _ => None,
    });
    programs.collect()
}

#[test]
fn the_first_program_with_a_known_stream_is_read() {
    let mut script = Script::default();
    script.programs(&[3, 1, 2]);
    script.map(3, 0, &[(0x02, 0x200), (0x11, 0x201)]);
    script.map(1, 0, &[(0x81, AUDIO + 9), (kind::AAC, AUDIO)]);
    script.map(2, 0, &[(kind::AAC, 0x300)]);
    script.pes(AUDIO, 90, &adts(20));
    script.pes(0x300, 91, &adts(20));
    let [program] = &programs(&script.events())[..] else {
        panic!("one program");
    };
    let streams: Vec<_> = program
        .streams
        .iter()
        .map(|s| (s.pid, s.kind.to_string(), s.read))
        .collect();
    assert_eq!(program.number, 1);
    assert_eq!(
        streams,
        [
            (AUDIO + 9, "AC-3 sound".into(), false),
            (AUDIO, "AAC sound".into(), true)
        ]
    );
    assert_eq!(script.times(), [90]);
}

#[test]
fn a_stream_without_known_codec_is_refused_in_a_sentence() {
    let mut script = Script::default();
    script.programs(&[1]);
    script.map(1, 0, &[(0x11, AUDIO)]);
    let [Event::Unreadable(unreadable)] = &script.events()[..] else {
        panic!("{:?}", script.events());
    };
    assert_eq!(
        unreadable.to_string(),
        "the stream has no H.264, H.265, AAC or Opus, only AAC in LATM (only AAC in ADTS can be read)"
    );
    let known = |kinds| Unreadable { kinds }.to_string();
    assert_eq!(known(vec![]), "the stream has no H.264, H.265, AAC or Opus");
    assert!(
        known(vec![StreamKind::Unknown(0x42), StreamKind::Unknown(0x43)])
            .ends_with("0x42, a stream of type 0x43")
    );
}

#[test]
fn a_new_map_brings_other_streams_and_leaves_those_that_stay() {
    let mut script = Script::sound();
    // The beginning of a frame, which goes on behind the new map.
    let frame = adts(100);
    script.pes(AUDIO, 0, &frame[..50]);
    script.map(1, 1, &[(kind::AAC, AUDIO), (kind::H264, VIDEO)]);
    script.map(1, 1, &[(kind::AAC, AUDIO), (kind::H264, VIDEO)]);
    script.pes(AUDIO, 1920, &[&frame[50..], &frame].concat());
    script.map(1, 2, &[(kind::AAC, 0x300)]);
    script.pes(AUDIO, 3840, &frame);
    script.pes(0x300, 5760, &frame);
    assert_eq!(script.times(), [0, 1920, 5760]);
    assert_eq!(programs(&script.events()).len(), 3);
}

#[test]
fn a_program_that_loses_its_streams_is_left_for_another() {
    let mut script = Script::default();
    script.programs(&[1, 2]);
    script.map(1, 0, &[(kind::AAC, AUDIO)]);
    script.map(2, 0, &[(kind::AAC, 0x300)]);
    script.map(1, 1, &[(0x06, AUDIO)]);
    script.map(2, 1, &[]);
    let events = script.events();
    let numbers: Vec<_> = programs(&events).iter().map(|program| program.number).collect();
    assert_eq!(numbers, [1, 2]);
    assert!(matches!(events[2..], [Event::Unreadable(_)]), "{events:?}");
}

#[test]
fn tables_may_be_spread_over_packets() {
    let mut script = Script::default();
    let entry = ProgramEntry {
        number: 1,
        map_pid: MAP,
    };
    let pat = psi::pat(1, entry, 0);
    script.packets(0, &[&[0][..], &pat].concat(), 5);
    // A section of three packets behind one that ends in the first by its pointer_field.
    let descriptors = Bytes::from(vec![0; 400]);
    let map = psi::pmt(1, 0, AUDIO, &[(kind::AAC, AUDIO, descriptors)]);
    script.packets(MAP, &[&[0][..], &map].concat(), 184);
    script.pes(AUDIO, 90, &adts(20));
    assert_eq!(script.times(), [90]);
}

#[test]
fn sections_may_follow_one_another_in_a_packet() {
    let mut script = Script::default();
    script.programs(&[1]);
    let other = psi::pmt(9, 0, AUDIO, &[]);
    let map = psi::pmt(1, 0, AUDIO, &[(kind::AAC, AUDIO, Bytes::new())]);
    let (head, tail) = map.split_at(4);
    // The second begins in the first packet and ends in the second, where a third begins by pointer_field.
    script.packets(MAP + 1, &[&[0][..], &other, head].concat(), 184);
    script.packets(
        MAP + 1,
        &[&[tail.len() as u8][..], tail, &other, &[0xff]].concat(),
        184,
    );
    script.pes(AUDIO, 90, &adts(20));
    assert_eq!(script.times(), [90]);
}
