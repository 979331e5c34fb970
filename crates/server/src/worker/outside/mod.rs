//! The server's half: a process, fed and listened to by one task.

mod life;
mod shared;
mod slate;
mod spawn;
mod streams;

use std::path::PathBuf;
use std::sync::Arc;

use api::Fault;
use container::flv::{Tag, TagKind};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::backlog::Taken;
use super::control::Counters;
use super::job::{Job, Task};
use crate::process;
use shared::Shared;

/// Tags that wait to be taken before the worker stands still.
const READY: usize = 256;

/// Where worker processes come from.
#[derive(Clone, Debug)]
pub struct Workers {
    program: PathBuf,
}

impl Workers {
    /// Workers of another program, which understands `worker` as `anchor-server` does.
    pub fn of(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
        }
    }

    /// Starts a worker; returns at once, the process gets ready by itself. What is pushed until then waits.
    ///
    /// To be called on a thread of the runtime that lives as long as the worker shall: on Linux the process ends with the
    /// thread that started it, so not within `spawn_blocking`.
    ///
    /// # Errors
    /// [`WorkerUnavailable`](api::Code::WorkerUnavailable) when the process can't be started.
    pub fn start(&self, job: &Job) -> Result<(Worker, Output), Fault> {
        let process = spawn::spawn(&self.program, &Task::Transcode(*job))?;
        let shared = Arc::new(Shared::new(process.id));
        let (made, tags) = mpsc::channel(READY);
        let stop = CancellationToken::new();
        let worker = Worker {
            job: *job,
            shared: Arc::clone(&shared),
            _stop: stop.clone().drop_guard(),
        };
        tokio::spawn(life::live(process, *job, shared, made, stop));
        Ok((worker, Output { tags }))
    }
}

impl Default for Workers {
    /// Workers of this very program: on Linux as it runs, also when its file has been replaced since.
    fn default() -> Self {
        let here = if cfg!(target_os = "linux") {
            Ok(PathBuf::from("/proc/self/exe"))
        } else {
            std::env::current_exe()
        };
        Self::of(here.unwrap_or_else(|_| PathBuf::from("anchor-server")))
    }
}

/// One life of one process; dropping it kills the process and reaps it.
#[derive(Debug)]
pub struct Worker {
    job: Job,
    shared: Arc<Shared>,
    _stop: DropGuard,
}

impl Worker {
    /// Hands a tag over; never waits. False when the worker is too far behind and the tag was left out: pictures from a
    /// second or 4 MiB on, until the next key frame; sound only from 12 MiB on. Tags of a kind that the job doesn't want
    /// are passed over.
    pub fn push(&mut self, tag: &Tag) -> bool {
        let wanted = match tag.kind {
            TagKind::Video => self.job.video.is_some(),
            TagKind::Audio => self.job.audio.is_some(),
            TagKind::Script => true,
        };
        !wanted || self.shared.push(tag) == Taken::Yes
    }

    /// Asks for a key frame as soon as may be; several requests at once are one.
    pub fn key_frame(&self) {
        self.shared.want_key_frame();
    }

    /// Nothing more is pushed: what was taken is still made, then the output ends.
    pub fn finish(&mut self) {
        self.shared.finish();
    }

    /// How it does.
    pub fn stats(&self) -> WorkerStats {
        self.shared.stats()
    }
}

/// How a worker does.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct WorkerStats {
    /// The process, while it lives.
    pub pid: Option<u32>,
    /// Whether it said that it is ready.
    pub ready: bool,
    /// Whether Landlock confines it as well.
    pub landlock: bool,
    /// Tags it was given.
    pub given: u64,
    /// Tags it made.
    pub made: u64,
    /// Pictures left out before it, as it was behind.
    pub pictures_left_out: u64,
    /// Packets of sound left out before it.
    pub sounds_left_out: u64,
    /// What it last said of itself.
    pub counters: Counters,
    /// Processor time used so far, in seconds; none on systems that don't tell.
    pub cpu_seconds: Option<f64>,
    /// Resident memory in bytes; none on systems that don't tell.
    pub resident_bytes: Option<u64>,
}

impl WorkerStats {
    fn with_cost(mut self) -> Self {
        let Some(pid) = self.pid else {
            return self;
        };
        self.cpu_seconds = process::cpu_seconds_of(&pid.to_string());
        self.resident_bytes = process::resident_bytes_of(&pid.to_string());
        self
    }
}

/// What a worker makes.
#[derive(Debug)]
pub struct Output {
    tags: mpsc::Receiver<Result<Tag, Fault>>,
}

impl Output {
    /// The next tag: configurations and media, the two tracks each in its own order. An error once, when the process ended
    /// by itself or was given up, with the sentence why; then none, as at the end of what was finished or dropped.
    pub async fn next(&mut self) -> Option<Result<Tag, Fault>> {
        self.tags.recv().await
    }
}
