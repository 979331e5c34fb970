//! The buffers of one frame in flight.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use media::Size;

use crate::adapter::Opened;
use crate::kernel::{Kernels, bind_group};

/// Buffers of one frame: its arena (parameters and sources) and its program picture, with what carries them
/// over and back where kernels can't use mapped memory. A slot that isn't in flight has `upload` mapped.
#[derive(Debug)]
pub(crate) struct Slot {
    /// Written by the processor.
    pub(crate) upload: wgpu::Buffer,
    /// Read by the kernels, where that isn't `upload` itself.
    pub(crate) arena: Option<wgpu::Buffer>,
    /// Written by the kernels.
    pub(crate) program: wgpu::Buffer,
    /// Read by the processor, where that isn't `program` itself.
    pub(crate) staging: Option<wgpu::Buffer>,
    pub(crate) bind: wgpu::BindGroup,
    /// Which set of slots this belongs to: those of an older arena are dropped when they come back.
    pub(crate) generation: u64,
    /// Stamp of the prepared image that each layer's place holds.
    pub(crate) images: Vec<u64>,
}

impl Slot {
    /// A slot whose arena has `arena_len` bytes, for a canvas of `size`.
    pub(crate) fn new(
        opened: &Opened,
        kernels: &Kernels,
        size: Size,
        arena_len: usize,
        generation: u64,
    ) -> Self {
        use wgpu::BufferUsages as Use;
        let buffer = |label, size: usize, usage, mapped_at_creation| {
            opened.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: size as u64,
                usage,
                mapped_at_creation,
            })
        };
        let picture = picture_len(size);
        let read = Use::STORAGE | Use::UNIFORM;
        let (upload, arena, program, staging) = if opened.mapped_kernels {
            (
                buffer("arena", arena_len, Use::MAP_WRITE | read, true),
                None,
                buffer("program", picture, Use::STORAGE | Use::MAP_READ, false),
                None,
            )
        } else {
            (
                buffer("upload", arena_len, Use::MAP_WRITE | Use::COPY_SRC, true),
                Some(buffer("arena", arena_len, Use::COPY_DST | read, false)),
                buffer("program", picture, Use::STORAGE | Use::COPY_SRC, false),
                Some(buffer("staging", picture, Use::MAP_READ | Use::COPY_DST, false)),
            )
        };
        let bind = bind_group(
            &opened.device,
            &kernels.bindings,
            arena.as_ref().unwrap_or(&upload),
            &program,
        );
        Self {
            upload,
            arena,
            program,
            staging,
            bind,
            generation,
            images: Vec::new(),
        }
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

/// The slots that aren't in flight, shared by the thread that draws and the one that reads back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ring {
    state: Arc<Mutex<RingState>>,
}

#[derive(Debug, Default)]
struct RingState {
    free: Vec<Slot>,
    in_flight: usize,
    generation: u64,
}

impl Ring {
    /// Puts new slots in place of all others; those in flight are dropped when they return.
    pub(crate) fn renew(&self, make: impl Fn(u64) -> Slot) {
        let mut state = self.lock();
        state.generation += 1;
        let generation = state.generation;
        state.free = (0..RING).map(|_| make(generation)).collect();
    }

    /// A slot to fill, when not too many frames are in flight.
    pub(crate) fn take(&self) -> Option<Slot> {
        let mut state = self.lock();
        if state.in_flight >= RING {
            return None;
        }
        let slot = state.free.pop()?;
        state.in_flight += 1;
        Some(slot)
    }

    /// Takes a slot back that was in flight.
    pub(crate) fn put_back(&self, slot: Slot) {
        let mut state = self.lock();
        state.in_flight = state.in_flight.saturating_sub(1);
        if slot.generation == state.generation {
            state.free.push(slot);
        }
    }

    fn lock(&self) -> MutexGuard<'_, RingState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
