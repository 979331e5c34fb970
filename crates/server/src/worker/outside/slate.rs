//! A worker that makes one slate and ends.

use std::time::Duration;

use api::{Code, Fault};
use bytes::Bytes;
use container::flv::{Reader, Tag};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::Workers;
use super::life::{self, End};
use super::shared::Shared;
use super::spawn::{self, Process};
use super::streams;
use crate::worker::job::{SlateJob, Task};

/// How long it may take from its start to its end.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most that is taken of it, in bytes: far above two seconds of a picture that stands still.
const MOST: u64 = 16 << 20;

impl Workers {
    /// Makes a slate of `picture`, a PNG or JPEG: the tags of one round, configurations among them, pictures before
    /// sound.
    ///
    /// # Errors
    /// [`WorkerUnavailable`](api::Code::WorkerUnavailable) when no process can be started;
    /// [`MediaUnsupported`](api::Code::MediaUnsupported) for what no encoder makes; else
    /// [`WorkerLost`](api::Code::WorkerLost), with the reason.
    pub async fn slate(&self, job: &SlateJob, picture: &Bytes) -> Result<Vec<Tag>, Fault> {
        let process = spawn::spawn(&self.program, &Task::Slate(job.clone()))?;
        let made = timeout(PATIENCE, made(process, picture)).await;
        made.unwrap_or_else(|_| Err(lost("it took longer than 30 s")))
    }
}

async fn made(process: Process, picture: &Bytes) -> Result<Vec<Tag>, Fault> {
    let Process {
        id,
        mut child,
        mut input,
        output,
        log,
        control,
    } = process;
    let shared = Shared::new(id);
    // The other half is kept: the worker takes its end for the server's.
    let (from, _to) = control.into_split();
    let give = async move {
        // A pipe that breaks says that the process has ended: that is seen by what it gives.
        let _ = input.write_all(picture).await;
    };
    let take = async move {
        let mut bytes = Vec::new();
        output.take(MOST).read_to_end(&mut bytes).await.map(|_| bytes)
    };
    let heard = streams::hear(from, &shared);
    let logged = streams::log(log, id.unwrap_or(0), &shared);
    let ((), taken, _, _) = tokio::join!(give, take, heard, logged);
    let end = End::Closed;
    let status = life::reap(&mut child, &end).await;
    if let Some(fault) = life::fault(&end, status, &shared) {
        return Err(fault);
    }
    tags(&taken.map_err(|e| lost(&e.to_string()))?)
}

fn tags(flv: &[u8]) -> Result<Vec<Tag>, Fault> {
    let mut reader = Reader::new();
    reader.push(flv);
    let mut tags = Vec::new();
    while let Some(tag) = reader.next_tag().map_err(|e| lost(&e.to_string()))? {
        tags.push(tag);
    }
    Ok(tags)
}

fn lost(why: &str) -> Fault {
    let message = format!("The worker that makes the slate was lost: {why}.");
    Fault::new(Code::WorkerLost, message)
}
