//! Sound with clicks, and where they are in Opus: for tests.

use gstreamer as gst;
use media::{AudioBlock, Packet, Timestamp};

use crate::chain::{Chain, Flow, Output};
use crate::encode::RATE;
use crate::shelf::Shelf;
use crate::{clock, element, frame};

/// Blocks of 10 ms from `start` on, with a click at each of `clicks` (samples from the start).
pub(crate) fn blocks(channels: u8, start: Timestamp, count: i64, clicks: &[i64]) -> Vec<AudioBlock> {
    (0..count)
        .map(|n| {
            let pts = Timestamp::from_nanos(start.as_nanos() + n * 10_000_000);
            let mut block = AudioBlock::silence(pts, RATE, channels.into(), 480);
            for click in clicks.iter().filter(|c| (n * 480..(n + 1) * 480).contains(*c)) {
                let at = (click - n * 480) as usize * usize::from(channels);
                block.samples[at..at + usize::from(channels)].fill(0.9);
            }
            block
        })
        .collect()
}

/// Times, in samples after `start`, at which a decoder renders something loud: all it renders counts, in order, from the
/// time of the first packet on.
pub(crate) fn clicks(channels: u8, packets: &[Packet], start: Timestamp) -> Vec<i64> {
    let heard = decode(channels, packets);
    let first = Timestamp::from_nanos(packets[0].pts.nanos_since(start)).as_ticks(RATE);
    let mut found: Vec<(i64, f32)> = Vec::new();
    for (n, sample) in (first..).zip(heard) {
        match found.last_mut().filter(|last| n - last.0 < 2_000) {
            Some(last) if sample > last.1 => *last = (n, sample),
            None if sample > 0.2 => found.push((n, sample)),
            _ => {}
        }
    }
    found.into_iter().map(|(at, _)| at).collect()
}

/// The loudness of the first channel, by opusdec.
pub(crate) fn decode(channels: u8, packets: &[Packet]) -> Vec<f32> {
    let (decode, convert) = (
        element::make("opusdec").unwrap(),
        element::make("audioconvert").unwrap(),
    );
    let input = gst::Caps::builder("audio/x-opus")
        .field("channel-mapping-family", 0i32)
        .field("channels", i32::from(channels))
        .field("rate", RATE as i32)
        .build();
    let heard = Shelf::default();
    let kept = Shelf::clone(&heard);
    let step = usize::from(channels);
    let exit = move |output: Output| {
        let bytes = frame::bytes(output.buffer).unwrap();
        let samples = bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|s| f32::from_le_bytes(*s).abs());
        samples.step_by(step).for_each(|s| kept.put(s));
        Flow::Continue(())
    };
    let raw = gst::Caps::builder("audio/x-raw")
        .field("format", "F32LE")
        .field("rate", RATE as i32)
        .build();
    let chain = Chain::new("opusdec", &[&decode, &convert], &input, &raw, exit).unwrap();
    for packet in packets {
        let mut buffer = gst::Buffer::from_slice(packet.data.clone());
        let writable = buffer.get_mut().unwrap();
        writable.set_pts(clock::to_gst(packet.pts).unwrap());
        chain.push(buffer).unwrap();
    }
    chain.finish().unwrap();
    heard.take()
}
