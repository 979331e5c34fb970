//! A thread that encodes: a bounded queue before it, a bounded queue behind it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use media::Packet;

use crate::Error;

/// Packets that wait to be taken before the encoder stands still: two seconds of pictures at 30 a second.
pub(super) const PACKETS: usize = 64;

/// What the thread does with what it is given. Packets leave through a channel of the stage's own.
pub(super) trait Stage: Send + 'static {
    /// What goes in.
    type Input: Send + 'static;
    /// Encodes one input.
    fn encode(&mut self, input: Self::Input) -> Result<(), Error>;
    /// Gives out what is still held; nothing follows.
    fn finish(&mut self) -> Result<(), Error>;
}

/// An encoder's thread and the queues at both its ends.
pub(super) struct Worker<I> {
    input: Mutex<Option<SyncSender<I>>>,
    packets: Mutex<Option<Receiver<Packet>>>,
    waiting: Arc<AtomicUsize>,
    failure: Arc<OnceLock<Error>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl<I: Send + 'static> Worker<I> {
    /// Starts the thread; at most `places` inputs wait for it.
    pub(super) fn start(
        name: &str,
        places: usize,
        packets: Receiver<Packet>,
        mut stage: impl Stage<Input = I>,
    ) -> Result<Self, Error> {
        let (input, inputs) = sync_channel(places);
        let (failure, stop) = (Arc::new(OnceLock::new()), Arc::new(AtomicBool::new(false)));
        let (told, stopped) = (Arc::clone(&failure), Arc::clone(&stop));
        let waiting = Arc::<AtomicUsize>::default();
        let taken = Arc::clone(&waiting);
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                // The reason is there before the queues close, which happens when this ends.
                if let Err(error) = run(&inputs, (&stopped, &taken), &mut stage) {
                    let _ = told.set(error);
                }
            })
            .map_err(|e| Error::Thread(e.to_string()))?;
        Ok(Self {
            input: Mutex::new(Some(input)),
            packets: Mutex::new(Some(packets)),
            waiting,
            failure,
            stop,
            thread: Some(thread),
        })
    }

    /// Hands over one input without waiting.
    pub(super) fn submit(&self, input: I) -> Result<(), Error> {
        let sender = lock(&self.input);
        // Before it is there: the thread may take it at once.
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let sent = sender.as_ref().map(|s| s.try_send(input));
        if !matches!(sent, Some(Ok(()))) {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        match sent {
            Some(Ok(())) => Ok(()),
            Some(Err(TrySendError::Full(_))) => Err(Error::Busy),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(self.end()),
        }
    }

    /// How many inputs wait for the thread.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// The next packet, waiting up to `timeout` for it.
    pub(super) fn next(&self, timeout: Duration) -> Result<Option<Packet>, Error> {
        let packets = lock(&self.packets);
        match packets.as_ref().map(|p| p.recv_timeout(timeout)) {
            Some(Ok(packet)) => Ok(Some(packet)),
            Some(Err(RecvTimeoutError::Timeout)) => Ok(None),
            Some(Err(RecvTimeoutError::Disconnected)) | None => Err(self.end()),
        }
    }

    /// No further input: what has been taken is still encoded.
    pub(super) fn finish(&self) {
        lock(&self.input).take();
    }

    fn end(&self) -> Error {
        self.failure.get().cloned().unwrap_or(Error::Finished)
    }
}

impl<I> Drop for Worker<I> {
    /// Waits for the input in work, some milliseconds; what waits behind it is let go.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        lock(&self.input).take();
        lock(&self.packets).take();
        if let Some(thread) = self.thread.take() {
            // A panic in the thread has been told by its hook already.
            let _ = thread.join();
        }
    }
}

fn run<S: Stage>(
    inputs: &Receiver<S::Input>,
    (stop, waiting): (&AtomicBool, &AtomicUsize),
    stage: &mut S,
) -> Result<(), Error> {
    while let Ok(input) = inputs.recv() {
        waiting.fetch_sub(1, Ordering::Relaxed);
        if stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        stage.encode(input)?;
    }
    if stop.load(Ordering::Relaxed) {
        return Ok(());
    }
    stage.finish()
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is guarded here is whole after every statement.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails at the input 3.
    struct Fussy(SyncSender<Packet>);

    impl Stage for Fussy {
        type Input = u8;
        fn encode(&mut self, input: u8) -> Result<(), Error> {
            let _keeps_the_queue_open = &self.0;
            if input == 3 {
                Err(Error::element("fussy", "no threes"))
            } else {
                Ok(())
            }
        }
        fn finish(&mut self) -> Result<(), Error> {
            Ok(())
        }
    }

    #[test]
    fn a_stage_that_fails_ends_both_queues_with_its_reason() {
        let (packets, taken) = sync_channel(PACKETS);
        let worker = Worker::start("fussy", 3, taken, Fussy(packets)).unwrap();
        for input in 1..=3 {
            worker.submit(input).unwrap();
        }
        let reason = Error::element("fussy", "no threes");
        assert_eq!(worker.next(Duration::from_secs(20)), Err(reason.clone()));
        assert_eq!(worker.waiting(), 0);
        assert_eq!(worker.submit(4), Err(reason.clone()));
        assert_eq!(worker.next(Duration::ZERO), Err(reason));
    }

    #[test]
    fn a_finished_worker_takes_nothing_more() {
        let (packets, taken) = sync_channel(PACKETS);
        let worker = Worker::start("fussy", 3, taken, Fussy(packets)).unwrap();
        worker.finish();
        assert_eq!(worker.submit(1), Err(Error::Finished));
        assert_eq!(worker.next(Duration::from_secs(20)), Err(Error::Finished));
    }
}
