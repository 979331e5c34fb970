//! Finished pictures: one thread waits for the device and copies them into pooled memory.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use media::{ColorInfo, PixelFormat, Size, Timestamp, VideoFrame};

use crate::pool::Pool;
use crate::slot::{Ring, Slot, picture_len, row_len};

/// A device that doesn't finish a frame in this time counts as lost.
const HANGS: Duration = Duration::from_secs(5);

/// A frame on its way through the device.
pub(crate) struct Job {
    pub(crate) slot: Slot,
    pub(crate) pts: Timestamp,
    pub(crate) submission: wgpu::SubmissionIndex,
}

/// The far end of the compositor: program frames, in the order they were submitted.
///
/// Clones share one queue: each frame comes out once.
#[derive(Clone, Debug)]
pub struct Program {
    queue: Arc<Queue>,
}

#[derive(Debug)]
struct Queue {
    capacity: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<VideoFrame>,
    closed: bool,
}

impl Program {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            queue: Arc::new(Queue {
                capacity,
                state: Mutex::default(),
                changed: Condvar::new(),
            }),
        }
    }

    /// The next finished frame: NV12, packed, in the compositor's colour (BT.709, limited range, unless another
    /// was asked for). Waits up to `timeout`; `None` when none
    /// was finished in it, or the compositor is gone and all its frames were taken.
    pub fn next(&self, timeout: Duration) -> Option<VideoFrame> {
        let empty = |s: &mut State| s.frames.is_empty() && !s.closed;
        let (mut state, _) = self
            .queue
            .changed
            .wait_timeout_while(self.queue.lock(), timeout, empty)
            .unwrap_or_else(PoisonError::into_inner);
        let frame = state.frames.pop_front();
        drop(state);
        self.queue.changed.notify_all();
        frame
    }

    /// Waits for room, then adds a frame; drops it once closed.
    fn push(&self, frame: VideoFrame) {
        let full = |s: &mut State| s.frames.len() >= self.queue.capacity && !s.closed;
        let mut state = self
            .queue
            .changed
            .wait_while(self.queue.lock(), full)
            .unwrap_or_else(PoisonError::into_inner);
        if !state.closed {
            state.frames.push_back(frame);
        }
        drop(state);
        self.queue.changed.notify_all();
    }

    /// No frame is added any more; those who wait are woken.
    pub(crate) fn close(&self) {
        self.queue.lock().closed = true;
        self.queue.changed.notify_all();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the waiting thread works with.
pub(crate) struct Readback {
    pub(crate) device: wgpu::Device,
    pub(crate) size: Size,
    pub(crate) color: ColorInfo,
    pub(crate) pool: Pool,
    pub(crate) program: Program,
    pub(crate) lost: Arc<OnceLock<String>>,
    pub(crate) ring: Ring,
}

impl Readback {
    /// Takes jobs until the sender is gone.
    pub(crate) fn run(&self, jobs: &Receiver<Job>) {
        for job in jobs {
            if let Err(reason) = self.finish(job) {
                let _ = self.lost.set(reason);
                self.program.close();
                return;
            }
        }
    }

    fn finish(&self, job: Job) -> Result<(), String> {
        self.wait(&job)?;
        let view = job
            .slot
            .result()
            .get_mapped_range(..self.picture_end())
            .map_err(|e| e.to_string())?;
        let data = self.pool.filled(|out| self.pack(&view, out));
        drop(view);
        job.slot.result().unmap();
        let frame = VideoFrame::packed(job.pts, self.size, PixelFormat::Nv12, self.color, data);
        self.ring.put_back(job.slot);
        if let Some(frame) = frame {
            self.program.push(frame);
        }
        Ok(())
    }

    /// Waits until the picture can be read and the arena written.
    fn wait(&self, job: &Job) -> Result<(), String> {
        let (mapped, results) = sync_channel(2);
        let arena_mapped = mapped.clone();
        job.slot
            .result()
            .map_async(wgpu::MapMode::Read, ..self.picture_end(), move |r| {
                drop(mapped.try_send(r));
            });
        job.slot
            .upload
            .map_async(wgpu::MapMode::Write, .., move |r| drop(arena_mapped.try_send(r)));
        self.device
            .poll(wgpu::PollType::Wait {
                submission_index: Some(job.submission.clone()),
                timeout: Some(HANGS),
            })
            .map_err(|e| e.to_string())?;
        for _ in 0..2 {
            // The thread that makes kernels waits for the device too: whoever sees a submission end first calls
            // back, so the answers may come a little after the wait.
            match results.recv_timeout(HANGS) {
                Ok(result) => result.map_err(|e| e.to_string())?,
                Err(_) => return Err("a finished picture can't be read".into()),
            }
        }
        Ok(())
    }

    /// The byte behind the finished picture; a program buffer goes on with the one that is faded to.
    const fn picture_end(&self) -> u64 {
        picture_len(self.size) as u64
    }

    /// Copies a picture, leaving out what fills rows up to whole words.
    fn pack(&self, view: &[u8], out: &mut [u8]) {
        let width = self.size.width as usize;
        if row_len(self.size) == width {
            return out.copy_from_slice(&view[..out.len()]);
        }
        let rows = view.chunks_exact(row_len(self.size));
        for (to, from) in out.chunks_exact_mut(width).zip(rows) {
            to.copy_from_slice(&from[..width]);
        }
    }
}
