//! The two doors: a scene is set, frames are drawn.

use std::collections::HashMap;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use media::{ColorInfo, PixelFormat, Size, VideoFrame};

use crate::adapter::{self, Opened};
use crate::compile::Compiler;
use crate::foundry::Foundry;
use crate::images::Images;
use crate::kernel::KernelKey;
use crate::place::Shown;
use crate::plan::{Pass, Plan};
use crate::pool::Pool;
use crate::readback::{Job, Program, Readback};
use crate::scene::MAX_SIDE;
use crate::slot::{RING, Ring, SlotMaker};
use crate::workshop::Workshop;
use crate::{Adapter, Error, Scene};

/// Most bytes of an arena, of which there are three: seven sources of 4K, twice over.
const MAX_ARENA: u64 = 256 << 20;
/// Most kernels that an unhurried compositor keeps.
const MOST_MADE: usize = 64;
/// Bytes of the arenas made at the start, for each pixel of the canvas: room for three cameras and images.
const FIRST_ARENA: usize = 8;

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
    /// Of these, frames drawn layer by layer, because their kernels or images weren't ready.
    pub layered: u64,
    /// Frames refused with [`Error::Busy`].
    pub busy: u64,
    /// Layers drawn without their frame, because there was none.
    pub missing: u64,
    /// Layers drawn without their frame, because it wasn't as its [`crate::SourceFormat`] says.
    pub mismatched: u64,
    /// Kernels compiled for scenes, beside the fixed ones.
    pub kernels: u64,
    /// Milliseconds spent compiling, beside the tick; the fixed kernels' at the start included.
    pub compile_ms: u64,
    /// Buffers made for finished pictures; stands still while the studio keeps up.
    pub buffers: u64,
}

/// Draws a scene's frames into program frames.
///
/// It belongs to one thread, the tick's; what it draws may be taken on another ([`Compositor::program`]).
/// Once a call answered [`Error::DeviceLost`] all later ones do: make a new compositor, on a thread of its own
/// where the tick can't wait (0.1 to 2 s), and set the scene there.
pub struct Compositor {
    pub(crate) opened: Opened,
    color: ColorInfo,
    /// Whether it makes its kernels when it draws.
    pub(crate) unhurried: bool,
    pub(crate) maker: SlotMaker,
    pub(crate) fixed: HashMap<KernelKey, wgpu::ComputePipeline>,
    pub(crate) workshop: Workshop,
    fixed_time: Duration,
    pub(crate) plan: Option<Plan>,
    /// The kernels of the plan's fused passes, once all are there.
    pub(crate) fused: Option<Arc<[wgpu::ComputePipeline]>>,
    pub(crate) images: Images,
    pub(crate) mix: f32,
    pub(crate) ring: Ring,
    pub(crate) jobs: Option<SyncSender<Job>>,
    reader: Option<JoinHandle<()>>,
    program: Program,
    pool: Pool,
    pub(crate) counters: Counters,
    /// Tests: draw layer by layer even when all kernels are there.
    #[cfg(test)]
    pub(crate) layered_only: bool,
}

impl Compositor {
    /// Opens the graphics device and compiles the fixed kernels, by which any scene can be drawn: 0.1 to 0.3 s
    /// where the driver has them in its cache, some seconds on a software device that hasn't.
    ///
    /// # Errors
    /// [`Error::NoAdapter`], [`Error::Adapter`], [`Error::CanvasSize`], [`Error::Kernel`].
    pub fn new(options: Options) -> Result<Self, Error> {
        Self::open(options, ColorInfo::BT709, false, true)
    }

    /// A compositor for pictures that nobody waits for, with less memory: it has no fixed kernels nor a second
    /// device, and `render` makes the kernels that are lacking, which takes 0.1 to 1 s for each on a software device
    /// that has never made it. Pictures are delivered in the matrix and range of `color`: where these aren't
    /// BT.709 and limited, by one pass more over the finished picture. Chroma stays in the left column.
    ///
    /// # Errors
    /// As `new`.
    pub fn unhurried(options: Options, color: ColorInfo) -> Result<Self, Error> {
        Self::open(options, color, true, true)
    }

    /// Makes either; `shared_memory` is false to copy in and out as a graphics card with its own memory needs it.
    pub(crate) fn open(
        options: Options,
        color: ColorInfo,
        unhurried: bool,
        shared_memory: bool,
    ) -> Result<Self, Error> {
        let Options { size, queue } = options;
        let fits = |side: u32| side.is_multiple_of(2) && (16..=MAX_SIDE).contains(&side);
        if !fits(size.width) || !fits(size.height) {
            return Err(Error::CanvasSize(size));
        }
        let opened = adapter::open(shared_memory)?;
        let compiler = Compiler::new(&opened.device, &opened.queue);
        let began = Instant::now();
        let keys = if unhurried { Vec::new() } else { KernelKey::fixed() };
        let fixed = compile_fixed(&compiler, keys)?;
        let fixed_time = began.elapsed();
        let maker = SlotMaker {
            device: opened.device.clone(),
            compiler,
            size,
            mapped_kernels: opened.mapped_kernels,
            limit: arena_limit(&opened),
        };
        let ring = Ring::default();
        ring.grow(maker.capacity(size.area() * FIRST_ARENA), &maker);
        let queue = queue.max(1);
        let program = Program::new(queue);
        let pool = Pool::new(PixelFormat::Nv12.packed_len(size), queue + RING);
        let (jobs, submitted) = sync_channel(RING);
        let readback = Readback {
            device: opened.device.clone(),
            size,
            color: ColorInfo {
                siting: ColorInfo::BT709.siting,
                ..color
            },
            pool: pool.clone(),
            program: program.clone(),
            lost: opened.lost.clone(),
            ring: ring.clone(),
        };
        let no_thread = |e: std::io::Error| Error::Adapter {
            name: opened.adapter.name.clone(),
            reason: e.to_string(),
        };
        let reader = std::thread::Builder::new()
            .name("gpu-poll".into())
            .spawn(move || readback.run(&submitted))
            .map_err(no_thread)?;
        let foundry = Foundry::new(opened.adapter.clone());
        let workshop = Workshop::start(foundry, ring.clone(), maker.clone()).map_err(no_thread)?;
        Ok(Self {
            opened,
            color,
            unhurried,
            maker,
            fixed,
            workshop,
            fixed_time,
            plan: None,
            fused: None,
            images: Images::default(),
            mix: 0.0,
            ring,
            jobs: Some(jobs),
            reader: Some(reader),
            program,
            pool,
            counters: Counters::default(),
            #[cfg(test)]
            layered_only: false,
        })
    }

    /// The device in use.
    pub fn adapter(&self) -> &Adapter {
        &self.opened.adapter
    }

    /// Size of the canvas.
    pub fn size(&self) -> Size {
        self.maker.size
    }

    /// What has been drawn so far.
    pub fn counters(&self) -> Counters {
        let (kernels, time) = self.workshop.compiled();
        Counters {
            kernels,
            compile_ms: (self.fixed_time + time).as_millis() as u64,
            buffers: self.pool.made(),
            ..self.counters
        }
    }

    /// The finished frames, for another thread.
    pub fn program(&self) -> Program {
        self.program.clone()
    }

    /// Sets what is drawn from the next `render` on, and ends a fade. Compiles nothing on the calling thread:
    /// kernels that the scene's structure needs and no scene before it did are asked for, and until they are
    /// there frames are drawn layer by layer. After an error the scene before it stays.
    ///
    /// # Errors
    /// Any of [`Error`] but [`Error::NoScene`], [`Error::Busy`] and [`Error::FadeSources`].
    pub fn set_scene(&mut self, scene: &Scene) -> Result<(), Error> {
        self.set_plan(Plan::new(scene, self.size())?.delivered_in(self.color))
    }

    /// Draws both scenes from the next `render` on, `from` fading to `to` as [`Compositor::set_mix`] says. Both
    /// have the same `sources`. The fade begins at 0.0; `set_scene` ends it. After an error the scene before it
    /// stays.
    ///
    /// # Errors
    /// As `set_scene`, and [`Error::FadeSources`].
    pub fn set_fade(&mut self, from: &Scene, to: &Scene) -> Result<(), Error> {
        self.set_plan(Plan::fade(from, to, self.size())?.delivered_in(self.color))?;
        self.mix = 0.0;
        Ok(())
    }

    /// How far the fade has come in the frames rendered from now on: 0.0 (only `from`) to 1.0 (only `to`).
    /// Numbers beyond count as these, what isn't a number as 0.0. Without a fade it does nothing.
    pub fn set_mix(&mut self, mix: f32) {
        self.mix = if mix.is_nan() { 0.0 } else { mix.clamp(0.0, 1.0) };
    }

    /// Asks for the kernels and the memory of a scene that isn't on air yet. Never waits.
    ///
    /// # Errors
    /// What `set_scene` would answer.
    pub fn prepare(&self, scene: &Scene) -> Result<(), Error> {
        let plan = Plan::new(scene, self.size())?;
        self.check(&plan)?;
        self.want_kernels(&plan, false);
        // Room for a fade between what is on air and this.
        let on_air = self.plan.as_ref().map_or(0, |p| p.arena_len);
        self.want_arena(plan.arena_len + on_air);
        Ok(())
    }

    /// How many kernels, images and enlargements are waiting or being made.
    pub fn pending(&self) -> usize {
        self.workshop.pending()
    }

    /// Waits until nothing is pending; answers whether that came within `timeout`.
    pub fn wait_prepared(&self, timeout: Duration) -> bool {
        self.workshop.wait(timeout)
    }

    /// Throws the device away, as the reset of a driver does: the next calls answer [`Error::DeviceLost`].
    pub fn discard_device(&self) {
        self.opened.device.destroy();
    }

    /// The next finished frame, in the order of submission: NV12, packed, in the compositor's colour, with the
    /// pts given to `render`. Waits up to `timeout`.
    pub fn finished(&self, timeout: Duration) -> Option<VideoFrame> {
        self.program.next(timeout)
    }

    fn set_plan(&mut self, plan: Plan) -> Result<(), Error> {
        self.check(&plan)?;
        self.want_arena(plan.arena_len);
        self.fused = None;
        if !self.unhurried && !self.find_kernels(&plan) {
            self.want_kernels(&plan, true);
        }
        let same = self.plan.as_ref().is_some_and(|old| old.same_places(&plan));
        self.images.change(&plan, same);
        self.plan = Some(plan);
        Ok(())
    }

    /// Looks whether all kernels of a plan are there.
    pub(crate) fn find_kernels(&mut self, plan: &Plan) -> bool {
        if self.fused.is_none() {
            let keys = plan.fused.iter().map(|p| &p.kernel);
            self.fused = self.workshop.kernels(keys, &self.fixed);
        }
        self.fused.is_some()
    }

    /// The kernels of the plan's fused passes, images drawn as `shown` says; those that are lacking are made now.
    pub(crate) fn make_kernels(
        &mut self,
        plan: &Plan,
        shown: &[Shown],
    ) -> Result<Arc<[wgpu::ComputePipeline]>, Error> {
        if self.fixed.len() > MOST_MADE {
            self.fixed.clear();
        }
        let make = |pass: &Pass| {
            let key = pass.fused_kernel_for(shown);
            if let Some(kernel) = self.fixed.get(&key) {
                return Ok(kernel.clone());
            }
            let began = Instant::now();
            let kernel = self.maker.compiler.make(&key)?;
            self.fixed_time += began.elapsed();
            self.fixed.insert(key, kernel.clone());
            Ok(kernel)
        };
        plan.fused.iter().map(make).collect()
    }

    fn want_kernels(&self, plan: &Plan, first: bool) {
        let keys = plan.fused.iter().map(|p| &p.kernel);
        let lacking = keys.filter(|key| !self.fixed.contains_key(key));
        self.workshop.want_kernels(lacking, first);
    }

    fn check(&self, plan: &Plan) -> Result<(), Error> {
        self.check_device()?;
        let (needed, limit) = (plan.arena_len as u64, self.maker.limit as u64);
        if needed > limit {
            return Err(Error::TooLarge { needed, limit });
        }
        Ok(())
    }

    /// Has larger arenas made when those there are have less than `len` bytes.
    fn want_arena(&self, len: usize) {
        let capacity = self.maker.capacity(len);
        if capacity > self.ring.arena_len() {
            self.workshop.want_arena(capacity);
        }
    }

    pub(crate) fn check_device(&self) -> Result<(), Error> {
        match self.opened.lost.get() {
            Some(reason) => Err(Error::DeviceLost(reason.clone())),
            None => Ok(()),
        }
    }
}

/// Compiles the fixed kernels, two at a time: one is read and checked while the other becomes machine code.
fn compile_fixed(
    compiler: &Compiler,
    keys: Vec<KernelKey>,
) -> Result<HashMap<KernelKey, wgpu::ComputePipeline>, Error> {
    let left = Mutex::new(keys);
    let next = || left.lock().ok().and_then(|mut keys| keys.pop());
    let work = || {
        let mut made = Vec::new();
        while let Some(key) = next() {
            let pipeline = compiler.make(&key)?;
            made.push((key, pipeline));
        }
        Ok(made)
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(work);
        let mut all: HashMap<_, _> = work()?.into_iter().collect();
        let others = other
            .join()
            .map_err(|_| Error::Kernel("the compiler panicked".into()))?;
        all.extend(others?);
        Ok(all)
    })
}

/// Most bytes of an arena: what the device binds, and no more than a show can need.
fn arena_limit(opened: &Opened) -> usize {
    let limits = opened.device.limits();
    limits
        .max_storage_buffer_binding_size
        .min(limits.max_buffer_size)
        .min(MAX_ARENA) as usize
}

impl Drop for Compositor {
    fn drop(&mut self) {
        // No more jobs, and no waiting for room: the thread ends once what is in flight is done.
        self.jobs = None;
        self.program.close();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        // Where the device was lost the show goes on with another: nobody waits for a kernel that is of no use.
        self.workshop.close(self.opened.lost.get().is_some());
    }
}
