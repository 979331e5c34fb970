//! A device's own thread: it reports its start-up, can be asked to stop, and is let go when it is stuck.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// How long dropping waits for the thread.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a device is given to start.
pub(crate) const START: Duration = Duration::from_secs(8);

/// Asks a device's thread to stop when it is dropped.
pub(crate) struct DeviceThread {
    name: String,
    stop: Option<SyncSender<()>>,
    ended: Receiver<()>,
    handle: Option<JoinHandle<()>>,
}

/// The thread's side: whether it should stop.
pub(crate) struct Stop(Receiver<()>);

impl Stop {
    /// Waits for `time`, or until the owner is gone: then true.
    pub(crate) fn wait(&self, time: Duration) -> bool {
        self.0.recv_timeout(time) == Err(RecvTimeoutError::Disconnected)
    }
}

/// Why a thread has no result.
pub(crate) enum NoStart {
    /// It didn't answer in time; it is left to itself.
    Late,
    /// It could not be started, or panicked with this.
    Broken(String),
}

impl DeviceThread {
    /// Runs `work` on a thread called `name` (at most 15 bytes are shown by Linux) and waits for what it
    /// reports. `work` reports at most once; a panic in it counts as the report when it comes first.
    pub(crate) fn start<T: Send + 'static>(
        name: &str,
        patience: Duration,
        work: impl FnOnce(&Stop, &dyn Fn(T)) + Send + 'static,
    ) -> Result<(Self, T), NoStart> {
        let (stop, stopped) = sync_channel(0);
        let (end, ended) = sync_channel::<()>(0);
        let (report, reported) = sync_channel(1);
        let body = move || {
            let _end = end;
            let stop = Stop(stopped);
            let tell = |result| drop(report.try_send(Ok(result)));
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(&stop, &tell))) {
                let text = panic_text(&*panic);
                tracing::error!(reason = text, "a device's thread panicked");
                let _ = report.try_send(Err(text));
            }
        };
        let handle = Builder::new()
            // A device may call itself anything; a thread's name has no zero byte.
            .name(name.replace('\0', ""))
            .spawn(body)
            .map_err(|e| NoStart::Broken(e.to_string()))?;
        let thread = Self {
            name: name.to_owned(),
            stop: Some(stop),
            ended,
            handle: Some(handle),
        };
        match reported.recv_timeout(patience) {
            Ok(Ok(result)) => Ok((thread, result)),
            Ok(Err(panic)) => Err(NoStart::Broken(panic)),
            Err(RecvTimeoutError::Disconnected) => Err(NoStart::Broken("it ended without a word".into())),
            Err(RecvTimeoutError::Timeout) => Err(NoStart::Late),
        }
    }

    /// Runs `work` on a thread called `name`, which has nothing to report; why it could not be started.
    pub(crate) fn spawn(name: &str, work: impl FnOnce(&Stop) + Send + 'static) -> Result<Self, String> {
        let begun = Self::start(name, START, move |stop, tell| {
            tell(());
            work(stop);
        });
        begun.map(|(thread, ())| thread).map_err(|e| match e {
            NoStart::Late => "its thread does not start".to_owned(),
            NoStart::Broken(reason) => reason,
        })
    }

    /// Whether the thread is at its end.
    pub(crate) fn ended(&self) -> bool {
        self.handle.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl Drop for DeviceThread {
    fn drop(&mut self) {
        self.stop.take();
        if self.ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            tracing::warn!(
                thread = self.name,
                "a device's thread is stuck in its driver and left there"
            );
        } else if let Some(handle) = self.handle.take() {
            // It has let go of everything it had; what is left takes no time. Panics were caught inside.
            let _ = handle.join();
        }
    }
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn a_thread_reports_its_start_and_stops_when_dropped() {
        let (seen, was_seen) = sync_channel(1);
        let (thread, answer) = DeviceThread::start("test", START, move |stop, tell| {
            tell(7);
            let stopped = stop.wait(Duration::from_secs(60));
            seen.send(stopped).unwrap();
        })
        .ok()
        .unwrap();
        assert!(answer == 7 && !thread.ended());
        drop(thread);
        assert_eq!(was_seen.try_recv(), Ok(true));
    }

    #[test]
    fn a_panic_and_an_early_end_are_told() {
        let broken = DeviceThread::start::<()>("test", START, |_, _| panic!("no such thing"));
        assert!(matches!(broken.err(), Some(NoStart::Broken(text)) if text == "no such thing"));
        let mute = DeviceThread::start::<()>("test", START, |_, _| ());
        assert!(matches!(mute.err(), Some(NoStart::Broken(text)) if text.contains("without a word")));
    }

    #[test]
    fn a_stuck_thread_is_left_behind_after_a_second() {
        let (release, held) = sync_channel::<()>(0);
        let (thread, ()) = DeviceThread::start("test", START, move |_, tell| {
            tell(());
            let _ = held.recv();
        })
        .ok()
        .unwrap();
        let before = Instant::now();
        drop(thread);
        assert!(before.elapsed() >= PATIENCE);
        drop(release);
    }
}
