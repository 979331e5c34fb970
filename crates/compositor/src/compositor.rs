//! The two doors: a scene is set, frames are drawn.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use media::{ColorInfo, PixelFormat, Size, Timestamp, VideoFrame};

use crate::adapter::{self, Opened};
use crate::image::Prepared;
use crate::kernel::Kernels;
use crate::params::Params;
use crate::plan::{Placed, Plan};
use crate::pool::Pool;
use crate::readback::{Job, Program, Readback};
use crate::scene::MAX_SIDE;
use crate::shader::WORKGROUP;
use crate::slot::{RING, Ring, Slot};
use crate::{Adapter, Error, Scene};

/// Most bytes of an arena, of which there are three: seven sources of 4K, twice over.
const MAX_ARENA: u64 = 256 << 20;

/// How a compositor is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Size of the canvas: both even, 16 to 8192.
    pub size: Size,
    /// Most finished frames that wait to be taken, at least 1; then `render` answers [`Error::Busy`].
    pub queue: usize,
}

/// What has been drawn, and what hasn't.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames submitted to the device.
    pub submitted: u64,
    /// Frames refused with [`Error::Busy`].
    pub busy: u64,
    /// Layers drawn without their frame, because there was none.
    pub missing: u64,
    /// Layers drawn without their frame, because it wasn't as its [`crate::SourceFormat`] says.
    pub mismatched: u64,
    /// Kernels compiled.
    pub kernels: u64,
    /// Buffers made for finished pictures; stands still while the studio keeps up.
    pub buffers: u64,
}

/// Draws a scene's frames into program frames.
///
/// It belongs to one thread, the tick's; what it draws may be taken on another ([`Compositor::program`]).
/// Once a call answered [`Error::DeviceLost`] all later ones do: make a new compositor.
pub struct Compositor {
    opened: Opened,
    size: Size,
    kernels: Kernels,
    plan: Option<Plan>,
    /// Prepared images, one for each layer of the plan.
    images: Vec<Option<Prepared>>,
    stamps: u64,
    /// Bytes of each arena.
    arena_len: usize,
    ring: Ring,
    jobs: Option<SyncSender<Job>>,
    reader: Option<JoinHandle<()>>,
    program: Program,
    pool: Pool,
    counters: Counters,
}

impl Compositor {
    /// Opens the graphics device and makes what doesn't depend on a scene.
    ///
    /// # Errors
    /// [`Error::NoAdapter`], [`Error::Adapter`], [`Error::CanvasSize`].
    pub fn new(options: Options) -> Result<Self, Error> {
        Self::open(options, true)
    }

    /// As `new`; `shared_memory` is false to copy in and out as a graphics card with its own memory needs it.
    pub(crate) fn open(options: Options, shared_memory: bool) -> Result<Self, Error> {
        let Options { size, queue } = options;
        let fits = |side: u32| side.is_multiple_of(2) && (16..=MAX_SIDE).contains(&side);
        if !fits(size.width) || !fits(size.height) {
            return Err(Error::CanvasSize(size));
        }
        let opened = adapter::open(shared_memory)?;
        let queue = queue.max(1);
        let program = Program::new(queue);
        let pool = Pool::new(PixelFormat::Nv12.packed_len(size), queue + RING);
        let ring = Ring::default();
        let (jobs, submitted) = sync_channel(RING);
        let readback = Readback {
            device: opened.device.clone(),
            size,
            pool: pool.clone(),
            program: program.clone(),
            lost: opened.lost.clone(),
            ring: ring.clone(),
        };
        let reader = std::thread::Builder::new()
            .name("gpu-poll".into())
            .spawn(move || readback.run(&submitted))
            .map_err(|e| Error::Adapter {
                name: opened.adapter.name.clone(),
                reason: e.to_string(),
            })?;
        Ok(Self {
            kernels: Kernels::new(&opened.device, &opened.queue),
            opened,
            size,
            plan: None,
            images: Vec::new(),
            stamps: 0,
            arena_len: 0,
            ring,
            jobs: Some(jobs),
            reader: Some(reader),
            program,
            pool,
            counters: Counters::default(),
        })
    }

    /// The device in use.
    pub fn adapter(&self) -> &Adapter {
        &self.opened.adapter
    }

    /// Size of the canvas.
    pub fn size(&self) -> Size {
        self.size
    }

    /// What has been drawn so far.
    pub fn counters(&self) -> Counters {
        Counters {
            kernels: self.kernels.len() as u64,
            buffers: self.pool.made(),
            ..self.counters
        }
    }

    /// The finished frames, for another thread.
    pub fn program(&self) -> Program {
        self.program.clone()
    }

    /// Sets what is drawn from the next `render` on. Compiles the kernels that the scene's structure needs and
    /// that no scene before it did (0.1 to 1 s on software adapters); a change of colours, thresholds,
    /// opacities or of a rectangle that stays partial compiles nothing. After an error the scene before it stays.
    ///
    /// # Errors
    /// Any of [`Error`] but [`Error::NoScene`] and [`Error::Busy`].
    pub fn set_scene(&mut self, scene: &Scene) -> Result<(), Error> {
        self.set_plan(Plan::new(scene, self.size)?)
    }

    pub(crate) fn set_plan(&mut self, plan: Plan) -> Result<(), Error> {
        self.check_device()?;
        let limit = self.arena_limit();
        let needed = plan.arena_len as u64;
        if needed > limit {
            return Err(Error::TooLarge { needed, limit });
        }
        self.kernels.prepare(plan.passes.iter().map(|p| &p.kernel))?;
        if plan.arena_len > self.arena_len {
            self.make_slots(plan.arena_len)?;
        }
        self.keep_images(&plan);
        self.plan = Some(plan);
        Ok(())
    }

    /// Draws one program frame of `frames` (one for each source of the scene, in its order; what is lacking
    /// counts as `None`), to be shown at `pts`. Copies the frames and submits; never waits for the device.
    /// A layer without a frame isn't drawn; a background without one is black.
    ///
    /// # Errors
    /// [`Error::NoScene`], [`Error::Busy`] (try at the next tick), [`Error::DeviceLost`].
    pub fn render(&mut self, pts: Timestamp, frames: &[Option<VideoFrame>]) -> Result<(), Error> {
        self.check_device()?;
        let plan = self.plan.take().ok_or(Error::NoScene)?;
        let result = self.draw(&plan, pts, frames);
        self.plan = Some(plan);
        result
    }

    /// The next finished frame, in the order of submission: NV12, BT.709, limited range, packed, with the pts
    /// given to `render`. Waits up to `timeout`.
    pub fn finished(&self, timeout: Duration) -> Option<VideoFrame> {
        self.program.next(timeout)
    }

    /// Makes the device be lost, as a driver reset does.
    #[cfg(test)]
    pub(crate) fn destroy_device(&self) {
        self.opened.device.destroy();
    }

    fn check_device(&self) -> Result<(), Error> {
        match self.opened.lost.get() {
            Some(reason) => Err(Error::DeviceLost(reason.clone())),
            None => Ok(()),
        }
    }

    /// Most bytes of an arena: what the device binds, and no more than a show can need.
    fn arena_limit(&self) -> u64 {
        let limits = self.opened.device.limits();
        limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size)
            .min(MAX_ARENA)
    }

    /// Makes a ring of slots whose arenas have `len` bytes; those of the ring before are dropped as they return.
    fn make_slots(&mut self, len: usize) -> Result<(), Error> {
        self.arena_len = len;
        self.ring
            .renew(|generation| Slot::new(&self.opened, &self.kernels, self.size, len, generation));
        self.check_device()
    }

    fn draw(&mut self, plan: &Plan, pts: Timestamp, frames: &[Option<VideoFrame>]) -> Result<(), Error> {
        let Some(mut slot) = self.ring.take() else {
            self.counters.busy += 1;
            return Err(Error::Busy);
        };
        let shown = self.match_frames(plan, frames);
        let colors: Vec<_> = shown.iter().map(|f| f.map(|f| f.color)).collect();
        let filled = self.fill(plan, &shown, &colors, &mut slot);
        let passes = filled.map_err(|e| Error::DeviceLost(e.to_string()))?;
        let submission = self.submit(plan, &passes, &slot);
        self.check_device()?;
        self.counters.submitted += 1;
        let job = Job {
            slot,
            pts,
            submission,
        };
        match self.jobs.as_ref().is_some_and(|jobs| jobs.try_send(job).is_ok()) {
            true => Ok(()),
            false => self
                .check_device()
                .and(Err(Error::DeviceLost("its thread has ended".into()))),
        }
    }

    /// The frame of each layer, where there is one and it is as the scene says.
    fn match_frames<'f>(
        &mut self,
        plan: &Plan,
        frames: &'f [Option<VideoFrame>],
    ) -> Vec<Option<&'f VideoFrame>> {
        let mut frame_of = |placed: &Placed| {
            let Some(frame) = frames.get(placed.layer.source).and_then(Option::as_ref) else {
                self.counters.missing += 1;
                return None;
            };
            let fits = plan.regions[placed.layer.source].fits(frame);
            if !fits {
                self.counters.mismatched += 1;
            }
            fits.then_some(frame)
        };
        plan.layers.iter().map(&mut frame_of).collect()
    }

    /// Writes parameters and frames into the slot's arena; answers which passes there are to draw.
    fn fill(
        &mut self,
        plan: &Plan,
        shown: &[Option<&VideoFrame>],
        colors: &[Option<ColorInfo>],
        slot: &mut Slot,
    ) -> Result<Vec<usize>, wgpu::MapRangeError> {
        self.prepare_images(plan, shown);
        let mut arena = slot.upload.get_mapped_range_mut(..)?;
        slot.images.resize(plan.layers.len().max(slot.images.len()), 0);
        for (index, placed) in plan.layers.iter().enumerate() {
            let Some(frame) = shown[index] else { continue };
            if let Some(place) = &placed.image {
                let Some(image) = &self.images[index] else {
                    continue;
                };
                if slot.images[index] != image.stamp {
                    arena
                        .slice(place.offset()..place.end())
                        .copy_from_slice(&image.bytes);
                    slot.images[index] = image.stamp;
                }
            } else if plan.reads_first(index) {
                plan.regions[placed.layer.source].write(frame, &mut arena);
            }
        }
        let mut passes = Vec::with_capacity(plan.passes.len());
        for (index, pass) in plan.passes.iter().enumerate() {
            if let Some(params) = plan.params(pass, colors) {
                let at = index * Params::STRIDE;
                arena
                    .slice(at..at + Params::SIZE)
                    .copy_from_slice(bytemuck::bytes_of(&params));
                passes.push(index);
            }
        }
        Ok(passes)
    }

    /// Keeps what was prepared for the plan before, under new stamps: the slots' copies of it may be overwritten.
    fn keep_images(&mut self, plan: &Plan) {
        self.images.truncate(plan.layers.len());
        self.images.resize_with(plan.layers.len(), || None);
        if self.plan.as_ref().is_some_and(|old| old.same_places(plan)) {
            return;
        }
        for image in self.images.iter_mut().flatten() {
            self.stamps += 1;
            image.stamp = self.stamps;
        }
    }

    /// Draws those images anew whose content or place has changed.
    fn prepare_images(&mut self, plan: &Plan, shown: &[Option<&VideoFrame>]) {
        for (index, placed) in plan.layers.iter().enumerate() {
            let (Some(place), Some(frame)) = (&placed.image, shown[index]) else {
                continue;
            };
            let kept = &mut self.images[index];
            if kept.as_ref().is_none_or(|k| !k.is(frame, placed.crop, place)) {
                self.stamps += 1;
                *kept = Some(Prepared::new(frame, placed.crop, place, self.stamps));
            }
        }
    }

    /// Hands one frame's work to the device: one pass, one submission.
    fn submit(&self, plan: &Plan, passes: &[usize], slot: &Slot) -> wgpu::SubmissionIndex {
        slot.upload.unmap();
        let mut encoder = self.opened.device.create_command_encoder(&Default::default());
        if let Some(arena) = &slot.arena {
            encoder.copy_buffer_to_buffer(&slot.upload, 0, arena, 0, plan.arena_len as u64);
        }
        let mut compute = encoder.begin_compute_pass(&Default::default());
        for index in passes {
            let pass = &plan.passes[*index];
            let Some(kernel) = self.kernels.get(&pass.kernel) else {
                continue;
            };
            compute.set_pipeline(kernel);
            compute.set_bind_group(0, &slot.bind, &[(index * Params::STRIDE) as u32]);
            let [x0, y0, x1, y1] = pass.area;
            compute.dispatch_workgroups(
                (x1 - x0).div_ceil(WORKGROUP[0]),
                (y1 - y0).div_ceil(WORKGROUP[1]),
                1,
            );
        }
        drop(compute);
        if let Some(staging) = &slot.staging {
            encoder.copy_buffer_to_buffer(&slot.program, 0, staging, 0, staging.size());
        }
        self.opened.queue.submit([encoder.finish()])
    }
}

impl Drop for Compositor {
    fn drop(&mut self) {
        // No more jobs, and no waiting for room: the thread ends once what is in flight is done.
        self.jobs = None;
        self.program.close();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}
