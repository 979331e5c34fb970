//! What is made ahead of the tick or beside it, on a thread of its own: kernels, prepared images, larger arenas.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use media::VideoFrame;

use crate::Error;
use crate::foundry::Foundry;
use crate::image::{Look, Prepared};
use crate::kernel::KernelKey;
use crate::slot::{Ring, SlotMaker};

/// Most kernels kept beside the fixed ones; the one that wasn't used for longest goes.
const KERNELS: usize = 256;
/// Most things waiting to be made; the one asked for ahead of need and first goes.
const QUEUE: usize = 512;
/// Most bytes of prepared images kept.
const IMAGE_BYTES: usize = 96 << 20;

/// One thing to make.
enum Job {
    Kernel(KernelKey),
    Image(VideoFrame, Look),
    Arena(usize),
}

struct Ready {
    pipeline: wgpu::ComputePipeline,
    /// When it was last asked for, in calls.
    used: u64,
}

#[derive(Default)]
struct State {
    ready: HashMap<KernelKey, Ready>,
    refused: HashSet<KernelKey>,
    images: VecDeque<Arc<Prepared>>,
    jobs: VecDeque<Job>,
    working: usize,
    /// The kernel being made.
    making: Option<KernelKey>,
    calls: u64,
    compiled: u64,
    compile_time: Duration,
    closed: bool,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// Whether frames are being drawn: from then on the device's queue mustn't be held up.
    drawing: AtomicBool,
}

/// The thread, and what it has made.
pub(crate) struct Workshop {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Workshop {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system's, when it has no thread left.
    pub(crate) fn start(foundry: Foundry, ring: Ring, maker: SlotMaker) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            drawing: AtomicBool::new(false),
        });
        let worker = Worker {
            shared: shared.clone(),
            foundry,
            ring,
            maker,
        };
        let thread = std::thread::Builder::new()
            .name("kernels".into())
            .spawn(move || worker.run())?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// The kernels of all `keys`, or `None` while one of them is lacking.
    pub(crate) fn kernels<'a>(
        &self,
        keys: impl Iterator<Item = &'a KernelKey>,
        fixed: &HashMap<KernelKey, wgpu::ComputePipeline>,
    ) -> Option<Vec<wgpu::ComputePipeline>> {
        let mut state = self.shared.lock();
        state.calls += 1;
        let now = state.calls;
        keys.map(|key| {
            fixed.get(key).cloned().or_else(|| {
                let ready = state.ready.get_mut(key)?;
                ready.used = now;
                Some(ready.pipeline.clone())
            })
        })
        .collect()
    }

    /// Asks for kernels: `first` before all that is asked for already.
    pub(crate) fn want_kernels<'a>(&self, keys: impl Iterator<Item = &'a KernelKey>, first: bool) {
        let mut state = self.shared.lock();
        for key in keys {
            let known = state.ready.contains_key(key) || state.refused.contains(key);
            if known || state.making.as_ref() == Some(key) {
                continue;
            }
            let waiting = |job: &Job| matches!(job, Job::Kernel(k) if k == key);
            let at = state.jobs.iter().position(waiting);
            match (at, first) {
                (Some(_), false) => continue,
                (Some(at), true) => drop(state.jobs.remove(at)),
                (None, _) => {}
            }
            state.add(Job::Kernel(key.clone()), first);
        }
        drop(state);
        self.shared.changed.notify_all();
    }

    /// The prepared image of a frame, when it has been made.
    pub(crate) fn image(&self, frame: &VideoFrame, look: &Look) -> Option<Arc<Prepared>> {
        let mut state = self.shared.lock();
        let at = state.images.iter().position(|p| p.is(frame, look))?;
        let image = state.images.remove(at)?;
        state.images.push_back(image.clone());
        Some(image)
    }

    /// Asks for a prepared image.
    pub(crate) fn want_image(&self, frame: &VideoFrame, look: &Look) {
        let mut state = self.shared.lock();
        let same = |f: &VideoFrame, l: &Look| f.data.as_ptr() == frame.data.as_ptr() && l == look;
        if !state
            .jobs
            .iter()
            .any(|job| matches!(job, Job::Image(f, l) if same(f, l)))
        {
            state.add(Job::Image(frame.clone(), look.clone()), true);
        }
        drop(state);
        self.shared.changed.notify_all();
    }

    /// Asks for arenas of `len` bytes.
    pub(crate) fn want_arena(&self, len: usize) {
        let mut state = self.shared.lock();
        if !state
            .jobs
            .iter()
            .any(|job| matches!(job, Job::Arena(l) if *l >= len))
        {
            state.add(Job::Arena(len), true);
        }
        drop(state);
        self.shared.changed.notify_all();
    }

    /// Frames are being drawn from now on.
    pub(crate) fn drawing(&self) {
        self.shared.drawing.store(true, Ordering::Release);
    }

    /// How much is waiting or being made.
    pub(crate) fn pending(&self) -> usize {
        let state = self.shared.lock();
        state.jobs.len() + state.working
    }

    /// Waits until nothing is pending; answers whether that came in time.
    pub(crate) fn wait(&self, timeout: Duration) -> bool {
        let busy = |s: &mut State| s.jobs.len() + s.working > 0 && !s.closed;
        let (state, _) = self
            .shared
            .changed
            .wait_timeout_while(self.shared.lock(), timeout, busy)
            .unwrap_or_else(PoisonError::into_inner);
        state.jobs.is_empty() && state.working == 0
    }

    /// Kernels compiled, and the time it took.
    pub(crate) fn compiled(&self) -> (u64, Duration) {
        let state = self.shared.lock();
        (state.compiled, state.compile_time)
    }

    /// Ends the thread; waits for what it is making unless `leave`.
    pub(crate) fn close(&mut self, leave: bool) {
        let mut state = self.shared.lock();
        state.closed = true;
        state.jobs.clear();
        drop(state);
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take().filter(|_| !leave) {
            let _ = thread.join();
        }
    }
}

impl State {
    fn add(&mut self, job: Job, first: bool) {
        if self.jobs.len() >= QUEUE {
            self.jobs.pop_back();
        }
        match first {
            true => self.jobs.push_front(job),
            false => self.jobs.push_back(job),
        }
    }

    fn keep_kernel(&mut self, key: KernelKey, pipeline: wgpu::ComputePipeline) {
        if self.ready.len() >= KERNELS {
            let oldest = self.ready.iter().min_by_key(|(_, r)| r.used);
            if let Some(key) = oldest.map(|(k, _)| k.clone()) {
                self.ready.remove(&key);
            }
        }
        let used = self.calls;
        self.ready.insert(key, Ready { pipeline, used });
    }

    fn keep_image(&mut self, image: Prepared) {
        self.images.push_back(Arc::new(image));
        let bytes = |s: &Self| s.images.iter().map(|i| i.bytes.len()).sum::<usize>();
        while self.images.len() > 1 && bytes(self) > IMAGE_BYTES {
            self.images.pop_front();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread's side.
struct Worker {
    shared: Arc<Shared>,
    foundry: Foundry,
    ring: Ring,
    maker: SlotMaker,
}

impl Worker {
    fn run(mut self) {
        crate::priority::lower();
        while let Some(job) = self.next() {
            match job {
                Job::Kernel(key) => self.kernel(key),
                Job::Image(frame, look) => self.image(&frame, look),
                Job::Arena(len) => self.ring.grow(len, &self.maker),
            }
            self.shared.lock().working = 0;
            self.shared.changed.notify_all();
        }
    }

    /// Waits for the next thing to make; `None` at the end.
    fn next(&self) -> Option<Job> {
        let idle = |s: &mut State| s.jobs.is_empty() && !s.closed;
        let mut state = self
            .shared
            .changed
            .wait_while(self.shared.lock(), idle)
            .unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return None;
        }
        let job = state.jobs.pop_front();
        state.working = 1;
        state.making = match &job {
            Some(Job::Kernel(key)) => Some(key.clone()),
            _ => None,
        };
        job
    }

    fn image(&self, frame: &VideoFrame, look: Look) {
        // It may have been asked for once more while it was being made.
        let made = self.shared.lock().images.iter().any(|p| p.is(frame, &look));
        if !made {
            let image = Prepared::new(frame, look);
            self.shared.lock().keep_image(image);
        }
    }

    fn kernel(&mut self, key: KernelKey) {
        let began = Instant::now();
        let made = self
            .foundry
            .make(&key, || self.shared.drawing.load(Ordering::Acquire));
        let mut state = self.shared.lock();
        state.making = None;
        state.compile_time += began.elapsed();
        match made {
            Ok(pipeline) => {
                state.compiled += 1;
                state.keep_kernel(key, pipeline);
            }
            Err(reason) => {
                state.refused.insert(key);
                drop(state);
                log_refusal(&reason);
            }
        }
    }
}

fn log_refusal(reason: &Error) {
    tracing::warn!(%reason, code = reason.code(), "a scene stays drawn layer by layer");
}
