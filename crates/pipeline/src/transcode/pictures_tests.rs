//! H.264 with B-frames, whole and damaged, to H.264 without.

use bytes::Bytes;
use container::h264;
use media::Size;

use super::super::fixture::{self, Stream, packets};
use super::*;

const CONFIG: PicturesConfig = PicturesConfig { bitrate_kbps: 400 };

fn transcoder(stream: &Stream<VideoParameters>) -> Pictures {
    Pictures::new(stream.parameters.clone(), CONFIG).unwrap()
}

fn transcode(pictures: &mut Pictures, packets: &[Packet]) -> Vec<Made> {
    packets.iter().flat_map(|p| pictures.push(p).unwrap()).collect()
}

/// Times of the pictures, in the order of showing.
fn shown(packets: &[Packet], of: impl Fn(&Packet) -> bool) -> Vec<Timestamp> {
    let mut times: Vec<_> = packets.iter().filter(|p| of(p)).map(|p| p.pts).collect();
    times.sort();
    times
}

#[test]
fn every_picture_keeps_its_time_and_none_waits_for_a_later_one() {
    let stream = fixture::h264("320x180", 3);
    assert!(
        stream.packets.iter().any(|p| p.pts != p.dts),
        "no B-frames to begin with"
    );
    let mut pictures = transcoder(&stream);
    let mut made = transcode(&mut pictures, &stream.packets);
    made.extend(pictures.finish().unwrap());
    let packets: Vec<_> = packets(&made).into_iter().cloned().collect();
    let times: Vec<_> = packets.iter().map(|p| p.pts).collect();
    assert_eq!(times, shown(&stream.packets, |_| true));
    assert!(packets.iter().all(|p| p.dts == p.pts));
    assert_eq!(shown(&packets, |p| p.key), shown(&stream.packets, |p| p.key));
    assert_eq!(pictures.skipped(), 0);
}

#[test]
fn the_record_says_constrained_baseline_and_pictures_are_one_slice() {
    let stream = fixture::h264("320x180", 1);
    let mut pictures = transcoder(&stream);
    let mut made = transcode(&mut pictures, &stream.packets);
    made.extend(pictures.finish().unwrap());
    let Made::Configured(CodecParameters::Video(track)) = &made[0] else {
        panic!("{:?}", made[0]);
    };
    // profile_idc 66 with constraint_set1_flag (A.2.1.1).
    let sps = h264::AvcConfig::parse(&track.config)
        .unwrap()
        .first_sps()
        .unwrap();
    assert_eq!((sps.profile, sps.constraints & 0x40), (66, 0x40));
    assert_eq!((sps.size, sps.reorder), (stream.parameters.size, Some(0)));
    let source = h264::AvcConfig::parse(&stream.parameters.config).unwrap();
    assert_eq!(sps.color, source.first_sps().unwrap().color);
    for packet in packets(&made) {
        let slices = h264::nal_units(&packet.data).filter(|nal| h264::is_vcl(h264::kind(nal)));
        assert_eq!(slices.count(), 1);
        assert_eq!(h264::has_idr(&packet.data), packet.key);
    }
}

#[test]
fn a_key_frame_comes_when_it_is_asked_for() {
    let stream = fixture::h264("320x180", 2);
    let mut pictures = transcoder(&stream);
    transcode(&mut pictures, &stream.packets[..40]);
    pictures.key_frame();
    let made = transcode(&mut pictures, &stream.packets[40..45]);
    let keys = packets(&made).iter().map(|p| p.key).collect::<Vec<_>>();
    assert!(keys[0] && !keys[1..].contains(&true), "{keys:?}");
}

#[test]
fn another_size_makes_a_new_stream_and_loses_no_picture() {
    let (small, large) = (fixture::h264("320x180", 1), fixture::h264("640x360", 1));
    let mut pictures = transcoder(&small);
    let mut made = transcode(&mut pictures, &small.packets);
    made.extend(pictures.change(large.parameters.clone()).unwrap());
    let later = |packet: &Packet| Packet {
        pts: packet.pts + std::time::Duration::from_secs(1),
        ..packet.clone()
    };
    let moved: Vec<_> = large.packets.iter().map(later).collect();
    made.extend(transcode(&mut pictures, &moved));
    made.extend(pictures.finish().unwrap());
    assert_eq!(packets(&made).len(), small.packets.len() + large.packets.len());
    let sizes = made.iter().filter_map(|made| match made {
        Made::Configured(CodecParameters::Video(track)) => Some(track.size),
        _ => None,
    });
    assert_eq!(
        sizes.collect::<Vec<_>>(),
        [Size::new(320, 180), Size::new(640, 360)]
    );
}

#[test]
fn garbage_is_left_out_and_the_next_key_frame_is_seen() {
    let mut stream = fixture::h264("320x180", 3);
    let garbage: [&[u8]; 4] = [b"", b"\0", b"\xff\xff\xff\xff\x65", &[0x5a; 2_000]];
    for (packet, data) in stream.packets[10..].iter_mut().zip(garbage) {
        packet.data = Bytes::from_static(data);
    }
    stream.packets[20].pts = Timestamp::MAX;
    let mut pictures = transcoder(&stream);
    let mut made = transcode(&mut pictures, &stream.packets);
    made.extend(pictures.finish().unwrap());
    let packets = packets(&made);
    let expected = shown(&stream.packets[60..], |_| true);
    let last = packets.iter().rev().take(expected.len()).rev();
    assert_eq!(last.map(|p| p.pts).collect::<Vec<_>>(), expected);
    assert!(pictures.skipped() >= 1);
}

#[test]
fn times_that_go_back_are_followed() {
    let stream = fixture::h264("320x180", 1);
    let mut pictures = transcoder(&stream);
    let mut made = transcode(&mut pictures, &stream.packets);
    made.extend(pictures.change(stream.parameters.clone()).unwrap());
    let earlier = |packet: &Packet| Packet {
        pts: packet.pts - std::time::Duration::from_secs(3_600),
        dts: packet.dts - std::time::Duration::from_secs(3_600),
        ..packet.clone()
    };
    let moved: Vec<_> = stream.packets.iter().map(earlier).collect();
    made.extend(transcode(&mut pictures, &moved));
    made.extend(pictures.finish().unwrap());
    let times: Vec<_> = packets(&made).iter().map(|p| p.pts).collect();
    let expected = [shown(&stream.packets, |_| true), shown(&moved, |_| true)].concat();
    assert_eq!(times, expected);
}

#[test]
fn pictures_before_the_first_key_frame_are_counted() {
    let stream = fixture::h264("320x180", 1);
    let mut pictures = transcoder(&stream);
    let made = transcode(&mut pictures, &stream.packets[1..8]);
    assert_eq!((made.len(), pictures.skipped()), (0, 7));
}

#[test]
fn what_is_too_large_is_refused_before_it_is_decoded() {
    let stream = fixture::h264("320x180", 1);
    let track = VideoParameters {
        size: Size::new(8_192, 4_320),
        ..stream.parameters
    };
    let refused = Pictures::new(track, CONFIG).err().unwrap();
    assert!(matches!(refused, Error::Unsupported(_)), "{refused}");
}
