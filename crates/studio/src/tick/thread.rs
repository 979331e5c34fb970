//! The thread that keeps the tick.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use api::studio::{ProgramStats, SourceStats};
use media::SourceCounters;

use super::ticker::{Setup, Ticker};
use crate::platform;

/// The running tick.
pub(crate) struct Program {
    stop: Arc<AtomicBool>,
    adapter: String,
    thread: JoinHandle<Outcome>,
}

/// What is known when the tick has ended.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) first_tick: u64,
    pub(crate) adapter: String,
    pub(crate) stats: ProgramStats,
    pub(crate) sources: Vec<SourceStats>,
}

/// Starts the tick's thread and waits until its compositor stands.
///
/// # Errors
/// The compositor's, or [`compositor::Error::Adapter`] when the system has no thread left.
pub(crate) fn start(setup: Setup) -> Result<Program, compositor::Error> {
    let stop = Arc::new(AtomicBool::new(false));
    let (ready, started) = std::sync::mpsc::sync_channel(1);
    let stopped = Arc::clone(&stop);
    let body = move || {
        platform::raise_priority();
        match Ticker::new(setup) {
            Ok(ticker) => {
                let _ = ready.send(Ok(ticker.graphics.adapter().to_owned()));
                ticker.run(&stopped)
            }
            Err(error) => {
                let _ = ready.send(Err(error));
                Outcome::default()
            }
        }
    };
    let refused = |reason: String| compositor::Error::Adapter {
        name: "tick".into(),
        reason,
    };
    let thread = std::thread::Builder::new()
        .name("tick".into())
        .spawn(body)
        .map_err(|e| refused(e.to_string()))?;
    let ended = |_| refused("its thread ended at the start".into());
    let adapter = started.recv().map_err(ended)??;
    Ok(Program {
        stop,
        adapter,
        thread,
    })
}

impl Program {
    /// Whether the tick has ended by itself: its thread panicked.
    pub(crate) fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// The adapter it began with.
    pub(crate) fn adapter(&self) -> &str {
        &self.adapter
    }

    /// Ends the tick and hands over what is known.
    pub(crate) fn stop(self) -> Outcome {
        self.stop.store(true, Ordering::Release);
        // After a panic, which has been printed, nothing is known.
        self.thread.join().unwrap_or_default()
    }
}

/// A source's counters, in the words of the report.
pub(crate) fn source_stats(name: &str, counters: SourceCounters) -> SourceStats {
    SourceStats {
        name: name.to_owned(),
        received: counters.received,
        skipped: counters.skipped,
        repeated: counters.repeated,
        missing: counters.missing,
        delay_ms: counters.delay_nanos as f64 / 1e6,
        error: None,
        camera: None,
    }
}
