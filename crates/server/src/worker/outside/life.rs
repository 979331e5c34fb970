//! A worker's life: as long as it gives what it is asked for, and its owner wants it.

use std::pin::pin;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use api::{Code, Fault};
use container::flv::Tag;
use futures_util::FutureExt as _;
use futures_util::future::FusedFuture as _;
use tokio::process::Child;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::shared::Shared;
use super::spawn::Process;
use super::streams;
use crate::worker::job::Job;
use crate::worker::progress::Stall;

/// How often it is looked whether it comes to anything.
const LOOK: Duration = Duration::from_millis(500);
/// What a process gets to end by itself once its output has closed, and its last words to arrive.
const FAREWELL: Duration = Duration::from_secs(1);

/// How it ended.
pub(super) enum End {
    /// The owner is gone.
    Unwanted,
    /// The process closed its output.
    Closed,
    /// It was given up, for this reason.
    GivenUp(&'static str),
}

/// Feeds the process and listens to it until one of them ends.
pub(super) async fn live(
    process: Process,
    job: Job,
    shared: Arc<Shared>,
    made: mpsc::Sender<Result<Tag, Fault>>,
    stop: CancellationToken,
) {
    let Process {
        id,
        mut child,
        input,
        output,
        log,
        control,
    } = process;
    let shared = &*shared;
    let pid = id.unwrap_or(0);
    let (from, to) = control.into_split();
    let mut words = pin!(
        async {
            let _ = tokio::join!(streams::hear(from, shared), streams::log(log, pid, shared));
        }
        .fuse()
    );
    let speak = async {
        // A pipe that breaks says that the process has ended: that is seen by what it gives.
        let _ = tokio::join!(streams::give(input, job, shared), streams::order(to, shared));
        std::future::pending::<()>().await;
    };
    let heard_out = async {
        words.as_mut().await;
        std::future::pending::<()>().await;
    };
    let end = tokio::select! {
        () = stop.cancelled() => End::Unwanted,
        () = streams::take(output, shared, &made) => End::Closed,
        why = given_up(shared) => End::GivenUp(why),
        () = speak => End::Closed,
        () = heard_out => End::Closed,
    };
    let status = reap(&mut child, &end).await;
    if !words.is_terminated() {
        let _ = timeout(FAREWELL, words).await;
    }
    shared.ended();
    if let Some(fault) = fault(&end, status, shared) {
        tracing::warn!(pid, "a worker is lost: {fault}");
        // The owner may be gone.
        let _ = made.send(Err(fault)).await;
    }
}

/// Done when the worker comes to nothing.
async fn given_up(shared: &Shared) -> &'static str {
    let mut look = tokio::time::interval(LOOK);
    loop {
        look.tick().await;
        match shared.stalled() {
            Some(Stall::Start) => return "it wasn't ready in 30 s",
            Some(Stall::Silence) => return "it took media for 10 s and gave nothing",
            None if shared.broken() => return "it was too far behind",
            None => {}
        }
    }
}

pub(super) async fn reap(child: &mut Child, end: &End) -> Option<ExitStatus> {
    if let End::Closed = end
        && let Ok(status) = timeout(FAREWELL, child.wait()).await
    {
        return status.ok();
    }
    // It may have ended meanwhile; then this only reaps it.
    let _ = child.kill().await;
    child.wait().await.ok()
}

/// Why it ended, where that was not as it should.
pub(super) fn fault(end: &End, status: Option<ExitStatus>, shared: &Shared) -> Option<Fault> {
    let (failure, words) = shared.farewell();
    let why = match end {
        End::Unwanted => return None,
        End::Closed if status.is_some_and(|status| status.success()) => return None,
        End::GivenUp(why) => (*why).to_owned(),
        End::Closed => match status {
            Some(status) => status.to_string(),
            None => "nobody knows how".to_owned(),
        },
    };
    let words = words
        .map(|words| format!("; its last words: {words}"))
        .unwrap_or_default();
    let lost = || {
        Fault::new(
            Code::WorkerLost,
            format!("A worker process was lost: {why}{words}."),
        )
    };
    Some(failure.unwrap_or_else(lost))
}
