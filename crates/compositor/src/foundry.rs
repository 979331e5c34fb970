//! Making a kernel without holding up the frames that are being drawn.
//!
//! A graphics card's driver compiles where it is asked to. Mesa's software devices generate machine code at a
//! kernel's first dispatch, on the one thread that serves the device's queue: 0.1 to 1 s in which no frame is
//! drawn. There a kernel is first run on a second device of its own; Mesa keeps the machine code in its cache on
//! disk, and the first dispatch on the drawing device then takes 1 to 2 ms.

use std::time::Duration;

use crate::Error;
use crate::adapter::{self, Adapter};
use crate::compile::Compiler;
use crate::kernel::{Fetch, KernelKey, Step};

/// A first dispatch quicker than this took its machine code from the cache: generating takes many times longer
/// for the kernel that is tried.
const CACHED: Duration = Duration::from_millis(20);

/// What is done for a kernel before the drawing device is asked for it.
pub(crate) struct Foundry {
    adapter: Adapter,
    beside: Option<Beside>,
}

/// The second device.
struct Beside {
    compiler: Compiler,
    /// Whether what it compiles is quick on the drawing device.
    shares: bool,
}

impl Foundry {
    pub(crate) const fn new(adapter: Adapter) -> Self {
        Self {
            adapter,
            beside: None,
        }
    }

    /// Sees to it that the drawing device makes a kernel quickly; `drawing` says whether frames are being drawn.
    /// Threads of the second device have the priority of the thread that calls this first.
    ///
    /// # Errors
    /// [`Error::Kernel`], [`Error::DeviceLost`]; [`Error::NoKernelCache`] when it would hold up the frames.
    pub(crate) fn prepare(&mut self, key: &KernelKey, drawing: impl Fn() -> bool) -> Result<(), Error> {
        if !self.adapter.software {
            return Ok(());
        }
        let beside = match &mut self.beside {
            Some(beside) => beside,
            none => none.insert(Beside::open(&self.adapter)?),
        };
        if beside.shares {
            beside.compiler.make(key)?;
            // Once more, from the cache: by then it has been written.
            beside.compiler.make(key).map(drop)
        } else if drawing() {
            Err(Error::NoKernelCache)
        } else {
            Ok(())
        }
    }
}

impl Beside {
    fn open(adapter: &Adapter) -> Result<Self, Error> {
        let opened = adapter::open(false)?;
        let compiler = Compiler::new(&opened.device, &opened.queue);
        // The drawing device has made this one at the start.
        let known = KernelKey::over(Step::any(Fetch::Affine(media::PixelFormat::Nv12)));
        let mut shares = opened.adapter == *adapter;
        if shares {
            let tries = (0..3).map(|_| compiler.time_to_warm(&known));
            let times = tries.collect::<Result<Vec<_>, _>>()?;
            shares = times.iter().any(|t| *t < CACHED);
        }
        Ok(Self { compiler, shares })
    }
}
