//! What is made ahead of the tick or beside it, on two threads: kernels, prepared images, larger arenas.
//!
//! The one has low priority and does what takes long: generating kernels on a second device, drawing images. The
//! other does what touches the drawing device, for milliseconds: a thread of low priority that is set aside while it
//! holds one of the device's locks would hold the tick up.

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

/// One thing that takes long.
enum Job {
    Kernel(KernelKey),
    Image(VideoFrame, Look),
}

/// One thing to be had of the drawing device.
enum Errand {
    Kernel(KernelKey),
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
    errands: VecDeque<Errand>,
    /// Threads at work.
    working: usize,
    /// Kernels on their way from a job to `ready`.
    making: Vec<KernelKey>,
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

/// The threads, and what they have made.
pub(crate) struct Workshop {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Workshop {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system's, when it has no thread left.
    pub(crate) fn start(foundry: Foundry, ring: Ring, maker: SlotMaker) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            drawing: AtomicBool::new(false),
        });
        let mut workshop = Self {
            shared: shared.clone(),
            threads: Vec::new(),
        };
        let worker = Worker {
            shared: shared.clone(),
            foundry,
        };
        let runner = Runner { shared, ring, maker };
        workshop.spawn("kernels", move || worker.run())?;
        workshop.spawn("device", move || runner.run())?;
        Ok(workshop)
    }

    fn spawn(&mut self, name: &str, body: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        let thread = std::thread::Builder::new().name(name.into()).spawn(body)?;
        self.threads.push(thread);
        Ok(())
    }

    /// The kernels of all `keys`, or `None` while one of them is lacking.
    pub(crate) fn kernels<'a>(
        &self,
        keys: impl Iterator<Item = &'a KernelKey>,
        fixed: &HashMap<KernelKey, wgpu::ComputePipeline>,
    ) -> Option<Arc<[wgpu::ComputePipeline]>> {
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
            if known || state.making.contains(key) {
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
        let asked = |e: &Errand| matches!(e, Errand::Arena(l) if *l >= len);
        if !state.errands.iter().any(asked) {
            state.errands.push_front(Errand::Arena(len));
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
        state.pending()
    }

    /// Waits until nothing is pending; answers whether that came in time.
    pub(crate) fn wait(&self, timeout: Duration) -> bool {
        let busy = |s: &mut State| s.pending() > 0 && !s.closed;
        let (state, _) = self
            .shared
            .changed
            .wait_timeout_while(self.shared.lock(), timeout, busy)
            .unwrap_or_else(PoisonError::into_inner);
        state.pending() == 0
    }

    /// Kernels compiled, and the time it took.
    pub(crate) fn compiled(&self) -> (u64, Duration) {
        let state = self.shared.lock();
        (state.compiled, state.compile_time)
    }

    /// Ends the threads; waits for what they are making unless `leave`.
    pub(crate) fn close(&mut self, leave: bool) {
        let mut state = self.shared.lock();
        state.closed = true;
        state.jobs.clear();
        state.errands.clear();
        drop(state);
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..).filter(|_| !leave) {
            let _ = thread.join();
        }
    }
}

impl State {
    fn pending(&self) -> usize {
        self.jobs.len() + self.errands.len() + self.working
    }

    fn add(&mut self, job: Job, first: bool) {
        if self.jobs.len() >= QUEUE {
            self.jobs.pop_back();
        }
        match first {
            true => self.jobs.push_front(job),
            false => self.jobs.push_back(job),
        }
    }

    /// A kernel that isn't to be had: whatever needs it stays drawn layer by layer.
    fn refuse(&mut self, key: KernelKey, reason: &Error) {
        self.making.retain(|k| *k != key);
        self.refused.insert(key);
        tracing::warn!(%reason, code = reason.code(), "a scene stays drawn layer by layer");
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
    /// Waits for the next thing to do; `None` at the end.
    fn next<T>(&self, mut take: impl FnMut(&mut State) -> Option<T>) -> Option<T> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(next) = take(&mut state) {
                state.working += 1;
                return Some(next);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What was taken is done.
    fn done(&self) {
        self.lock().working -= 1;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread of low priority.
struct Worker {
    shared: Arc<Shared>,
    foundry: Foundry,
}

impl Worker {
    fn run(mut self) {
        crate::priority::lower();
        let next = |s: &mut State| {
            let job = s.jobs.pop_front();
            if let Some(Job::Kernel(key)) = &job {
                s.making.push(key.clone());
            }
            job
        };
        while let Some(job) = self.shared.next(next) {
            match job {
                Job::Kernel(key) => self.kernel(key),
                Job::Image(frame, look) => self.image(&frame, look),
            }
            self.shared.done();
        }
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
        let drawing = || self.shared.drawing.load(Ordering::Acquire);
        let prepared = self.foundry.prepare(&key, drawing);
        let mut state = self.shared.lock();
        state.compile_time += began.elapsed();
        match prepared {
            Ok(()) if !state.closed => state.errands.push_back(Errand::Kernel(key)),
            Ok(()) => {}
            Err(reason) => state.refuse(key, &reason),
        }
    }
}

/// The thread that asks the drawing device.
struct Runner {
    shared: Arc<Shared>,
    ring: Ring,
    maker: SlotMaker,
}

impl Runner {
    fn run(self) {
        while let Some(errand) = self.shared.next(|s| s.errands.pop_front()) {
            match errand {
                Errand::Kernel(key) => self.kernel(key),
                Errand::Arena(len) => self.ring.grow(len, &self.maker),
            }
            self.shared.done();
        }
    }

    fn kernel(&self, key: KernelKey) {
        let began = Instant::now();
        let made = self.maker.compiler.make(&key);
        let mut state = self.shared.lock();
        state.compile_time += began.elapsed();
        match made {
            Ok(pipeline) => {
                state.compiled += 1;
                state.making.retain(|k| *k != key);
                state.keep_kernel(key, pipeline);
            }
            Err(reason) => state.refuse(key, &reason),
        }
    }
}
