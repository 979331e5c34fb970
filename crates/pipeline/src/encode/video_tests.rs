//! The encoder at work on small pictures.

use container::h264::{self, nal_type};
use media::{ColorInfo, FrameRate, Size};

use super::*;
use crate::decode::FrameDecoder;

const PATIENCE: Duration = Duration::from_secs(20);
const SIZE: Size = Size::new(320, 180);

/// A picture of bars that move with `n`, with some texture, so that bits are needed.
fn picture(size: Size, n: u32, pts: Timestamp) -> VideoFrame {
    let mut seed = n.wrapping_mul(2_654_435_761) | 1;
    let mut noise = || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        (seed >> 28) as u8
    };
    let mut data = vec![128u8; size.area() * 3 / 2];
    for (y, row) in data
        .chunks_mut(size.width as usize)
        .take(size.height as usize)
        .enumerate()
    {
        for (x, luma) in row.iter_mut().enumerate() {
            *luma = (((x as u32 + n * 3) ^ (y as u32)) & 0x7f) as u8 + 50 + noise();
        }
    }
    VideoFrame::packed(pts, size, PixelFormat::Nv12, ColorInfo::BT709, data.into()).unwrap()
}

/// Encodes `frames` frames, those numbered in `forced` as key frames; nothing is dropped.
fn encode(encoder: &VideoEncoder, frames: std::ops::Range<u32>, forced: &[u32]) -> Vec<Packet> {
    let rate = encoder.config.rate;
    frames
        .map(|n| {
            let frame = picture(encoder.config.size, n, rate.tick(u64::from(n)));
            encoder.submit(&frame, forced.contains(&n)).unwrap();
            encoder.next_packet(PATIENCE).unwrap().unwrap()
        })
        .collect()
}

fn encoder(rate: FrameRate, kbps: u32) -> VideoEncoder {
    VideoEncoder::new(VideoConfig::new(SIZE, rate, kbps)).unwrap()
}

#[test]
fn times_come_out_as_they_went_in_each_packet_before_the_next_frame() {
    for rate in ["30", "29.97"] {
        let rate: FrameRate = rate.parse().unwrap();
        let packets = encode(&encoder(rate, 400), 0..20, &[]);
        for (n, packet) in packets.iter().enumerate() {
            assert_eq!(
                (packet.pts, packet.dts),
                (rate.tick(n as u64), rate.tick(n as u64))
            );
        }
    }
}

#[test]
fn a_show_may_begin_before_zero_and_run_for_a_week() {
    let encoder = encoder(FrameRate::whole(30), 400);
    for nanos in [-40_000_000, -7, 604_800_000_000_003] {
        let pts = Timestamp::from_nanos(nanos);
        encoder.submit(&picture(SIZE, 1, pts), false).unwrap();
        assert_eq!(encoder.next_packet(PATIENCE).unwrap().unwrap().pts, pts);
    }
}

#[test]
fn key_frames_keep_their_cadence_and_a_forced_one_begins_it_anew() {
    let config = VideoConfig {
        gop: Duration::from_secs(1),
        ..VideoConfig::new(SIZE, FrameRate::whole(10), 400)
    };
    let encoder = VideoEncoder::new(config).unwrap();
    let packets = encode(&encoder, 0..40, &[23]);
    let keys: Vec<usize> = (0..40).filter(|n| packets[*n].key).collect();
    assert_eq!(keys, [0, 10, 20, 23, 33]);
    for packet in &packets {
        let types: Vec<u8> = h264::nal_units(&packet.data).map(h264::kind).collect();
        assert!(h264::is_well_formed(&packet.data));
        assert_eq!(
            types,
            [if packet.key {
                nal_type::IDR
            } else {
                nal_type::SLICE
            }]
        );
    }
}

#[test]
fn a_cut_in_the_picture_makes_no_key_frame() {
    let encoder = encoder(FrameRate::whole(30), 400);
    let cut = |n: u32| if n < 8 { 1 } else { 90_001 };
    for n in 0..16 {
        let frame = picture(SIZE, cut(n), FrameRate::whole(30).tick(u64::from(n)));
        encoder.submit(&frame, false).unwrap();
        assert_eq!(encoder.next_packet(PATIENCE).unwrap().unwrap().key, n == 0);
    }
}

#[test]
fn a_changed_bit_rate_is_kept_within_a_second() {
    let rate = FrameRate::whole(30);
    let encoder = encoder(rate, 1_500);
    let kbps = |packets: &[Packet]| {
        packets.iter().map(|p| p.data.len()).sum::<usize>() as f64 * 8.0
            / 1_000.0
            / (packets.len() as f64 / 30.0)
    };
    let before = kbps(&encode(&encoder, 0..60, &[])[30..]);
    assert_eq!(encoder.set_bitrate(500), 500);
    let after = encode(&encoder, 60..120, &[]);
    assert!(!after[1..].iter().any(|p| p.key && p.pts < rate.tick(60)));
    let after = kbps(&after[30..]);
    assert!((1_300.0..1_700.0).contains(&before), "{before:.0} kbit/s");
    assert!((420.0..580.0).contains(&after), "{after:.0} kbit/s");
    assert_eq!(encoder.set_bitrate(u32::MAX), encoder.level.kbps);
    assert_eq!(encoder.set_bitrate(0), 20);
}

#[test]
fn the_record_and_the_vui_say_what_the_stream_is() {
    let encoder = encoder(FrameRate::whole(30), 400);
    let CodecParameters::Video(track) = encoder.parameters() else {
        panic!("no parameters behind the first packet");
    };
    // configurationVersion, High, no constraints, level 1.3, lengths of four bytes, one SPS.
    assert_eq!(track.config[..6], [1, 100, 0, 13, 0xff, 0xe1]);
    assert_eq!((track.size, track.rate), (SIZE, Some(FrameRate::whole(30))));
    let sps = h264::AvcConfig::parse(&track.config)
        .unwrap()
        .first_sps()
        .unwrap();
    assert_eq!(
        (sps.size, sps.color, sps.reorder),
        (SIZE, ColorInfo::BT709, Some(0))
    );
    let color = sps.color_description.expect("a colour description");
    assert_eq!([color.primaries, color.transfer, color.matrix], [1, 1, 1]);
    assert_eq!(h264::parameters(&track.config).unwrap(), track);
}

#[test]
fn what_was_encoded_decodes_to_the_same_picture_at_the_same_time() {
    let rate: FrameRate = "29.97".parse().unwrap();
    let encoder = encoder(rate, 3_000);
    let packets = encode(&encoder, 0..10, &[]);
    let CodecParameters::Video(track) = encoder.parameters() else {
        panic!("no parameters");
    };
    let mut decoder = FrameDecoder::new(&track).unwrap();
    let mut frames = Vec::new();
    for packet in &packets {
        frames.extend(decoder.decode(packet).unwrap());
    }
    assert_eq!(frames.len(), 10, "one frame out for each packet in, at once");
    assert!(decoder.finish().unwrap().is_empty());
    for (n, frame) in (0u32..).zip(&frames) {
        let original = picture(SIZE, n, rate.tick(u64::from(n)));
        assert_eq!(
            (frame.pts, frame.size, frame.color),
            (original.pts, SIZE, ColorInfo::BT709)
        );
        assert!(
            difference(&original, frame) < 6.0,
            "{}",
            difference(&original, frame)
        );
    }
}

/// Mean absolute difference of luma.
fn difference(a: &VideoFrame, b: &VideoFrame) -> f64 {
    let (w, h) = (a.size.width as usize, a.size.height as usize);
    let rows = a
        .plane(0)
        .chunks(a.planes[0].stride)
        .zip(b.plane(0).chunks(b.planes[0].stride))
        .take(h);
    let sum: u64 = rows
        .flat_map(|(a, b)| a[..w].iter().zip(&b[..w]))
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    sum as f64 / (w * h) as f64
}

#[test]
fn rows_at_a_stride_are_read_where_they_lie() {
    let packed = picture(SIZE, 5, Timestamp::ZERO);
    let (w, stride) = (SIZE.width as usize, 384);
    let mut data = vec![0xee; 100];
    for row in packed.data.chunks(w) {
        data.extend_from_slice(row);
        data.resize(data.len() + stride - w, 0xee);
    }
    let mut padded = packed.clone();
    padded.data = data.into();
    padded.planes[0] = media::Plane { offset: 100, stride };
    padded.planes[1] = media::Plane {
        offset: 100 + stride * 180,
        stride,
    };
    let one = |frame: &VideoFrame| {
        let encoder = encoder(FrameRate::whole(30), 400);
        encoder.submit(frame, false).unwrap();
        encoder.next_packet(PATIENCE).unwrap().unwrap()
    };
    assert_eq!(one(&padded), one(&packed));
}

#[test]
fn frames_that_dont_fit_are_refused_and_the_encoder_goes_on() {
    let encoder = encoder(FrameRate::whole(30), 400);
    let good = picture(SIZE, 0, Timestamp::from_millis(100));
    let small = picture(Size::new(160, 90), 0, Timestamp::ZERO);
    assert!(matches!(
        encoder.submit(&small, false),
        Err(Error::WrongSize { .. })
    ));
    let colour = VideoFrame {
        color: ColorInfo::JPEG,
        ..good.clone()
    };
    assert!(matches!(
        encoder.submit(&colour, false),
        Err(Error::WrongFormat(_))
    ));
    let layout = VideoFrame {
        format: PixelFormat::I420,
        ..good.clone()
    };
    assert!(matches!(
        encoder.submit(&layout, false),
        Err(Error::WrongFormat(_))
    ));
    let short = VideoFrame {
        data: good.data.slice(..good.data.len() - 1),
        ..good.clone()
    };
    assert!(matches!(
        encoder.submit(&short, false),
        Err(Error::WrongFormat(_))
    ));
    let mut far = good.clone();
    far.planes[1].offset = usize::MAX;
    assert!(matches!(encoder.submit(&far, false), Err(Error::WrongFormat(_))));
    encoder.submit(&good, false).unwrap();
    assert_eq!(encoder.submit(&good, false), Err(Error::WrongTime(good.pts)));
    assert!(encoder.next_packet(PATIENCE).unwrap().is_some());
}

#[test]
fn settings_outside_their_ranges_are_refused_with_a_reason() {
    let good = VideoConfig::new(SIZE, FrameRate::whole(30), 400);
    let bad = [
        VideoConfig {
            size: Size::new(321, 180),
            ..good.clone()
        },
        VideoConfig {
            size: Size::new(8, 8),
            ..good.clone()
        },
        VideoConfig {
            size: Size::new(8_192, 8_192),
            ..good.clone()
        },
        VideoConfig {
            rate: FrameRate::whole(1_000),
            ..good.clone()
        },
        VideoConfig {
            bitrate_kbps: 0,
            ..good.clone()
        },
        VideoConfig {
            vbv_ms: 0,
            ..good.clone()
        },
        VideoConfig {
            gop: Duration::from_secs(11),
            ..good
        },
    ];
    for config in bad {
        let refused = VideoEncoder::new(config).err().expect("refused").to_string();
        assert!(refused.starts_with("this can't be encoded: "), "{refused}");
    }
}

#[test]
fn an_encoder_nobody_reads_says_busy_and_loses_nothing_it_took() {
    let encoder = encoder(FrameRate::whole(30), 400);
    let mut taken = Vec::new();
    for n in 0..400 {
        let pts = FrameRate::whole(30).tick(n);
        match encoder.submit(&picture(SIZE, 0, pts), false) {
            Ok(()) => taken.push(pts),
            Err(error) => assert_eq!(error, Error::Busy),
        }
    }
    assert!(taken.len() < 400 && taken.len() <= PACKETS + VideoEncoder::PLACES + 1);
    encoder.finish();
    let mut got = Vec::new();
    let end = loop {
        match encoder.next_packet(PATIENCE) {
            Ok(Some(packet)) => got.push(packet.pts),
            other => break other,
        }
    };
    assert_eq!((got, end), (taken, Err(Error::Finished)));
    let late = picture(SIZE, 0, Timestamp::from_millis(99_000));
    assert_eq!(encoder.submit(&late, false), Err(Error::Finished));
}

#[test]
fn an_encoder_dropped_full_goes_at_once() {
    let encoder = encoder(FrameRate::whole(30), 400);
    let all_busy = (0..400).filter(|n| {
        let frame = picture(SIZE, 0, FrameRate::whole(30).tick(*n));
        encoder.submit(&frame, false) == Err(Error::Busy)
    });
    assert!(all_busy.count() > 0);
    let begun = std::time::Instant::now();
    drop(encoder);
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn with_several_threads_packets_come_later_but_all_and_in_order() {
    let (size, rate) = (Size::new(640, 480), FrameRate::whole(240));
    let encoder = VideoEncoder::new(VideoConfig::new(size, rate, 4_000)).unwrap();
    assert_eq!(encoder.config.threads(), 3);
    let mut got = Vec::new();
    for n in 0..20 {
        while encoder.submit(&picture(size, n, rate.tick(u64::from(n))), false) == Err(Error::Busy) {
            got.extend(encoder.next_packet(PATIENCE).unwrap());
        }
    }
    encoder.finish();
    let end = loop {
        match encoder.next_packet(PATIENCE) {
            Ok(packet) => got.extend(packet),
            Err(end) => break end,
        }
    };
    assert_eq!(end, Error::Finished);
    let times: Vec<Timestamp> = got.iter().map(|packet| packet.pts).collect();
    assert_eq!(times, (0..20).map(|n| rate.tick(n)).collect::<Vec<_>>());
}

#[test]
fn a_key_frame_forced_after_a_cut_is_no_larger_than_the_buffer_of_the_new_rate() {
    let encoder = encoder(FrameRate::whole(30), 3_000);
    encode(&encoder, 0..30, &[]);
    encoder.set_bitrate(300);
    let packets = encode(&encoder, 30..60, &[31]);
    assert!(packets[1].key);
    // 400 ms of 300 kbit/s.
    assert!(packets[1].data.len() <= 15_000, "{} bytes", packets[1].data.len());
}
