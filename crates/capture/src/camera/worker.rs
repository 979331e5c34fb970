//! The thread of a camera: opens it, delivers, and opens it again when it was lost.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use media::{FrameQueue, FrameRate, VideoFrame};

use super::driver::{Driver, Raw, no_picture};
use super::stamp::Stamper;
use super::{CameraConfig, CameraCounters, platform};
use crate::device::find;
use crate::thread::Stop;
use crate::{DeviceInfo, DeviceKind, Error, ShowClock, Status};

/// How long after a loss the camera is tried again, and again.
const RETRY: Duration = Duration::from_secs(1);

/// What the camera's thread tells its owner.
pub(super) struct Shared {
    status: Mutex<Status>,
    delay: AtomicI64,
    stamped: AtomicU64,
    short: AtomicU64,
    lost: AtomicU64,
}

impl Shared {
    pub(super) fn new(rate: FrameRate) -> Self {
        Self {
            status: Mutex::new(Status::Running),
            delay: AtomicI64::new(rate.frame_nanos()),
            stamped: AtomicU64::new(0),
            short: AtomicU64::new(0),
            lost: AtomicU64::new(0),
        }
    }

    pub(super) fn status(&self) -> Status {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn delay(&self) -> Duration {
        Duration::from_nanos(self.delay.load(Ordering::Relaxed).max(0) as u64)
    }

    pub(super) fn counters(&self) -> CameraCounters {
        CameraCounters {
            stamped: self.stamped.load(Ordering::Relaxed),
            short: self.short.load(Ordering::Relaxed),
            lost: self.lost.load(Ordering::Relaxed),
        }
    }

    fn set(&self, status: Status) {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = status;
    }
}

/// Everything the thread needs.
pub(super) struct Worker {
    config: CameraConfig,
    clock: ShowClock,
    queue: FrameQueue,
    shared: Arc<Shared>,
}

impl Worker {
    pub(super) fn new(
        config: CameraConfig,
        clock: ShowClock,
        queue: FrameQueue,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            config,
            clock,
            queue,
            shared,
        }
    }

    /// Runs until `stop`: the first opening is reported through `tell`, and its failure is the end.
    pub(super) fn run(self, stop: &Stop, tell: &dyn Fn(Result<(), Error>)) {
        let mut attempt = self.caught(stop, &|| tell(Ok(())));
        if let Err(Ended::Never(error)) = attempt {
            return tell(Err(error));
        }
        while let Err(ended) = attempt {
            self.lose(&ended);
            if stop.wait(RETRY) {
                return;
            }
            let back = || tracing::info!(camera = self.config.id, "the camera is back");
            attempt = self.caught(stop, &back);
        }
    }

    /// [`deliver`](Self::deliver), where a panic of the library counts as a loss.
    fn caught(&self, stop: &Stop, opened: &dyn Fn()) -> Result<(), Ended> {
        let work = std::panic::AssertUnwindSafe(|| self.deliver(stop, opened));
        std::panic::catch_unwind(work).unwrap_or_else(|panic| {
            let reason = crate::thread::panic_text(&*panic);
            Err(Ended::Never(Error::Refused {
                kind: DeviceKind::Camera,
                name: self.config.id.clone(),
                reason,
            }))
        })
    }

    /// Opens the camera and delivers until `stop` (then `Ok`) or until it is lost.
    fn deliver(&self, stop: &Stop, opened: &dyn Fn()) -> Result<(), Ended> {
        let (info, index) = self.device()?;
        let mut driver = Driver::open(&info, index, &self.config).map_err(Ended::Never)?;
        // Streaming begins with the first picture, and so may its refusal.
        let mut raw = driver
            .next(self.clock)
            .map_err(|e| Ended::Never(no_picture(&info, &self.config, &e)))?;
        let color = platform::color(&info, &self.config);
        let mut stamper = Stamper::new(self.config.rate.frame_nanos());
        self.shared.set(Status::Running);
        opened();
        while !stop.requested() {
            self.push(&raw, color, &mut stamper);
            raw = driver.next(self.clock).map_err(|e| Ended::Later(e.to_string()))?;
        }
        Ok(())
    }

    fn device(&self) -> Result<(DeviceInfo, nokhwa::utils::CameraIndex), Ended> {
        let (mut known, mut indices) = (Vec::new(), Vec::new());
        for (info, index) in platform::list() {
            known.push(info);
            indices.push(index);
        }
        let found = find(&known, &self.config.id).cloned();
        let place = known.iter().position(|d| Some(d) == found.as_ref());
        match (found, place) {
            (Some(info), Some(place)) => Ok((info, indices.swap_remove(place))),
            _ => Err(Ended::Never(Error::Unknown {
                kind: DeviceKind::Camera,
                wanted: self.config.id.clone(),
                known,
            })),
        }
    }

    fn push(&self, raw: &Raw, color: media::ColorInfo, stamper: &mut Stamper) {
        let pts = stamper.stamp(raw.taken, raw.arrival);
        let count = |counter: &AtomicU64| counter.fetch_add(1, Ordering::Relaxed);
        if raw.taken.is_some() {
            count(&self.shared.stamped);
        }
        self.shared.delay.store(stamper.delay(), Ordering::Relaxed);
        let data = raw.buffer.buffer_bytes();
        let CameraConfig { size, format, .. } = self.config;
        match VideoFrame::packed(pts, size, format, color, data) {
            Some(frame) => self.queue.push(frame),
            None => {
                count(&self.shared.short);
            }
        }
    }

    /// The camera is gone: its source is empty from now on.
    fn lose(&self, ended: &Ended) {
        let reason = match ended {
            Ended::Never(error) => error.to_string(),
            Ended::Later(reason) => reason.clone(),
        };
        self.queue.clear();
        if self.shared.status() == Status::Running {
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(camera = self.config.id, reason, "the camera was lost");
        }
        self.shared.set(Status::Lost(reason));
    }
}

/// Why delivering ended.
enum Ended {
    /// It didn't begin.
    Never(Error),
    /// It had begun.
    Later(String),
}
