//! The worker process of a rendition: begun when it is needed, begun anew when it is lost.

use std::time::Instant;

use api::Fault;
use container::flv::{self, Tag};
use media::{AudioCodec, AudioParameters, CodecParameters, TrackKind, VideoCodec, VideoParameters};

use super::order::Order;
use super::pauses::Pauses;
use crate::stream::Tracks;
use crate::worker::{AudioJob, Job, Output, VideoJob, Worker, Workers};

/// What Opus gets, in kilobits a second: sound of a show, music among it.
const SOUND_KBPS: u32 = 128;
/// What pictures get where the publisher's rate isn't known yet, in kilobits a second.
const PICTURES_KBPS: u32 = 2_500;
/// What pictures get at most: nothing is gained above.
const MOST_KBPS: u32 = 8_000;

/// What has to be made of these tracks, when the pictures come in `order`; `kbps` is what the publisher sends.
pub(super) fn job(
    video: Option<&VideoParameters>,
    audio: Option<&AudioParameters>,
    order: Order,
    kbps: u32,
) -> Job {
    let pictures = video.is_some_and(|video| video.codec != VideoCodec::H264);
    let kbps = if kbps == 0 {
        PICTURES_KBPS
    } else {
        kbps.min(MOST_KBPS)
    };
    let sound = audio.filter(|audio| audio.codec != AudioCodec::Opus);
    Job {
        video: (pictures || order == Order::Mixed).then_some(VideoJob {
            bitrate_kbps: kbps.max(300),
        }),
        audio: sound.map(|audio| AudioJob {
            bitrate_kbps: SOUND_KBPS,
            channels: audio.channels.clamp(1, 2),
        }),
    }
}

/// The process, or the pause before the next.
#[derive(Debug, Default)]
pub(super) struct Making {
    running: Option<Running>,
    /// What is wanted.
    job: Job,
    pauses: Pauses,
}

#[derive(Debug)]
struct Running {
    worker: Worker,
    output: Output,
    begun: Instant,
}

impl Making {
    /// Whether tracks of `kind` are made here.
    pub(super) fn makes(&self, kind: TrackKind) -> bool {
        match kind {
            TrackKind::Video => self.job.video.is_some(),
            TrackKind::Audio => self.job.audio.is_some(),
        }
    }

    /// Makes `job` of `tracks` from now on; a process that makes the same kinds goes on, and is told of them as of `timestamp`.
    pub(super) fn want(&mut self, job: Job, tracks: &Tracks, timestamp: u32) {
        let kinds = |job: &Job| (job.video.is_some(), job.audio.map(|audio| audio.channels));
        if kinds(&job) != kinds(&self.job) {
            self.running = None;
            self.pauses = Pauses::at_once(Instant::now());
            self.job = job;
        } else {
            self.configure(tracks, timestamp);
        }
    }

    /// Begins a process if one is due at `now`; it is told of `tracks` first.
    ///
    /// # Errors
    /// When it can't be begun; it will be tried again.
    pub(super) fn begin(&mut self, workers: &Workers, tracks: &Tracks, now: Instant) -> Result<(), Fault> {
        if self.job == Job::default() || !self.pauses.begins(now) {
            return Ok(());
        }
        match workers.start(&self.job) {
            Ok((worker, output)) => {
                let begun = now;
                self.running = Some(Running {
                    worker,
                    output,
                    begun,
                });
                self.configure(tracks, 0);
                Ok(())
            }
            Err(fault) => {
                self.pauses.lost(None, now);
                Err(fault)
            }
        }
    }

    /// Tells the process how to decode `tracks`.
    fn configure(&mut self, tracks: &Tracks, timestamp: u32) {
        let video = tracks.video().cloned().map(CodecParameters::Video);
        let audio = tracks.audio().cloned().map(CodecParameters::Audio);
        for parameters in video.iter().chain(&audio) {
            self.push(&flv::configuration(parameters, timestamp));
        }
    }

    /// Hands a tag over; what a process can't take is lost, and counted there.
    pub(super) fn push(&mut self, tag: &Tag) {
        if let Some(running) = &mut self.running {
            running.worker.push(tag);
        }
    }

    /// Asks for a key frame; false when pictures aren't made here.
    pub(super) fn key_frame(&self) -> bool {
        let made = self.job.video.is_some();
        if let Some(running) = self.running.as_ref().filter(|_| made) {
            running.worker.key_frame();
        }
        made
    }

    /// The next tag that was made; waits for it, forever without a process. An error once when a process is lost: the next
    /// begins after a pause.
    pub(super) async fn next(&mut self) -> Result<Tag, Fault> {
        loop {
            let Some(running) = &mut self.running else {
                return std::future::pending().await;
            };
            match running.output.next().await {
                Some(Ok(tag)) => return Ok(tag),
                Some(Err(fault)) => {
                    self.lost(Instant::now());
                    return Err(fault);
                }
                None => self.lost(Instant::now()),
            }
        }
    }

    fn lost(&mut self, now: Instant) {
        let begun = self.running.take().map(|running| running.begun);
        self.pauses.lost(begun, now);
    }
}

#[cfg(test)]
#[path = "making_tests.rs"]
mod tests;
