//! Decoding off the frame path: only what is seen, only the newest.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use media::driver::{Backend, Decoder, DriverError};
use media::{PixelFormat, Size};

use super::super::wire::{Fault, Said};
use super::Child;
use super::deliver::{Outlet, fault};
use crate::clock::monotonic;

/// A camera that isn't seen still gives a picture this often, so that the first one shown when it is seen again
/// isn't old. At 720p it takes a third of a hundredth of a core to decode so.
const HIDDEN: Duration = Duration::from_secs(2);

/// Where the newest compressed picture lies until it is decoded, and whether anybody wants it.
pub(super) struct Desk {
    inner: Mutex<Inner>,
    changed: Condvar,
}

struct Inner {
    visible: bool,
    /// When the last picture went over.
    last: Option<Instant>,
    newest: Option<(u64, Vec<u8>)>,
    /// Whether `newest` came while nobody looked.
    late: bool,
    spare: Vec<u8>,
}

/// A picture to decode.
struct Job {
    number: u64,
    data: Vec<u8>,
    late: bool,
}

impl Desk {
    pub(super) fn new(visible: bool) -> Self {
        let inner = Inner {
            visible,
            last: None,
            newest: None,
            late: false,
            spare: Vec::new(),
        };
        Self {
            inner: Mutex::new(inner),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the pictures are seen, or not.
    pub(super) fn set_visible(&self, visible: bool) {
        self.lock().visible = visible;
        self.changed.notify_all();
    }

    /// Whether a picture that comes now is wanted; then it counts as given.
    pub(super) fn wanted(&self) -> bool {
        let mut inner = self.lock();
        let wanted = inner.visible || inner.due().is_zero();
        if wanted {
            inner.last = Some(Instant::now());
        }
        wanted
    }

    /// Lays a picture down. False when it took the place of one that was seen and not decoded in time.
    pub(super) fn put(&self, number: u64, data: &[u8]) -> bool {
        let mut inner = self.lock();
        let before = inner.newest.take();
        let in_time = before.is_none() || !inner.visible || inner.late;
        let mut place = before.map_or_else(|| std::mem::take(&mut inner.spare), |(_, data)| data);
        place.clear();
        place.extend_from_slice(data);
        inner.newest = Some((number, place));
        inner.late = !inner.visible;
        drop(inner);
        self.changed.notify_all();
        in_time
    }

    /// The next picture to decode; waits for one.
    fn take(&self) -> Job {
        let mut inner = self.lock();
        loop {
            let due = if inner.visible {
                Duration::ZERO
            } else {
                inner.due()
            };
            if due.is_zero()
                && let Some((number, data)) = inner.newest.take()
            {
                inner.last = Some(Instant::now());
                let late = inner.late;
                return Job { number, data, late };
            }
            // Without a picture there is nothing to wake up for.
            let wait = if inner.newest.is_some() { due } else { HIDDEN };
            let waited = self.changed.wait_timeout(inner, wait);
            inner = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Takes a picture's memory back.
    fn give_back(&self, data: Vec<u8>) {
        self.lock().spare = data;
    }
}

impl Inner {
    /// How long until a picture that nobody sees is decoded all the same.
    fn due(&self) -> Duration {
        self.last
            .map_or(Duration::ZERO, |last| HIDDEN.saturating_sub(last.elapsed()))
    }
}

/// Starts the thread that decodes.
pub(super) fn start(child: &Child, size: Size, backend: &dyn Backend) -> Result<(), DriverError> {
    let mut decoder = backend.decoder(size)?;
    let desk = child.desk.clone();
    let outlet = Outlet {
        line: child.line.clone(),
        slots: child.slots.clone(),
    };
    let work = move || {
        // The tick goes before; only this thread yields.
        let _ = rustix::process::setpriority_process(None, 5);
        let len = PixelFormat::I420.packed_len(size);
        loop {
            let job = desk.take();
            if let Err(fault) = decode(&mut *decoder, &job, len, &outlet) {
                outlet.line.say(&Said::Left(fault));
            }
            desk.give_back(job.data);
        }
    };
    let thread = std::thread::Builder::new().name("decode".into()).spawn(work);
    thread.map(drop).map_err(|e| DriverError::Refused(e.to_string()))
}

fn decode(decoder: &mut dyn Decoder, job: &Job, len: usize, outlet: &Outlet) -> Result<(), Fault> {
    let mut slot = outlet.slots.take(len).ok_or(Fault::Full)?;
    decoder.decode(&job.data, slot.bytes()).map_err(fault)?;
    let slot = slot.done();
    // How late a picture is that had waited to be seen says nothing about the next.
    let ready = (!job.late).then(monotonic);
    outlet.line.say(&Said::Picture {
        number: job.number,
        slot,
        ready,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_newest_is_taken_and_what_was_seen_and_missed_is_told() {
        let desk = Desk::new(true);
        assert!(desk.put(1, b"one"));
        assert!(!desk.put(2, b"two"));
        let job = desk.take();
        assert_eq!(
            (job.number, job.data.as_slice(), job.late),
            (2, b"two".as_slice(), false)
        );
        desk.give_back(job.data);
        assert!(desk.put(3, b"3"));
        assert_eq!(desk.take().data, b"3");
    }

    #[test]
    fn what_nobody_sees_waits_and_is_there_at_once_when_it_is_seen() {
        let desk = Arc::new(Desk::new(false));
        // The first is decoded all the same.
        assert!(desk.put(1, b"1") && desk.take().number == 1);
        for n in 2..60 {
            assert!(desk.put(n, b"n"));
        }
        let (tell, told) = std::sync::mpsc::sync_channel(1);
        let taker = desk.clone();
        let thread = std::thread::Builder::new()
            .spawn(move || tell.send(taker.take()).unwrap())
            .unwrap();
        assert!(told.recv_timeout(Duration::from_millis(100)).is_err());
        desk.set_visible(true);
        let job = told.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(job.number == 59 && job.late);
        thread.join().unwrap();
    }

    #[test]
    fn a_raw_picture_is_wanted_while_it_is_seen_and_now_and_then() {
        let desk = Desk::new(false);
        assert!(desk.wanted() && !desk.wanted());
        desk.set_visible(true);
        assert!(desk.wanted() && desk.wanted());
    }
}
