//! How late an AAC encoder's sound comes, measured.
//!
//! A codec of overlapping windows needs samples before the first it can render, and each encoder keeps some more
//! back for its look-ahead; what a decoder renders from packet `n` is not what went in as its `n`-th 1024 samples.
//! GStreamer 1.22 does not say by how much, so a sweep is sent through a throw-away encoder and a decoder, and
//! found again by cross-correlation.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use media::{AudioParameters, Packet, Timestamp, TrackKind};

use super::audio::{self, AacEncoder, AudioConfig, FRAME};
use super::sound;
use crate::Error;
use crate::chain::Flow;
use crate::decode::SampleDecoder;

/// Where the sweep begins, in samples.
const AT: usize = 4 * FRAME;
/// Its length in samples.
const SWEEP: usize = FRAME;
/// The longest delay looked for, in samples.
const LONGEST: usize = 4 * FRAME;

/// The delay in samples, and the AudioSpecificConfig the encoder made.
pub(super) fn measure(config: &AudioConfig, encoder: AacEncoder) -> Result<(u32, Bytes), Error> {
    let lost = || Error::Priming(encoder.element());
    let (packets, asc) = encode(config, encoder)?;
    let asc = asc.ok_or_else(lost)?;
    let heard = decode(config, &asc, packets)?;
    let lag = find(&sweep(), heard.get(AT..).unwrap_or(&[])).ok_or_else(lost)?;
    Ok((lag as u32, asc))
}

/// The sweep between silences, through a fresh encoder.
fn encode(config: &AudioConfig, encoder: AacEncoder) -> Result<(Vec<Bytes>, Option<Bytes>), Error> {
    let packets = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&packets);
    let chain = audio::chain(config, encoder, move |output| {
        if let (Some(data), Ok(mut kept)) = (crate::frame::bytes(output.buffer), kept.lock()) {
            kept.push(data);
        }
        Flow::Continue(())
    })?;
    let mut mono = vec![0.0; AT + SWEEP + LONGEST + 4 * FRAME];
    mono[AT..AT + SWEEP].copy_from_slice(&sweep());
    let channels = usize::from(config.channels);
    let all: Vec<f32> = mono
        .iter()
        .flat_map(|s| std::iter::repeat_n(*s, channels))
        .collect();
    chain.push(sound::to_buffer(&all, 0, Timestamp::ZERO)?)?;
    chain.finish()?;
    let asc = audio::config_of(&chain);
    let packets = packets
        .lock()
        .map(|mut p| std::mem::take(&mut *p))
        .unwrap_or_default();
    Ok((packets, asc))
}

/// The first channel of what a decoder renders, packet after packet from the first.
fn decode(config: &AudioConfig, asc: &Bytes, packets: Vec<Bytes>) -> Result<Vec<f32>, Error> {
    let track = AudioParameters {
        codec: media::AudioCodec::Aac,
        config: asc.clone(),
        rate: config.rate,
        channels: config.channels,
        frame_samples: FRAME as u16,
    };
    let mut decoder = SampleDecoder::new(&track)?;
    let mut heard = Vec::new();
    for (n, data) in packets.into_iter().enumerate() {
        let pts = Timestamp::from_ticks((n * FRAME) as i64, config.rate);
        let packet = Packet::at(TrackKind::Audio, pts, true, data);
        heard.extend(decoder.decode(&packet)?);
    }
    heard.extend(decoder.finish()?);
    let first = |block: media::AudioBlock| {
        let step = usize::from(block.channels.max(1));
        block.samples.into_iter().step_by(step).collect::<Vec<_>>()
    };
    Ok(heard.into_iter().flat_map(first).collect())
}

/// A sine rising from 400 Hz to 6 kHz (of a 48 kHz rate) under a window that begins and ends at nothing.
fn sweep() -> Vec<f32> {
    let (low, high) = (400.0 / 48_000.0, 6_000.0 / 48_000.0);
    let wave = |n: usize| {
        let x = n as f32 / SWEEP as f32;
        let turns = n as f32 * (low + (high - low) * x / 2.0);
        0.5 * (std::f32::consts::PI * x).sin() * (std::f32::consts::TAU * turns).sin()
    };
    (0..SWEEP).map(wave).collect()
}

/// The lag at which `pattern` is most alike what was `heard`; `None` when nothing there resembles it.
fn find(pattern: &[f32], heard: &[f32]) -> Option<usize> {
    let energy: f32 = pattern.iter().map(|s| s * s).sum();
    let alike = |at: usize| -> f32 { pattern.iter().zip(&heard[at..]).map(|(a, b)| a * b).sum() };
    let lags = heard.len().checked_sub(pattern.len())?.min(LONGEST);
    let (lag, best) = (0..=lags)
        .map(|at| (at, alike(at)))
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    (best > energy / 2.0).then_some(lag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_is_found_to_the_sample_and_silence_is_not() {
        let mut heard = vec![0.0; 3 * LONGEST];
        heard[1_600..1_600 + SWEEP].copy_from_slice(&sweep());
        assert_eq!(find(&sweep(), &heard), Some(1_600));
        assert_eq!(find(&sweep(), &vec![0.0; 3 * LONGEST]), None);
        assert_eq!(find(&sweep(), &[]), None);
    }
}
