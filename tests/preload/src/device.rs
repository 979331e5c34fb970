//! A camera and the descriptors open on it: formats are the camera's, buffers belong to whoever asked first.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::control::{Control, Record};
use crate::picture::Picture;
use crate::spec::{Pixels, Spec};
use crate::stream::{Filled, Ready, Stream};
use crate::uapi::Fraction;
use crate::{clock, controls, fault};

/// What the kernel would put in errno.
pub(crate) type Errno = i32;

/// Most buffers a program gets, as in the kernel.
const MAX_BUFFERS: u32 = 32;
/// Mappings begin on pages; 64 KiB is a multiple of every page size.
const PAGE: u64 = 65_536;

/// A camera, shared by all who have it open.
#[derive(Debug)]
pub(crate) struct Camera {
    /// What it can do.
    pub(crate) spec: Spec,
    /// Where its record is.
    pub(crate) control: Arc<Control>,
    /// Its place in the list of cameras, which is its record's.
    pub(crate) index: usize,
    picture: Picture,
    state: Mutex<State>,
}

/// What a camera is set to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mode {
    /// How pixels lie.
    pub(crate) pixels: Pixels,
    /// Width and height.
    pub(crate) size: (u32, u32),
    /// Seconds a frame.
    pub(crate) interval: Fraction,
}

impl Mode {
    /// Bytes of a frame.
    pub(crate) fn frame_len(&self) -> u32 {
        self.pixels.frame_len(self.size)
    }
}

#[derive(Debug)]
struct State {
    mode: Mode,
    buffers: Option<Buffers>,
}

/// The buffers and the descriptor they were given to.
#[derive(Debug)]
struct Buffers {
    owner: u64,
    count: u32,
    memory: Arc<File>,
    stream: Stream,
}

impl Camera {
    /// A camera set to the first of everything it can do.
    pub(crate) fn new(index: usize, spec: Spec, control: Arc<Control>) -> io::Result<Self> {
        let first = &spec.offers[0];
        let mode = Mode {
            pixels: first.pixels,
            size: first.size,
            interval: first.intervals[0],
        };
        let picture = Picture::open(&spec)?;
        Ok(Self {
            spec,
            control,
            index,
            picture,
            state: Mutex::new(State { mode, buffers: None }),
        })
    }

    /// What it does now.
    pub(crate) fn record(&self) -> &Record {
        self.control.record(self.index)
    }

    /// N of /dev/videoN, if it is plugged in.
    pub(crate) fn number(&self) -> Option<usize> {
        let record = self.record();
        let number = record.number.load(SeqCst) as usize;
        let plugged = record.unplugged.load(SeqCst) == 0;
        plugged.then(|| number.checked_sub(1).unwrap_or(self.index))
    }

    /// Whether another program has it.
    fn is_taken(&self) -> bool {
        self.record().busy.load(SeqCst) != 0 || self.control.is_anothers(self.index)
    }

    fn own(&self) -> bool {
        self.control.own(self.index)
    }

    fn disown(&self) {
        self.control.disown(self.index);
    }

    /// Lets the stream go as the camera's record says.
    fn follow(&self, stream: &mut Stream) {
        let record = self.record();
        stream.lose_until(record.resumed.load(SeqCst));
        stream.expose_for(1 + u64::from(record.dark.load(SeqCst)));
    }

    /// When its last frame was, if it stalls.
    fn stalled(&self) -> Option<u64> {
        Some(self.record().stalled.load(SeqCst)).filter(|&time| time != 0)
    }

    /// The frame with this number as it leaves the camera, and whether the driver says that it isn't whole: of short
    /// ones every second, as some drivers do and others don't.
    fn frame(&self, mode: Mode, sequence: u32) -> io::Result<(Vec<u8>, bool)> {
        let record = self.record();
        let brighter = controls::brightness(record);
        let mut frame = self.picture.frame(mode.pixels, mode.size, sequence, brighter)?;
        let short = record.short.load(SeqCst) != 0;
        if short {
            fault::shorten(&mut frame);
        }
        if record.broken.load(SeqCst) != 0 {
            fault::spoil(mode.pixels, sequence, &mut frame);
        }
        Ok((frame, short && sequence.is_multiple_of(2)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One opened descriptor (and its duplicates).
#[derive(Debug)]
pub(crate) struct Handle {
    /// The camera it is open on.
    pub(crate) camera: Arc<Camera>,
    id: u64,
    /// A duplicate of what the program holds.
    timer: OwnedFd,
    /// How often the camera had been plugged in when this was opened.
    plugs: u32,
}

/// A frame that a program takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Its buffer, number and time.
    pub(crate) filled: Filled,
    /// Bytes of it.
    pub(crate) bytes: u32,
    /// The driver has noticed that it isn't whole.
    pub(crate) error: bool,
}

impl Handle {
    /// `id` differs from that of every other handle; `timer` is a duplicate of the program's descriptor.
    pub(crate) fn new(camera: Arc<Camera>, id: u64, timer: OwnedFd) -> Self {
        let plugs = camera.record().plugs.load(SeqCst);
        Self {
            camera,
            id,
            timer,
            plugs,
        }
    }

    /// ENODEV when the camera was unplugged since this was opened, though it may be back.
    pub(crate) fn check(&self) -> Result<(), Errno> {
        let record = self.camera.record();
        let gone = record.unplugged.load(SeqCst) != 0 || record.plugs.load(SeqCst) != self.plugs;
        if gone { Err(libc::ENODEV) } else { Ok(()) }
    }

    /// Sets the timer by what the camera's record says now.
    pub(crate) fn refresh(&self) {
        let mut state = self.camera.state();
        let mine = state.buffers.as_mut().filter(|buffers| buffers.owner == self.id);
        let is_mine = mine.is_some();
        if let Some(buffers) = mine
            && self.camera.stalled().is_none()
        {
            self.camera.follow(&mut buffers.stream);
        }
        if is_mine || self.check().is_err() {
            self.arm(&state);
        }
    }

    /// What poll says of this descriptor instead of `found`, which the kernel says of its timer.
    #[cfg_attr(test, allow(dead_code))] // the exports use it
    pub(crate) fn poll_events(&self, found: i16) -> i16 {
        if self.check().is_err() {
            return libc::POLLERR | libc::POLLHUP;
        }
        let state = self.camera.state();
        let running = state
            .buffers
            .as_ref()
            .is_some_and(|buffers| buffers.stream.is_on());
        if running && self.camera.stalled().is_some() {
            // It fired just before the stall.
            self.arm(&state);
            return 0;
        }
        found
    }

    /// What the camera is set to do.
    pub(crate) fn mode(&self) -> Mode {
        self.camera.state().mode
    }

    /// Sets the camera. EBUSY while anyone has buffers of it.
    pub(crate) fn set_mode(&self, mode: Mode) -> Result<(), Errno> {
        let mut state = self.camera.state();
        if state.buffers.is_some() || self.camera.is_taken() {
            return Err(libc::EBUSY);
        }
        state.mode = mode;
        Ok(())
    }

    /// Sets the frame interval alone, which may change between streams. EBUSY while streaming.
    pub(crate) fn set_interval(&self, interval: Fraction) -> Result<(), Errno> {
        let mut state = self.camera.state();
        let busy = match &state.buffers {
            Some(buffers) => buffers.stream.is_on(),
            None => self.camera.is_taken(),
        };
        if busy {
            return Err(libc::EBUSY);
        }
        state.mode.interval = interval;
        Ok(())
    }

    /// Gives this handle so many buffers, or none; answers how many it got. EBUSY when another has them or they run.
    pub(crate) fn request_buffers(&self, count: u32) -> Result<u32, Errno> {
        let mut state = self.camera.state();
        if let Some(buffers) = &state.buffers
            && (buffers.owner != self.id || (count > 0 && buffers.stream.is_on()))
        {
            return Err(libc::EBUSY);
        }
        if count > 0 && state.buffers.is_none() && (self.camera.is_taken() || !self.camera.own()) {
            return Err(libc::EBUSY);
        }
        if count == 0 && state.buffers.take().is_some() {
            self.camera.disown();
        }
        if count > 0 {
            let count = count.min(MAX_BUFFERS);
            let memory = clock::memory(stride(state.mode) * u64::from(count)).map_err(errno)?;
            state.buffers = Some(Buffers {
                owner: self.id,
                count,
                memory: Arc::new(memory),
                stream: Stream::new(),
            });
        }
        let given = state.buffers.as_ref().map_or(0, |buffers| buffers.count);
        self.arm(&state);
        Ok(given)
    }

    /// Where a buffer lies: its offset for mmap, its bytes, and whether the device has it. EINVAL without such a buffer.
    pub(crate) fn query_buffer(&self, index: u32) -> Result<(u64, u32, bool), Errno> {
        let state = self.camera.state();
        let buffers = state
            .buffers
            .as_ref()
            .filter(|buffers| index < buffers.count)
            .ok_or(libc::EINVAL)?;
        Ok((
            stride(state.mode) * u64::from(index),
            state.mode.frame_len(),
            buffers.stream.holds(index),
        ))
    }

    /// The memory to map instead of the device, if offset and length lie in it.
    pub(crate) fn memory(&self, offset: u64, len: u64) -> Result<Arc<File>, Errno> {
        let state = self.camera.state();
        let buffers = state.buffers.as_ref().ok_or(libc::EINVAL)?;
        let end = stride(state.mode) * u64::from(buffers.count);
        let fits = offset.checked_add(len).is_some_and(|mapped| mapped <= end);
        if fits {
            Ok(buffers.memory.clone())
        } else {
            Err(libc::EINVAL)
        }
    }

    /// Hands a buffer to the device.
    pub(crate) fn queue(&self, index: u32) -> Result<(), Errno> {
        // A camera that stalls takes no frame later than that.
        let now = self.camera.stalled().unwrap_or_else(clock::now);
        self.with_buffers(|buffers, _| {
            self.camera.follow(&mut buffers.stream);
            match index < buffers.count && buffers.stream.queue(index, now) {
                true => Ok(()),
                false => Err(libc::EINVAL),
            }
        })
    }

    /// Takes the oldest frame. Waits for one unless the descriptor says O_NONBLOCK (EAGAIN).
    pub(crate) fn dequeue(&self) -> Result<Taken, Errno> {
        loop {
            self.check()?;
            match self.with_buffers(|buffers, mode| self.try_dequeue(buffers, mode)) {
                Err(libc::EAGAIN) if !clock::is_nonblocking(&self.timer) => {
                    clock::wait(&self.timer).map_err(errno)?;
                }
                result => return result,
            }
        }
    }

    fn try_dequeue(&self, buffers: &mut Buffers, mode: Mode) -> Result<Taken, Errno> {
        if !buffers.stream.is_on() {
            return Err(libc::EINVAL);
        }
        if self.camera.stalled().is_some() {
            return Err(libc::EAGAIN);
        }
        let record = self.camera.record();
        self.camera.follow(&mut buffers.stream);
        let filled = buffers.stream.dequeue(clock::now()).ok_or(libc::EAGAIN)?;
        let (frame, error) = self.camera.frame(mode, filled.sequence).map_err(errno)?;
        buffers
            .memory
            .write_all_at(&frame, stride(mode) * u64::from(filled.buffer))
            .map_err(errno)?;
        record.delivered.fetch_add(1, SeqCst);
        Ok(Taken {
            filled,
            bytes: frame.len() as u32,
            error,
        })
    }

    /// Begins to take frames.
    pub(crate) fn stream_on(&self) -> Result<(), Errno> {
        if self.camera.state().buffers.is_none() && self.camera.is_taken() {
            return Err(libc::EBUSY);
        }
        self.with_buffers(|buffers, mode| {
            buffers.stream.start(mode.interval, clock::now());
            Ok(())
        })
    }

    /// Ends the taking of frames; all buffers are the program's again. Harmless when nothing runs.
    pub(crate) fn stream_off(&self) -> Result<(), Errno> {
        let result = self.with_buffers(|buffers, _| {
            buffers.stream.stop();
            Ok(())
        });
        if result == Err(libc::EINVAL) {
            Ok(())
        } else {
            result
        }
    }

    /// Does something with this handle's buffers and sets the timer anew. EBUSY if they are another's, EINVAL if none.
    fn with_buffers<T>(&self, act: impl FnOnce(&mut Buffers, Mode) -> Result<T, Errno>) -> Result<T, Errno> {
        let mut state = self.camera.state();
        let mode = state.mode;
        let buffers = state.buffers.as_mut().ok_or(libc::EINVAL)?;
        if buffers.owner != self.id {
            return Err(libc::EBUSY);
        }
        let result = act(buffers, mode);
        self.arm(&state);
        result
    }

    fn arm(&self, state: &State) {
        let ready = match &state.buffers {
            _ if self.check().is_err() => Ready::Now,
            Some(buffers) if buffers.stream.is_on() && self.camera.stalled().is_some() => Ready::Never,
            Some(buffers) => buffers.stream.ready(),
            None => Ready::Now,
        };
        clock::arm(&self.timer, ready);
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let mut state = self.camera.state();
        if state
            .buffers
            .as_ref()
            .is_some_and(|buffers| buffers.owner == self.id)
        {
            state.buffers = None;
            self.camera.disown();
        }
    }
}

/// Bytes from one buffer to the next.
fn stride(mode: Mode) -> u64 {
    u64::from(mode.frame_len()).next_multiple_of(PAGE)
}

fn errno(error: io::Error) -> Errno {
    error.raw_os_error().unwrap_or(libc::EIO)
}

#[cfg(test)]
#[path = "device_tests.rs"]
mod tests;
