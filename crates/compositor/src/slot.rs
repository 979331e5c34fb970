//! The buffers of one frame in flight.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use media::Size;

use crate::compile::Compiler;

/// Bytes of the smallest arena.
const SMALLEST: usize = 64 << 10;

/// What slots are made with.
#[derive(Clone, Debug)]
pub(crate) struct SlotMaker {
    pub(crate) device: wgpu::Device,
    pub(crate) compiler: Compiler,
    pub(crate) size: Size,
    /// Whether kernels may read and write mapped memory.
    pub(crate) mapped_kernels: bool,
    /// Most bytes of an arena.
    pub(crate) limit: usize,
}

/// Buffers of one frame: its arena (parameters and sources) and its program pictures, with what carries them
/// over and back where kernels can't use mapped memory. A slot that isn't in flight has `upload` mapped.
#[derive(Debug)]
pub(crate) struct Slot {
    /// Written by the processor.
    pub(crate) upload: wgpu::Buffer,
    /// Read by the kernels, where that isn't `upload` itself.
    pub(crate) arena: Option<wgpu::Buffer>,
    /// Written by the kernels: the program picture, and the one that it fades to.
    pub(crate) program: wgpu::Buffer,
    /// Read by the processor, where that isn't `program` itself.
    pub(crate) staging: Option<wgpu::Buffer>,
    pub(crate) bind: wgpu::BindGroup,
    /// Bytes of its arena.
    len: usize,
    /// Which layout of the arena `images` belongs to.
    pub(crate) layout: u64,
    /// For each layer, the stamp of the prepared image that its place holds.
    pub(crate) images: Vec<u64>,
    /// For each source that is an image, the stamp of the pixels that its place holds.
    pub(crate) sources: Vec<u64>,
}

impl SlotMaker {
    /// Bytes of the arena made for a scene of `len`: steps of powers of two, so that few scenes need a new one.
    pub(crate) fn capacity(&self, len: usize) -> usize {
        len.max(SMALLEST).next_power_of_two().min(self.limit)
    }

    /// A slot whose arena has `len` bytes.
    pub(crate) fn make(&self, len: usize) -> Slot {
        use wgpu::BufferUsages as Use;
        let buffer = |label, size: usize, usage, mapped_at_creation| {
            self.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: size as u64,
                usage,
                mapped_at_creation,
            })
        };
        let picture = picture_len(self.size);
        let read = Use::STORAGE | Use::UNIFORM;
        let (upload, arena, program, staging) = if self.mapped_kernels {
            (
                buffer("arena", len, Use::MAP_WRITE | read, true),
                None,
                buffer("program", 2 * picture, Use::STORAGE | Use::MAP_READ, false),
                None,
            )
        } else {
            (
                buffer("upload", len, Use::MAP_WRITE | Use::COPY_SRC, true),
                Some(buffer("arena", len, Use::COPY_DST | read, false)),
                buffer("program", 2 * picture, Use::STORAGE | Use::COPY_SRC, false),
                Some(buffer("staging", picture, Use::MAP_READ | Use::COPY_DST, false)),
            )
        };
        Slot {
            bind: self.compiler.bind(arena.as_ref().unwrap_or(&upload), &program),
            upload,
            arena,
            program,
            staging,
            len,
            layout: 0,
            images: Vec::new(),
            sources: Vec::new(),
        }
    }
}

impl Slot {
    /// Forgets what images it holds unless they lie where `layout` has them.
    pub(crate) fn belong(&mut self, layout: u64, layers: usize, sources: usize) {
        if std::mem::replace(&mut self.layout, layout) != layout {
            self.images.clear();
            self.sources.clear();
        }
        self.images.resize(layers, 0);
        self.sources.resize(sources, 0);
    }

    /// The buffer that the finished picture is read from.
    pub(crate) fn result(&self) -> &wgpu::Buffer {
        self.staging.as_ref().unwrap_or(&self.program)
    }
}

/// Bytes of a row of the program as kernels write it: whole words.
pub(crate) const fn row_len(size: Size) -> usize {
    (size.width as usize).next_multiple_of(4)
}

/// Bytes of the program as kernels write it.
pub(crate) const fn picture_len(size: Size) -> usize {
    row_len(size) * (size.height as usize + size.height as usize / 2)
}

/// Frames in flight: one is filled, one drawn, one read back.
pub(crate) const RING: usize = 3;

/// The slots that aren't in flight, shared by the thread that draws, the one that reads back, and the one that
/// makes larger ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ring {
    state: Arc<Mutex<RingState>>,
}

#[derive(Debug, Default)]
struct RingState {
    free: Vec<Slot>,
    in_flight: usize,
    /// Bytes of an arena: smaller slots are dropped when they return.
    len: usize,
}

impl Ring {
    /// Bytes of an arena.
    pub(crate) fn arena_len(&self) -> usize {
        self.lock().len
    }

    /// Puts slots whose arenas have `len` bytes in place of smaller ones. Takes its time, on any thread.
    pub(crate) fn grow(&self, len: usize, maker: &SlotMaker) {
        if self.arena_len() >= len {
            return;
        }
        let mut slots: Vec<_> = (0..RING).map(|_| maker.make(len)).collect();
        let mut state = self.lock();
        if state.len < len {
            state.len = len;
            std::mem::swap(&mut state.free, &mut slots);
        }
        drop(state);
        // What is left is freed only now, when nobody waits for the lock.
        drop(slots);
    }

    /// A slot to fill whose arena has at least `len` bytes, when not too many frames are in flight.
    pub(crate) fn take(&self, len: usize, maker: &SlotMaker) -> Option<Slot> {
        let mut state = self.lock();
        if state.in_flight >= RING {
            return None;
        }
        let fits = state.free.iter().position(|s| s.len >= len);
        let slot = fits.map(|at| state.free.swap_remove(at));
        if slot.is_none() {
            state.free.pop();
        }
        state.in_flight += 1;
        drop(state);
        Some(slot.unwrap_or_else(|| maker.make(maker.capacity(len))))
    }

    /// Takes a slot back that was in flight.
    pub(crate) fn put_back(&self, slot: Slot) {
        let mut state = self.lock();
        state.in_flight = state.in_flight.saturating_sub(1);
        if slot.len >= state.len && state.free.len() < RING {
            state.free.push(slot);
        }
    }

    fn lock(&self) -> MutexGuard<'_, RingState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
