//! Cameras.
//!
//! Each camera is read by a child process of its own, which hands its pictures over in shared memory: a device
//! that stalls inside its driver is freed by killing that process, and nothing else notices. The parent stamps
//! the pictures, and decides when a child is given up and another one started. Pictures that nobody sees are
//! neither decoded nor copied, but for one every two seconds.

#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
mod delay;
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
mod identity;
#[cfg(target_os = "linux")]
mod link;
#[cfg(target_os = "linux")]
mod memory;
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
mod mode;
#[cfg(target_os = "linux")]
#[path = "camera/linux.rs"]
mod platform;
#[cfg(not(target_os = "linux"))]
#[path = "camera/portable.rs"]
mod platform;
#[cfg(target_os = "linux")]
mod policy;
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
mod shared;
#[cfg(target_os = "linux")]
mod stamp;
#[cfg(target_os = "linux")]
mod supervisor;
#[cfg(target_os = "linux")]
mod wire;

use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Duration;

use media::driver::Backend;
use media::{FrameQueue, FrameRate, Size, SourceCounters, Timestamp, VideoFrame, VideoSource};

use crate::thread::DeviceThread;
use crate::{DeviceKind, Error, ShowClock, Status};
pub use identity::{CameraInfo, find};
pub use media::driver::DeviceFormat as Format;
pub use mode::{Choice, Mode, choose};
use shared::Shared;

/// How a camera's child process is started: the command that calls [`serve`], without its standard input and
/// output, which are set here.
pub type Launch = Arc<dyn Fn() -> Command + Send + Sync>;

/// Which camera, and what it should deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraConfig {
    /// Its id, its path or its name, as [`list`] says them.
    pub id: String,
    /// Size of the pictures; where the camera doesn't offer it the nearest is taken.
    pub size: Size,
    /// Pictures a second; likewise.
    pub rate: FrameRate,
    /// How the camera hands them over; `None`: what suits best.
    pub format: Option<Format>,
}

impl CameraConfig {
    /// What it should deliver, for people.
    #[cfg(target_os = "linux")]
    fn wanted(&self) -> String {
        let Size { width, height } = self.size;
        let format = self.format.map(|f| format!(" as {f}")).unwrap_or_default();
        format!("{width}x{height} at {} fps{format}", mode::fps(self.rate))
    }
}

/// What a camera has been through since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CameraCounters {
    /// Pictures that the camera took, whether they were seen or not.
    pub taken: u64,
    /// Pictures that bore a time of the driver's.
    pub stamped: u64,
    /// Pictures left out because they were too short for their size, or damaged on the way.
    pub short: u64,
    /// Pictures left out because they could not be decoded.
    pub broken: u64,
    /// Pictures left out because they were of another size than was agreed.
    pub resized: u64,
    /// Pictures left out because this machine was too slow for them.
    pub dropped: u64,
    /// How often the camera was lost.
    pub lost: u64,
}

/// The cameras there are now. Asks each of them, so it may wait for a slow one.
pub fn list() -> Vec<CameraInfo> {
    platform::list()
}

/// The USB connection that `camera` shares with all others of its controller; none where it is none of USB, is fast enough
/// for several, or nobody tells.
pub fn shared_usb(camera: &CameraInfo) -> Option<String> {
    platform::shared_usb(&camera.path)
}

/// How a camera can deliver; empty when it can't be asked. It may be asked while it delivers.
pub fn modes(camera: &CameraInfo) -> Vec<Mode> {
    platform::modes(&camera.path)
}

/// The body of a camera's child process: finds and opens what the parent asks for, and delivers until one of
/// them goes. `backend` reads what nokhwa can't and decodes.
pub fn serve(backend: &dyn Backend) -> ExitCode {
    platform::serve(backend)
}

/// An open camera. It is read by a process of its own; dropping it closes the camera.
pub struct Camera {
    queue: FrameQueue,
    monitor: Monitor,
    _thread: Option<DeviceThread>,
}

impl Camera {
    /// Begins to open a camera and returns at once; a camera that isn't there, or can't be opened, is tried
    /// until it is.
    pub fn open(config: &CameraConfig, clock: ShowClock, launch: Launch) -> Self {
        let (queue, shared) = (FrameQueue::new(), Arc::new(Shared::new(config.rate)));
        let end = End {
            queue: queue.clone(),
            shared: shared.clone(),
            name: config.id.clone(),
        };
        let (name, asked) = (config.id.clone(), config.clone());
        let thread = DeviceThread::spawn(&format!("cam {name}"), move |stop| {
            platform::run(asked, clock, launch, end.queue.clone(), &end.shared, stop);
        });
        let thread = thread.map_err(|reason| {
            let kind = DeviceKind::Camera;
            let error = Error::Refused { kind, name, reason };
            shared.change(|state| state.problem = Some(error));
        });
        Self {
            queue,
            monitor: Monitor(shared),
            _thread: thread.ok(),
        }
    }

    /// Looks at this camera; clones look at it from elsewhere, while its pictures are taken by another thread.
    pub fn monitor(&self) -> &Monitor {
        &self.monitor
    }
}

/// Gone with the camera's thread, also where that panicked or never began: nothing comes any more.
struct End {
    queue: FrameQueue,
    shared: Arc<Shared>,
    name: String,
}

impl Drop for End {
    fn drop(&mut self) {
        self.queue.clear();
        self.shared.change(|state| {
            state.status = Status::Ended;
            state.problem.get_or_insert_with(|| Error::Refused {
                kind: DeviceKind::Camera,
                name: self.name.clone(),
                reason: "its thread has ended".into(),
            });
        });
    }
}

/// How a camera is.
#[derive(Clone)]
pub struct Monitor(Arc<Shared>);

impl Monitor {
    /// Waits for the first picture: none, or why there is none yet. It is tried further in any case.
    ///
    /// # Errors
    /// No such camera (with those there are), in use elsewhere, refused, or nothing came within `timeout`.
    pub fn wait(&self, timeout: Duration) -> Result<(), Error> {
        self.0.wait(timeout).unwrap_or_else(|| {
            Err(Error::Silent {
                kind: DeviceKind::Camera,
                name: self.info().map_or_else(String::new, |i| i.name),
                seconds: timeout.as_secs(),
            })
        })
    }

    /// The camera it is, or was the last time; `None` until it was found.
    pub fn info(&self) -> Option<CameraInfo> {
        self.0.state().info.clone()
    }

    /// How it delivers, and why so; `None` until it was found.
    pub fn choice(&self) -> Option<Choice> {
        self.0.state().choice.clone()
    }

    /// How the camera is now.
    pub fn status(&self) -> Status {
        self.0.state().status.clone()
    }

    /// Why no pictures come, once it was lost.
    pub fn lost(&self) -> Option<String> {
        match self.status() {
            Status::Starting | Status::Running => None,
            Status::Lost(reason) => Some(reason),
            Status::Ended => Some("its thread has ended".into()),
        }
    }

    /// Why it doesn't run, where that is known: the sentence and the code.
    pub fn problem(&self) -> Option<Error> {
        self.0.state().problem.clone()
    }

    /// What it has been through.
    pub fn counters(&self) -> CameraCounters {
        self.0.counters()
    }

    /// What the tick allows this camera: one frame, or the time its pictures take to arrive where that is
    /// more, and the jitter of their arrival (99th percentile).
    pub fn delay(&self) -> Duration {
        self.0.delay()
    }
}

impl VideoSource for Camera {
    fn frame_at(&mut self, at: Timestamp) -> Option<VideoFrame> {
        self.queue.frame_at(at - self.monitor.delay())
    }

    fn set_visible(&mut self, visible: bool) {
        self.monitor.0.set_visible(visible);
    }

    fn counters(&self) -> SourceCounters {
        SourceCounters {
            delay_nanos: self.monitor.delay().as_nanos() as i64,
            ..self.queue.counters().into()
        }
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.monitor.0.stop();
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
#[path = "camera/tests.rs"]
mod tests;
