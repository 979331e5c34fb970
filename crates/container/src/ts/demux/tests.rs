use bytes::{BufMut, Bytes, BytesMut};
use media::{CodecParameters, Packet, Size, TrackKind};

use super::super::packet::{Adaptation, begin};
use super::super::psi::{self, ProgramEntry};
use super::super::tests::{aac_track, frames, h264_track, hevc_track, picture, read, sound, write};
use super::super::{PACKET, kind, pes};
use super::*;
use crate::adts::Adts;

pub(super) const VIDEO: u16 = 0x100;
pub(super) const AUDIO: u16 = 0x101;
pub(super) const MAP: u16 = 0x1000;

/// Writes what the muxer doesn't: any tables, any PES packets.
#[derive(Default)]
pub(super) struct Script {
    pub(super) out: BytesMut,
    continuity: std::collections::HashMap<u16, u8>,
}

impl Script {
    /// `payload` in as many packets as it takes, or in packets of `most` bytes of payload.
    pub(super) fn packets(&mut self, pid: u16, payload: &[u8], most: usize) {
        let counter = self.continuity.entry(pid).or_insert(15);
        for (n, piece) in payload.chunks(most).enumerate() {
            begin(
                &mut self.out,
                pid,
                n == 0,
                counter,
                Adaptation::default(),
                piece.len(),
            );
            self.out.put_slice(piece);
        }
    }

    pub(super) fn section(&mut self, pid: u16, section: &[u8]) {
        self.packets(pid, &[&[0], section, &[0xff; 20]].concat(), 184);
    }

    pub(super) fn programs(&mut self, numbers: &[u16]) {
        for &number in numbers {
            let map_pid = MAP + number;
            let entry = ProgramEntry { number, map_pid };
            self.section(0, &psi::pat(1, entry, 0));
        }
    }

    pub(super) fn map(&mut self, number: u16, version: u8, streams: &[(u8, u16)]) {
        let streams: Vec<_> = streams
            .iter()
            .map(|(kind, pid)| (*kind, *pid, Bytes::new()))
            .collect();
        self.section(MAP + number, &psi::pmt(number, version, VIDEO, &streams));
    }

    pub(super) fn pes(&mut self, pid: u16, pts: i64, payload: &[u8]) {
        let header = pes::header(pes::AUDIO, pts, pts, payload.len());
        self.packets(pid, &[header.as_bytes(), payload].concat(), 184);
    }

    /// A stream of sound alone, up to its first PES packet.
    pub(super) fn sound() -> Self {
        let mut script = Self::default();
        script.programs(&[1]);
        script.map(1, 0, &[(kind::AAC, AUDIO)]);
        script
    }

    pub(super) fn events(&self) -> Vec<Event> {
        read(&self.out).0
    }

    pub(super) fn times(&self) -> Vec<i64> {
        frames(&self.events())
            .iter()
            .map(|packet| packet.pts.as_ticks(90_000))
            .collect()
    }
}

/// A frame of sound of `len` bytes behind its header.
pub(super) fn adts(len: usize) -> Vec<u8> {
    let header = Adts::from_config(&[0x11, 0x90]).unwrap().header(len).unwrap();
    [&header[..], &vec![0x21; len]].concat()
}

#[test]
fn a_picture_without_stated_length_is_complete_when_the_next_begins() {
    let mut muxed = write(
        &[h264_track()],
        &[picture(0, 0, true, 70_000), picture(3000, 3000, false, 9)],
    );
    let mut demuxer = Demuxer::new();
    let next = muxed.split_off(muxed.len() - PACKET);
    demuxer.push(&muxed);
    let events: Vec<_> = std::iter::from_fn(|| demuxer.poll_event()).collect();
    assert!(matches!(events[..], [Event::Program(_)]), "{events:?}");
    demuxer.push(&next);
    let events: Vec<_> = std::iter::from_fn(|| demuxer.poll_event()).collect();
    assert_eq!(frames(&events).len(), 2, "the next one says its length");
    demuxer.push(&write(&[h264_track()], &[picture(6000, 6000, true, 70_000)]));
    assert_eq!(demuxer.poll_event(), None);
    demuxer.flush();
    assert!(matches!(demuxer.poll_event(), Some(Event::Frame(_))));
    assert_eq!(demuxer.poll_event(), None);
}

#[test]
fn frames_of_sound_are_timed_one_by_one() {
    let mut script = Script::sound();
    let frame = adts(100);
    script.pes(AUDIO, 9000, &[&frame[..], &frame, &frame[..3]].concat());
    // A frame that spans three, then one that begins here: the time said is that one's.
    script.pes(AUDIO, 99_999, &frame[3..80]);
    script.pes(AUDIO, 20_000, &[&frame[80..], &frame].concat());
    assert_eq!(script.times(), [9000, 10_920, 12_840, 20_000]);
    let read = frames(&script.events());
    assert!(read.iter().all(|packet| packet.data[..] == [0x21; 100]));
}

#[test]
fn other_bytes_between_frames_of_sound_are_passed_over() {
    let mut script = Script::sound();
    let frame = adts(100);
    script.pes(
        AUDIO,
        0,
        &[&frame[20..], &[0xff, 0xf1, 0, 0], &frame, &frame].concat(),
    );
    let (events, counters) = read(&script.out);
    assert_eq!((frames(&events).len(), counters.damaged), (2, 1));
}

#[test]
fn pictures_before_parameter_sets_and_without_time_are_left_out() {
    let stream = write(
        &[h264_track()],
        &[picture(0, 0, false, 9), picture(3000, 3000, true, 9)],
    );
    let (events, counters) = read(&stream);
    assert_eq!((frames(&events).len(), counters.early), (1, 1));
    let mut untimed = stream.clone();
    // PTS_DTS_flags of the first picture's header, behind PAT and PMT and its own adaptation field.
    let at = 2 * PACKET
        + untimed[2 * PACKET..]
            .windows(4)
            .position(|b| b == [0, 0, 1, 0xe0])
            .unwrap()
        + 7;
    untimed[at] = 0;
    assert_eq!(read(&untimed).1.untimed, 1);
}

#[test]
fn new_parameter_sets_make_a_new_track() {
    let stream = write(
        &[h264_track()],
        &[picture(0, 0, true, 9), picture(3000, 3000, true, 9)],
    );
    let (events, _) = read(&stream);
    let track = |event: &&Event| matches!(event, Event::Track(_));
    assert_eq!(
        events.iter().filter(track).count(),
        1,
        "the same again is no news"
    );
    let mut muxer = super::super::Muxer::new(&[h264_track()]).unwrap();
    let mut other = h264_track();
    if let CodecParameters::Video(parameters) = &mut other.parameters {
        let mut config = crate::h264::AvcConfig::parse(&parameters.config).unwrap();
        // Level 1.2 in place of 1.1.
        let mut sps = config.sps[0].to_vec();
        sps[3] = 12;
        (config.sps, config.level) = (vec![sps.into()], 12);
        parameters.config = config.to_bytes();
    }
    let mut out = BytesMut::new();
    muxer.write(&picture(0, 0, true, 9), &mut out).unwrap();
    muxer.set_tracks(std::slice::from_ref(&other)).unwrap();
    muxer.write(&picture(3000, 3000, true, 9), &mut out).unwrap();
    let (events, _) = read(&out);
    let at = events
        .iter()
        .position(|event| *event == Event::Track(other.clone()));
    assert!(matches!(
        events[at.unwrap() - 1..],
        [Event::Frame(_), _, Event::Frame(_)]
    ));
}

#[test]
fn a_picture_parameter_set_alone_stands_beside_the_others() {
    let stream = write(&[h264_track()], &[picture(0, 0, true, 9)]);
    // pic_parameter_set_id 1: ue(1) is 010.
    let data = Bytes::from_static(&[0, 0, 0, 3, 0x68, 0x4e, 0x0f, 0, 0, 0, 2, 0x41, 9]);
    let with_set = Packet {
        data,
        ..picture(3000, 3000, false, 9)
    };
    let again = write(&[h264_track()], &[with_set, picture(6000, 6000, true, 9)]);
    let (events, counters) = read(&[&stream[..], &again].concat());
    let tracks = events.iter().filter(|event| matches!(event, Event::Track(_)));
    assert_eq!(tracks.count(), 2, "the first set again changes nothing");
    let Some(Event::Track(track)) = events.iter().rfind(|event| matches!(event, Event::Track(_))) else {
        panic!("no track");
    };
    let CodecParameters::Video(parameters) = &track.parameters else {
        panic!("no pictures");
    };
    let config = crate::h264::AvcConfig::parse(&parameters.config).unwrap();
    assert_eq!(
        (config.pps.len(), &config.pps[1][..]),
        (2, &[0x68, 0x4e, 0x0f][..])
    );
    assert_eq!(
        (parameters.size, counters.bad_parameters),
        (Size::new(160, 90), 0)
    );
}

#[test]
fn a_leap_is_said_once() {
    let tracks = [h264_track(), aac_track()];
    let leaps = |packets: &[Packet]| -> Vec<usize> {
        let (events, _) = read(&write(&tracks, packets));
        let leap = |(at, event)| (event == Event::Discontinuity).then_some(at);
        let events = events
            .into_iter()
            .filter(|event| !matches!(event, Event::Program(_) | Event::Track(_)));
        events.enumerate().filter_map(leap).collect()
    };
    let before = [picture(900_000, 900_000, true, 9), sound(900_000, 9)];
    let after = [picture(0, 0, true, 9), sound(0, 9)];
    assert_eq!(leaps(&[&before[..], &after].concat()), [2], "the muxer says it");
    assert_eq!(leaps(&[&after[..], &before].concat()), [2], "ten seconds");
    let later = [picture(899_000, 899_000, true, 9), sound(899_000, 9)];
    assert_eq!(leaps(&[&after[..], &later].concat()), [], "less");
}

#[test]
fn a_leap_that_the_stream_does_not_say_is_seen() {
    let mut script = Script::sound();
    for pts in [900_000, 901_920, 0, 1920, 2_000_000] {
        script.pes(AUDIO, pts, &adts(9));
    }
    let leaps: Vec<_> = script
        .events()
        .iter()
        .map(|event| *event == Event::Discontinuity)
        .collect();
    let expected = [false, false, false, false, true, false, false, true, false];
    assert_eq!(leaps, expected);
}

#[test]
fn all_codecs_are_read_from_one_stream_after_another() {
    let first = write(&[h264_track(), aac_track()], &[picture(0, 0, true, 9)]);
    let mut muxer = super::super::Muxer::new(&[h264_track()]).unwrap();
    muxer.set_tracks(&[hevc_track(), aac_track()]).unwrap();
    let mut second = BytesMut::new();
    let picture = super::super::tests::hevc_picture(3000, 3000, true, 9);
    muxer.write(&picture, &mut second).unwrap();
    let (events, _) = read(&[&first[..], &second].concat());
    let tracks: Vec<_> = events
        .iter()
        .filter(|event| matches!(event, Event::Track(_)))
        .collect();
    assert_eq!(tracks, [&Event::Track(h264_track()), &Event::Track(hevc_track())]);
    assert_eq!(frames(&events).len(), 2);
    assert!(
        frames(&events)
            .iter()
            .all(|packet| packet.kind == TrackKind::Video)
    );
}
