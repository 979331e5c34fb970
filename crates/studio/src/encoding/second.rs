//! A second, lower encode of the same pictures, while a place is too weak for the first.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pipeline::encode::VideoEncoder;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use uplink::{Casting, Rungs};

use super::switch::Rung;
use super::{Encoding, LOOK, carry};
use crate::Error;

/// How often it is decided who takes what.
const EVERY: Duration = Duration::from_millis(50);
/// A second encode that couldn't be had is tried again after this.
const AGAIN: Duration = Duration::from_secs(10);

/// Makes another encoder with the settings of the first, so that what players were told of the stream holds for both.
pub(crate) type Another = Box<dyn Fn() -> Result<VideoEncoder, Error> + Send + Sync>;

/// Decides until `end` who takes which encode, and how much each makes.
pub(crate) async fn cast(encoding: Arc<Encoding>, end: CancellationToken) {
    let mut rungs = Rungs::new(encoding.queues.len());
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut refused: Option<Instant> = None;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = end.cancelled() => break,
        }
        let takes: Vec<_> = encoding
            .queues
            .iter()
            .map(|queue| queue.takes_kbps(encoding.most_kbps))
            .collect();
        let casting = rungs.cast(&takes, Instant::now());
        if let Some(kbps) = casting.main_kbps {
            encoding.set_main(kbps);
        }
        let missing = casting.low_kbps.is_some() && encoding.second.load().is_none();
        if missing && refused.is_none_or(|at| at.elapsed() > AGAIN) {
            refused = begin(&encoding).await.err().map(|_| Instant::now());
        }
        encoding.apply(&casting);
    }
    encoding.end_second();
}

/// Starts the second encode. Its reason is logged where that can't be.
async fn begin(encoding: &Arc<Encoding>) -> Result<(), ()> {
    let this = Arc::clone(encoding);
    let started = tokio::task::spawn_blocking(move || this.begin_second()).await;
    match started {
        Ok(Ok(())) => {
            tracing::info!(outputs = ?encoding.names, "a second, lower encode begins");
            Ok(())
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "there is no second encode for a weak place");
            Err(())
        }
        Err(_panicked) => Err(()),
    }
}

impl Encoding {
    /// Opens the second encoder and starts the thread that carries its packets, which ends when it does.
    fn begin_second(self: &Arc<Self>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let video = Arc::new((self.another)()?);
        if video.parameters() != self.video.parameters() {
            return Err("it would make another kind of stream".into());
        }
        let (this, carried) = (Arc::clone(self), Arc::clone(&video));
        let thread = std::thread::Builder::new().name("packets low".into());
        let thread = thread.spawn(move || {
            carry(
                || carried.next_packet(LOOK),
                |packet| this.deliver_picture(Rung::Low, packet),
            );
            this.second_has_ended(&carried);
        })?;
        self.second.store(Some(video));
        *self.carrying() = Some(thread);
        Ok(())
    }

    /// Waits until what the second encode has taken is delivered, once it was ended.
    pub(crate) fn join_second(&self) {
        if let Some(thread) = self.carrying().take() {
            // A panic there has been printed, and what it left undone is lost.
            let _ = thread.join();
        }
    }

    fn carrying(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.carrying.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the second encode: what was taken is still delivered.
    fn end_second(&self) {
        if let Some(video) = self.second.swap(None) {
            video.finish();
            tracing::info!(outputs = ?self.names, "the second encode has ended");
        }
    }

    /// Its encoder has ended: where nobody ended it, those who took it take the first one's pictures again.
    fn second_has_ended(&self, video: &Arc<VideoEncoder>) {
        let failed = self.second.compare_and_swap(video, None);
        if !failed.as_ref().is_some_and(|failed| Arc::ptr_eq(failed, video)) {
            return;
        }
        for (queue, misses) in self.queues.iter().zip(self.switches.fall_back()) {
            if misses {
                queue.needs_key();
            }
        }
    }

    /// Sets what the second encode makes and who is to take it.
    fn apply(&self, casting: &Casting) {
        let second = self.second.load();
        match (&*second, casting.low_kbps) {
            (Some(video), Some(kbps)) => _ = video.set_bitrate(kbps),
            (Some(_), None) => {
                // Only who is away or pauses still has it.
                self.switches.fall_back();
                self.switches.want(&casting.low);
                return self.end_second();
            }
            (None, _) => return,
        }
        self.switches.want(&casting.low);
    }
}
