//! The thread of a microphone: opens it, watches it, and opens it again when it was lost. The sound itself
//! comes on a thread of the library's.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::reader::Opened;
use super::stream::{self, Signals};
use crate::device::find;
use crate::thread::Stop;
use crate::{DeviceKind, Error, Status};

/// How long after a loss the microphone is tried again, and again.
const RETRY: Duration = Duration::from_secs(1);
/// How often an open microphone is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// Looks without a single block after which it counts as lost.
const SILENT_LOOKS: u32 = 50;

/// What the microphone's thread tells its owner.
pub(super) struct Shared {
    status: Mutex<Status>,
    opened: Mutex<Option<Box<Opened>>>,
    /// What the mixer has no use for any more: its thread gives no memory back.
    spent: Mutex<Option<Box<Opened>>>,
    signals: Arc<Signals>,
    lost: AtomicU64,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self {
            status: Mutex::new(Status::Running),
            opened: Mutex::new(None),
            spent: Mutex::new(None),
            signals: Arc::default(),
            lost: AtomicU64::new(0),
        }
    }

    pub(super) fn status(&self) -> Status {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A device that was opened since the last call. Never waits.
    pub(super) fn take_opened(&self) -> Option<Box<Opened>> {
        self.opened.try_lock().ok()?.take()
    }

    /// Takes back a device that was lost, to be dropped by the microphone's thread. Never waits.
    pub(super) fn give_back(&self, device: Box<Opened>) {
        if let Ok(mut spent) = self.spent.try_lock() {
            *spent = Some(device);
        }
    }

    fn drop_spent(&self) {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(spent);
    }

    pub(super) fn overruns(&self) -> u64 {
        self.signals.overruns()
    }

    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    fn set(&self, status: Status) {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = status;
    }
}

/// Everything the thread needs.
pub(super) struct Worker {
    id: String,
    shared: Arc<Shared>,
}

impl Worker {
    pub(super) fn new(id: String, shared: Arc<Shared>) -> Self {
        Self { id, shared }
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
            let reason = match stream::caught(&self.id, || self.deliver(stop, &begin)) {
                Ok(Ended::Stopped) => return,
                Ok(Ended::Lost(reason)) => reason.to_owned(),
                Err(error) if !opened.get() => return tell(Err(error)),
                Err(error) => error.to_string(),
            };
            self.lose(reason);
            if stop.wait(RETRY) {
                return;
            }
        }
    }

    /// Opens the microphone, says so when its first sound came, and watches it to its end.
    fn deliver(&self, stop: &Stop, opened: &dyn Fn()) -> Result<Ended, Error> {
        let (info, device) = self.device()?;
        let signals = &self.shared.signals;
        signals.begin();
        let (_recording, opened_device) = stream::record(&info, &device, signals)?;
        *self.shared.opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(opened_device);
        let (first, mut seen, mut silent) = (signals.blocks(), signals.blocks(), 0);
        while !stop.wait(LOOK) {
            self.shared.drop_spent();
            let blocks = signals.blocks();
            if blocks != seen && seen == first {
                opened();
            }
            silent = if blocks == seen { silent + 1 } else { 0 };
            seen = blocks;
            if signals.gone() {
                return Ok(Ended::Lost("it was unplugged, or its sound server went away"));
            }
            if silent >= SILENT_LOOKS {
                return self.silent(info.name, seen == first);
            }
        }
        Ok(Ended::Stopped)
    }

    fn silent(&self, name: String, never_heard: bool) -> Result<Ended, Error> {
        if never_heard {
            let seconds = (LOOK * SILENT_LOOKS).as_secs();
            let kind = DeviceKind::Microphone;
            return Err(Error::Silent { kind, name, seconds });
        }
        Ok(Ended::Lost("nothing came from it for 5 s"))
    }

    fn device(&self) -> Result<(crate::DeviceInfo, cpal::Device), Error> {
        let mut listed = stream::list();
        let known: Vec<_> = listed.iter().map(|(info, _)| info.clone()).collect();
        let place = find(&known, &self.id).and_then(|d| known.iter().position(|k| k == d));
        place
            .map(|p| listed.swap_remove(p))
            .ok_or_else(|| Error::Unknown {
                kind: DeviceKind::Microphone,
                wanted: self.id.clone(),
                known,
            })
    }

    fn lose(&self, reason: String) {
        if self.shared.status() == Status::Running {
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(microphone = self.id, reason, "the microphone was lost");
        }
        self.shared.set(Status::Lost(reason));
    }
}

/// How watching ended.
enum Ended {
    /// The owner is gone.
    Stopped,
    /// The microphone is, for this reason.
    Lost(&'static str),
}
