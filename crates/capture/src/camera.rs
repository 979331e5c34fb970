//! Cameras.

mod delay;
mod driver;
#[cfg(target_os = "linux")]
#[path = "camera/linux.rs"]
mod platform;
#[cfg(not(target_os = "linux"))]
#[path = "camera/portable.rs"]
mod platform;
mod stamp;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use media::{FrameQueue, FrameRate, PixelFormat, Size, SourceCounters, Timestamp, VideoFrame, VideoSource};

use crate::device::find;
use crate::thread::{DeviceThread, NoStart, START};
use crate::{DeviceInfo, DeviceKind, Error, ShowClock, Status};
use worker::Shared;

/// A picture older than this is shown no more: the camera stalled.
const STALE: Duration = Duration::from_secs(2);

/// Which camera, and what it should deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraConfig {
    /// Its id or its name, as [`list`] says them.
    pub id: String,
    /// Size of the pictures; one of those the camera offers.
    pub size: Size,
    /// Pictures a second; whole, and one of the rates the camera offers at this size.
    pub rate: FrameRate,
    /// Layout of the pixels: YUYV or NV12.
    pub format: PixelFormat,
}

impl CameraConfig {
    /// What it should deliver, for people.
    fn wanted(&self) -> String {
        let Size { width, height } = self.size;
        format!("{width}x{height} at {} fps as {:?}", self.rate, self.format)
    }
}

/// What a camera has been through since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CameraCounters {
    /// Pictures that bore a time of the driver's.
    pub stamped: u64,
    /// Pictures too short for their size, thrown away.
    pub short: u64,
    /// How often the camera was lost.
    pub lost: u64,
}

/// The cameras there are now.
pub fn list() -> Vec<DeviceInfo> {
    platform::list().into_iter().map(|(info, _)| info).collect()
}

/// An open camera. It delivers from a thread of its own; dropping it closes the camera.
pub struct Camera {
    info: DeviceInfo,
    queue: FrameQueue,
    shared: Arc<Shared>,
    thread: DeviceThread,
    clock: ShowClock,
    stale: u64,
}

impl Camera {
    /// Opens a camera and waits for its first picture, 8 s at most.
    ///
    /// # Errors
    /// No such camera (with those there are), in use elsewhere, another size or rate than it offers, silent,
    /// or refused by the platform.
    pub fn open(config: &CameraConfig, clock: ShowClock) -> Result<Self, Error> {
        let info = known(&config.id)?;
        let (queue, shared) = (FrameQueue::new(), Arc::new(Shared::new(config.rate)));
        let work = worker::Worker::new(config.clone(), clock, queue.clone(), shared.clone());
        let name = format!("cam {}", info.name);
        let (thread, opened) = DeviceThread::start(&name, START, move |stop, tell| work.run(stop, tell))
            .map_err(|e| {
                let (kind, name) = (DeviceKind::Camera, info.name.clone());
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
            queue,
            shared,
            thread,
            clock,
            stale: 0,
        })
    }

    /// The camera.
    pub fn info(&self) -> &DeviceInfo {
        &self.info
    }

    /// How the camera is now.
    pub fn status(&self) -> Status {
        if self.thread.ended() {
            return Status::Ended;
        }
        match self.shared.status() {
            Status::Running if self.clock.now().saturating_since(self.shared.arrival()) >= STALE => {
                Status::Lost("no picture came from it for 2 s".into())
            }
            status => status,
        }
    }

    /// What it has been through.
    pub fn camera_counters(&self) -> CameraCounters {
        self.shared.counters()
    }

    /// What the tick allows this camera: one frame, or the time its pictures take to arrive where that is
    /// more, and the jitter of their arrival (99th percentile).
    pub fn delay(&self) -> Duration {
        self.shared.delay()
    }
}

impl VideoSource for Camera {
    fn frame_at(&mut self, at: Timestamp) -> Option<VideoFrame> {
        let frame = self.queue.frame_at(at - self.delay())?;
        if at.saturating_since(frame.pts) < STALE {
            return Some(frame);
        }
        self.stale += 1;
        None
    }

    fn counters(&self) -> SourceCounters {
        let queue = self.queue.counters();
        SourceCounters {
            missing: queue.missing + self.stale,
            delay_nanos: self.delay().as_nanos() as i64,
            ..queue.into()
        }
    }
}

/// The camera that `wanted` means.
fn known(wanted: &str) -> Result<DeviceInfo, Error> {
    let known = list();
    find(&known, wanted).cloned().ok_or_else(|| Error::Unknown {
        kind: DeviceKind::Camera,
        wanted: wanted.to_owned(),
        known,
    })
}
