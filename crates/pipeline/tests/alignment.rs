//! A flash and a click of the same moment come back at the same moment.
#![allow(clippy::unwrap_used)] // A test.

use std::time::Duration;

use media::{
    AudioBlock, CodecParameters, ColorInfo, FrameRate, Packet, PixelFormat, Size, Timestamp, VideoFrame,
};
use pipeline::Error;
use pipeline::decode::{FrameDecoder, SampleDecoder};
use pipeline::encode::{AudioConfig, AudioEncoder, VideoConfig, VideoEncoder};

const SIZE: Size = Size::new(160, 96);
const SECONDS: u64 = 4;
const PATIENCE: Duration = Duration::from_secs(20);

fn packets(mut next: impl FnMut() -> Result<Option<Packet>, Error>) -> Vec<Packet> {
    let mut packets = Vec::new();
    while let Some(packet) = next().unwrap_or_else(|end| {
        assert_eq!(end, Error::Finished);
        None
    }) {
        packets.push(packet);
    }
    packets
}

/// The frame of each second that flashes. Not the first of all: a stream of AAC fades in over its first packet.
const FLASH: u64 = 5;

/// Grey frames and some white ones; the times at which white is seen.
fn flashes(rate: FrameRate, start: Timestamp) -> Vec<Timestamp> {
    let encoder = VideoEncoder::new(VideoConfig::new(SIZE, rate, 400)).unwrap();
    let CodecParameters::Video(track) = encoder.parameters() else {
        panic!("not H.264")
    };
    let mut decoder = FrameDecoder::new(&track).unwrap();
    let mut found = Vec::new();
    let mut look = |frames: Vec<VideoFrame>| {
        let white = frames
            .into_iter()
            .filter(|f| f.plane(0)[f.planes[0].stride * 40 + 80] > 200);
        found.extend(white.map(|frame| frame.pts));
    };
    for n in 0..SECONDS * rate.as_f64().round() as u64 {
        let white = n % rate.as_f64().round() as u64 == FLASH;
        let mut data = vec![if white { 235 } else { 90 }; SIZE.area()];
        data.resize(SIZE.area() * 3 / 2, 128);
        let pts = Timestamp::from_nanos(start.as_nanos() + rate.tick(n).as_nanos());
        let frame = VideoFrame::packed(pts, SIZE, PixelFormat::Nv12, ColorInfo::BT709, data.into()).unwrap();
        encoder.submit(&frame, false).unwrap();
        let packet = encoder.next_packet(PATIENCE).unwrap().unwrap();
        look(decoder.decode(&packet).unwrap());
    }
    look(decoder.finish().unwrap());
    found
}

/// Clicks at the same times as the flashes; the times at which they are heard.
fn clicks(rate: FrameRate, start: Timestamp) -> Vec<Timestamp> {
    let encoder = AudioEncoder::new(AudioConfig::new(128)).unwrap();
    let second = rate.tick(rate.as_f64().round() as u64);
    let mut coded = Vec::new();
    for n in 0..SECONDS as i64 * 100 {
        let since = Timestamp::from_millis(10 * n);
        let pts = Timestamp::from_nanos(start.as_nanos() + since.as_nanos());
        let mut block = AudioBlock::silence(pts, 48_000, 2, 480);
        for click in 0..SECONDS as i64 {
            let moment = second.as_nanos() * click + rate.tick(FLASH).as_nanos();
            let at = Timestamp::from_nanos(moment - since.as_nanos()).as_ticks(48_000);
            if (0..480).contains(&at) {
                block.samples[at as usize * 2..][..2].fill(0.9);
            }
        }
        while encoder.submit(&block) == Err(Error::Busy) {
            coded.extend(encoder.next_packet(PATIENCE).unwrap());
        }
    }
    encoder.finish();
    coded.extend(packets(|| encoder.next_packet(PATIENCE)));
    let CodecParameters::Audio(track) = encoder.parameters() else {
        panic!("not AAC")
    };
    let mut decoder = SampleDecoder::new(&track).unwrap();
    let mut heard: Vec<AudioBlock> = coded.iter().flat_map(|p| decoder.decode(p).unwrap()).collect();
    heard.extend(decoder.finish().unwrap());
    let mut found: Vec<Timestamp> = Vec::new();
    for block in heard {
        for (n, pair) in (0..).zip(block.samples.chunks(2)) {
            let at = block.pts + Duration::from_nanos(Timestamp::from_ticks(n, 48_000).as_nanos() as u64);
            let fresh = found
                .last()
                .is_none_or(|last| at.nanos_since(*last) > 500_000_000);
            if pair[0].abs() > 0.3 && fresh {
                found.push(at);
            }
        }
    }
    found
}

#[test]
fn picture_and_sound_of_a_moment_keep_together() {
    for rate in ["25", "29.97"] {
        let rate: FrameRate = rate.parse().unwrap();
        let start = Timestamp::from_millis(-80);
        let (seen, heard) = (flashes(rate, start), clicks(rate, start));
        assert_eq!((seen.len(), heard.len()), (SECONDS as usize, SECONDS as usize));
        for (seen, heard) in seen.iter().zip(&heard) {
            let apart = heard.nanos_since(*seen);
            assert!(apart.abs() < 1_000_000, "the click of {seen} is {apart} ns late");
        }
    }
}
