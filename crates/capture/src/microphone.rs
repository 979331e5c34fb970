//! Microphones.

mod feed;
#[cfg(target_os = "linux")]
#[path = "microphone/linux.rs"]
mod platform;
#[cfg(not(target_os = "linux"))]
#[path = "microphone/portable.rs"]
mod platform;
mod reader;
mod stream;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use media::{AudioBlock, AudioSource, SourceCounters};

use crate::device::find;
use crate::thread::{DeviceThread, NoStart, START};
use crate::{DeviceInfo, DeviceKind, Error, ShowClock, Status};
use reader::Reader;
use worker::Shared;

/// Which microphone, and how long the mixer waits for its sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MicrophoneConfig {
    /// Its id or its name, as [`list`] says them.
    pub id: String,
    /// A block of the mixer gets the sound of this much before its own time. Grows, up to a second, when the
    /// device turns out to deliver later than that.
    pub delay: Duration,
}

impl MicrophoneConfig {
    /// The microphone `id`, with a delay of 60 ms.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            delay: Duration::from_millis(60),
        }
    }
}

/// What a microphone has been through since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MicrophoneCounters {
    /// Instants a second of the device, as it says itself: 48 000 where it takes that. 0 before the first block
    /// was asked for.
    pub rate: u32,
    /// Instants (samples of each channel) that arrived.
    pub received: u64,
    /// Instants that were asked for and not there: silence was heard.
    pub missing: u64,
    /// How often reading jumped to where the clock was: it was more than 50 ms away, or the delay changed.
    pub reanchored: u64,
    /// Overruns the platform reported: samples lost before they got here.
    pub overruns: u64,
    /// How often the microphone was lost.
    pub lost: u64,
    /// How much faster than its rate it counts, parts per million: resampled away.
    pub drift_ppm: f64,
}

/// The microphones there are now.
pub fn list() -> Vec<DeviceInfo> {
    stream::list().into_iter().map(|(info, _)| info).collect()
}

/// An open microphone. It records on threads of its own; dropping it closes it.
pub struct Microphone {
    info: DeviceInfo,
    reader: Reader,
    shared: Arc<Shared>,
    thread: DeviceThread,
}

impl Microphone {
    /// Opens a microphone and waits for its first sound, 8 s at most. It records at 48 kHz, or where it refuses
    /// that, at another rate from 8 to 192 kHz; what comes out is 48 kHz.
    ///
    /// # Errors
    /// No such microphone (with those there are), in use elsewhere, able to record at no such rate, silent, or
    /// refused by the platform.
    pub fn open(config: &MicrophoneConfig, clock: ShowClock) -> Result<Self, Error> {
        let info = known(&config.id)?;
        let shared = Arc::new(Shared::new());
        let work = worker::Worker::new(config.id.clone(), shared.clone());
        let name = format!("mic {}", info.name);
        let (thread, opened) = DeviceThread::start(&name, START, move |stop, tell| work.run(stop, tell))
            .map_err(|e| {
                let (kind, name) = (DeviceKind::Microphone, info.name.clone());
                match e {
                    NoStart::Late => Error::Silent {
                        kind,
                        name,
                        seconds: START.as_secs(),
                    },
                    NoStart::Broken(reason) => Error::Refused { kind, name, reason },
                }
            })?;
        opened?;
        Ok(Self {
            info,
            reader: Reader::new(clock, config.delay),
            shared,
            thread,
        })
    }

    /// The microphone.
    pub fn info(&self) -> &DeviceInfo {
        &self.info
    }

    /// How the microphone is now.
    pub fn status(&self) -> Status {
        if self.thread.ended() {
            return Status::Ended;
        }
        self.shared.status()
    }

    /// What it has been through.
    pub fn microphone_counters(&self) -> MicrophoneCounters {
        let heard = self.reader.counters();
        MicrophoneCounters {
            rate: self.reader.rate(),
            received: heard.received,
            missing: heard.missing,
            reanchored: heard.reanchored,
            overruns: self.shared.overruns(),
            lost: self.shared.lost(),
            drift_ppm: self.reader.drift_ppm(),
        }
    }

    /// How far behind its block's time the sound is now.
    pub fn delay(&self) -> Duration {
        self.reader.delay()
    }

    /// Sets how far behind its block's time the sound shall be: to agree with the pictures' delay.
    pub fn set_delay(&mut self, delay: Duration) {
        self.reader.set_delay(delay);
    }
}

impl AudioSource for Microphone {
    fn fill(&mut self, block: &mut AudioBlock) {
        if let Some(opened) = self.shared.take_opened()
            && let Some(spent) = self.reader.follow(opened)
        {
            self.shared.give_back(spent);
        }
        self.reader.fill(block);
    }

    fn counters(&self) -> SourceCounters {
        let heard = self.reader.counters();
        SourceCounters {
            received: heard.received,
            missing: heard.missing,
            delay_nanos: self.delay().as_nanos() as i64,
            ..SourceCounters::default()
        }
    }
}

/// The microphone that `wanted` means.
fn known(wanted: &str) -> Result<DeviceInfo, Error> {
    let known = list();
    find(&known, wanted).cloned().ok_or_else(|| Error::Unknown {
        kind: DeviceKind::Microphone,
        wanted: wanted.to_owned(),
        known,
    })
}
