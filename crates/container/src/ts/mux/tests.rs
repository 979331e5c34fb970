use bytes::{Bytes, BytesMut};
use media::{CodecParameters, Timestamp, VideoCodec};
use proptest::prelude::*;

use super::super::packet::Packet as TsPacket;
use super::super::pes::Pes;
use super::super::tests::{
    aac_track, h264_track, hevc_picture, hevc_track, packet, picture, show, sound, write,
};
use super::*;
use crate::h264::AvcConfig;

const VIDEO: u16 = 0x100;

fn packets(stream: &[u8]) -> impl Iterator<Item = (TsPacket<'_>, Option<i64>)> {
    stream.chunks(PACKET).map(|packet| {
        let read = TsPacket::parse(packet.try_into().unwrap()).unwrap();
        let has_pcr = packet[3] & 0x20 != 0 && packet[4] > 0 && packet[5] & 0x10 != 0;
        let pcr = has_pcr.then(|| {
            let field = packet[6..12]
                .iter()
                .fold(0i64, |all, byte| all << 8 | i64::from(*byte));
            (field >> 15) * 300 + (field & 0x1ff)
        });
        (read, pcr)
    })
}

/// The payload of the PES packet that a stream of one packet of pictures holds.
fn access_unit(stream: &[u8], pid: u16) -> Vec<u8> {
    let payloads = packets(stream).filter(|(packet, _)| packet.pid == pid);
    let pes: Vec<u8> = payloads.flat_map(|(packet, _)| packet.payload.to_vec()).collect();
    Pes::parse(&pes).unwrap().payload.to_vec()
}

fn sets() -> Vec<u8> {
    let CodecParameters::Video(parameters) = h264_track().parameters else {
        panic!("no pictures");
    };
    let config = AvcConfig::parse(&parameters.config).unwrap();
    [&[0, 0, 0, 1][..], &config.sps[0], &[0, 0, 0, 1], &config.pps[0]].concat()
}

#[test]
fn a_key_frame_has_a_delimiter_and_parameter_sets_before_it() {
    let slice = &[&[0, 0, 0, 1][..], &picture(0, 0, true, 20).data[4..]].concat();
    let unit = access_unit(&write(&[h264_track()], &[picture(0, 0, true, 20)]), VIDEO);
    assert_eq!(unit, [&[0, 0, 0, 1, 9, 0xf0][..], &sets(), slice].concat());
    let unit = access_unit(&write(&[h264_track()], &[picture(0, 0, false, 20)]), VIDEO);
    assert_eq!(unit[..6], [0, 0, 0, 1, 9, 0xf0]);
    assert!(!unit.windows(2).any(|bytes| bytes == [0x67, 0x42]));
}

#[test]
fn an_access_unit_that_has_a_delimiter_and_sets_keeps_its_own_sets() {
    let data: &[u8] = &[0, 0, 0, 2, 9, 0x10, 0, 0, 0, 2, 0x67, 7, 0, 0, 0, 2, 0x65, 9];
    let own = packet(TrackKind::Video, 0, 0, true, Bytes::from_static(data));
    let unit = access_unit(&write(&[h264_track()], &[own]), VIDEO);
    let expected: &[u8] = &[0, 0, 0, 1, 9, 0xf0, 0, 0, 0, 1, 0x67, 7, 0, 0, 0, 1, 0x65, 9];
    assert_eq!(unit, expected);
}

#[test]
fn lengths_are_of_as_many_bytes_as_the_record_says() {
    let mut track = h264_track();
    if let CodecParameters::Video(parameters) = &mut track.parameters {
        let mut record = parameters.config.to_vec();
        record[4] = 0xfd;
        parameters.config = record.into();
    }
    let data = Bytes::from_static(&[0, 2, 0x41, 1, 0, 2, 0x41, 2]);
    let unit = access_unit(
        &write(&[track], &[packet(TrackKind::Video, 0, 0, false, data)]),
        VIDEO,
    );
    assert_eq!(unit[6..], [0, 0, 0, 1, 0x41, 1, 0, 0, 0, 1, 0x41, 2]);
}

#[test]
fn hevc_has_its_own_delimiter_and_sets() {
    let unit = access_unit(&write(&[hevc_track()], &[hevc_picture(0, 0, true, 9)]), VIDEO);
    let kinds = crate::h264::split(&unit).map(|nal| nal[0] >> 1);
    assert_eq!(kinds.collect::<Vec<_>>(), [35, 32, 33, 34, 19]);
    assert_eq!(unit[4..7], [0x46, 1, 0x50]);
}

#[test]
fn what_cannot_be_carried_is_refused() {
    let mut av1 = h264_track();
    if let CodecParameters::Video(parameters) = &mut av1.parameters {
        parameters.codec = VideoCodec::Av1;
    }
    assert_eq!(Muxer::new(&[av1]).unwrap_err(), Error::Codec("AV1"));
    assert_eq!(Muxer::new(&[]).unwrap_err(), Error::Tracks);
    assert_eq!(
        Muxer::new(&[h264_track(), hevc_track()]).unwrap_err(),
        Error::Tracks
    );
}

#[test]
fn a_packet_that_cannot_be_written_leaves_nothing_behind() {
    let (mut muxer, mut out) = (Muxer::new(&[h264_track()]).unwrap(), BytesMut::new());
    let mut refused = |packet| muxer.write(&packet, &mut out).unwrap_err();
    assert_eq!(refused(sound(0, 10)), Error::NoTrack(TrackKind::Audio, 0));
    for data in [&b""[..], b"\0\0\0\x02\x41", b"\0\0\0\x01\x41\0", b"\0\0\0\0"] {
        let malformed = packet(TrackKind::Video, 0, 0, false, Bytes::from_static(data));
        assert_eq!(refused(malformed), Error::AccessUnit, "{data:?}");
    }
    assert!(out.is_empty());
    let mut muxer = Muxer::new(&[aac_track()]).unwrap();
    assert_eq!(muxer.write(&sound(0, 8185), &mut out), Err(Error::TooLarge(8185)));
    assert!(out.is_empty());
}

#[test]
fn other_codecs_bring_a_new_version_and_counters_go_on() {
    let mut muxer = Muxer::new(&[h264_track()]).unwrap();
    let mut out = BytesMut::new();
    muxer.write(&picture(0, 0, true, 10), &mut out).unwrap();
    muxer.set_tracks(&[h264_track()]).unwrap();
    muxer.write(&picture(900, 900, false, 10), &mut out).unwrap();
    muxer.set_tracks(&[hevc_track()]).unwrap();
    muxer
        .write(&hevc_picture(1800, 1800, false, 10), &mut out)
        .unwrap();
    let map = |(packet, _): &(TsPacket<'_>, _)| packet.pid == 0x1000;
    let versions = packets(&out)
        .filter(map)
        .map(|(packet, _)| packet.payload[6] >> 1 & 0x1f);
    assert_eq!(versions.collect::<Vec<_>>(), [0, 1]);
    let video = packets(&out).filter(|(packet, _)| packet.pid == VIDEO);
    assert_eq!(
        video.map(|(packet, _)| packet.continuity).collect::<Vec<_>>(),
        [0, 1, 2]
    );
}

#[test]
fn a_new_time_base_is_announced() {
    let mut muxer = Muxer::new(&[h264_track(), aac_track()]).unwrap();
    let mut announced = |packet| {
        let mut out = BytesMut::new();
        muxer.write(&packet, &mut out).unwrap();
        let marked = packets(&out).filter(|(packet, _)| packet.discontinuity);
        marked
            .map(|(packet, pcr)| (packet.pid, pcr.is_some()))
            .collect::<Vec<_>>()
    };
    assert_eq!(announced(picture(900_000, 900_000, true, 10)), []);
    assert_eq!(announced(sound(904_500, 10)), []);
    assert_eq!(
        announced(sound(1_000, 10)),
        [(VIDEO, true)],
        "the clock goes with the pictures"
    );
    assert_eq!(announced(picture(1_500, 1_500, true, 10)), []);
    assert_eq!(
        announced(picture(2_000_000, 2_000_000, true, 10)),
        [(VIDEO, true)]
    );
    muxer.discontinuity();
    let mut out = BytesMut::new();
    muxer
        .write(&picture(2_003_000, 2_003_000, false, 10), &mut out)
        .unwrap();
    assert!(packets(&out).any(|(packet, _)| packet.pid == VIDEO && packet.discontinuity));
}

#[test]
fn the_clock_goes_on_when_pictures_stand_still() {
    let mut stream = vec![picture(0, 0, true, 10)];
    stream.extend((0..100).map(|n| sound(n * 1920, 10)));
    let stream = write(&[h264_track(), aac_track()], &stream);
    let clocks: Vec<_> = packets(&stream).filter_map(|(_, pcr)| pcr).collect();
    // Two seconds, and from 33 bits to 0, for the clock begins 200 ms before 0.
    assert!(clocks.len() > 20);
    let steps = clocks
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).rem_euclid(300 << 33));
    assert!(steps.max() <= Some(2_700_000));
}

proptest! {
    /// ISO/IEC 13818-1, 2.4.2, 2.4.3.3, 2.4.4 and 2.7.2.
    #[test]
    fn a_stream_keeps_the_rules(
        sizes in proptest::collection::vec(4usize..3000, 1..60),
        frame in 1500i64..6000,
        gop in 1i64..20,
    ) {
        let start = (1i64 << 33) - 50_000;
        let stream = write(&[h264_track(), aac_track()], &show(start, frame, gop, &sizes, false));
        let (mut counters, mut tables, mut clock) = ([None; 0x1001], None, None);
        for (packet, pcr) in packets(&stream) {
            let last = counters[usize::from(packet.pid)].replace(packet.continuity);
            let step = u8::from(!packet.payload.is_empty());
            prop_assert!(last.is_none_or(|last: u8| packet.continuity == (last + step) & 15));
            prop_assert!(tables.is_some() || packet.pid == 0, "tables come first");
            if let Some(pcr) = pcr {
                prop_assert_eq!(packet.pid, VIDEO);
                prop_assert!(clock.is_none_or(|last: i64| (1..=2_700_000).contains(&(pcr - last).rem_euclid(300 << 33))));
                clock = Some(pcr);
            }
            let times = packet.unit_start.then(|| Pes::parse(packet.payload)).flatten();
            let dts = times.and_then(|pes| pes.dts.or(pes.pts)).map(|dts| dts as i64);
            if packet.pid == 0 {
                tables = Some(None);
            } else if let (Some(dts), Some(since)) = (dts, &mut tables) {
                let since = *since.get_or_insert(dts);
                prop_assert!((dts - since).rem_euclid(1 << 33) <= 45_000, "tables are as old as 500 ms");
                let lead = (dts * 300 - clock.unwrap()).rem_euclid(300 << 33);
                prop_assert!((0..=(PCR_LEAD + 100) * 27_000).contains(&lead), "{lead}");
            }
        }
    }

    #[test]
    fn no_packet_makes_it_panic(data: Vec<u8>, pts: i64, dts: i64, key: bool) {
        let mut out = BytesMut::new();
        for tracks in [[h264_track(), aac_track()], [hevc_track(), aac_track()]] {
            let mut muxer = Muxer::new(&tracks).unwrap();
            for (kind, nanos) in [(TrackKind::Video, dts), (TrackKind::Audio, 0), (TrackKind::Video, pts)] {
                let dts = Timestamp::from_nanos(nanos);
                let (pts, data) = (Timestamp::from_nanos(pts), Bytes::from(data.clone()));
                let _ = muxer.write(&Packet { kind, track: 0, pts, dts, key, data }, &mut out);
            }
        }
        prop_assert_eq!(out.len() % PACKET, 0);
    }
}

#[test]
fn clause_2_4_3_5_a_piece_says_once_for_each_pid_that_its_counters_begin_anew() {
    let tracks = [h264_track(), aac_track()];
    let (mut muxer, mut out) = (Muxer::piece(&tracks).unwrap(), BytesMut::new());
    for packet in [
        picture(0, 0, true, 400),
        sound(0, 50),
        picture(3_000, 3_000, false, 30),
        sound(1_920, 50),
    ] {
        muxer.write(&packet, &mut out).unwrap();
    }
    let mut seen = std::collections::BTreeSet::new();
    for (packet, _) in packets(&out) {
        assert_eq!(packet.discontinuity, seen.insert(packet.pid), "{packet:?}");
    }
    assert_eq!(seen.len(), 4);
    let first = write(&tracks, &[picture(0, 0, true, 400)]);
    assert!(
        packets(&first).all(|(packet, _)| !packet.discontinuity),
        "a stream is one piece"
    );
}
