//! cpal, the library behind all microphones. Nothing of it is seen elsewhere.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, SampleFormat, StreamConfig, SupportedStreamConfigRange};

use super::feed::{Sink, feed};
use super::platform;
use super::reader::Opened;
use crate::{DeviceInfo, DeviceKind, Error};

/// More channels than this are not asked for.
const MOST_CHANNELS: u16 = 8;
/// Rates that are asked for, the best first: the program's own, then those that have its whole band, the least
/// work first, then those of headsets. The mixer's side resamples.
const RATES: [u32; 9] = [
    48_000, 44_100, 96_000, 88_200, 192_000, 32_000, 24_000, 16_000, 8_000,
];
/// The same for a person.
const WANTED: &str = "one of the rates from 8 to 192 kHz that microphones have";

/// The microphones of the default host.
pub(super) fn list() -> Vec<(DeviceInfo, cpal::Device)> {
    let found = catch_unwind(|| {
        let devices = cpal::default_host().input_devices()?;
        Ok::<_, cpal::Error>(devices.filter_map(known).collect::<Vec<_>>())
    });
    match found {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => {
            tracing::warn!(%error, "no microphone could be listed");
            Vec::new()
        }
        Err(_) => Vec::new(),
    }
}

fn known(device: cpal::Device) -> Option<(DeviceInfo, cpal::Device)> {
    let id = device.id().ok()?.id().to_owned();
    let name = device.description().ok()?.name().to_owned();
    platform::is_microphone(&id).then_some((DeviceInfo { id, name }, device))
}

/// What the callbacks tell, without waiting.
#[derive(Default)]
pub(super) struct Signals {
    blocks: AtomicU64,
    overruns: AtomicU64,
    gone: AtomicBool,
}

impl Signals {
    /// The device is opened (anew).
    pub(super) fn begin(&self) {
        self.gone.store(false, Ordering::Relaxed);
    }

    /// Blocks that arrived.
    pub(super) fn blocks(&self) -> u64 {
        self.blocks.load(Ordering::Relaxed)
    }

    /// Overruns the platform reported.
    pub(super) fn overruns(&self) -> u64 {
        self.overruns.load(Ordering::Relaxed)
    }

    /// Whether the device is gone for good, or must be opened anew.
    pub(super) fn gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }

    fn note(&self, kind: ErrorKind) {
        match kind {
            ErrorKind::Xrun => drop(self.overruns.fetch_add(1, Ordering::Relaxed)),
            ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => (),
            _ => self.gone.store(true, Ordering::Relaxed),
        }
    }
}

/// A running recording; it ends when this is dropped.
pub(super) struct Recording {
    _stream: cpal::Stream,
}

/// Opens the device at the best rate it takes and lets it record into what is returned.
pub(super) fn record(
    info: &DeviceInfo,
    device: &cpal::Device,
    signals: &Arc<Signals>,
) -> Result<(Recording, Box<Opened>), Error> {
    let told = |e: cpal::Error| refusal(info, &e);
    let ranges: Vec<_> = device.supported_input_configs().map_err(told)?.collect();
    let mut refused = None;
    for (config, format) in choices(&ranges) {
        let (sink, feed) = feed(config.channels, config.sample_rate);
        let stream = match format {
            SampleFormat::F32 => build::<f32>(device, config, sink, signals),
            _ => build::<i16>(device, config, sink, signals),
        };
        match stream {
            Ok(stream) => {
                // Made before it plays: it takes milliseconds, in which nobody would fetch samples.
                let opened = Box::new(Opened::new(feed, config.sample_rate, config.channels));
                stream.play().map_err(told)?;
                return Ok((Recording { _stream: stream }, opened));
            }
            // What it listed and refuses now may go with another rate.
            Err(error) if error.kind() == ErrorKind::UnsupportedConfig => refused = Some(error),
            Err(error) => return Err(told(error)),
        }
    }
    Err(refused.map_or_else(|| no_choice(info), told))
}

fn no_choice(info: &DeviceInfo) -> Error {
    Error::Format {
        kind: DeviceKind::Microphone,
        name: info.name.clone(),
        wanted: WANTED.into(),
        reason: "it offers no such rate, or only kinds of samples that are not known here".into(),
    }
}

/// What to ask for, the best first: the rate decides; then stereo before mono before more channels, and numbers
/// that need no conversion first.
fn choices(ranges: &[SupportedStreamConfigRange]) -> Vec<(StreamConfig, SampleFormat)> {
    let known = |r: &&SupportedStreamConfigRange| {
        matches!(r.sample_format(), SampleFormat::F32 | SampleFormat::I16)
            && (1..=MOST_CHANNELS).contains(&r.channels())
    };
    let mut best: Vec<_> = ranges.iter().filter(known).collect();
    best.sort_by_key(|r| {
        let channels = match r.channels() {
            2 => 0,
            n => n,
        };
        (channels, r.sample_format() != SampleFormat::F32)
    });
    let offered = |rate| {
        let range = best
            .iter()
            .find(|r| (r.min_sample_rate()..=r.max_sample_rate()).contains(&rate))?;
        let config = StreamConfig {
            channels: range.channels(),
            sample_rate: rate,
            buffer_size: BufferSize::Default,
        };
        Some((config, range.sample_format()))
    };
    RATES.into_iter().filter_map(offered).collect()
}

fn build<T>(
    device: &cpal::Device,
    config: StreamConfig,
    mut sink: Sink,
    signals: &Arc<Signals>,
) -> Result<cpal::Stream, cpal::Error>
where
    T: cpal::SizedSample,
    f32: cpal::FromSample<T>,
{
    let (heard, troubled) = (signals.clone(), signals.clone());
    device.build_input_stream(
        config,
        move |samples: &[T], _: &cpal::InputCallbackInfo| {
            let arrival = Instant::now();
            sink.push(samples.iter().map(|s| s.to_sample::<f32>()), arrival);
            heard.blocks.fetch_add(1, Ordering::Relaxed);
        },
        move |error| troubled.note(error.kind()),
        None,
    )
}

fn refusal(info: &DeviceInfo, error: &cpal::Error) -> Error {
    let (kind, name) = (DeviceKind::Microphone, info.name.clone());
    let reason = error.to_string();
    match error.kind() {
        ErrorKind::DeviceBusy => Error::Busy { kind, name },
        ErrorKind::UnsupportedConfig => Error::Format {
            kind,
            name,
            wanted: WANTED.into(),
            reason,
        },
        _ => Error::Refused { kind, name, reason },
    }
}

/// Runs `work`; a panic of the library becomes an error.
pub(super) fn caught<T>(id: &str, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(Error::Refused {
            kind: DeviceKind::Microphone,
            name: id.to_owned(),
            reason: crate::thread::panic_text(&*panic),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpal::SupportedBufferSize;

    #[test]
    fn stereo_floats_at_48_khz_are_asked_for_first_and_other_rates_after_it() {
        let range = |channels, min, max, format| {
            SupportedStreamConfigRange::new(channels, min, max, SupportedBufferSize::Unknown, format)
        };
        let ranges = [
            range(2, 44_100, 44_100, SampleFormat::F32),
            range(1, 8_000, 96_000, SampleFormat::F32),
            range(2, 48_000, 48_000, SampleFormat::I16),
            range(2, 8_000, 192_000, SampleFormat::U8),
            range(32, 8_000, 192_000, SampleFormat::F32),
        ];
        let chosen = |ranges: &[_]| {
            let chosen = choices(ranges);
            let one = |(c, format): &(StreamConfig, _)| (c.sample_rate, c.channels, *format);
            chosen.iter().map(one).collect::<Vec<_>>()
        };
        let all = chosen(&ranges);
        assert_eq!(all[0], (48_000, 2, SampleFormat::I16));
        // Refused, it is asked for the next best rate, and for one that only mono has.
        assert_eq!(all[1], (44_100, 2, SampleFormat::F32));
        assert_eq!(all[2], (96_000, 1, SampleFormat::F32));
        assert_eq!(chosen(&ranges[1..2])[0], (48_000, 1, SampleFormat::F32));
        assert_eq!(chosen(&ranges[..1]), [(44_100, 2, SampleFormat::F32)]);
        assert!(chosen(&ranges[3..]).is_empty());
    }

    #[test]
    fn only_a_device_that_is_gone_is_opened_anew() {
        let signals = Signals::default();
        signals.note(ErrorKind::Xrun);
        signals.note(ErrorKind::RealtimeDenied);
        assert_eq!((signals.overruns(), signals.gone()), (1, false));
        signals.note(ErrorKind::DeviceNotAvailable);
        assert!(signals.gone());
    }
}
