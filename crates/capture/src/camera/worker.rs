//! The thread of a camera: opens it, delivers, and opens it again when it was lost.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use media::{FrameQueue, FrameRate, Timestamp, VideoFrame};
use nokhwa::utils::CameraIndex;

use super::driver::{Driver, Raw, no_picture};
use super::stamp::Stamper;
use super::{CameraConfig, CameraCounters, platform};
use crate::device::find;
use crate::thread::{Stop, panic_text};
use crate::{DeviceInfo, DeviceKind, Error, ShowClock, Status};

/// How long after a loss the camera is tried again, and again.
const RETRY: Duration = Duration::from_secs(1);

/// What the camera's thread tells its owner.
pub(super) struct Shared {
    status: Mutex<Status>,
    delay: AtomicI64,
    arrival: AtomicI64,
    stamped: AtomicU64,
    short: AtomicU64,
    lost: AtomicU64,
}

impl Shared {
    pub(super) fn new(rate: FrameRate) -> Self {
        Self {
            status: Mutex::new(Status::Running),
            delay: AtomicI64::new(rate.frame_nanos()),
            arrival: AtomicI64::new(0),
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

    /// When the last picture arrived.
    pub(super) fn arrival(&self) -> Timestamp {
        Timestamp::from_nanos(self.arrival.load(Ordering::Relaxed))
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
        let opened = Cell::new(false);
        let begin = || {
            opened.set(true);
            self.shared.set(Status::Running);
            tell(Ok(()));
        };
        loop {
            let reason = match self.caught(stop, &begin) {
                Ok(Ended::Stopped) => return,
                Ok(Ended::Lost(reason)) => reason,
                Err(error) if !opened.get() => return tell(Err(error)),
                Err(error) => error.to_string(),
            };
            self.lose(reason);
            if stop.wait(RETRY) {
                return;
            }
        }
    }

    /// [`deliver`](Self::deliver), where a panic of the library becomes an error.
    fn caught(&self, stop: &Stop, opened: &dyn Fn()) -> Result<Ended, Error> {
        let work = AssertUnwindSafe(|| self.deliver(stop, opened));
        catch_unwind(work).unwrap_or_else(|panic| {
            Err(Error::Refused {
                kind: DeviceKind::Camera,
                name: self.config.id.clone(),
                reason: panic_text(&*panic),
            })
        })
    }

    /// Opens the camera, says so when its first picture came, and delivers to its end.
    fn deliver(&self, stop: &Stop, opened: &dyn Fn()) -> Result<Ended, Error> {
        let (info, index) = self.device()?;
        let mut driver = Driver::open(&info, index, &self.config)?;
        // Streaming begins with the first picture, and so may its refusal.
        let first = driver.next(self.clock);
        let first = first.map_err(|e| no_picture(&info, &self.config, &e))?;
        let color = platform::color(&info, &self.config);
        let mut stamper = Stamper::new(self.config.rate.frame_nanos());
        self.push(&first, color, &mut stamper);
        opened();
        while !stop.requested() {
            match driver.next(self.clock) {
                Ok(raw) => self.push(&raw, color, &mut stamper),
                Err(error) => return Ok(Ended::Lost(error.to_string())),
            }
        }
        Ok(Ended::Stopped)
    }

    fn device(&self) -> Result<(DeviceInfo, CameraIndex), Error> {
        let (mut known, mut indices) = (Vec::new(), Vec::new());
        for (info, index) in platform::list() {
            known.push(info);
            indices.push(index);
        }
        let found = find(&known, &self.config.id).cloned();
        let place = known.iter().position(|d| Some(d) == found.as_ref());
        match (found, place) {
            (Some(info), Some(place)) => Ok((info, indices.swap_remove(place))),
            _ => Err(Error::Unknown {
                kind: DeviceKind::Camera,
                wanted: self.config.id.clone(),
                known,
            }),
        }
    }

    fn push(&self, raw: &Raw, color: media::ColorInfo, stamper: &mut Stamper) {
        let pts = stamper.stamp(raw.taken, raw.arrival);
        let count = |counter: &AtomicU64| counter.fetch_add(1, Ordering::Relaxed);
        if raw.taken.is_some() {
            count(&self.shared.stamped);
        }
        self.shared.delay.store(stamper.delay(), Ordering::Relaxed);
        self.shared
            .arrival
            .store(raw.arrival.as_nanos(), Ordering::Relaxed);
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
    fn lose(&self, reason: String) {
        self.queue.clear();
        if self.shared.status() == Status::Running {
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(camera = self.config.id, reason, "the camera was lost");
        }
        self.shared.set(Status::Lost(reason));
    }
}

/// How delivering ended.
enum Ended {
    /// The owner is gone.
    Stopped,
    /// The camera is, for this reason.
    Lost(String),
}
